"""The payer's decision, as payments posted it, and what the practice does about a denial."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from claims.domain.claim import Claim
from claims.domain.events import AdjudicatedLine, ClaimClosed, ClaimDenied, ClaimPaid
from claims.domain.lifecycle import Fact
from common.change import Change
from common.money import Money

# Decisions on something else than this claim (rulebook 11): a predetermination pays nothing, and what was passed on to
# another payer because it was not theirs is not decided.
UNDECIDED = frozenset({"23", "25"})


@dataclass(frozen=True, slots=True)
class Posting:
    """One RemittancePosted. `charge` = paid + contractual + patient responsibility + denied; a reversal is negative."""

    remittance_id: UUID
    control_number: str
    payer_claim_number: str | None
    status_code: str
    reversal: bool
    adjudicated_on: date
    charge: Money
    paid: Money
    contractual: Money
    patient_responsibility: Money
    denied: Money
    lines: tuple[AdjudicatedLine, ...]
    remarks: tuple[str, ...]

    @property
    def fact(self) -> Fact:
        """What the decision is.

        Anything denied beside anything payable (by the payer or the patient) is payment in part: it is paid as far as
        it is, and the denied rest becomes a denial case. Nothing denied is paid in full, also when all of it fell to
        the deductible.
        """
        if self.reversal:
            return Fact.REVERSED
        if self.denied <= Money.zero():
            return Fact.PAID_IN_FULL
        payable = self.paid + self.patient_responsibility > Money.zero()
        return Fact.PAID_IN_PART if payable else Fact.DENIED

    @property
    def facts(self) -> dict[str, str]:
        return {
            "remittance_id": str(self.remittance_id),
            "control_number": self.control_number,
            "status_code": self.status_code,
            "adjudicated_on": self.adjudicated_on.isoformat(),
            "paid": str(self.paid),
            "contractual": str(self.contractual),
            "patient_responsibility": str(self.patient_responsibility),
            "denied": str(self.denied),
        }


OUTCOMES: Mapping[Fact, str] = {Fact.PAID_IN_FULL: "paid", Fact.PAID_IN_PART: "partly_paid"}


def post(claim: Claim, posting: Posting, now: datetime) -> Change[Claim]:
    """Apply the latest decision on the current submission; a reversal brings the claim back to its payer.

    A decision on an earlier submission is kept: the reversal that goes before a replacement's payment is expected, any
    other is given to a person, because two submissions of one claim would both be paid.
    """
    submission = claim.submission_of(posting.control_number)
    if posting.status_code in UNDECIDED:
        return Change(claim.note("undecided_remittance", now, posting.facts))
    if submission is None or submission != claim.current:
        kept = claim.note("earlier_submission_remitted", now, posting.facts)
        return Change(kept if posting.reversal else kept.flag("earlier-submission-remitted", now, posting.facts))
    if posting.reversal or not claim.moves(posting.fact):
        kept = claim.move(posting.fact, now, posting.facts)
        return Change(kept if posting.reversal else kept.flag("remittance-out-of-place", now, posting.facts))
    decided = replace(
        claim,
        adjudicated_on=posting.adjudicated_on,
        payer_claim_number=posting.payer_claim_number or claim.payer_claim_number,
    )
    moved = decided.move(posting.fact, now, posting.facts)
    return Change(moved, _told(moved, posting))


def appeal(claim: Claim, now: datetime, *, case_id: UUID, level: int, filed_on: date, due: date) -> Change[Claim]:
    """An appeal was filed: the payer has to decide by `due`."""
    facts = {
        "case_id": str(case_id),
        "level": str(level),
        "filed_on": filed_on.isoformat(),
        "decision_due": due.isoformat(),
    }
    if not claim.allows(Fact.APPEAL_FILED):
        return Change(claim.refuse(Fact.APPEAL_FILED, now, facts))
    return Change(replace(claim, decision_due=due).move(Fact.APPEAL_FILED, now, facts))


def overturned(claim: Claim, now: datetime, *, case_id: UUID, recovered: Money) -> Change[Claim]:
    """The denial fell: the claim waits for the payer's money, unless that came first."""
    return Change(claim.move(Fact.DENIAL_OVERTURNED, now, {"case_id": str(case_id), "recovered": str(recovered)}))


def upheld(claim: Claim, now: datetime, *, case_id: UUID, write_off: Money) -> Change[Claim]:
    """The denial stands and is written off: nothing more will be done."""
    moved = claim.move(Fact.DENIAL_UPHELD, now, {"case_id": str(case_id), "write_off": str(write_off)})
    closes = claim.moves(Fact.DENIAL_UPHELD)
    return Change(moved, (ClaimClosed(claim.id, "denial_upheld"),) if closes else ())


def _told(claim: Claim, posting: Posting) -> tuple[ClaimPaid | ClaimDenied, ...]:
    paid = ClaimPaid(
        claim_id=claim.id,
        control_number=posting.control_number,
        remittance_id=posting.remittance_id,
        outcome=OUTCOMES.get(posting.fact, ""),
        paid=posting.paid,
        adjusted=posting.contractual,
        patient_responsibility=posting.patient_responsibility,
    )
    denied = ClaimDenied(
        claim_id=claim.id,
        encounter_id=claim.encounter_id,
        patient_id=claim.patient_id,
        payer_id=claim.payer_id or "",
        control_number=posting.control_number,
        remittance_id=posting.remittance_id,
        date_of_service=claim.coded.date_of_service,
        adjudicated_on=posting.adjudicated_on,
        charge=posting.charge,
        denied=posting.denied,
        lines=posting.lines,
        remarks=posting.remarks,
        payer_claim_number=claim.payer_claim_number,
    )
    return {Fact.PAID_IN_FULL: (paid,), Fact.PAID_IN_PART: (paid, denied), Fact.DENIED: (denied,)}[posting.fact]
