"""Providers, their credentials, and where each payer has enrolled them."""
