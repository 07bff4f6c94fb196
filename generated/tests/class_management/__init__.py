"""Tests of class_management."""
