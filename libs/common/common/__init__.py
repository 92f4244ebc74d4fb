"""The platform under every dermbill service: transactions, events, identity, telemetry."""
