"""The pinned server: how it starts, what a worker runs, how it ends, what it tells operators."""
