"""Documents that are fetched: origins, what comes from them, and the lock."""
