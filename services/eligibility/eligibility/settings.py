"""What eligibility is told by its environment, beyond what every service is told."""

from __future__ import annotations

from hl7v2.door import Hl7Settings


class Settings(Hl7Settings):
    """`PATIENTS_URL` is asked for patients and coverages, `EDI_URL` to put questions to payers."""

    patients_url: str
    edi_url: str
