"""What authorizations is told by its environment, beyond what every service is told."""

from __future__ import annotations

from common.settings import ServiceSettings


class Settings(ServiceSettings):
    """`PATIENTS_URL` is asked for patients and coverages, `EDI_URL` to put requests to payers."""

    patients_url: str
    edi_url: str
