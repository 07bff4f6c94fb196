"""Typed contracts of file_service: what it takes, and what it answers."""
