"""The JSON of authorizations, rules and registers."""
