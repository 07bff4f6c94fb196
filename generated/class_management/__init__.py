"""Class Management Service, as the edge offers it."""
