"""How a practice proves to a partner who it is. Secrets are named here and kept elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from edi.domain.address import address
from edi.domain.refusals import AccessIncomplete, HostKeyMissing

_SECRET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_USER = re.compile(r"[!-9;-~]{1,128}")
_HOST_KEY = re.compile(r"(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/]{40,4000}={0,2}")
_FOLDER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,63}){0,5}")


@dataclass(frozen=True, slots=True)
class Access:
    """`kind` is none, basic, bearer, client_credentials or key; `secret` names a file of the installation.

    The file holds the password, the token, the client secret or the private key. `user` is the user or the client's
    id; `token_url` and `scope` are for client credentials (RFC 6749, 4.4). Beside any of them over HTTPS the
    partner may want to know us by a certificate (`certificate`, `certificate_key`) or be known by an authority of its
    own (`authority`): three more names of files, each of PEM.
    """

    kind: str = "none"
    user: str = ""
    secret: str = ""
    token_url: str = ""
    scope: str = ""
    certificate: str = ""
    certificate_key: str = ""
    authority: str = ""

    @property
    def files(self) -> tuple[str, ...]:
        """The names of every file of the installation that it needs."""
        return tuple(filter(None, (self.secret, self.certificate, self.certificate_key, self.authority)))


@dataclass(frozen=True, slots=True)
class Folders:
    """What is where on a partner's SFTP server, and which keys it may show.

    `host_keys` are lines as OpenSSH writes them, without a comment. What was taken from `pickup` is moved into
    `archive`, or removed where there is none.
    """

    host_keys: tuple[str, ...] = field(default=())
    upload: str = "inbound"
    pickup: str = "outbound"
    archive: str | None = None


_OVER_HTTP: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "basic": ("user", "secret"),
    "bearer": ("secret",),
    "client_credentials": ("user", "secret", "token_url"),
}

# For each wire and kind, what must be given beside it.
NEEDED: Mapping[tuple[str, str], tuple[str, ...]] = {
    **{(wire, kind): needed for wire in ("http", "fhir") for kind, needed in _OVER_HTTP.items()},
    ("sftp", "key"): ("user", "secret"),
}


def checked_access(access: Access, wire: str, allowed_hosts: Iterable[str], *, encrypted: bool) -> Access:
    """The access, with its token address in one spelling. `encrypted` says whether the partner's address is HTTPS.

    Raises AccessIncomplete, AddressNotSafe, HostNotAllowed.
    """
    needed = NEEDED.get((wire, access.kind))
    if needed is None:
        kinds = ", ".join(kind for known, kind in NEEDED if known == wire)
        raise AccessIncomplete(field="kind", rule=f"one of {kinds} on the wire {wire}")
    for name in needed:
        if not getattr(access, name):
            raise AccessIncomplete(field=name, rule=f"it: access of the kind {access.kind} needs it")
    for name in ("secret", "certificate", "certificate_key", "authority"):
        if getattr(access, name) and not _SECRET_NAME.fullmatch(getattr(access, name)):
            raise AccessIncomplete(field=name, rule="the name of a file of the installation's secrets, not the secret")
    if bool(access.certificate) != bool(access.certificate_key):
        raise AccessIncomplete(field="certificate", rule="it and certificate_key, or neither")
    if (access.certificate or access.authority) and not encrypted:
        raise AccessIncomplete(field="base_url", rule="https where certificates are used")
    if access.user and not _USER.fullmatch(access.user):
        raise AccessIncomplete(field="user", rule="1 to 128 visible characters without a colon")
    if not access.token_url:
        return access
    token_url = address(access.token_url, "http", allowed_hosts)
    return replace(access, token_url=token_url)


def checked_folders(folders: Folders) -> Folders:
    """Raises HostKeyMissing without a pinned key, AccessIncomplete for a folder that is no folder."""
    if not folders.host_keys or not all(_HOST_KEY.fullmatch(key) for key in folders.host_keys):
        raise HostKeyMissing
    for name in ("upload", "pickup", "archive"):
        folder = getattr(folders, name)
        if folder is not None and not _FOLDER.fullmatch(folder):
            raise AccessIncomplete(field=name, rule="a folder below the partner's address, such as outbound")
    if folders.pickup in (folders.upload, folders.archive):
        raise AccessIncomplete(field="pickup", rule="a folder of its own")
    return folders
