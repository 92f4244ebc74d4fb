"""Authorizations and referrals: whether a payer must agree first, and what it said."""
