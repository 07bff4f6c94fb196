"""Every command and snippet of the documentation, executed."""
