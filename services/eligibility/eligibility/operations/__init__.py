"""What the service does, by business act. Each function owns its transactions."""
