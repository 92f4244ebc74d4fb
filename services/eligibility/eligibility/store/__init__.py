"""Rows to domain, and back. Never commits."""
