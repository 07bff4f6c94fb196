"""Tests of bff_teacher."""
