"""`proxygen.toml` as data, and how it is read."""
