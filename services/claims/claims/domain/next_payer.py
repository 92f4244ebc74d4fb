"""On to the next payer: when a claim that one payer has done with is billed to the patient's next coverage."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from claims.domain.claim import Claim
from claims.domain.decisions import LATER_PAYER, Decision, EarlierPayer, balance
from claims.domain.lifecycle import Fact
from common.change import Change
from common.money import Money

# How long a payer to which a claim was crossed over has before somebody asks (rulebook 9.5).
CROSSOVER_DAYS = 30
NOT_BALANCED = "next-payer-not-balanced"
UNANSWERED = "crossover-unanswered"


def decided_by_present_payer(claim: Claim) -> tuple[Decision, ...]:
    """What the payer that the claim is with has decided on its newest submission, and has not taken back."""
    return tuple(
        one
        for one in claim.decisions
        if one.control_number == claim.current.control_number and (claim.earlier or one.status_code not in LATER_PAYER)
    )


def patient_is_asked_next(claim: Claim) -> bool:
    """Whether nobody but the patient is left to be asked: no further coverage, nothing owed, or it was answered."""
    snapshot, standing = claim.snapshot, claim.standing
    owed = standing is not None and standing.patient > Money.zero()
    answered = not claim.earlier and any(one.status_code in LATER_PAYER for one in claim.decisions)
    return snapshot is None or not snapshot.further_payers or not owed or answered


def crossed_over(claim: Claim) -> bool:
    """Whether the payer has sent the claim on itself, and the next one has still to answer."""
    if not claim.moves(Fact.NEXT_PAYER_DUE) or patient_is_asked_next(claim):
        return False
    return any(one.forwarded for one in decided_by_present_payer(claim))


def gone_on(claim: Claim, now: datetime) -> Claim:
    """A claim that came to rest with a payer goes on to the patient's next coverage, to be assembled for it.

    Not while the payer itself has sent it on: it would be billed twice. Not either while coding has said something that
    the payer has not been sent: that comes first. What does not balance is given to a person, since the next payer
    would refuse it.
    """
    if not claim.moves(Fact.NEXT_PAYER_DUE) or patient_is_asked_next(claim) or claim.coded.later is not None:
        return claim
    decisions = decided_by_present_payer(claim)
    facts = {"payer_id": claim.payer_id or "", "control_number": claim.current.control_number}
    if any(one.forwarded for one in decisions):
        return claim.note("next_payer_has_it", now, facts)
    if claim.snapshot is None or not balance(claim.lines, decisions):
        return claim.note("next_payer_not_balanced", now, facts).flag(NOT_BALANCED, now, facts)
    decided = EarlierPayer(claim.snapshot, claim.attempt, decisions)
    moved = claim.move(Fact.NEXT_PAYER_DUE, now, facts | {"earlier_paid": str(decided.paid)})
    return replace(
        moved,
        earlier=(*claim.earlier, decided),
        snapshot=None,
        decisions=(),
        adjudicated_on=None,
        payer_claim_number=None,
        authorization_number=None,
        denied_by=None,
        findings=(),
        overrides=(),
    )


def crossover_unanswered(claim: Claim, now: datetime) -> Change[Claim]:
    """The next payer was to answer by now: somebody has to ask it, or to bill it by hand."""
    if not crossed_over(claim):
        return Change(claim)
    facts = {"payer_id": claim.payer_id or "", "control_number": claim.current.control_number}
    return Change(claim.note("crossover_unanswered", now, facts).flag(UNANSWERED, now, facts))
