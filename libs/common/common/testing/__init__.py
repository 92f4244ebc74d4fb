"""Fixtures that run a service against a real PostgreSQL and a real Kafka. See docs/architecture/backbone.md, Tests."""
