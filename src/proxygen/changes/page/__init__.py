"""The changes as one page for a browser, which loads nothing and runs no script but its own."""
