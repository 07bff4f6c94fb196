"""Measures a served edge beside its peers: one process on one core, load and downstream on the other."""
