"""Where the edi service finds what it needs."""

from __future__ import annotations

from pydantic import Field

from common.settings import ServiceSettings


class Settings(ServiceSettings):
    """`EDI_ALLOWED_HOSTS` lists the hosts (`host` or `host:port`, separated by commas) that partners may live at.

    Without it no partner can be registered: a wire goes nowhere that the installation did not name.
    """

    edi_allowed_hosts: str = ""
    edi_acknowledgement_hours: int = Field(default=72, ge=1, le=24 * 60)

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        return tuple(host.strip() for host in self.edi_allowed_hosts.split(",") if host.strip())
