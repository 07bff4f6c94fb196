"""Documents and what `proxygen build` must make of them: a tree, or diagnostics."""
