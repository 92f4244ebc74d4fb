"""What payments is told by its environment, beyond what every service is told."""

from __future__ import annotations

from common.settings import ServiceSettings


class Settings(ServiceSettings):
    """`EDI_URL` is where remittances are fetched."""

    edi_url: str
