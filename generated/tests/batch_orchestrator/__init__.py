"""Tests of batch_orchestrator."""
