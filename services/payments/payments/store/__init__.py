"""Rows to domain and back. Nothing here commits."""
