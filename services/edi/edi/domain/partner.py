"""A partner: a clearinghouse or payer at the other end of a wire, as one practice knows it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID
from zoneinfo import ZoneInfo

from edi.domain.access import Access, Folders, checked_access, checked_folders
from edi.domain.address import SCHEMES, address
from edi.domain.refusals import BadIdentifier

ANY_PAYER = "*"
REAL_TIME_PATH = "/core/v1/realtime"
FHIR = "fhir"

# ISA05 and ISA07, data element I05.
QUALIFIERS = frozenset({"01", "14", "20", "27", "28", "29", "30", "33", "ZZ"})

_ISA_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .&/_-]{0,13}[A-Za-z0-9]|[A-Za-z0-9]")
_PAYER = re.compile(r"[A-Za-z0-9._-]{1,40}|\*")
_PATH = re.compile(r"(/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,8}")
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
    the payer ids whose files go this way, or `*` for all that no other partner takes. `wire` is http, sftp or fhir;
    `folders` belong to sftp, `real_time_path` (below the address) to http. A FHIR server has no mailbox and no route:
    who asks it names it.
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
    wire: str = "http"
    access: Access = field(default_factory=Access)
    folders: Folders | None = None
    real_time_path: str = REAL_TIME_PATH

    @property
    def has_mailbox(self) -> bool:
        """Whether files are handed over and picked up there."""
        return self.wire != FHIR


@dataclass(frozen=True, slots=True)
class Partner:
    id: UUID
    facts: PartnerFacts
    version: int

    def amended(self, facts: PartnerFacts, allowed_hosts: Iterable[str]) -> Partner:
        """The partner with other facts. Raises as `checked`."""
        return replace(self, facts=checked(facts, allowed_hosts))


def checked(facts: PartnerFacts, allowed_hosts: Iterable[str]) -> PartnerFacts:
    """The facts with the addresses in one spelling.

    Raises BadIdentifier, AddressNotSafe, HostNotAllowed, AccessIncomplete, HostKeyMissing.
    """
    for end, party in (("sender", facts.ours), ("receiver", facts.theirs)):
        if party.qualifier not in QUALIFIERS:
            raise BadIdentifier(field=f"{end}_qualifier", rule=f"one of {', '.join(sorted(QUALIFIERS))}")
        for name, text in ((f"{end}_id", party.id), (f"{end}_group_id", party.group_id)):
            if not _ISA_ID.fullmatch(text):
                raise BadIdentifier(field=name, rule="1 to 15 letters, digits and inner marks, without delimiters")
    if not _MARKS.fullmatch(facts.delimiters) or len(set(facts.delimiters)) != len(facts.delimiters):
        raise BadIdentifier(field="delimiters", rule="four different marks: element, component, segment, repetition")
    for payer in facts.payers:
        if not _PAYER.fullmatch(payer):
            raise BadIdentifier(field="payers", rule='payer ids of 1 to 40 letters and digits, or "*"')
    _check_zone(facts.time_zone)
    return _on_its_wire(replace(facts, payers=tuple(dict.fromkeys(facts.payers))), tuple(allowed_hosts))


def _on_its_wire(facts: PartnerFacts, allowed_hosts: tuple[str, ...]) -> PartnerFacts:
    if facts.wire not in SCHEMES:
        raise BadIdentifier(field="wire", rule=f"one of {', '.join(SCHEMES)}")
    if facts.payers and not facts.has_mailbox:
        # A route would take the payer's claims away from its clearinghouse.
        raise BadIdentifier(field="payers", rule="none for a FHIR server: name the partner in each question")
    if not _PATH.fullmatch(facts.real_time_path):
        raise BadIdentifier(
            field="real_time_path", rule="a path below the partner's address, such as /core/v1/realtime"
        )
    base_url = address(facts.base_url, facts.wire, allowed_hosts)
    return replace(
        facts,
        base_url=base_url,
        access=checked_access(facts.access, facts.wire, allowed_hosts, encrypted=base_url.startswith("https:")),
        folders=checked_folders(facts.folders or Folders()) if facts.wire == "sftp" else None,
    )


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise BadIdentifier(field="time_zone", rule="a zone of the IANA list, such as America/New_York") from None
