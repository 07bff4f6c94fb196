"""Pages of the reference, written from the code when the site is built: one module for each, `markdown()` in each."""
