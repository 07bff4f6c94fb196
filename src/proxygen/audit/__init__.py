"""Who may call which route, where identity goes, and whether that became looser since the last build."""
