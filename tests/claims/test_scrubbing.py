"""Every edit of the scrubber, struck by the least that strikes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from claims.domain.coding import CodedEncounter, LaterWord, ServiceLine
from claims.domain.draft import Draft, Neighbour
from claims.domain.findings import Finding, Severity
from claims.domain.parties import Address, Coverage, Payer, Person, Practice, RenderingProvider, Snapshot
from claims.domain.scrubbing import EDITS, scrub
from common.money import Money
from common.phi import Phi

DAY = date(2026, 3, 2)
HOME = Address("12 Sample Row", "Albany", "NY", "12207")
OFFICE = Address("100 Example Street", "Albany", "NY", "122070001")
PATIENT = Person(Phi("Quill"), Phi("Maren"), birth_date=Phi(date(1980, 4, 2)), sex="F", address=Phi(HOME))
PARENT = Person(Phi("Quill"), Phi("Orla"), birth_date=Phi(date(1955, 4, 2)), sex="F", address=Phi(HOME))
PRACTICE = Practice("Sample Dermatology PC", "1234567893", "123456789", "207N00000X", OFFICE, "Billing", "5185550100")
CLINICIAN = RenderingProvider("1245319599", "Ashby", "Noor", "207N00000X")
PAYER = Payer("PAYERA", "Sample Plan", "CI", 120, takes_frequency_codes=True, x_modifiers=True)
PREFERS_59 = replace(PAYER, x_modifiers=False)
COVERAGE = Coverage(UUID(int=4), "PAYERA", Phi("MA1000001"), "P", "18", PATIENT)
SNAPSHOT = Snapshot(DAY, PATIENT, COVERAGE, PAYER, PRACTICE, CLINICIAN)
WARTS = ServiceLine(1, "17110", 1, (), (1,), Money("210.00"))
OTHER = UUID(int=77)

CODED = CodedEncounter(
    encounter_id=UUID(int=2),
    patient_id=UUID(int=3),
    revision=1,
    date_of_service=DAY,
    place_of_service="11",
    rendering_npi="1245319599",
    diagnoses=("B07.8", "L70.0"),
    lines=(),
    rules_edition="2026Q1",
)


def draft(*lines: ServiceLine, **changes: object) -> Draft:
    billed = lines or (WARTS,)
    facts = Draft(
        coded=CODED,
        snapshot=SNAPSHOT,
        lines=billed,
        charge=Money.sum(line.charge for line in billed),
        frequency="1",
        original_reference=None,
        filing_window=(DAY, DAY + timedelta(days=120)),
        today=DAY + timedelta(days=1),
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def coded(**changes: object) -> Draft:
    return draft(coded=replace(CODED, **changes))  # type: ignore[arg-type]


def parties(**changes: object) -> Draft:
    return draft(snapshot=replace(SNAPSHOT, **changes))  # type: ignore[arg-type]


def coverage(**changes: object) -> Draft:
    return parties(coverage=replace(COVERAGE, **changes))  # type: ignore[arg-type]


def practice(**changes: object) -> Draft:
    return parties(practice=replace(PRACTICE, **changes))  # type: ignore[arg-type]


def line(**changes: object) -> Draft:
    return draft(replace(WARTS, **changes))  # type: ignore[arg-type]


def patient(**changes: object) -> Draft:
    return parties(patient=replace(PATIENT, **changes))  # type: ignore[arg-type]


def beside(other: ServiceLine, npi: str = "1245319599") -> Draft:
    return draft(neighbours=(Neighbour(OTHER, npi, other),))


def found(claim: Draft) -> list[tuple[str, Severity]]:
    return [(finding.id, finding.severity) for finding in scrub(claim)]


HOLDS: list[tuple[str, Draft]] = [
    ("E01", coverage(member_id=Phi(""))),
    ("E01", coverage(member_id=Phi("1"))),
    ("E02", patient(birth_date=None)),
    ("E02", patient(birth_date=Phi(DAY + timedelta(days=1)))),
    ("E02", patient(sex="")),
    ("E02", coverage(relationship="19", subscriber=replace(PARENT, birth_date=None))),
    ("E03", parties(coverage=None, payer=None)),
    ("E04", parties(payer=None)),
    ("E05", practice(npi="1234567890")),
    ("E05", coded(rendering_npi="1245319590")),
    ("E05", parties(rendering=None)),
    ("E06", practice(taxonomy="")),
    ("E06", parties(rendering=replace(CLINICIAN, taxonomy="derm"))),
    ("E08", line(cpt="11100")),
    ("E08", line(cpt="99999")),
    ("E09", coded(diagnoses=("L57",))),
    ("E09", coded(diagnoses=("X99.9999",))),
    ("E09", coded(diagnoses=("B07.8",) * 13)),
    ("E10", line(pointers=())),
    ("E10", line(pointers=(3,))),
    ("E10", line(pointers=(1, 2, 1, 2, 1))),
    ("E16", line(cpt="17003")),
    ("E18", line(modifiers=("59", "XS"))),
    ("E18", line(modifiers=("25",))),
    ("E18", line(modifiers=("50",))),
    ("E18", line(modifiers=("59", "59"))),
    ("E18", line(modifiers=("26", "TC"))),
    ("E18", draft(replace(WARTS, cpt="99213", modifiers=("59",)))),
    ("E20", coded(place_of_service="77")),
    ("E24", draft(today=DAY + timedelta(days=121))),
    ("E25", draft(WARTS, replace(WARTS, number=2))),
    ("E25", beside(WARTS)),
    ("E30", line(unit_charge=None)),
    ("E30", line(unit_charge=Money.zero())),
    ("E32", draft(frequency="7")),
    ("E36", draft(today=DAY - timedelta(days=1))),
    ("E40", draft(charge=Money("209.99"))),
    (
        "R08",
        parties(
            coverage=replace(COVERAGE, responsibility="S"),
            payer=replace(PAYER, filing_indicator="MB"),
        ),
    ),
    ("R09", coded(location_code="EAST")),
    ("R01", parties(practice=None)),
    ("R01", practice(address=replace(OFFICE, line1="P.O. Box 7"))),
    ("R01", practice(address=replace(OFFICE, zip="12207"))),
    ("R01", practice(contact_phone="")),
    ("R02", practice(tax_id="12-345678")),
    ("R03", patient(address=None)),
    ("R03", patient(last_name=Phi(" "))),
    ("R04", draft(*(replace(WARTS, number=n, unit_charge=Money(n)) for n in range(1, 52)))),
    ("R05", line(units=0)),
    ("R06", patient(first_name=Phi("Mar*en"))),
    ("R06", coverage(group_number=Phi("A~1"))),
    ("R07", coded(later=LaterWord(2, held=True, flags=("MISSING_SIZE",)))),
]


class TestTheScrubber:
    def test_a_good_claim_has_no_finding(self) -> None:
        assert scrub(draft()) == ()

    @pytest.mark.parametrize(("edit", "claim"), HOLDS)
    def test_what_would_be_sent_back_is_held(self, edit: str, claim: Draft) -> None:
        assert (edit, Severity.HOLD) in found(claim)

    def test_every_edit_that_holds_is_tried_above(self) -> None:
        assert {edit.id for edit in EDITS} == {edit for edit, _ in HOLDS}

    @pytest.mark.parametrize(
        ("edit", "claim"),
        [
            ("E24", draft(today=DAY + timedelta(days=84))),
            ("E25", beside(replace(WARTS, modifiers=("59",)))),
            (
                "E18",
                draft(
                    replace(WARTS, modifiers=("XS",)),
                    snapshot=replace(SNAPSHOT, payer=replace(PAYER, x_modifiers=False)),
                ),
            ),
        ],
        ids=["time runs out", "a suspected duplicate", "an X modifier for a payer that prefers 59"],
    )
    def test_what_may_be_right_is_a_warning(self, edit: str, claim: Draft) -> None:
        assert found(claim) == [(edit, Severity.WARN)]

    @pytest.mark.parametrize(
        "claim",
        [
            draft(WARTS, replace(WARTS, number=2, modifiers=("59",))),
            beside(WARTS, npi="1003000126"),
            beside(replace(WARTS, units=2)),
            draft(replace(WARTS, cpt="17000"), replace(WARTS, cpt="17003", number=2, unit_charge=Money("9.00"))),
            replace(beside(replace(WARTS, cpt="17000")), lines=(replace(WARTS, cpt="17003"),)),
            draft(replace(WARTS, cpt="99213", modifiers=("25",))),
            draft(today=DAY + timedelta(days=83)),
            draft(frequency="7", original_reference="PC1"),
            coverage(relationship="19", subscriber=PARENT),
        ],
        ids=[
            "a distinct lesion", "another clinician", "other units", "an add-on beside its parent",
            "an add-on whose parent is on another claim", "25 on a visit", "within 70 percent of the limit",
            "a replacement with its reference", "a dependent",
        ],
    )  # fmt: skip
    def test_what_is_right_passes(self, claim: Draft) -> None:
        assert scrub(claim) == ()

    def test_a_finding_says_where_what_how_to_mend_it_and_whose_rule(self) -> None:
        [finding] = scrub(line(unit_charge=None))
        assert finding == Finding(
            id="E30",
            severity=Severity.HOLD,
            where="line 1",
            sentence="The charge master has no charge for 17110.",
            mend="Add the code to the charge master, then rebuild the claim.",
            source="charge master, rulebook 9.2",
        )

    @pytest.mark.parametrize("claim", [claim for _, claim in HOLDS])
    def test_no_finding_names_the_patient(self, claim: Draft) -> None:
        told = " ".join(f"{finding.where} {finding.sentence} {finding.mend}" for finding in scrub(claim))
        assert not any(word in told for word in ("Quill", "Maren", "Orla", "MA1000001", "Sample Row", "1980"))

    def test_a_code_the_table_does_not_know_can_be_vouched_for_and_a_deleted_one_cannot(self) -> None:
        assert [finding.overridable for finding in scrub(line(cpt="99999"))] == [True]
        assert [finding.overridable for finding in scrub(line(cpt="11100"))] == [False]
