"""The payer's decision, as payments posted it, and what the practice does about a denial."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from claims.domain import next_payer
from claims.domain.claim import Claim, Standing
from claims.domain.decisions import LATER_PAYER, Decision, standing_after
from claims.domain.events import (
    AdjudicatedLine,
    ClaimClosed,
    ClaimDenied,
    ClaimPaid,
    ClaimReversed,
    LineAdjustment,
)
from claims.domain.lifecycle import CONTESTED, Fact, Status
from common.change import Change
from common.money import Money

# Decisions on something else than this claim (rulebook 11): a predetermination pays nothing, and what was passed on to
# another payer because it was not theirs is not decided.
UNDECIDED = frozenset({"23", "25"})
# Where a denial is no open case: an appeal runs, it was won and the money is awaited, or it was given up.
SETTLED_OR_APPEALED = (Status.APPEALED, Status.ACCEPTED, Status.CLOSED)


@dataclass(frozen=True, slots=True)
class Posting:
    """One RemittancePosted. `charge` = paid + contractual + patient responsibility + denied; a reversal is negative.

    `standing` is the whole claim's money with this posting in it.
    """

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
    standing: Standing | None = None
    adjustments: tuple[LineAdjustment, ...] = ()
    forwarded: bool = False

    @property
    def denies(self) -> bool:
        return self.denied > Money.zero()

    @property
    def decision(self) -> Decision:
        return Decision(
            remittance_id=self.remittance_id,
            control_number=self.control_number,
            status_code=self.status_code,
            payer_claim_number=self.payer_claim_number,
            decided_on=self.adjudicated_on,
            charge=self.charge,
            paid=self.paid,
            adjustments=self.adjustments,
            lines=self.lines,
            forwarded=self.forwarded,
        )

    @property
    def leaves(self) -> Standing:
        """The claim's money after it; where payments did not say, as if nothing else had ever been posted."""
        zero = Money.zero()
        alone = Standing(self.paid, self.contractual, self.patient_responsibility, max(self.denied, zero), zero)
        return self.standing or alone

    @property
    def facts(self) -> dict[str, str]:
        told = {} if self.standing is None else {"open_denied": str(self.standing.open_denied)}
        return told | {
            "remittance_id": str(self.remittance_id),
            "control_number": self.control_number,
            "status_code": self.status_code,
            "adjudicated_on": self.adjudicated_on.isoformat(),
            "paid": str(self.paid),
            "contractual": str(self.contractual),
            "patient_responsibility": str(self.patient_responsibility),
            "denied": str(self.denied),
        }


def fact_of(claim: Claim, posting: Posting) -> Fact:
    """What a posting means for the claim as a whole.

    What is open as denied after it, from this or an earlier remittance, is a denial case: beside anything payable (by a
    payer or the patient) the claim is paid in part, otherwise denied. A remittance about the rest does not touch a
    denial that waits for an appeal, was won or was given up. With nothing denied the claim is paid in full, also when
    all of it fell to the deductible, unless its payer has not answered for all of it yet.
    """
    left, none = posting.leaves, Money.zero()
    if posting.reversal:
        return Fact.REVERSED_IN_PART if left.open_denied > none and claim.status in CONTESTED else Fact.REVERSED
    if left.open_denied > none:
        if claim.status in SETTLED_OR_APPEALED and not touches_denial(claim, posting):
            return Fact.DENIAL_UNTOUCHED
        return Fact.PAID_IN_PART if left.paid + left.patient > none else Fact.DENIED
    return Fact.PAID_SO_FAR if left.open_with_payer > none else Fact.PAID_IN_FULL


def touches_denial(claim: Claim, posting: Posting) -> bool:
    """Whether what is open as denied after it is another denial, or another amount, than before."""
    before, left = claim.standing.open_denied if claim.standing else Money.zero(), posting.leaves.open_denied
    return left > Money.zero() and (posting.denies or left != before)


def post(claim: Claim, posting: Posting, now: datetime) -> Change[Claim]:
    """Apply the latest decision on the current submission; a reversal brings the claim back to its payer.

    A decision on an earlier submission is kept: the reversal that goes before a replacement's payment is expected, any
    other is given to a person, because two submissions of one claim would both be paid. So is every word of a payer
    that had done with the claim: the one after it was told something else. A claim that comes to rest goes on to the
    patient's next coverage.
    """
    submission, fact = claim.submission_of(posting.control_number), fact_of(claim, posting)
    denied_by = posting.remittance_id if touches_denial(claim, posting) else claim.denied_by
    heard = replace(claim, standing=posting.standing or claim.standing)
    if posting.status_code in UNDECIDED:
        return Change(heard.note("undecided_remittance", now, posting.facts))
    if claim.earlier and submission is not None and submission.attempt <= claim.earlier[-1].attempt:
        kept = heard.note("earlier_payer_remitted", now, posting.facts)
        return Change(kept.flag("earlier-payer-remitted", now, posting.facts))
    stands = standing_after(claim.decisions, posting.decision, reversal=posting.reversal)
    heard = replace(heard, decisions=stands)
    if submission is None or submission != claim.current:
        kept = heard.note("earlier_submission_remitted", now, posting.facts)
        return Change(kept if posting.reversal else kept.flag("earlier-submission-remitted", now, posting.facts))
    if posting.reversal:
        return Change(heard.move(fact, now, posting.facts), (_taken_back(claim, posting),))
    heard = replace(heard, denied_by=denied_by)
    if not claim.moves(fact) and fact is not Fact.DENIAL_UNTOUCHED:
        return Change(heard.move(fact, now, posting.facts).flag("remittance-out-of-place", now, posting.facts))
    moved = _decided(heard, posting).move(fact, now, posting.facts)
    return Change(next_payer.gone_on(moved, now), _told(moved, posting, fact))


def _decided(claim: Claim, posting: Posting) -> Claim:
    """The claim with the day and the number of the decision that is contested, should one be.

    A later payer's number names nothing that could be replaced, and while an earlier denial stands its window runs on.
    """
    if posting.status_code in LATER_PAYER and not claim.earlier:
        return replace(claim, adjudicated_on=claim.adjudicated_on or posting.adjudicated_on)
    stands = claim.status in CONTESTED and posting.leaves.open_denied > posting.denied
    return replace(
        claim,
        adjudicated_on=(claim.adjudicated_on if stands else None) or posting.adjudicated_on,
        payer_claim_number=posting.payer_claim_number or claim.payer_claim_number,
    )


def appeal(
    claim: Claim,
    now: datetime,
    *,
    case_id: UUID,
    level: int,
    filed_on: date,
    due: date,
    remittance_id: UUID | None = None,
) -> Change[Claim]:
    """An appeal was filed: the payer has to decide by `due`. One against a denial that is not the last is refused."""
    facts = {
        "case_id": str(case_id),
        "level": str(level),
        "filed_on": filed_on.isoformat(),
        "decision_due": due.isoformat(),
    }
    if not claim.allows(Fact.APPEAL_FILED) or answers_another(claim, remittance_id):
        return Change(claim.refuse(Fact.APPEAL_FILED, now, facts))
    return Change(replace(claim, decision_due=due).move(Fact.APPEAL_FILED, now, facts))


def overturned(
    claim: Claim, now: datetime, *, case_id: UUID, recovered: Money, remittance_id: UUID | None = None
) -> Change[Claim]:
    """The denial fell: the claim waits for the payer's money, unless that came first.

    `remittance_id` is the denial that fell; where the payer has denied anew since, that one stands.
    """
    facts = {"case_id": str(case_id), "recovered": str(recovered)}
    if answers_another(claim, remittance_id):
        return Change(claim.note("late_denial_overturned", now, facts))
    return Change(claim.move(Fact.DENIAL_OVERTURNED, now, facts))


def upheld(
    claim: Claim, now: datetime, *, case_id: UUID, write_off: Money, remittance_id: UUID | None = None
) -> Change[Claim]:
    """The denial stands and is written off: nothing more will be done, unless the payer still owes an answer.

    `remittance_id` is the denial that was given up; where the payer has denied anew since, that one is being worked.
    """
    facts = {"case_id": str(case_id), "write_off": str(write_off)}
    if answers_another(claim, remittance_id):
        return Change(claim.note("late_denial_upheld", now, facts))
    awaited = claim.standing is not None and claim.standing.open_with_payer > Money.zero()
    fact = Fact.DENIED_PART_UPHELD if awaited else Fact.DENIAL_UPHELD
    moved = claim.move(fact, now, facts)
    closes = claim.moves(fact) and not awaited
    closed = (ClaimClosed(claim.id, "denial_upheld"),) if closes else ()
    return Change(next_payer.gone_on(moved, now), closed)


def answers_another(claim: Claim, remittance_id: UUID | None) -> bool:
    """Whether what denials decided is about another denial than the claim's last; unknown where either is not named."""
    return None not in (claim.denied_by, remittance_id) and claim.denied_by != remittance_id


def _taken_back(claim: Claim, posting: Posting) -> ClaimReversed:
    return ClaimReversed(
        claim_id=claim.id,
        control_number=posting.control_number,
        remittance_id=posting.remittance_id,
        paid=posting.paid,
        open_denied=_open_denied(posting),
    )


def _told(claim: Claim, posting: Posting, fact: Fact) -> tuple[ClaimPaid | ClaimDenied, ...]:
    paid = ClaimPaid(
        claim_id=claim.id,
        control_number=posting.control_number,
        remittance_id=posting.remittance_id,
        outcome="paid" if fact is Fact.PAID_IN_FULL else "partly_paid",
        paid=posting.paid,
        adjusted=posting.contractual,
        patient_responsibility=posting.patient_responsibility,
        open_denied=_open_denied(posting),
    )
    if not posting.denies:
        return (paid,)
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
        open_denied=_open_denied(posting),
    )
    return (denied,) if fact is Fact.DENIED else (paid, denied)


def _open_denied(posting: Posting) -> Money | None:
    return posting.standing.open_denied if posting.standing else None
