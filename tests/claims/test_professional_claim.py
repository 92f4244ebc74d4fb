"""What goes out is an 837P that judges by other hands accept, and the same text every time."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.claims.independent_judge import complaints

import x12
from claims.domain.batches import Batch, BatchStatus
from claims.domain.claim import Claim, Submission
from claims.domain.coding import CodedEncounter, ServiceLine, total
from claims.domain.decisions import Decision, EarlierPayer
from claims.domain.events import AdjudicatedLine, LineAdjustment
from claims.domain.facts import Referring, Taken
from claims.domain.lifecycle import Status
from claims.domain.numbering import batch_reference, claim_number, control_number
from claims.domain.parties import Address, Coverage, Location, Payer, Person, Practice, RenderingProvider, Snapshot
from claims.operations.professional_claim import render_batch
from common.money import Money
from common.phi import Phi
from simulator.earlier_payers import earlier_payer

NOW = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)
DAY = date(2026, 3, 2)
BATCH = Batch(UUID(int=9), "PAYERA", NOW, BatchStatus.INTENDED, batch_reference(4), NOW)
HOME = Address("12 Sample Row", "Albany", "NY", "122070002", "Unit 4")
OFFICE = Address("100 Example Street", "Albany", "NY", "122070001")
PRACTICE = Practice(
    "Sample Dermatology PC", "1234567893", "123456789", "207N00000X", OFFICE, "Billing", "5185550100",
    clia_number="33D1234567",
)  # fmt: skip
EAST = Location("EAST", "Sample Dermatology East", Address("7 East Road", "Albany", "NY", "122070009"), "1316005374")
CLINICIAN = RenderingProvider("1245319599", "Ashby", "Noor", "207ND0101X")
PAYER = Payer("PAYERA", "Sample Plan", "CI", 120, takes_frequency_codes=True, x_modifiers=True)
OTHER_PAYER = Payer("PAYERZ", "Other Plan", "CI", 120, takes_frequency_codes=True, x_modifiers=True)
PATIENT = Person(Phi("Quill"), Phi("Maren"), Phi("T"), Phi(date(1980, 4, 2)), "F", Phi(HOME))
PARENT = Person(Phi("Quill"), Phi("Orla"), Phi(""), Phi(date(1955, 4, 2)), "F", Phi(HOME))
# The patient is the child of the first payer's subscriber.
DEPENDENT_FIRST = Coverage(UUID(int=5), "PAYERZ", Phi("ZM2000002"), "P", "19", PARENT, Phi("GRPZ"))

CODES = st.sampled_from(["99213", "11102", "11103", "17110", "17000", "17003", "88305", "11402"])
MODIFIERS = st.lists(st.sampled_from(["25", "59", "XS", "LT", "RT", "79"]), max_size=4, unique=True).map(tuple)
DIAGNOSES = st.lists(st.sampled_from(["B07.8", "L57.0", "L70.0", "D22.5", "C44.311"]), min_size=1, max_size=5)


def a_claim(
    sequence: int = 1,
    *lines: ServiceLine,
    diagnoses: tuple[str, ...] = ("B07.8", "L70.0"),
    coverage: Coverage | None = None,
    rendering: RenderingProvider = CLINICIAN,
    replaces: str | None = None,
    authorization: str | None = None,
) -> Claim:
    billed = lines or (
        ServiceLine(1, "99213", 1, ("25",), (2,), Money("150.00")),
        ServiceLine(2, "17110", 1, (), (1, 2), Money("210.50")),
    )
    number = claim_number(sequence)
    itself = Coverage(UUID(int=4), "PAYERA", Phi("MA1000001"), "P", "18", PATIENT, Phi("GRP1"))
    sent = Submission(1, control_number(number, 1), "7" if replaces else "1", total(billed), BATCH.id, NOW, replaces)
    coded = CodedEncounter(UUID(int=2), UUID(int=3), 1, DAY, "11", rendering.npi, diagnoses, billed, "2026Q1")
    return Claim(
        id=UUID(int=sequence),
        number=number,
        coded=coded,
        status=Status.SENDING,
        since=NOW,
        deadline=None,
        version=3,
        lines=billed,
        charge=total(billed),
        snapshot=Snapshot(DAY, PATIENT, coverage or itself, PAYER, PRACTICE, rendering),
        submissions=(sent,),
        authorization_number=authorization,
    )


def interchange(*claims: Claim) -> bytes:
    header = x12.InterchangeHeader("ZZ", "DERMBILL", "ZZ", "CLEARING", datetime(2026, 3, 3, 9), 1, 1)  # noqa: DTZ001
    bodies = render_batch(BATCH, claims)
    return x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body) for body in bodies])


def to_the_second_payer(*, by_line: bool = True) -> Claim:
    """A claim that the first payer has decided on, line by line or as a whole."""
    claim = a_claim(1)
    snapshot = Snapshot(DAY, PATIENT, DEPENDENT_FIRST, OTHER_PAYER, PRACTICE, CLINICIAN)
    off = LineAdjustment("CO", "45", Money("60.50"))
    shares = {1: (Money("120.00"), Money("30.00"), ()), 2: (Money("140.00"), Money("10.00"), (off,))}
    decided = tuple(
        AdjudicatedLine(
            line.number, line.cpt, line.modifiers, line.charge, shares[line.number][0], Money.zero(),
            (*shares[line.number][2], LineAdjustment("PR", "2", shares[line.number][1])), (),
        )
        for line in claim.lines
    )  # fmt: skip
    every = tuple(item for line in decided for item in line.adjustments)
    decision = Decision(
        UUID(int=7), "0000000A01", "1", "PC77", DAY, claim.charge, Money("260.00"), () if by_line else every,
        decided if by_line else (),
    )  # fmt: skip
    own = Coverage(UUID(int=4), "PAYERA", Phi("MA1000001"), "S", "18", PATIENT, Phi("GRP1"))
    second = replace(snapshot, coverage=own, payer=PAYER)
    return replace(claim, snapshot=second, earlier=(EarlierPayer(snapshot, 1, (decision,)),))


DEPENDENT = Coverage(UUID(int=4), "PAYERA", Phi("MA1000001"), "S", "19", PARENT)
SENDER = Referring("1003000126", "Reed", "Pat")
BY_THE_PRACTICE = replace(CLINICIAN, npi=PRACTICE.npi)


def under(*numbers: str) -> Claim:
    """A claim whose lines are under these authorizations, one after the other."""
    claim = a_claim()
    taken = tuple(
        Taken(line.number, line.cpt, line.units, UUID(int=80 + line.number), number, "PAYERA")
        for line, number in zip(claim.lines, numbers, strict=True)
    )
    return replace(claim, authorized=taken)


def seen_at(location: Location) -> Claim:
    """A claim of a visit that was not at the billing address."""
    claim = a_claim()
    assert claim.snapshot is not None
    return replace(claim, snapshot=replace(claim.snapshot, location=location))


def sent_by(sender: Referring | None) -> Claim:
    """A claim whose visit is under a referral, one line of it under an authorization as well."""
    visit = [
        Taken(line.number, line.cpt, line.units, UUID(int=90), "RF1", "PAYERA", "referral", sender)
        for line in a_claim().lines
    ]
    return replace(under("PA1", "PA1"), authorized=(*under("PA1", "PA1").authorized[:1], *visit))


def reference_of(body: str) -> str:
    """BHT03."""
    return body.split("~")[0].split("*")[3]


def in_set(number: int, claim: Claim) -> Claim:
    [sent] = claim.submissions
    return replace(claim, submissions=(replace(sent, set_number=number),))


class TestWhatGoesOut:
    @pytest.mark.parametrize(
        "claim",
        [
            a_claim(),
            a_claim(coverage=DEPENDENT),
            a_claim(rendering=BY_THE_PRACTICE),
            a_claim(replaces="PC1", authorization="AUTH7"),
            a_claim(1, ServiceLine(1, "88305", 2, (), (1,), Money("90.00"))),
            to_the_second_payer(),
            to_the_second_payer(by_line=False),
            under("PA1", "PA2"),
            sent_by(SENDER),
            seen_at(EAST),
            seen_at(replace(EAST, npi="")),
        ],
        ids=[
            "the subscriber's own",
            "a dependent's",
            "by the billing provider",
            "a replacement",
            "a laboratory test",
            "to a second payer, decided by line",
            "to a second payer, decided as a whole",
            "under two authorizations",
            "under a referral",
            "at a place with an NPI",
            "at a place of the practice without one",
        ],
    )
    def test_is_accepted_by_an_independent_judge(self, claim: Claim) -> None:
        assert complaints(interchange(claim)) == ""

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.data())
    def test_is_accepted_whatever_was_coded(self, data: st.DataObject) -> None:
        claims: list[Claim] = []
        for sequence in range(1, data.draw(st.integers(1, 3)) + 1):
            diagnoses = tuple(data.draw(DIAGNOSES))
            pointers = st.lists(st.integers(1, len(diagnoses)), min_size=1, max_size=4, unique=True)
            lines = tuple(
                ServiceLine(
                    number,
                    data.draw(CODES),
                    data.draw(st.integers(1, 20)),
                    data.draw(MODIFIERS),
                    tuple(data.draw(pointers)),
                    Money.from_cents(data.draw(st.integers(1, 500_000))),
                )
                for number in range(1, data.draw(st.integers(1, 6)) + 1)
            )
            claims.append(a_claim(sequence, *lines, diagnoses=diagnoses))
        assert complaints(interchange(*claims)) == ""

    def test_is_the_same_text_however_often_it_is_rendered(self) -> None:
        claims = [a_claim(1), a_claim(2, coverage=DEPENDENT)]
        assert render_batch(BATCH, claims) == render_batch(BATCH, claims)

    def test_names_the_batch_by_its_reference(self) -> None:
        assert [reference_of(body) for body in render_batch(BATCH, [a_claim()])] == [BATCH.reference]

    def test_gives_each_further_set_a_reference_of_its_own(self) -> None:
        claims = [in_set(1, a_claim(1)), in_set(1, a_claim(2)), in_set(2, a_claim(3))]
        first, second = render_batch(BATCH, claims)
        assert (reference_of(first), reference_of(second)) == (BATCH.reference, f"{BATCH.reference}-2")
        assert [body.count("CLM*") for body in (first, second)] == [2, 1]
        assert complaints(interchange(*claims)) == ""

    def test_says_of_a_replacement_what_it_replaces(self) -> None:
        [received] = x12.read_claims(interchange(a_claim(replaces="PC1")))
        assert (received.claim.frequency, received.claim.original_reference) == ("7", "PC1")

    @pytest.mark.parametrize("by_line", [True, False])
    def test_tells_a_second_payer_what_the_first_paid_and_left(self, by_line: bool) -> None:
        [received] = x12.read_claims(interchange(to_the_second_payer(by_line=by_line)))
        assert list(x12.claim_imbalances(received.claim)) == []
        told = earlier_payer(received.claim)
        assert told is not None
        assert (told.payer_id, str(told.paid), str(told.patient), told.decided_on) == ("PAYERZ", "260.00", "40.00", DAY)
        assert [str(one.patient) for one in told.left_over] == (["30.00", "10.00"] if by_line else [])
        [coverage] = received.claim.other_coverages
        assert [(one.qualifier, one.value) for one in coverage.payer.references] == [("F8", "PC77")]

    @pytest.mark.parametrize(
        ("numbers", "of_claim", "of_lines"),
        [(("PA1", "PA1"), "PA1", ["", ""]), (("PA1", "PA2"), "", ["PA1", "PA2"])],
        ids=["one number", "two numbers"],
    )
    def test_has_the_authorization_at_the_claim_or_where_there_are_several_at_the_lines(
        self, numbers: tuple[str, ...], of_claim: str, of_lines: list[str]
    ) -> None:
        [received] = x12.read_claims(interchange(under(*numbers)))
        assert received.claim.prior_authorization == of_claim
        assert [line.prior_authorization for line in received.claim.lines] == of_lines

    @pytest.mark.parametrize(
        ("sender", "named"),
        [(SENDER, ("Reed", "Pat", "1003000126")), (replace(SENDER, last_name=None), None), (None, None)],
        ids=["by name", "by number alone", "by nobody known"],
    )
    def test_has_the_referral_and_who_sent_the_patient_where_there_is_a_name(
        self, sender: Referring | None, named: tuple[str, str, str] | None
    ) -> None:
        [received] = x12.read_claims(interchange(sent_by(sender)))
        claim, who = received.claim, received.claim.referring
        assert (claim.referral_number, claim.prior_authorization) == ("RF1", "PA1")
        assert {(line.referral_number, line.prior_authorization) for line in claim.lines} == {("", "")}
        assert (who and (who.name, who.first, who.npi)) == named

    def test_carries_the_laboratory_certificate_with_tests_only(self) -> None:
        test = ServiceLine(1, "88305", 1, (), (1,), Money("90.00"))
        with_test, without = (next(x12.read_claims(interchange(one))) for one in (a_claim(1, test), a_claim()))
        assert (with_test.claim.clia_number, without.claim.clia_number) == ("33D1234567", "")
