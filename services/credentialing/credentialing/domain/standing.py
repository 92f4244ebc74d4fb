"""Whether a provider's services at a place on a day can be billed to a payer, and the reason in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from credentialing.domain.events import Span
from credentialing.domain.lifecycle import Stage
from credentialing.domain.payers import Program
from credentialing.domain.sanctions import Excluded


class Standing(StrEnum):
    ENROLLED = "enrolled"
    NOT_YET = "not_yet"
    PENDING = "pending"
    ENDED = "ended"
    REFUSED = "refused"
    NOT_FILED = "not_filed"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known of one provider, payer and location; `stage` is None where there is no enrollment.

    `span` holds the day that is asked about; `before` ended last before it, `after` begins next after it. `state` is
    the payer's where it is a state's Medicaid, or the location's.
    """

    program: Program
    stage: Stage | None
    submitted_on: date | None = None
    decided_on: date | None = None
    due_on: date | None = None
    span: Span | None = None
    before: date | None = None
    after: date | None = None
    state: str | None = None
    excluded: tuple[Excluded, ...] = ()


_APPLICATION: Mapping[Stage, str] = {
    Stage.IN_PREPARATION: "The application is being prepared.",
    Stage.SUBMITTED: "The application went to the payer on {submitted_on}; it has not been taken up yet.",
    Stage.IN_REVIEW: "The payer is reviewing the application of {submitted_on}.",
    Stage.INFORMATION_REQUESTED: "The payer asked for more on the application of {submitted_on}: answer it.",
    Stage.APPROVED: "The payer approved it on {decided_on}; its effective date is not known yet.",
}
_OVER: Mapping[Stage, str] = {
    Stage.DENIED: "The payer denied the application on {decided_on}.",
    Stage.WITHDRAWN: "The application was withdrawn.",
}


def judge(cell: Cell, day: date) -> tuple[Standing, str]:
    """The standing on `day` and its reason. The enrolled days decide; the stage only explains (rulebook 13)."""
    for excluded in cell.excluded:
        if excluded.bars(cell.program, cell.state, day):
            return Standing.EXCLUDED, excluded.reason
    if cell.span is not None:
        return Standing.ENROLLED, _enrolled(cell, cell.span)
    if cell.after is not None:
        return Standing.NOT_YET, f"In effect from {cell.after}: services before that day cannot be billed."
    if cell.stage is not None and cell.stage in _APPLICATION:
        return Standing.PENDING, _filled(_APPLICATION[cell.stage], cell)
    if cell.stage is not None and cell.stage in _OVER:
        return Standing.REFUSED, _filled(_OVER[cell.stage], cell)
    if cell.before is not None:
        word = "Lapsed" if cell.stage is Stage.LAPSED else "Terminated"
        return Standing.ENDED, f"{word}: the last day that can be billed was {cell.before}."
    if cell.stage in (Stage.LAPSED, Stage.TERMINATED):
        return Standing.ENDED, "It ended without a day in effect."
    if cell.stage is Stage.EFFECTIVE:
        return Standing.NOT_YET, "Not in effect on that day."
    return Standing.NOT_FILED, "No application was made to this payer for this provider and location."


def _enrolled(cell: Cell, span: Span) -> str:
    until = f" until {span.last}" if span.last else ""
    due = f"; the payer looks again by {cell.due_on}" if cell.due_on and cell.stage is Stage.EFFECTIVE else ""
    return f"Enrolled from {span.first}{until}{due}."


def _filled(sentence: str, cell: Cell) -> str:
    return sentence.format(submitted_on=cell.submitted_on, decided_on=cell.decided_on)
