"""What a new version of documents and configuration changes, for callers of the edge and for others."""
