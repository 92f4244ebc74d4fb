"""Rows to what the rules know, and back. Never commits."""
