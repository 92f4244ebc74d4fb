"""On to the patient's next coverage: when a claim goes, when it must not, and what a real database keeps of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

import x12
from claims.domain import adjudication, assembly, next_payer, recoding, submission
from claims.domain.adjudication import Posting
from claims.domain.assembly import Surroundings
from claims.domain.claim import Claim, Standing, Submission, started
from claims.domain.coding import CodedEncounter, ServiceLine
from claims.domain.decisions import balance, standing_after
from claims.domain.events import AdjudicatedLine, ClaimPaid, LineAdjustment
from claims.domain.lifecycle import Status
from claims.domain.parties import Address, Coverage, Payer, Person, Practice, RenderingProvider, Snapshot
from claims.domain.recoding import Recoded
from common.money import Money
from common.phi import Phi

Clinic = Any

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 20, 9, tzinfo=UTC)
NUMBER, NONE = "0000000A01", Money.zero()
LINES = (
    ServiceLine(1, "99213", 1, ("25",), (1,), Money("150.00")),
    ServiceLine(2, "17110", 1, (), (1,), Money("210.00")),
)
OFFICE = Address("12 Sample Row", "Albany", "NY", "122070001")
PERSON = Person(Phi("Quill"), Phi("Maren"), birth_date=Phi(date(1980, 4, 2)), sex="F", address=Phi(OFFICE))


def snapshot(payer_id: str = "PAYERA", responsibility: str = "P", further: int = 1, kind: str = "CI") -> Snapshot:
    return Snapshot(
        taken_on=NOW.date(),
        patient=PERSON,
        coverage=Coverage(UUID(int=ord(responsibility)), payer_id, Phi("MA1000001"), responsibility, "18", PERSON),
        payer=Payer(payer_id, "Sample Plan", kind, 120, takes_frequency_codes=True, x_modifiers=True),
        practice=Practice(
            "Sample Dermatology PC", "1234567893", "123456789", "207N00000X", OFFICE, "Billing", "5185550100"
        ),
        rendering=RenderingProvider("1245319599", "Ashby", "Noor", "207N00000X"),
        further_payers=further,
    )


def submitted(further: int = 1) -> Claim:
    coded = CodedEncounter(UUID(int=2), UUID(int=3), 1, DAY, "11", "1245319599", ("B07.8",), LINES, "2026Q1")
    sent = Submission(1, NUMBER, "1", Money("360.00"), UUID(int=4), NOW, sent_at=NOW)
    claim = started(UUID(int=1), NUMBER[:-2], coded, NOW)
    return replace(
        claim,
        status=Status.ACCEPTED,
        snapshot=snapshot(further=further),
        submissions=(sent,),
        charge=Money("360.00"),
        happened=(),
    )


def decided_line(line: ServiceLine, paid: str, *adjustments: tuple[str, str, str]) -> AdjudicatedLine:
    taken = tuple(LineAdjustment(group, carc, Money(amount)) for group, carc, amount in adjustments)
    return AdjudicatedLine(line.number, line.cpt, line.modifiers, line.charge, Money(paid), NONE, taken, ())


FIRST_LINE = decided_line(LINES[0], "96.00", ("CO", "45", "30.00"), ("PR", "2", "24.00"))
SECOND_LINE = decided_line(LINES[1], "150.00", ("CO", "45", "44.00"), ("PR", "1", "16.00"))


def posting(*lines: AdjudicatedLine, patient: str = "40.00", **changes: Any) -> Posting:
    """The first payer's payment: what it pays and adjusts by line, and the whole claim in the ledger after it."""
    paid = Money.sum(line.paid for line in lines)
    charge = Money.sum(line.charge for line in lines)
    facts = Posting(
        remittance_id=UUID(int=98),
        control_number=NUMBER,
        payer_claim_number="PC1",
        status_code="1",
        reversal=False,
        adjudicated_on=date(2026, 3, 18),
        charge=charge,
        paid=paid,
        contractual=charge - paid - Money(patient),
        patient_responsibility=Money(patient),
        denied=NONE,
        lines=lines,
        remarks=(),
        standing=Standing(paid, charge - paid - Money(patient), Money(patient), NONE, Money("360.00") - charge),
    )
    return replace(facts, **changes)


def paid(claim: Claim | None = None, *lines: AdjudicatedLine, **changes: Any) -> Claim:
    said = posting(*(lines or (FIRST_LINE, SECOND_LINE)), **changes)
    return adjudication.post(claim or submitted(), said, NOW).aggregate


def reasons(claim: Claim) -> list[str]:
    return [raised.reason for raised in claim.raised]


class TestAPaidClaim:
    def test_goes_on_to_the_next_coverage_with_what_was_decided(self) -> None:
        change = adjudication.post(submitted(), posting(FIRST_LINE, SECOND_LINE), NOW)
        claim = change.aggregate
        assert claim.status is Status.ASSEMBLING
        assert [type(event) for event in change.events] == [ClaimPaid]
        [first] = claim.earlier
        assert (first.paid, first.payer_claim_number, first.decided_on) == (Money("246.00"), "PC1", date(2026, 3, 18))
        assert (claim.snapshot, claim.payer_claim_number, claim.adjudicated_on, claim.decisions) == (
            None,
            None,
            None,
            (),
        )

    @pytest.mark.parametrize(
        "stays",
        [
            paid(submitted(further=0)),
            paid(None, patient="0.00"),
            paid(None, FIRST_LINE),
        ],
        ids=["no further coverage", "nothing left to the patient", "a part is still to be answered"],
    )
    def test_stays_when_nobody_is_to_be_asked(self, stays: Claim) -> None:
        assert stays.status in (Status.PAID, Status.ACCEPTED)
        assert (stays.earlier, stays.raised) == ((), ())

    def test_is_split_over_two_remittances_and_goes_on_with_both(self) -> None:
        first = paid(None, FIRST_LINE, patient="24.00")
        whole = Standing(Money("246.00"), Money("74.00"), Money("40.00"), NONE, NONE)
        claim = paid(first, SECOND_LINE, patient="16.00", standing=whole, adjudicated_on=date(2026, 3, 19))
        [earlier] = claim.earlier
        assert (earlier.paid, earlier.decided_on) == (Money("246.00"), date(2026, 3, 19))

    def test_that_was_corrected_goes_on_with_the_correction_alone(self) -> None:
        owed = posting(FIRST_LINE, SECOND_LINE)
        first = adjudication.post(submitted(further=0), owed, NOW).aggregate
        back = replace(owed, reversal=True, status_code="22", charge=-owed.charge, paid=-owed.paid)
        reversed_ = adjudication.post(first, replace(back, standing=None), NOW).aggregate
        assert reversed_.decisions == ()
        again = paid(replace(reversed_, snapshot=snapshot()), payer_claim_number="PC2")
        assert [one.payer_claim_number for one in again.earlier[0].decisions] == ["PC2"]

    def test_that_the_payer_sent_on_itself_is_not_billed_twice(self) -> None:
        claim = paid(None, forwarded=True, status_code="19")
        assert (claim.status, claim.earlier, next_payer.crossed_over(claim)) == (Status.PAID, (), True)
        waited = next_payer.crossover_unanswered(claim, NOW + timedelta(days=30)).aggregate
        assert reasons(waited) == ["crossover-unanswered"]
        rest = Standing(Money("270.00"), Money("74.00"), Money("16.00"), NONE, NONE)
        answered = paid(claim, FIRST_LINE, status_code="2", standing=rest)
        assert (answered.status, answered.earlier) == (Status.PAID, ())
        assert next_payer.crossover_unanswered(answered, NOW).aggregate == answered

    @pytest.mark.parametrize(
        "lines",
        [
            (FIRST_LINE, replace(SECOND_LINE, paid=Money("149.00"))),
            (FIRST_LINE, replace(SECOND_LINE, number=0)),
            (FIRST_LINE, SECOND_LINE, replace(SECOND_LINE, paid=NONE, charge=NONE, adjustments=())),
        ],
        ids=["a cent less", "a line that is none of ours", "a line that came as two"],
    )
    def test_whose_figures_do_not_make_up_its_charges_is_given_to_a_person(
        self, lines: tuple[AdjudicatedLine, ...]
    ) -> None:
        rest = Standing(Money("246.00"), Money("74.00"), Money("40.00"), NONE, NONE)
        claim = paid(None, *lines, standing=rest)
        assert (claim.status, reasons(claim)) == (Status.PAID, ["next-payer-not-balanced"])

    def test_of_which_coding_has_said_something_else_since_is_sent_to_the_same_payer_first(self) -> None:
        anew = replace(submitted().coded, revision=2, lines=LINES[:1])
        waiting = recoding.recode(submitted(), Recoded(anew), NOW).aggregate
        claim = paid(waiting)
        assert (claim.status, claim.earlier, recoding.is_behind(claim)) == (Status.PAID, (), True)

    def test_that_was_denied_in_part_goes_on_once_that_is_given_up(self) -> None:
        refused = replace(decided_line(LINES[1], "0.00", ("CO", "50", "210.00")), denied=Money("210.00"))
        left = Standing(Money("96.00"), Money("30.00"), Money("24.00"), Money("210.00"), NONE)
        denied = paid(None, FIRST_LINE, refused, denied=Money("210.00"), patient="24.00", standing=left)
        assert (denied.status, denied.earlier) == (Status.PARTLY_PAID, ())
        change = adjudication.upheld(denied, NOW, case_id=UUID(int=6), write_off=Money("210.00"))
        assert (change.aggregate.status, len(change.aggregate.earlier)) == (Status.ASSEMBLING, 1)


class TestAtTheNextPayer:
    def sent(self) -> Claim:
        on = assembly.assemble(
            paid(), snapshot("PAYERB", "S", further=0), {"99213": Money("999.00")}, Surroundings(NOW.date(), ()), NOW
        ).aggregate
        assert on.status is Status.READY, [finding.id for finding in on.findings]
        batched = submission.put_in_batch(on, UUID(int=8), NOW).aggregate
        return submission.sent(batched, UUID(int=8), UUID(int=9), NOW).aggregate

    def test_it_is_an_original_at_the_same_prices_within_the_limit_from_the_first_decision(self) -> None:
        claim = self.sent()
        assert (claim.payer_id, claim.current.frequency, claim.current.attempt) == ("PAYERB", "1", 2)
        assert (claim.lines, claim.charge) == (LINES, Money("360.00"))
        assert claim.filing_window[0] == date(2026, 3, 18)

    def test_payments_is_told_that_a_later_payer_is_asked(self) -> None:
        batched = submission.put_in_batch(
            assembly.assemble(
                paid(), snapshot("PAYERB", "S", further=0), {}, Surroundings(NOW.date(), ()), NOW
            ).aggregate,
            UUID(int=8),
            NOW,
        ).aggregate
        [told] = submission.sent(batched, UUID(int=8), UUID(int=9), NOW).events
        assert (told.responsibility, told.payer_id) == ("S", "PAYERB")  # type: ignore[union-attr]

    def test_its_own_decision_can_be_contested_and_replaced(self) -> None:
        claim = self.sent()
        left = Standing(Money("246.00"), Money("74.00"), NONE, Money("40.00"), NONE)
        said = posting(FIRST_LINE, patient="0.00", status_code="2", denied=Money("40.00"), standing=left)
        said = replace(said, control_number=claim.current.control_number, payer_claim_number="PB1")
        denied = adjudication.post(claim, said, NOW).aggregate
        assert (denied.status, denied.next_frequency, denied.next_original_reference) == (
            Status.PARTLY_PAID,
            "7",
            "PB1",
        )

    def test_a_later_word_of_the_first_payer_is_given_to_a_person(self) -> None:
        for reversal in (False, True):
            change = adjudication.post(self.sent(), posting(FIRST_LINE, SECOND_LINE, reversal=reversal), NOW)
            assert (change.aggregate.status, change.events) == (Status.SUBMITTED, ())
            assert reasons(change.aggregate)[-1] == "earlier-payer-remitted"

    def test_a_later_coding_changes_nothing_of_what_the_first_payer_decided_on(self) -> None:
        claim = paid()
        anew = replace(claim.coded, revision=2, lines=LINES[:1])
        refused = recoding.recode(claim, Recoded(anew), NOW).aggregate
        assert (refused.status, refused.lines, reasons(refused)) == (Status.ASSEMBLING, LINES, ["recoded_refused"])

    def test_medicare_as_a_later_payer_waits_for_a_person(self) -> None:
        medicare = snapshot("MEDB", "S", further=0, kind="MB")
        held = assembly.assemble(paid(), medicare, {}, Surroundings(NOW.date(), ()), NOW).aggregate
        assert (held.status, [finding.id for finding in held.findings]) == (Status.HELD, ["R08"])


@given(st.lists(st.tuples(st.integers(0, 9_000), st.integers(0, 9_000), st.integers(0, 9_000)), min_size=1, max_size=6))
def test_what_balances_by_line_balances_as_a_claim_and_a_cent_more_never_does(
    parts: list[tuple[int, int, int]],
) -> None:
    lines = [
        ServiceLine(number, "17110", 1, (), (1,), Money.from_cents(sum(part))) for number, part in enumerate(parts, 1)
    ]
    decided = [
        decided_line(
            line,
            str(Money.from_cents(paid)),
            ("CO", "45", str(Money.from_cents(off))),
            ("PR", "2", str(Money.from_cents(patient))),
        )
        for line, (paid, off, patient) in zip(lines, parts, strict=True)
    ]
    decision = posting(*decided).decision
    assert balance(lines, (decision,))
    more = replace(decided[0], paid=decided[0].paid + Money("0.01"))
    assert not balance(lines, (posting(more, *decided[1:]).decision,))
    whole = replace(decision, lines=(), adjustments=tuple(item for line in decided for item in line.adjustments))
    assert balance(lines, (whole,))
    back = replace(decision, charge=-decision.charge, paid=-decision.paid)
    assert standing_after((decision,), back, reversal=True) == ()


class TestOnFile:
    """Real services: the patient's second coverage, the wire, and the books of record."""

    async def insured_twice(self, clinic: Clinic) -> UUID:
        await clinic.puts("/payers/PAYERB", {**PLAN, "name": "Second Plan"})
        patient_id = await clinic.registers_a_patient()
        await clinic.covers(patient_id, payer_id="PAYERB", member_id="MB2000002", priority=2)
        return patient_id

    async def remitted(self, clinic: Clinic, claim_id: UUID, **more: Any) -> None:
        line = {
            "number": 1, "cpt": "17110", "modifiers": [], "charge": "210.00", "paid": "150.00", "denied": "0.00",
            "adjustments": [
                {"group": "CO", "carc": "45", "amount": "20.00"},
                {"group": "PR", "carc": "2", "amount": "40.00"},
            ],
            "remarks": [],
        }  # fmt: skip
        standing = {
            "paid": "150.00", "adjusted": "20.00", "patient": "40.00", "open_denied": "0.00", "open_with_payer": "0.00",
        }  # fmt: skip
        amounts = {"paid": "150.00", "contractual": "20.00", "patient_responsibility": "40.00", "denied": "0.00"}
        facts = {"status_code": "1", "lines": [line], "standing": standing} | amounts
        await clinic.is_remitted(claim_id, **facts | more)

    async def test_the_second_payer_is_sent_the_claim_with_what_the_first_decided(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits(patient_id=await self.insured_twice(clinic))
        await self.remitted(clinic, claim_id)
        await clinic.lets_time_pass()
        await clinic.edi_tells("TransmissionSent", claim_id)
        first, second = await clinic.sent_claims()
        assert (first.payer.id, first.subscriber.responsibility, first.other_coverages) == ("PAYERA", "P", ())
        assert (second.payer.id, second.subscriber.responsibility) == ("PAYERB", "S")
        [coverage] = second.other_coverages
        assert (coverage.payer.id, coverage.insured.id, str(coverage.paid)) == ("PAYERA", "MA1000001", "150")
        [line] = second.lines
        [decided] = line.adjudications
        assert [(item.group, item.reason, str(item.amount)) for item in decided.adjustments] == [
            ("CO", "45", "20"),
            ("PR", "2", "40"),
        ]
        assert list(x12.claim_imbalances(second)) == []
        told = (await clinic.events(claim_id, "ClaimSubmitted"))[-1]
        assert (told.data["responsibility"], told.data["payer_id"]) == ("S", "PAYERB")

    async def test_a_claim_that_was_crossed_over_is_not_sent_and_is_asked_for_after_thirty_days(
        self, clinic: Clinic
    ) -> None:
        claim_id = await clinic.submits(patient_id=await self.insured_twice(clinic))
        await self.remitted(clinic, claim_id, status_code="19", forwarded=True)
        await clinic.lets_time_pass()
        assert await clinic.status(claim_id) == "paid"
        assert len(await clinic.sent_claims()) == 1
        assert await clinic.follow_ups() == []
        await clinic.lets_time_pass(until=datetime.now(UTC) + timedelta(days=31))
        assert await clinic.follow_ups() == ["crossover-unanswered"]


PLAN = {
    "filing_indicator": "CI",
    "filing_limit_days": 120,
    "takes_frequency_codes": True,
    "x_modifiers": True,
}
