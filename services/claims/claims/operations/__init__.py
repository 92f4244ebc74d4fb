"""What the business of claims does; each function owns its transactions."""
