"""Compares two versions of an edge, one module for each noun."""
