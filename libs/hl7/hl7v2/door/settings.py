"""What a service that takes HL7 v2 is told: whether it listens with MLLP, where, with which certificate, to whom."""

from __future__ import annotations

import ssl
from ipaddress import ip_address
from typing import Any

from pydantic import FilePath, SecretStr, ValidationInfo, field_validator

from common.settings import ServiceSettings
from hl7v2.door.senders import Senders, senders_of


class Hl7Settings(ServiceSettings):
    """`HL7_LISTEN` (`address:port`) opens the MLLP listener; unset, there is none. HTTP needs none of these.

    `HL7_SENDERS` (or `HL7_SENDERS_FILE`) is the JSON list of who may send. `HL7_CERTIFICATE` and `HL7_PRIVATE_KEY` are
    PEM files for TLS, without which only a loopback address may be listened on; `HL7_CLIENT_AUTHORITIES` is a PEM file
    of the authorities whose client certificates are demanded.
    """

    hl7_senders: SecretStr | None = None
    hl7_certificate: FilePath | None = None
    hl7_private_key: FilePath | None = None
    hl7_client_authorities: FilePath | None = None
    # After the others: its validator looks at all of them, and only where there is a listener.
    hl7_listen: str | None = None

    @field_validator("hl7_listen")
    @classmethod
    def _can_listen(cls, listen: str | None, info: ValidationInfo) -> str | None:
        if listen is None:
            return None
        host, _ = _address(listen)
        given = info.data
        senders: SecretStr | None = given.get("hl7_senders")
        if senders is None:
            raise ValueError("HL7_SENDERS does not say who may send")
        try:
            known = senders_of(senders.get_secret_value())
        except ValueError as fault:
            raise ValueError(f"HL7_SENDERS cannot be used: {fault}") from None
        _is_safe(host, given, known)
        return listen

    @property
    def mllp_address(self) -> tuple[str, int] | None:
        return _address(self.hl7_listen) if self.hl7_listen else None

    @property
    def senders(self) -> Senders:
        """Raises ValueError where there is no listener."""
        if self.hl7_senders is None:
            raise ValueError("HL7_SENDERS is not set")
        return senders_of(self.hl7_senders.get_secret_value())

    @property
    def mllp_tls(self) -> ssl.SSLContext | None:
        """What the listener speaks TLS with. Raises OSError and ssl.SSLError for files that do not fit."""
        if self.hl7_certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.hl7_certificate, self.hl7_private_key)
        if self.hl7_client_authorities is not None:
            context.load_verify_locations(self.hl7_client_authorities)
            context.verify_mode = ssl.CERT_REQUIRED
        return context


def _address(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    try:
        ip_address(host.strip("[]"))
        number = int(port)
    except ValueError:
        raise ValueError("it is not an IP address and a port, such as 127.0.0.1:2575") from None
    if not 0 <= number <= 65535:
        raise ValueError("its port is not between 0 and 65535")
    return host.strip("[]"), number


def _is_safe(host: str, given: dict[str, Any], senders: Senders) -> None:
    encrypted = given.get("hl7_certificate") is not None
    if encrypted != (given.get("hl7_private_key") is not None):
        raise ValueError("HL7_CERTIFICATE and HL7_PRIVATE_KEY belong together")
    if not encrypted and not ip_address(host).is_loopback:
        raise ValueError("an address that others can reach needs TLS: set HL7_CERTIFICATE and HL7_PRIVATE_KEY")
    asked = given.get("hl7_client_authorities") is not None
    if asked and not encrypted:
        raise ValueError("HL7_CLIENT_AUTHORITIES needs HL7_CERTIFICATE and HL7_PRIVATE_KEY")
    if not asked and any(entry.certificate_sha256 is not None for entry in senders.entries):
        raise ValueError("a sender is known by its certificate, and HL7_CLIENT_AUTHORITIES demands none")
