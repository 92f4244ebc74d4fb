"""What came in: a file, its interchanges, and whether they were here before."""

from __future__ import annotations

import re
from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from edi.domain.acknowledgement import GroupAck, InterchangeVerdict
from edi.domain.kinds import ACKNOWLEDGEMENTS, KNOWN

_IDENTIFIER = re.compile(r"[ -~]{1,15}")
_INTERCHANGE_CONTROL = re.compile(r"[0-9]{9}")
_GROUP_CONTROL = re.compile(r"[0-9]{1,9}")
MOST_FINDINGS = 100


class FileStatus(StrEnum):
    """`quarantined` waits for a person; `duplicate` was here before and has no effect."""

    PROCESSED = "processed"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"


class Reason(StrEnum):
    """Why a file or an interchange was not processed."""

    SAME_FILE = "same-file"
    SAME_INTERCHANGE = "same-interchange"
    NUMBERS_REPEATED = "control-numbers-repeated"
    MALFORMED = "malformed"
    NOT_OURS = "addressed-to-another"
    NOT_FETCHED = "not-fetched"
    DAMAGED = "damaged-download"
    READER_FAILED = "reader-failed"
    UNKNOWN_KIND = "unknown-kind"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a file, in words that hold none of its data."""

    code: str
    what: str
    interchange: int = 0
    group: int = 0
    set: int = 0
    segment: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """One interchange of a file: who it is from and to, its numbers, where it lies, and what it holds.

    `kinds` counts its transaction sets by kind; `acknowledgement` are the bodies of the 999s that we owe for it.
    """

    sender: str
    receiver: str
    control: str
    groups: tuple[str, ...]
    usage: str
    start: int
    size: int
    sha256: str
    kinds: Mapping[str, int]
    group_acks: tuple[GroupAck, ...] = ()
    verdicts: tuple[InterchangeVerdict, ...] = ()
    acknowledgement: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The kind that the business cares for: acknowledgements only where there is nothing else."""
        business = [kind for kind in self.kinds if kind not in ACKNOWLEDGEMENTS]
        return next(iter([*business, *self.kinds]), "TA1" if self.verdicts else "empty")

    @property
    def sets(self) -> int:
        return sum(self.kinds.values())

    @property
    def news(self) -> tuple[tuple[str, int], ...]:
        """The kinds, with counts, that other services are told of."""
        return tuple((kind, count) for kind, count in self.kinds.items() if kind in KNOWN)

    @property
    def has_strangers(self) -> bool:
        """Whether it holds a kind that nobody takes an interest in."""
        return any(kind not in KNOWN | ACKNOWLEDGEMENTS for kind in self.kinds)

    @property
    def numbers(self) -> tuple[str, str, tuple[str, ...]]:
        """What the duplicate guard goes by: sender, ISA13 and the set of GS06 (rulebook 11)."""
        return self.sender, self.control, tuple(sorted(self.groups))


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as it was read: its interchanges, or the flaws that keep it from being processed."""

    found: tuple[Found, ...] = ()
    reason: Reason | None = None
    flaws: tuple[Flaw, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """An interchange of the same sender that is in the archive."""

    id: UUID
    sha256: str
    numbers: tuple[str, str, tuple[str, ...]]


def flaws_of(found: Found, ordinal: int) -> Iterable[Flaw]:
    """Identifiers and control numbers that are not what ISA and GS allow, so that nothing can be matched by them."""
    checks: tuple[tuple[str, Sequence[str], re.Pattern[str]], ...] = (
        ("sender-id", (found.sender,), _IDENTIFIER),
        ("receiver-id", (found.receiver,), _IDENTIFIER),
        ("interchange-control", (found.control,), _INTERCHANGE_CONTROL),
        ("group-control", found.groups, _GROUP_CONTROL),
    )
    for code, texts, pattern in checks:
        if not all(pattern.fullmatch(text) for text in texts):
            yield Flaw(code, f"The {code.replace('-', ' ')} is not of its form.", ordinal)
    if not found.groups and not found.verdicts:
        yield Flaw("empty-interchange", "The interchange holds neither a group nor a TA1.", ordinal)


def misdirected(reading: Reading, ours: str) -> Reading:
    """The reading, quarantined when an interchange is addressed to somebody else: it may hold others' patients."""
    strangers = [ordinal for ordinal, found in enumerate(reading.found, start=1) if found.receiver != ours]
    if not strangers:
        return reading
    what = "The receiver is not the sender id that the practice has with this partner."
    return Reading(reason=Reason.NOT_OURS, flaws=tuple(Flaw("receiver-id", what, each) for each in strangers))


def sort_out(found: Sequence[Found], known: Sequence[Known]) -> list[tuple[Reason | None, UUID | None]]:
    """For each interchange of a file: None when it is new, else why it is not processed and what it repeats.

    The same control numbers over other bytes are no harmless duplicate: a payer that restarts its numbers would lose
    money in silence. A person decides about those.
    """
    seen: dict[tuple[str, str, tuple[str, ...]], tuple[str, UUID | None]] = {
        each.numbers: (each.sha256, each.id) for each in known
    }
    verdicts: list[tuple[Reason | None, UUID | None]] = []
    for each in found:
        before = seen.get(each.numbers)
        if before is None:
            seen[each.numbers] = each.sha256, None
            verdicts.append((None, None))
        else:
            same = before[0] == each.sha256
            verdicts.append((Reason.SAME_INTERCHANGE if same else Reason.NUMBERS_REPEATED, before[1]))
    return verdicts


def tally(kinds: Iterable[str]) -> Mapping[str, int]:
    """How often each kind occurs, in order of first occurrence."""
    return dict(Tally(kinds))
