"""What scrubbing looks at: a claim as it would go out today, and what else was billed for the patient that day."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from claims.domain.coding import CodedEncounter, ServiceLine
from claims.domain.findings import Severity
from claims.domain.parties import Snapshot
from common.money import Money


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A line of another claim for the same patient and date of service."""

    claim_id: UUID
    rendering_npi: str
    line: ServiceLine


@dataclass(frozen=True, slots=True)
class Draft:
    """The claim as it would go out. `filing_window` is the first and the last day to send it."""

    coded: CodedEncounter
    snapshot: Snapshot | None
    lines: tuple[ServiceLine, ...]
    charge: Money
    frequency: str
    original_reference: str | None
    filing_window: tuple[date, date]
    today: date
    neighbours: tuple[Neighbour, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Where an edit struck and what to do; `severity` and `overridable` where they differ from the edit's own.

    The sentence carries codes, dates and amounts, never what names a patient: it is told to every screen and log.
    """

    where: str
    sentence: str
    mend: str
    severity: Severity | None = None
    overridable: bool | None = None


Judge = Callable[[Draft], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Edit:
    """One rule of the scrubber. `source` says whose rule it is."""

    id: str
    severity: Severity
    judge: Judge
    source: str
    overridable: bool = False


def on_line(line: ServiceLine) -> str:
    return f"line {line.number}"
