"""A team's service that has taken the edge in."""
