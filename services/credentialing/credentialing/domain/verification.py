"""Who verified what at its source, when and how: what a payer's auditor asks to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from credentialing.domain.kinds import Kind
from credentialing.domain.refusals import InTheFuture


class Inquiry(StrEnum):
    """What is asked of a source about a provider, beside papers: data banks and lists (rulebook 13)."""

    NPDB = "npdb_query"
    SAM = "sam_search"
    STATE_EXCLUSIONS = "state_exclusion_search"
    OIG = "oig_exclusion_check"
    WORK_HISTORY = "work_history"


class Method(StrEnum):
    WEBSITE = "website"
    TELEPHONE = "telephone"
    LETTER = "letter"
    ELECTRONIC = "electronic"


class Result(StrEnum):
    CONFIRMED = "confirmed"
    DIFFERS = "differs"
    ADVERSE = "adverse"


@dataclass(frozen=True, slots=True)
class Verification:
    """`source` is the primary source, such as a state board; `credential_id` is the paper that was verified.

    `state` is the one whose list was searched, where a state's was.
    """

    item: Kind | Inquiry
    source: str
    method: Method
    verified_on: date
    result: Result
    credential_id: UUID | None = None
    reference: str | None = None
    state: str | None = None

    def checked(self, today: date) -> Verification:
        """Raises InTheFuture."""
        if self.verified_on > today:
            raise InTheFuture(what="verification", day=self.verified_on)
        return self

    def counts(self, today: date, days: int) -> bool:
        """Whether it confirms, and not longer ago than `days`."""
        return self.result is Result.CONFIRMED and self.verified_on >= today - timedelta(days=days)
