"""Rows to aggregates and back, by what they are about. Never commits."""
