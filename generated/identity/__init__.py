"""Identity Service, as the edge offers it."""
