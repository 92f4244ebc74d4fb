"""One claim at every stage of its life, and what coding, the clearinghouse and its payer may say to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from claims.domain import acknowledgement, adjudication, assembly, recoding, submission
from claims.domain.acknowledgement import Acknowledgement
from claims.domain.adjudication import Posting
from claims.domain.assembly import Surroundings
from claims.domain.claim import Claim, started
from claims.domain.coding import CodedEncounter, NotBilled, ServiceLine
from claims.domain.correction import Correction, LineChange
from claims.domain.parties import Address, Coverage, Payer, Person, Practice, RenderingProvider, Snapshot
from claims.domain.recoding import Recoded
from common.change import Change
from common.money import Money
from common.phi import Phi

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
CLAIM, ENCOUNTER, PATIENT, COVERAGE, BATCH, CASE, TRANSMISSION = (UUID(int=number) for number in range(1, 8))
CHARGES = {"99213": Money("150.00"), "17110": Money("210.00")}
AROUND = Surroundings(NOW.date(), ())
PAYER_NUMBER = "PC1"


def coded(revision: int = 1, **changes: object) -> CodedEncounter:
    facts = CodedEncounter(
        encounter_id=ENCOUNTER,
        patient_id=PATIENT,
        revision=revision,
        date_of_service=DAY,
        place_of_service="11",
        rendering_npi="1245319599",
        diagnoses=("B07.8", "L70.0"),
        lines=(
            ServiceLine(1, "99213", 1, ("25",), (2,)),
            ServiceLine(2, "17110", 1, (), (1,)),
        ),
        rules_edition="2026Q1",
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def snapshot(*, covered: bool = True, **payer: object) -> Snapshot:
    where = Address("12 Sample Row", "Albany", "NY", "122070001")
    patient = Person(Phi("Quill"), Phi("Maren"), birth_date=Phi(date(1980, 4, 2)), sex="F", address=Phi(where))
    known = Payer("PAYERA", "Sample Plan", "CI", 120, takes_frequency_codes=True, x_modifiers=True)
    return Snapshot(
        taken_on=NOW.date(),
        patient=patient,
        coverage=Coverage(COVERAGE, "PAYERA", Phi("MA1000001"), "P", "18", patient) if covered else None,
        payer=replace(known, **payer) if covered else None,  # type: ignore[arg-type]
        practice=Practice(
            "Sample Dermatology PC", "1234567893", "123456789", "207N00000X", where, "Billing", "5185550100"
        ),
        rendering=RenderingProvider("1245319599", "Ashby", "Noor", "207N00000X"),
    )


def assembling() -> Claim:
    return replace(started(CLAIM, "0000000A", coded(), NOW), version=1)


def ready(**payer: object) -> Claim:
    return assembly.assemble(assembling(), snapshot(**payer), CHARGES, AROUND, NOW).aggregate


def held() -> Claim:
    return assembly.assemble(assembling(), snapshot(covered=False), CHARGES, AROUND, NOW).aggregate


def submitted(claim: Claim | None = None, batch_id: UUID = BATCH) -> Claim:
    batched = submission.put_in_batch(claim or ready(), batch_id, NOW).aggregate
    return submission.sent(batched, batch_id, TRANSMISSION, NOW).aggregate


def said(claim: Claim, category: str, *, by: str = "PR", minutes: int = 0, control: str = "") -> Acknowledgement:
    return Acknowledgement(
        interchange_id=UUID(int=99),
        position=0,
        control_number=control or claim.current.control_number,
        said_by=by,
        action="WQ" if category in ("A1", "A2") else "U",
        categories=(category,),
        statuses=("20",),
        said_at=NOW + timedelta(minutes=minutes),
        payer_claim_number=PAYER_NUMBER,
    )


def heard(claim: Claim, category: str, **more: object) -> Change[Claim]:
    return acknowledgement.acknowledge(claim, said(claim, category, **more), NOW)  # type: ignore[arg-type]


def posting(claim: Claim, *, paid: str = "0", patient: str = "0", denied: str = "0", **more: object) -> Posting:
    owed = Money(paid) + Money(patient) + Money(denied)
    facts = Posting(
        remittance_id=UUID(int=98),
        control_number=claim.current.control_number,
        payer_claim_number=PAYER_NUMBER,
        status_code="1",
        reversal=False,
        adjudicated_on=date(2026, 3, 20),
        charge=claim.charge,
        paid=Money(paid),
        contractual=claim.charge - owed,
        patient_responsibility=Money(patient),
        denied=Money(denied),
        lines=(),
        remarks=(),
    )
    return replace(facts, **more)  # type: ignore[arg-type]


def decided(claim: Claim, **amounts: object) -> Change[Claim]:
    return adjudication.post(claim, posting(claim, **amounts), NOW)  # type: ignore[arg-type]


def asked(claim: Claim, *changes: LineChange, **more: object) -> Correction:
    facts = Correction(CASE, claim.current.control_number, None, changes, None)
    return replace(facts, **more)  # type: ignore[arg-type]


def facts_of(claim: Claim) -> list[str]:
    return [entry.fact for entry in claim.happened]


def names(change: Change[Claim]) -> list[str]:
    return [type(event).__name__ for event in change.events]


WART = (ServiceLine(1, "17110", 1, (), (1,)),)
NOT_BILLED = NotBilled(ENCOUNTER, PATIENT, 2, DAY, "no_charge", ())


def recoded(claim: Claim, revision: int = 2, **changes: object) -> Claim:
    return recoding.recode(claim, Recoded(coded(revision, **{"lines": WART} | changes)), NOW).aggregate


def paid() -> Claim:
    return decided(submitted(), paid="360.00").aggregate


def built(claim: Claim) -> Claim:
    return assembly.assemble(claim, snapshot(), CHARGES, AROUND, NOW).aggregate


def raised(claim: Claim) -> list[str]:
    return [one.reason for one in claim.raised]
