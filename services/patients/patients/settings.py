"""Where the patients service finds what it needs."""

from __future__ import annotations

from hl7v2.door import Hl7Settings


class Settings(Hl7Settings):
    """Nothing beyond what every service has that takes HL7 v2."""
