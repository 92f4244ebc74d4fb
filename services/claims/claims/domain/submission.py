"""Out to the payer: into a batch, over the wire, and the word of the 999 about the whole transmission."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from claims.domain.claim import Claim, Submission
from claims.domain.events import ClaimHeld, ClaimRejected, ClaimSubmitted, SubmittedLine
from claims.domain.findings import Finding, Severity
from claims.domain.lifecycle import Fact, Status
from claims.domain.numbering import control_number
from common.change import Change

NOT_TAKEN = "W01"
UNCLEAR = "unclear_acknowledgement"


def put_in_batch(claim: Claim, batch_id: UUID, now: datetime, *, set_number: int = 1) -> Change[Claim]:
    """Give the claim its next control number and put it on the wire's side, in one of the batch's sets.

    Raises FactOutOfPlace when the claim does not wait for a batch, ValueError when its control numbers are used up.
    """
    attempt = claim.attempt + 1
    submission = Submission(
        attempt=attempt,
        control_number=control_number(claim.number, attempt),
        frequency=claim.next_frequency,
        charge=claim.charge,
        batch_id=batch_id,
        batched_at=now,
        original_reference=claim.next_original_reference,
        set_number=set_number,
    )
    facts = {
        "control_number": submission.control_number,
        "frequency": submission.frequency,
        "batch_id": str(batch_id),
        "charge": str(submission.charge),
    }
    batched = replace(claim, submissions=(*claim.submissions, submission))
    return Change(batched.move(Fact.BATCHED, now, facts))


def sent(claim: Claim, batch_id: UUID, transmission_id: UUID, now: datetime) -> Change[Claim]:
    """The transmission that carries the claim left; told a second time, nothing happens."""
    submission = next((one for one in claim.submissions if one.batch_id == batch_id), None)
    if submission is None or submission.sent_at is not None:
        return Change(claim)
    out = replace(submission, transmission_id=transmission_id, sent_at=now)
    facts = {"control_number": out.control_number, "transmission_id": str(transmission_id)}
    standing = claim.standing.resubmitted if claim.standing else None
    moved = replace(with_submission(claim, out), standing=standing).move(Fact.SENT, now, facts)
    return Change(moved, (_submitted(moved, out, transmission_id),))


def transmission_rejected(
    claim: Claim, batch_id: UUID, categories: tuple[str, ...], statuses: tuple[str, ...], now: datetime
) -> Change[Claim]:
    """A 999 or TA1 refused the batch: no payer has the claims in it.

    When the payer has already spoken of this very submission, or a later one is under way, the refusal is kept; it
    raises a follow-up where it contradicts what the claim stands on.
    """
    facts = {
        "batch_id": str(batch_id),
        "categories": " ".join(categories),
        "statuses": " ".join(statuses),
    }
    if not claim.submissions or claim.current.batch_id != batch_id:
        return Change(claim.note("late_transmission_rejection", now, facts))
    moved = claim.move(Fact.TRANSMISSION_REJECTED, now, facts)
    if not claim.moves(Fact.TRANSMISSION_REJECTED):
        contradicts = claim.status is not Status.REJECTED
        return Change(moved.flag("contradicting-transmission-rejection", now, facts) if contradicts else moved)
    event = ClaimRejected(claim.id, claim.current.control_number, "999", categories, statuses)
    return Change(moved, (event,))


def acknowledgement_unclear(claim: Claim, batch_id: UUID, outcome: str, now: datetime) -> Change[Claim]:
    """A 999 took a part of the batch and does not say which: a person has to ask."""
    if not claim.submissions or claim.current.batch_id != batch_id:
        return Change(claim)
    facts = {"batch_id": str(batch_id), "control_number": claim.current.control_number, "outcome": outcome}
    return Change(claim.note(UNCLEAR, now, facts).flag(UNCLEAR, now, facts))


def not_taken(claim: Claim, batch_id: UUID, code: str, now: datetime) -> Change[Claim]:
    """Our own edi service refused the batch, so nothing left the house: the biller has it, with the code."""
    if not claim.submissions or claim.current.batch_id != batch_id:
        return Change(claim)
    finding = Finding(
        id=NOT_TAKEN,
        severity=Severity.HOLD,
        where="transmission",
        sentence=f"The wire to this payer did not take the batch: {code}.",
        mend="Set the payer's route up in edi, then rebuild the claim.",
        source="edi",
    )
    held = replace(claim, findings=(finding,)).move(Fact.NOT_TAKEN, now, {"batch_id": str(batch_id), "code": code})
    return Change(held, (ClaimHeld(held.id, held.encounter_id, (NOT_TAKEN,)),))


def with_submission(claim: Claim, submission: Submission) -> Claim:
    """The claim with one of its submissions changed."""
    changed = tuple(submission if one.attempt == submission.attempt else one for one in claim.submissions)
    return replace(claim, submissions=changed)


def _submitted(claim: Claim, submission: Submission, transmission_id: UUID) -> ClaimSubmitted:
    coverage = claim.snapshot.coverage if claim.snapshot else None
    return ClaimSubmitted(
        claim_id=claim.id,
        encounter_id=claim.encounter_id,
        patient_id=claim.patient_id,
        payer_id=claim.payer_id or "",
        control_number=submission.control_number,
        frequency=submission.frequency,
        charge=submission.charge,
        date_of_service=claim.coded.date_of_service,
        lines=tuple(
            SubmittedLine(line.number, line.cpt, line.modifiers, line.units, line.charge) for line in claim.lines
        ),
        transmission_id=transmission_id,
        payer_claim_number=submission.original_reference,
        responsibility=coverage.responsibility if coverage else None,
    )
