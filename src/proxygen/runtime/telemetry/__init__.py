"""What an operator sees of requests: logs, the five metrics, traces."""
