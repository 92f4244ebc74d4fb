"""HTTP in: partners, what goes out, what comes in, and what is asked in real time."""

from edi.api import inbound, partners, real_time, subscriptions, transmissions

__all__ = ["inbound", "partners", "real_time", "subscriptions", "transmissions"]
