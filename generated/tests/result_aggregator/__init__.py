"""Tests of result_aggregator."""
