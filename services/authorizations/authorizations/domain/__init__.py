"""The rules of authorizations: pure, without clock or database."""
