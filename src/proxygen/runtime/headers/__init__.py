"""Header fields: which go to a downstream, which come back, and the only writer of them."""
