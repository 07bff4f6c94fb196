"""File Service, as the edge offers it."""
