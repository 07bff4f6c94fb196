"""From the gateway to pages: which files there are, and the view of each."""
