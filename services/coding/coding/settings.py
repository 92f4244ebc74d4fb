"""Where the coding service finds what it needs."""

from __future__ import annotations

from hl7v2.door import Hl7Settings


class Settings(Hl7Settings):
    """`PATIENTS_URL` is asked for the patient of a record number that an HL7 v2 message names."""

    patients_url: str
