"""What the gate's tests say: a bill, and words about coverage, rules, authorizations, referrals and enrollments."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from claims.domain.bill import Bill
from claims.domain.claim import Claim, started
from claims.domain.coding import CodedEncounter, ServiceLine
from claims.domain.facts import (
    AuthApproved,
    AuthDenied,
    AuthNeedDecided,
    AuthorizationHeard,
    AuthRequested,
    CertifiedService,
    CoverageHeard,
    CoverageSaid,
    EnrollmentHeard,
    EnrollmentSaid,
    Facts,
    Need,
    Referring,
    RulesHeard,
    Ruling,
    ServiceRuling,
    Span,
)
from claims.domain.gate_policy import Ask, GatePolicy
from claims.domain.lifecycle import Status
from claims.domain.parties import Address, Coverage, Payer, Person, Practice, Snapshot
from claims.domain.readiness import decide
from common.money import Money
from common.phi import Phi

DAY = date(2026, 3, 2)
TOLD = datetime(2026, 3, 1, 9, tzinfo=UTC)
PATIENT, COVERAGE, CHECK, AUTH, OTHER_AUTH, ENROLLMENT, PROVIDER, REVIEW = (UUID(int=number) for number in range(1, 9))
NPI, GROUP, TIN = "1245319599", "1234567893", "123456789"
DRUG = ServiceLine(1, "J3357", 90, (), (1,), Money("100.00"))
SHOT = ServiceLine(2, "96372", 1, (), (1,), Money("45.00"))
VISIT = ServiceLine(3, "99213", 1, ("25",), (1,), Money("150.00"))
REQUIRED = GatePolicy(Ask.REQUIRED, Ask.REQUIRED, Ask.REQUIRED, Ask.REQUIRED)
ENCOUNTER = UUID(int=60)
SENDER = Referring("1003000126", "Reed", "Pat")


def bill(*lines: ServiceLine, **changes: Any) -> Bill:
    billed = lines or (DRUG,)
    facts = Bill(
        encounter_id=ENCOUNTER,
        coded_version=1,
        patient_id=PATIENT,
        payer_id="PAYERA",
        coverage_id=COVERAGE,
        primary=True,
        program=None,
        on=DAY,
        rendering_npi=NPI,
        billing_npi=GROUP,
        tax_id=TIN,
        state="NY",
        lines=billed,
        charge=Money.sum(line.charge for line in billed),
        last_day=date(2026, 6, 30),
    )
    return replace(facts, **changes)


def check(*, active: bool = True, on: date = DAY, minutes: int = 0, id: UUID = CHECK, first: bool = True) -> Facts:
    said = CoverageSaid(id, PATIENT, COVERAGE, "PAYERA", on, DAY, other_payer_first=not first)
    return Facts(coverages=(CoverageHeard(said, active, 1, TOLD + timedelta(minutes=minutes)),))


def approved(*codes: str, units: int | None = None, id: UUID = AUTH, **changes: Any) -> AuthorizationHeard:
    said = AuthApproved(
        authorization_id=id,
        patient_id=PATIENT,
        payer_id="PAYERA",
        kind="services",
        number=f"PA{id.int}",
        certified=tuple(CertifiedService(code, units) for code in codes or ("J3357",)),
        decided_on=date(2026, 1, 10),
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        rendering_npi=NPI,
    )
    return AuthorizationHeard.of_decision(replace(said, **changes), 2)


def denied(outcome: str = "denied", *, id: UUID = OTHER_AUTH, **changes: Any) -> AuthorizationHeard:
    said = AuthDenied(
        id, PATIENT, "PAYERA", "services", outcome, (CertifiedService("J3357"),), date(2026, 2, 1), date(2026, 1, 1)
    )
    return AuthorizationHeard.of_decision(replace(said, **changes), 2)


def requested(*codes: str, version: int = 1) -> AuthorizationHeard:
    services = tuple(CertifiedService(code) for code in codes or ("J3357",))
    return AuthorizationHeard.of_request(AuthRequested(AUTH, PATIENT, "PAYERA", "services", services), version)


def referred(*codes: str, id: UUID = AUTH, version: int = 2, **changes: Any) -> AuthorizationHeard:
    """A referral to any service, or to some codes, without a limit of visits."""
    said = AuthApproved(
        authorization_id=id,
        patient_id=PATIENT,
        payer_id="PAYERA",
        kind="referral",
        number=f"RF{id.int}",
        certified=tuple(CertifiedService(code) for code in codes),
        decided_on=date(2026, 1, 10),
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        referring=SENDER,
    )
    return AuthorizationHeard.of_decision(replace(said, **changes), version)


def not_referred(
    outcome: str = "denied", *, id: UUID = OTHER_AUTH, version: int = 2, **changes: Any
) -> AuthorizationHeard:
    said = AuthDenied(id, PATIENT, "PAYERA", "referral", outcome, (), date(2026, 2, 1), date(2026, 1, 1))
    return AuthorizationHeard.of_decision(replace(said, **changes), version)


def referral_requested(id: UUID = AUTH, version: int = 1) -> AuthorizationHeard:
    return AuthorizationHeard.of_request(AuthRequested(id, PATIENT, "PAYERA", "referral", ()), version)


def ruled(
    services: dict[str, Need],
    referral: Need | None = Need.NOT_NEEDED,
    *,
    version: int = 1,
    **changes: Any,
) -> RulesHeard:
    """What the rules say of the visit as it is coded."""
    said = AuthNeedDecided(
        encounter_id=ENCOUNTER,
        patient_id=PATIENT,
        date_of_service=DAY,
        coded_version=1,
        services=tuple(
            ServiceRuling(verdict, f"{code}-rule", "plan manual", code) for code, verdict in services.items()
        ),
        referral=Ruling(referral, "hmo-rule", "plan manual") if referral else None,
        payer_id="PAYERA",
    )
    return RulesHeard(replace(said, **changes), version)


def enrolled(*spans: Span, version: int = 1, **changes: Any) -> EnrollmentHeard:
    said = EnrollmentSaid(ENROLLMENT, NPI, "PAYERA", GROUP, "MAIN", spans, TIN)
    return EnrollmentHeard(replace(said, **changes), version)


def reasons(facts: Facts, asked: Bill | None = None) -> list[str]:
    return [hold.reason for hold in decide(asked or bill(), facts).holds]


def claim(status: Status = Status.READY, *, snapshot: Snapshot | None = None, **changes: Any) -> Claim:
    """A claim of the biologic, as it stands between being judged and being sent."""
    coded = CodedEncounter(ENCOUNTER, PATIENT, 1, DAY, "11", NPI, ("L40.0",), (DRUG,), "2026Q1")
    begun = started(UUID(int=61), "0000000A", coded, TOLD)
    frozen = snapshot or SNAPSHOT
    return replace(begun, status=status, snapshot=frozen, charge=Money("9000.00"), **changes)


def payer(payer_id: str = "PAYERA", **more: Any) -> Payer:
    return Payer(payer_id, "Sample Plan", "CI", 120, takes_frequency_codes=True, x_modifiers=True, **more)


WHERE = Address("100 Example Street", "Albany", "NY", "122070001")
PERSON = Person(Phi("Quill"), Phi("Maren"))
PRACTICE = Practice("Sample Dermatology PC", GROUP, TIN, "207N00000X", WHERE, "Billing", "5185550100")
COVER = Coverage(COVERAGE, "PAYERA", Phi("MA1000001"), "P", "18", PERSON)
SNAPSHOT = Snapshot(DAY, PERSON, COVER, payer(), PRACTICE, None)
NOW = TOLD + timedelta(days=3)
OPEN = Facts(authorizations=(approved(),))
ENDED = Facts(authorizations=(approved(valid_to=date(2026, 3, 1)),))
