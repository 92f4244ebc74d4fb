"""The rules of coverage checks: pure functions over frozen data."""
