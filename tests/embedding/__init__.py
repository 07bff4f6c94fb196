"""The committed edge inside a service of a team's own."""
