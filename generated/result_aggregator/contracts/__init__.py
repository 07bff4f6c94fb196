"""Typed contracts of result_aggregator: what it takes, and what it answers."""
