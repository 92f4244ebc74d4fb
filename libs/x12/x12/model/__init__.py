"""Frozen typed models of what X12 transactions say."""
