"""The gate: whether what was heard of coverage, authorization, referral and enrollment lets a claim go to its payer.

What is known to forbid a claim always holds it; what is only not known holds it where the practice asks for it
(docs/adr/0011). Nothing is asked of another service here: the facts are those that were heard.
"""

from __future__ import annotations

from dataclasses import dataclass

from claims.domain.authorization import authorize
from claims.domain.bill import Bill, Hold
from claims.domain.claim import VOID, Claim
from claims.domain.coverage import uncovered
from claims.domain.enrollment import unenrolled
from claims.domain.exclusion import PROGRAMS, excluded
from claims.domain.facts import Facts, Taken
from claims.domain.findings import Finding, Severity
from claims.domain.referral import refer

PRIMARY = "P"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`taken` is what the lines use of authorizations and referrals, where nothing holds the claim; `notes` hold
    nothing.
    """

    holds: tuple[Hold, ...] = ()
    taken: tuple[Taken, ...] = ()
    notes: tuple[Hold, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.holds

    @property
    def findings(self) -> tuple[Finding, ...]:
        held = (_finding(hold, Severity.HOLD) for hold in self.holds)
        return (*held, *(_finding(note, Severity.WARN) for note in self.notes))


def judge(claim: Claim, facts: Facts) -> Verdict:
    """The verdict on a claim as it would go out now.

    A void is never held: it takes back what the payer has. A claim without coverage or billing provider is the
    scrubber's to hold (E03, R01), and there is nothing yet to judge.
    """
    bill = bill_of(claim)
    if bill is None or claim.next_frequency == VOID:
        return Verdict(taken=tuple(one for one in claim.authorized if one.payer_id == claim.payer_id))
    return decide(bill, facts)


def decide(bill: Bill, facts: Facts) -> Verdict:
    """Every reason why the bill may not go; none: it may."""
    authorized, referred = authorize(bill, facts), refer(bill, facts)
    holds = (
        *uncovered(bill, facts),
        *authorized.holds,
        *referred.holds,
        *unenrolled(bill, facts),
        *excluded(bill, facts),
    )
    return Verdict(holds, (*authorized.taken, *referred.taken), referred.notes)


def bill_of(claim: Claim) -> Bill | None:
    """What the gate looks at of a claim; None before its parties are known."""
    frozen = claim.snapshot
    if frozen is None or frozen.coverage is None or frozen.practice is None:
        return None
    return Bill(
        encounter_id=claim.encounter_id,
        coded_version=claim.coded.revision,
        patient_id=claim.patient_id,
        payer_id=frozen.coverage.payer_id,
        coverage_id=frozen.coverage.coverage_id,
        primary=frozen.coverage.responsibility == PRIMARY,
        program=PROGRAMS.get(frozen.payer.filing_indicator) if frozen.payer else None,
        on=claim.coded.date_of_service,
        rendering_npi=claim.coded.rendering_npi,
        billing_npi=frozen.practice.npi,
        tax_id=frozen.practice.tax_id,
        state=(frozen.location or frozen.practice).address.state,
        lines=claim.lines,
        charge=claim.charge,
        last_day=claim.filing_window[1],
        given_number=claim.authorization_number,
        location_code=claim.coded.location_code,
    )


def _finding(hold: Hold, severity: Severity) -> Finding:
    return Finding(
        id=hold.reason,
        severity=severity,
        where=hold.where,
        sentence=hold.sentence,
        mend=f"{hold.releases} The last day to send it is {hold.by}.",
        source=hold.source,
        overridable=hold.overridable,
    )
