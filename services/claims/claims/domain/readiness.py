"""The gate: whether what was heard of coverage, authorization and enrollment lets a claim go to its payer.

What is known to forbid a claim always holds it; what is only not known holds it where the practice asks for it
(docs/adr/0011). Nothing is asked of another service here: the facts are those that were heard.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from claims.domain.authorized import authorize
from claims.domain.bill import Bill, Hold
from claims.domain.claim import VOID, Claim
from claims.domain.facts import CoverageHeard, EnrollmentHeard, Facts, Taken
from claims.domain.findings import Finding, Severity
from claims.domain.gate_policy import Ask
from claims.domain.referred import refer

# Medicare, Medicaid and Medicare Advantage by SBR09: an exclusion bars payment with federal money (42 CFR 1001.1901).
FEDERAL = frozenset({"MB", "MC", "16"})
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
        *_coverage(bill, facts),
        *authorized.holds,
        *referred.holds,
        *_enrollment(bill, facts),
        *_exclusion(bill, facts),
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
        federal=frozen.payer is not None and frozen.payer.filing_indicator in FEDERAL,
        on=claim.coded.date_of_service,
        rendering_npi=claim.coded.rendering_npi,
        billing_npi=frozen.practice.npi,
        tax_id=frozen.practice.tax_id,
        state=frozen.practice.address.state,
        lines=claim.lines,
        charge=claim.charge,
        last_day=claim.filing_window[1],
        given_number=claim.authorization_number,
        location_code=claim.coded.location_code,
    )


def _coverage(bill: Bill, facts: Facts) -> Iterator[Hold]:
    """An answer about the very day forbids; where one is required, a near one allows as well (rulebook 8)."""
    own = [heard for heard in facts.coverages if heard.said.coverage_id == bill.coverage_id]
    that_day = max((heard for heard in own if heard.said.date_of_service == bill.on), key=_told, default=None)
    if that_day is not None and not that_day.active:
        said = f"The payer says that the coverage is not in force on {bill.on} (asked on {that_day.said.checked_on})."
        yield bill.hold("COVERAGE_INACTIVE", said)
        return
    if that_day is not None and that_day.said.other_payer_first and bill.primary:
        yield bill.hold("OTHER_PAYER_FIRST", f"The payer says that another one pays first on {bill.on}.")
    if that_day is None and facts.policy.coverage is Ask.REQUIRED:
        reach = timedelta(days=facts.policy.coverage_days)
        near = [heard for heard in own if abs(heard.said.date_of_service - bill.on) <= reach]
        if not any(heard.active for heard in near):
            yield bill.hold("COVERAGE_UNVERIFIED", f"No payer has said that the coverage is in force on {bill.on}.")


def _told(heard: CoverageHeard) -> tuple[object, ...]:
    return heard.told_at, heard.said.check_id


def _enrollment(bill: Bill, facts: Facts) -> Iterator[Hold]:
    """Rendering NPI, billing NPI and TIN, location, payer and day (rulebook 13).

    A visit that names no location is let go by an enrollment at any of the billing group's.
    """
    wanted = {"payer_id": bill.payer_id, "billing_npi": bill.billing_npi, "tax_id": bill.tax_id}
    own = [heard for heard in facts.enrollments if heard.said.npi == bill.rendering_npi and heard.is_for(**wanted)]
    here = [heard for heard in own if bill.location_code in (None, heard.said.location_code)]
    if any(heard.holds(bill.on) for heard in here):
        return
    if own:
        yield bill.hold("CRED_BLOCK", _not_enrolled(bill, own, here))
    elif facts.policy.enrollment is Ask.REQUIRED:
        said = f"No enrollment of clinician {bill.rendering_npi} with payer {bill.payer_id} is on record."
        yield bill.hold("CRED_UNKNOWN", said)


def _not_enrolled(bill: Bill, own: Sequence[EnrollmentHeard], here: Sequence[EnrollmentHeard]) -> str:
    """`own` are the enrollments with the billing group, `here` those of the location that the visit names."""
    code = bill.location_code
    where = f"at location {code} of this group" if code else "at any location of this group (the visit names none)"
    said = [f"The payer has clinician {bill.rendering_npi} not enrolled {where} on {bill.on}."]
    if elsewhere := sorted({heard.said.location_code for heard in own if heard.holds(bill.on)}):
        said.append(f"That day is in effect at {', '.join(elsewhere)}.")
    begins = min((span.first for one in here for span in one.said.spans if span.first > bill.on), default=None)
    if begins:
        said.append(f"It is in effect from {begins}.")
    return " ".join(said)


def _exclusion(bill: Bill, facts: Facts) -> Iterator[Hold]:
    for heard in facts.exclusions:
        if heard.npi != bill.rendering_npi or not bill.federal or heard.excluded_on is None:
            continue
        if heard.excluded_on <= bill.on and heard.waiver_state != bill.state:
            said = f"Clinician {heard.npi} is excluded from federal programs since {heard.excluded_on}."
            yield bill.hold("PROVIDER_EXCLUDED", said)


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
