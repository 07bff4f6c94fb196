"""Which operation a request is for, and the route that runs it."""
