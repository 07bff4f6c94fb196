"""Tests of file_service."""
