"""Builds every document of a public corpus, and says what became of each."""
