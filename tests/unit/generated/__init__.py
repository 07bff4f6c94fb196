"""What must hold of the committed output as a whole."""
