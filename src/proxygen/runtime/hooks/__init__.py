"""What runs before a forward: a team's own code, and the limits of use."""
