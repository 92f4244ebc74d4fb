"""277CA: what a clearinghouse or the payer's front end says about one submission (rulebook 9.4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from claims.domain.claim import VOID, Claim
from claims.domain.events import ClaimAccepted, ClaimClosed, ClaimRejected
from claims.domain.lifecycle import Fact, Status
from claims.domain.submission import with_submission
from common.change import Change

PAYER = "PR"
REJECTING_ACTION = "U"
# A5, a claim split into several, is an acceptance of all of them.
TAKEN = frozenset({"A1", "A2", "A5"})
REJECTING = frozenset({"A3", "A4", "A6", "A7", "A8"})


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """One claim's place in a 277CA, or a word about the whole batch it came in.

    `said_by` is NM101 of the source (PR payer, AY clearinghouse); `categories` and `statuses` are those of its STC
    segments in order; `said_at` is when the source wrote it.
    """

    interchange_id: UUID
    position: int
    control_number: str
    said_by: str
    action: str
    categories: tuple[str, ...]
    statuses: tuple[str, ...]
    said_at: datetime
    payer_claim_number: str | None = None

    @property
    def fact(self) -> Fact:
        """What it means: only the payer's own acceptance is acceptance; a rejection by anybody is one."""
        if self.action == REJECTING_ACTION or any(category in REJECTING for category in self.categories):
            return Fact.FRONT_END_REJECTED
        if self.said_by == PAYER and self.categories and all(code in TAKEN for code in self.categories):
            return Fact.PAYER_ACCEPTED
        return Fact.FORWARDED

    @property
    def facts(self) -> dict[str, str]:
        """What the history keeps of it."""
        return {
            "control_number": self.control_number,
            "interchange_id": str(self.interchange_id),
            "said_by": self.said_by,
            "categories": " ".join(self.categories),
            "statuses": " ".join(self.statuses),
            "said_at": self.said_at.isoformat(),
        }


def must_wait(claim: Claim, said: Acknowledgement) -> bool:
    """Whether it speaks of a submission that we have not been told left: between topics there is no order."""
    submission = claim.submission_of(said.control_number)
    return claim.status is Status.SENDING and submission is not None and submission == claim.current


def acknowledge(claim: Claim, said: Acknowledgement, now: datetime) -> Change[Claim]:
    """Apply an acknowledgement.

    One about an earlier submission, or older than one already applied, is kept and moves nothing; so is one that the
    table does not let move the claim.
    """
    submission = claim.submission_of(said.control_number)
    if submission is None or submission != claim.current:
        return Change(claim.note("late_acknowledgement", now, said.facts))
    if submission.said_at is not None and said.said_at < submission.said_at:
        return Change(claim.note("older_acknowledgement", now, said.facts))
    heard = with_submission(claim, replace(submission, said_at=said.said_at))
    taken = said.fact is Fact.PAYER_ACCEPTED
    fact = Fact.VOID_TAKEN if taken and submission.frequency == VOID else said.fact
    moved = heard.move(fact, now, said.facts)
    if taken and said.payer_claim_number and moved.adjudicated_on is None:
        moved = replace(moved, payer_claim_number=said.payer_claim_number)
    if not claim.moves(fact):
        return Change(moved)
    return Change(moved, _told(moved, fact, said))


def _told(claim: Claim, fact: Fact, said: Acknowledgement) -> tuple[ClaimAccepted | ClaimRejected | ClaimClosed, ...]:
    if fact is Fact.FRONT_END_REJECTED:
        return (ClaimRejected(claim.id, said.control_number, "277CA", said.categories, said.statuses),)
    accepted = ClaimAccepted(claim.id, said.control_number, said.payer_claim_number)
    return (accepted, ClaimClosed(claim.id, "void")) if fact is Fact.VOID_TAKEN else (accepted,)
