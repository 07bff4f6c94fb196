"""How the lowering decides."""
