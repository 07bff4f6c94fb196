"""A call of a downstream: its attempts, its deadline, and what keeps one service's failure from others."""
