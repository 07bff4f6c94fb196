"""Proposes a `proxygen.toml` for a folder of documents: what it says, and what a person has to decide."""
