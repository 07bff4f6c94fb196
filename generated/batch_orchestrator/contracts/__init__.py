"""Typed contracts of batch_orchestrator: what it takes, and what it answers."""
