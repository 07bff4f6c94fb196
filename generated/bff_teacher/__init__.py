"""bff_teacher, as the edge offers it."""
