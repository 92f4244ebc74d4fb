"""One function for each thing the business does. They own the transactions."""
