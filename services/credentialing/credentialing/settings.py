"""Where the credentialing service finds what it needs."""

from __future__ import annotations

from common.settings import ServiceSettings


class Settings(ServiceSettings):
    """Nothing beyond what every service has."""
