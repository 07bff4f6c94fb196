"""Who calls: tokens, the keys that verify them, and what the edge itself shows to a service."""
