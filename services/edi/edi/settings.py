"""Where the edi service finds what it needs."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from common.settings import ServiceSettings


class Settings(ServiceSettings):
    """`EDI_ALLOWED_HOSTS` lists the hosts (`host` or `host:port`, separated by commas) that partners may live at.

    Without it no partner can be registered: a wire goes nowhere that the installation did not name. A host that
    resolves to a private address is refused at every call unless `EDI_ALLOWED_NETWORKS` (`10.20.0.0/16`, ...) has it.
    `EDI_SECRETS_FOLDER` holds the passwords, tokens and keys that partners' records name, one file each.
    `EDI_PUBLIC_URL` is where partners' servers reach `/notifications` of this service; without it none is asked to.
    """

    edi_allowed_hosts: str = ""
    edi_allowed_networks: str = ""
    edi_secrets_folder: Path | None = None
    edi_public_url: str = ""
    edi_acknowledgement_hours: int = Field(default=72, ge=1, le=24 * 60)

    @field_validator("edi_allowed_networks")
    @classmethod
    def _networks(cls, text: str) -> str:
        for network in _listed(text):
            ip_network(network)
        return text

    @field_validator("edi_public_url")
    @classmethod
    def _public(cls, text: str) -> str:
        place = urlsplit(text)
        loopback = place.hostname in ("127.0.0.1", "localhost")
        if text and (place.scheme != "https" and not (place.scheme == "http" and loopback)):
            raise ValueError("EDI_PUBLIC_URL is https; http is for loopback alone")
        if place.query or place.fragment or place.username:
            raise ValueError("EDI_PUBLIC_URL has no user, query or fragment")
        return text.rstrip("/")

    @property
    def public_url(self) -> str:
        return self.edi_public_url

    @property
    def allowed_hosts(self) -> tuple[str, ...]:
        return _listed(self.edi_allowed_hosts)

    @property
    def allowed_networks(self) -> tuple[str, ...]:
        return _listed(self.edi_allowed_networks)

    @property
    def secrets_folder(self) -> Path | None:
        return self.edi_secrets_folder


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
