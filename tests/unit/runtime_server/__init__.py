"""The guard, and how the pinned server is set up."""
