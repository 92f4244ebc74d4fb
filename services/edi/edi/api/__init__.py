"""HTTP in: partners, what goes out, what comes in."""

from edi.api import inbound, partners, transmissions

__all__ = ["inbound", "partners", "transmissions"]
