"""Long runs of the served edge, with figures and limits: `make soak`; in small, a part of `make test`."""
