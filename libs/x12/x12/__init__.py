"""Streaming X12 005010 reader, writer and validator."""
