"""Result Aggregator Service, as the edge offers it."""
