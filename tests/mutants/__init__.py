"""Breaks the runtime and the generated code on purpose; each break must be noticed by the suite it names."""
