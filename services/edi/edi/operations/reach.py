"""How far a wire reaches from this installation: which machines, with which secrets. Asked anew at every call."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

from common.http import RemoteUnavailable
from common.uow import UnitOfWork
from edi.domain.address import Place, address, permitted, place_of
from edi.domain.partner import Partner
from edi.domain.refusals import MachineNotAllowed, SecretMissing

RESOLVING_SECONDS = 5.0
LARGEST_SECRET = 64 * 1024


class Installation(Protocol):
    """What the settings say about wires."""

    @property
    def allowed_hosts(self) -> tuple[str, ...]: ...
    @property
    def allowed_networks(self) -> tuple[str, ...]: ...
    @property
    def secrets_folder(self) -> Path | None: ...
    @property
    def public_url(self) -> str: ...


def installation_of(uow: UnitOfWork) -> Installation:
    return cast(Installation, uow.workplace.settings)


async def machine(partner: Partner, url: str, installation: Installation) -> tuple[Place, str]:
    """The parts of a partner's address and the one IP address to connect to.

    The settings may have changed since the partner was registered, and a name may lead elsewhere than it did: both are
    looked at here, and what is connected to is the address that was looked at, never the name again. A host with one
    address that is not allowed is not used at all. Raises HostNotAllowed, AddressNotSafe, MachineNotAllowed, and
    RemoteUnavailable where the name cannot be resolved now.
    """
    address(url, "sftp" if url.startswith("sftp:") else "http", installation.allowed_hosts)
    place = place_of(url)
    found = await _resolved(place)
    if not all(permitted(each, place, installation.allowed_networks) for each in found):
        raise MachineNotAllowed(partner_id=partner.id)
    return place, found[0]


async def _resolved(place: Place) -> Sequence[str]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(RESOLVING_SECONDS):
            found = await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError):
        raise RemoteUnavailable("partner", "unresolved") from None
    return [str(entry[4][0]) for entry in found]


def tls_of(partner: Partner, installation: Installation) -> ssl.SSLContext | None:
    """Whom to trust and as whom to appear, where the partner has an authority of its own or knows us by a certificate.

    Read anew at every call, as secrets are. Raises SecretMissing for a file that is not there or holds something else.
    """
    access = partner.facts.access
    if not access.authority and not access.certificate:
        return None
    context = ssl.create_default_context()
    try:
        if access.authority:
            context = ssl.create_default_context(cadata=secret(access.authority, installation))
        if access.certificate:
            folder = _folder(installation, access.certificate)
            context.load_cert_chain(folder / access.certificate, folder / access.certificate_key)
    except (OSError, ValueError):
        raise SecretMissing(secret=access.certificate or access.authority) from None
    return context


def _folder(installation: Installation, name: str) -> Path:
    if installation.secrets_folder is None:
        raise SecretMissing(secret=name)
    return installation.secrets_folder


def secret(name: str, installation: Installation) -> str:
    """What the file of that name holds, read anew so that it can be exchanged while we run. Raises SecretMissing."""
    folder = _folder(installation, name)
    try:
        with (folder / name).open(encoding="utf-8") as file:
            held = file.read(LARGEST_SECRET).strip()
    except (OSError, UnicodeDecodeError):
        raise SecretMissing(secret=name) from None
    if not held:
        raise SecretMissing(secret=name)
    return held
