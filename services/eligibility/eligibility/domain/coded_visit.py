"""A visit as it was coded: what its claim will ask a payer for, held against the benefits once for each coding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from eligibility.domain.gaps import Found, Planned

BEFORE_THE_VISIT = frozenset({"network-unclear"})
"""Gaps that a desk clears up before a visit, and that hold up no claim."""


@dataclass(frozen=True, slots=True)
class CodedVisit:
    """`services` are the lines for a payer, never what the patient pays alone; none where the coding was taken back.

    `version` is that of the coding. `waits`: no answer was held against it yet.
    """

    encounter_id: UUID
    patient_id: UUID
    on: date
    version: int
    services: tuple[Planned, ...]
    waits: bool = True


def of_claim(found: tuple[Found, ...]) -> tuple[Found, ...]:
    """The gaps that bear on a claim."""
    return tuple(one for one in found if one.gap.kind not in BEFORE_THE_VISIT)
