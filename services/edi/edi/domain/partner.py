"""A partner: a clearinghouse or payer at the other end of a wire, as one practice knows it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from edi.domain.refusals import AddressNotSafe, BadIdentifier, HostNotAllowed

ANY_PAYER = "*"

# ISA05 and ISA07, data element I05.
QUALIFIERS = frozenset({"01", "14", "20", "27", "28", "29", "30", "33", "ZZ"})

_ISA_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .&/_-]{0,13}[A-Za-z0-9]|[A-Za-z0-9]")
_PAYER = re.compile(r"[A-Za-z0-9._-]{1,40}|\*")
_MARKS = re.compile(r"[!-/:-@\[-`{-~\x1c-\x1f]{4}")


@dataclass(frozen=True, slots=True)
class Party:
    """One end of the wire: qualifier and id in ISA, and the id in GS."""

    qualifier: str
    id: str
    group_id: str


@dataclass(frozen=True, slots=True)
class PartnerFacts:
    """What staff say about a partner.

    `delimiters` are four characters: element, component, segment, repetition. `usage` is ISA15, P or T. `payers` are
    the payer ids whose files go this way, or `*` for all that no other partner takes.
    """

    name: str
    base_url: str
    ours: Party
    theirs: Party
    usage: str
    payers: tuple[str, ...]
    delimiters: str
    poll_seconds: int
    acknowledgement_hours: int
    time_zone: str


@dataclass(frozen=True, slots=True)
class Partner:
    id: UUID
    facts: PartnerFacts
    version: int

    def amended(self, facts: PartnerFacts, allowed_hosts: Iterable[str]) -> Partner:
        """The partner with other facts. Raises as `checked`."""
        return replace(self, facts=checked(facts, allowed_hosts))


def checked(facts: PartnerFacts, allowed_hosts: Iterable[str]) -> PartnerFacts:
    """The facts with the address in one spelling.

    Raises BadIdentifier, AddressNotSafe, HostNotAllowed.
    """
    for field, party in (("sender", facts.ours), ("receiver", facts.theirs)):
        if party.qualifier not in QUALIFIERS:
            raise BadIdentifier(field=f"{field}_qualifier", rule=f"one of {', '.join(sorted(QUALIFIERS))}")
        for name, text in ((f"{field}_id", party.id), (f"{field}_group_id", party.group_id)):
            if not _ISA_ID.fullmatch(text):
                raise BadIdentifier(field=name, rule="1 to 15 letters, digits and inner marks, without delimiters")
    if not _MARKS.fullmatch(facts.delimiters) or len(set(facts.delimiters)) != len(facts.delimiters):
        raise BadIdentifier(field="delimiters", rule="four different marks: element, component, segment, repetition")
    for payer in facts.payers:
        if not _PAYER.fullmatch(payer):
            raise BadIdentifier(field="payers", rule='payer ids of 1 to 40 letters and digits, or "*"')
    _check_zone(facts.time_zone)
    payers = tuple(dict.fromkeys(facts.payers))
    return replace(facts, base_url=address(facts.base_url, allowed_hosts), payers=payers)


def address(base_url: str, allowed_hosts: Iterable[str]) -> str:
    """The address in one spelling: lower-case host, no closing slash.

    An allowed host is `host` (any port) or `host:port`. Raises AddressNotSafe, HostNotAllowed.
    """
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError:
        raise AddressNotSafe from None
    host = (parts.hostname or "").lower()
    if not host or not _plain(parts, base_url):
        raise AddressNotSafe
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise AddressNotSafe
    shown = f"[{host}]" if ":" in host else host
    place = f"{shown}:{port}" if port is not None else shown
    if not {place, shown} & {allowed.strip().lower() for allowed in allowed_hosts}:
        raise HostNotAllowed
    return f"{parts.scheme}://{place}{parts.path.rstrip('/')}"


def _plain(parts: SplitResult, base_url: str) -> bool:
    bare = not (parts.query or parts.fragment or parts.username or parts.password)
    return bare and base_url.isascii() and base_url.isprintable() and " " not in base_url and "\\" not in base_url


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadIdentifier(field="time_zone", rule="a zone of the IANA list, such as America/New_York") from None
