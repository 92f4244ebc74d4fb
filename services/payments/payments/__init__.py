"""Remittances and the double-entry ledger."""
