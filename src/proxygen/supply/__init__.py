"""Fetches documents into the folder that builds read, and keeps in `specs.lock` where each came from."""
