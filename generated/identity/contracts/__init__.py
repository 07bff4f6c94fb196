"""Typed contracts of identity: what it takes, and what it answers."""
