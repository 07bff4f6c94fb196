"""The tree on disk: reading what is there, comparing it, and replacing it at once."""
