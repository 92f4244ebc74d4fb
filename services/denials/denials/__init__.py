"""Denial cases, corrections and appeals."""
