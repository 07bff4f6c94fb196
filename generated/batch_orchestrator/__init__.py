"""Batch Orchestrator Service, as the edge offers it."""
