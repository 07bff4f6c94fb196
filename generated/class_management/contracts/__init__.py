"""Typed contracts of class_management: what it takes, and what it answers."""
