"""What a payer answers: acknowledgements, decisions, several remittances, appeals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from tests.claims.one_claim import (
    AROUND,
    BATCH,
    CASE,
    CHARGES,
    CLAIM,
    DAY,
    ENCOUNTER,
    NOW,
    PAYER_NUMBER,
    asked,
    decided,
    facts_of,
    heard,
    names,
    posting,
    ready,
    said,
    snapshot,
    submitted,
)

from claims.domain import acknowledgement, adjudication, assembly, correction, submission
from claims.domain.claim import Claim, Standing
from claims.domain.correction import LineChange
from claims.domain.events import (
    ClaimAccepted,
    ClaimClosed,
    ClaimDenied,
    ClaimHeld,
    ClaimPaid,
    ClaimRejected,
    ClaimReversed,
)
from claims.domain.lifecycle import Owner, Status, Wait
from common.money import Money


class TestAcknowledging:
    def test_the_payers_acceptance_is_acceptance(self) -> None:
        change = heard(submitted(), "A2")
        assert change.aggregate.status is Status.ACCEPTED
        assert change.events == (ClaimAccepted(CLAIM, "0000000A01", PAYER_NUMBER),)

    def test_a_clearinghouses_receipt_is_a_note(self) -> None:
        change = heard(submitted(), "A1", by="AY")
        assert change.aggregate.status is Status.SUBMITTED
        assert change.events == ()
        assert facts_of(change.aggregate)[-1] == "forwarded"

    @pytest.mark.parametrize("category", ["A3", "A4", "A6", "A7", "A8"])
    @pytest.mark.parametrize("by", ["PR", "AY"])
    def test_a_rejection_by_anybody_is_one(self, category: str, by: str) -> None:
        change = heard(submitted(), category, by=by)
        assert change.aggregate.status is Status.REJECTED
        assert change.events == (ClaimRejected(CLAIM, "0000000A01", "277CA", (category,), ("20",)),)

    def test_a_rejection_by_action_counts_whatever_the_category(self) -> None:
        claim = submitted()
        word = replace(said(claim, "A1"), action="U")
        assert acknowledgement.acknowledge(claim, word, NOW).aggregate.status is Status.REJECTED

    def test_the_payer_may_reject_what_it_accepted(self) -> None:
        accepted = heard(submitted(), "A2").aggregate
        assert heard(accepted, "A7", minutes=5).aggregate.status is Status.REJECTED

    def test_an_older_word_that_comes_later_moves_nothing(self) -> None:
        accepted = heard(submitted(), "A2", minutes=5).aggregate
        change = heard(accepted, "A7")
        assert change.aggregate.status is Status.ACCEPTED
        assert facts_of(change.aggregate)[-1] == "older_acknowledgement"

    def test_word_of_an_earlier_submission_moves_nothing(self) -> None:
        rejected = heard(submitted(), "A7").aggregate
        again = assembly.assemble(
            assembly.rebuild(rejected, NOW, by="staff-1").aggregate, snapshot(), CHARGES, AROUND, NOW
        ).aggregate
        second = submitted(again, UUID(int=50))
        change = heard(second, "A2", control="0000000A01")
        assert change.aggregate.status is Status.SUBMITTED
        assert facts_of(change.aggregate)[-1] == "late_acknowledgement"

    def test_word_of_a_submission_not_known_to_have_left_waits(self) -> None:
        batched = submission.put_in_batch(ready(), BATCH, NOW).aggregate
        assert acknowledgement.must_wait(batched, said(batched, "A2"))
        assert not acknowledgement.must_wait(submitted(), said(submitted(), "A2"))

    def test_a_repeated_acceptance_tells_nobody_again(self) -> None:
        accepted = heard(submitted(), "A2").aggregate
        assert heard(accepted, "A2", minutes=1).events == ()

    def test_word_after_the_payment_is_kept(self) -> None:
        paid = decided(submitted(), paid="300.00").aggregate
        assert heard(paid, "A2").aggregate.status is Status.PAID


class TestTheSecondSubmission:
    def rebuilt(self, claim: Claim) -> Claim:
        asked_again = assembly.rebuild(claim, NOW, by="staff-1").aggregate
        return assembly.assemble(asked_again, snapshot(), CHARGES, AROUND, NOW).aggregate

    def test_after_a_front_end_rejection_it_is_an_original_again(self) -> None:
        claim = submitted(self.rebuilt(heard(submitted(), "A7").aggregate), UUID(int=50))
        assert (claim.current.control_number, claim.current.frequency) == ("0000000A02", "1")

    def test_a_correction_replaces_the_payers_claim(self) -> None:
        denied = decided(heard(submitted(), "A2").aggregate, denied="360.00").aggregate
        change = correction.correct(denied, asked(denied, LineChange(2, ("59",))), AROUND, NOW)
        claim = submitted(change.aggregate, UUID(int=50))
        assert (claim.current.frequency, claim.current.original_reference) == ("7", PAYER_NUMBER)
        assert [line.modifiers for line in claim.lines] == [("25",), ("59",)]

    def test_a_payer_that_takes_no_replacements_gets_an_original(self) -> None:
        denied = decided(submitted(ready(takes_frequency_codes=False)), denied="360.00").aggregate
        change = correction.correct(denied, asked(denied, LineChange(2, ("59",))), AROUND, NOW)
        claim = submitted(change.aggregate, UUID(int=50))
        assert (claim.current.frequency, claim.current.original_reference) == ("1", None)

    def test_a_replacement_without_the_payers_number_is_held(self) -> None:
        denied = decided(submitted(), denied="360.00", payer_claim_number=None).aggregate
        change = correction.correct(denied, asked(denied), AROUND, NOW)
        assert change.events == (ClaimHeld(CLAIM, ENCOUNTER, ("E32",)),)

    def test_a_correction_that_breaks_an_edit_is_held(self) -> None:
        denied = decided(heard(submitted(), "A2").aggregate, denied="360.00").aggregate
        change = correction.correct(denied, asked(denied, LineChange(2, ("59", "XS"))), AROUND, NOW)
        assert change.aggregate.status is Status.HELD
        assert change.events == (ClaimHeld(CLAIM, ENCOUNTER, ("E18",)),)

    def test_a_rejected_replacement_is_sent_as_a_replacement_again(self) -> None:
        denied = decided(heard(submitted(), "A2").aggregate, denied="360.00").aggregate
        corrected = correction.correct(denied, asked(denied, LineChange(2, ("59",))), AROUND, NOW).aggregate
        rejected = heard(submitted(corrected, UUID(int=50)), "A7", minutes=9).aggregate
        claim = submitted(self.rebuilt(rejected), UUID(int=51))
        assert (claim.current.frequency, claim.current.original_reference) == ("7", PAYER_NUMBER)
        assert [line.modifiers for line in claim.lines] == [("25",), ("59",)]

    @pytest.mark.parametrize(
        "refused",
        [
            lambda claim: (claim, asked(claim, LineChange(9, ("59",)))),
            lambda claim: (claim, asked(claim, control_number="0000000A09")),
            lambda claim: (submitted(), asked(submitted(), LineChange(2, ("59",)))),
        ],
        ids=["a line it does not have", "another submission", "a claim that is not denied"],
    )
    def test_a_correction_that_cannot_be_made_is_given_to_a_person(self, refused: object) -> None:
        denied = decided(heard(submitted(), "A2").aggregate, denied="360.00").aggregate
        claim, request = refused(denied)  # type: ignore[operator]
        change = correction.correct(claim, request, AROUND, NOW)
        assert change.aggregate.status is claim.status
        assert change.aggregate.lines == claim.lines
        assert [raised.reason for raised in change.aggregate.raised] == ["correction_requested_refused"]

    def test_units_change_the_charge(self) -> None:
        denied = decided(heard(submitted(), "A2").aggregate, denied="360.00").aggregate
        change = correction.correct(denied, asked(denied, LineChange(1, units=2)), AROUND, NOW)
        assert change.aggregate.charge == Money("510.00")


class TestThePayersDecision:
    def test_nothing_denied_is_paid(self) -> None:
        change = decided(submitted(), paid="300.00", patient="20.00")
        assert change.aggregate.status is Status.PAID
        [event] = change.events
        assert isinstance(event, ClaimPaid)
        assert (event.outcome, event.paid, event.adjusted) == ("paid", Money("300.00"), Money("40.00"))

    def test_all_of_it_to_the_deductible_is_paid_too(self) -> None:
        assert decided(submitted(), patient="300.00").aggregate.status is Status.PAID

    @pytest.mark.parametrize("payable", [{"paid": "100.00"}, {"patient": "100.00"}])
    def test_a_denied_part_beside_a_payable_one_tells_both(self, payable: dict[str, str]) -> None:
        change = decided(submitted(), denied="210.00", **payable)
        assert change.aggregate.status is Status.PARTLY_PAID
        assert names(change) == ["ClaimPaid", "ClaimDenied"]
        assert isinstance(change.events[0], ClaimPaid)
        assert change.events[0].outcome == "partly_paid"

    def test_nothing_payable_is_a_denial_with_a_window_to_act_in(self) -> None:
        change = decided(submitted(ready(denial_window_days=60)), denied="360.00")
        claim = change.aggregate
        [event] = change.events
        assert isinstance(event, ClaimDenied)
        assert (event.denied, event.payer_claim_number) == (Money("360.00"), PAYER_NUMBER)
        assert claim.owner is Owner.DENIALS
        assert claim.deadline is not None
        assert claim.deadline.due_at.date() == date(2026, 3, 20) + timedelta(days=60)

    def test_a_reversal_brings_it_back_to_its_payer(self) -> None:
        paid = decided(submitted(), paid="300.00").aggregate
        change = decided(paid, paid="-300.00", reversal=True, status_code="22")
        assert change.aggregate.status is Status.ACCEPTED
        assert change.events == (ClaimReversed(CLAIM, paid.current.control_number, UUID(int=98), Money("-300.00")),)
        assert decided(change.aggregate, denied="360.00").aggregate.status is Status.DENIED

    def test_the_reversal_before_a_replacements_payment_is_kept(self) -> None:
        denied = decided(heard(submitted(), "A2").aggregate, denied="360.00").aggregate
        corrected = correction.correct(denied, asked(denied, LineChange(2, ("59",))), AROUND, NOW).aggregate
        second = submitted(corrected, UUID(int=50))
        reversal = posting(denied, denied="-360.00", reversal=True, status_code="22")
        kept = adjudication.post(second, reversal, NOW).aggregate
        assert (kept.status, kept.raised) == (Status.SUBMITTED, ())
        assert decided(kept, paid="300.00").aggregate.status is Status.PAID

    def test_a_payment_of_an_earlier_submission_is_given_to_a_person(self) -> None:
        first = submitted()
        rejected = heard(first, "A7").aggregate
        again = assembly.assemble(
            assembly.rebuild(rejected, NOW, by="staff-1").aggregate, snapshot(), CHARGES, AROUND, NOW
        ).aggregate
        change = adjudication.post(submitted(again, UUID(int=50)), posting(first, paid="300.00"), NOW)
        assert change.aggregate.status is Status.SUBMITTED
        assert change.events == ()
        assert [raised.reason for raised in change.aggregate.raised] == ["earlier-submission-remitted"]

    @pytest.mark.parametrize("code", ["23", "25"])
    def test_what_decides_nothing_about_the_claim_moves_nothing(self, code: str) -> None:
        change = decided(submitted(), paid="0", status_code=code)
        assert change.aggregate.status is Status.SUBMITTED
        assert change.events == ()


def standing(*, paid: str = "0", patient: str = "0", denied: str = "0", awaited: str = "0") -> Standing:
    """The claim of 360.00 after a posting; what is none of these is adjusted."""
    parts = [Money(amount) for amount in (paid, patient, denied, awaited)]
    return Standing(parts[0], Money("360.00") - Money.sum(parts), parts[1], parts[2], parts[3])


class TestSeveralRemittances:
    """Split claims, second payers and reversals: the claim is what all of them together leave of it."""

    def partly_denied(self) -> Claim:
        left = standing(paid="200.00", patient="40.00", denied="100.00")
        return decided(submitted(), paid="200.00", patient="40.00", denied="100.00", standing=left).aggregate

    def test_a_second_payers_payment_does_not_settle_what_the_first_denied(self) -> None:
        first = self.partly_denied()
        left = standing(paid="230.00", patient="10.00", denied="100.00")
        by_another = {"status_code": "2", "payer_claim_number": "OTHER9", "adjudicated_on": date(2026, 5, 1)}
        change = decided(first, paid="30.00", patient="10.00", standing=left, **by_another)
        assert change.aggregate.status is Status.PARTLY_PAID
        [paid] = change.events
        assert isinstance(paid, ClaimPaid)
        assert (paid.outcome, paid.open_denied) == ("partly_paid", Money("100.00"))
        # A replacement names the first payer's number, and its window has begun with the first payer's word.
        assert (change.aggregate.payer_claim_number, change.aggregate.adjudicated_on) == (
            PAYER_NUMBER,
            first.adjudicated_on,
        )

    def test_a_rest_that_is_denied_after_a_part_was_paid_leaves_it_partly_paid(self) -> None:
        first = decided(submitted(), paid="200.00", standing=standing(paid="200.00", awaited="60.00")).aggregate
        rest = decided(first, denied="60.00", standing=standing(paid="200.00", denied="60.00"))
        assert rest.aggregate.status is Status.PARTLY_PAID
        denied = rest.events[-1]
        assert isinstance(denied, ClaimDenied)
        assert (denied.denied, denied.open_denied) == (Money("60.00"), Money("60.00"))

    def test_a_part_that_is_paid_leaves_the_payer_to_answer_for_the_rest(self) -> None:
        change = decided(submitted(), paid="200.00", standing=standing(paid="200.00", awaited="60.00"))
        claim = change.aggregate
        assert (claim.status, claim.owner) == (Status.ACCEPTED, Owner.PAYER)
        assert claim.deadline is not None
        assert claim.deadline.wait is Wait.PAYMENT
        [paid] = change.events
        assert isinstance(paid, ClaimPaid)
        assert paid.outcome == "partly_paid"

    def test_two_denials_run_by_the_window_of_the_first(self) -> None:
        first = decided(submitted(), denied="100.00", standing=standing(denied="100.00", awaited="260.00")).aggregate
        later = {"adjudicated_on": date(2026, 5, 1)}
        both = decided(first, denied="260.00", standing=standing(denied="360.00"), **later).aggregate
        assert (both.status, both.adjudicated_on) == (Status.DENIED, first.adjudicated_on)
        anew = decided(first, denied="100.00", standing=standing(denied="100.00", awaited="260.00"), **later).aggregate
        assert anew.adjudicated_on == date(2026, 5, 1)

    def test_a_remittance_about_the_rest_does_not_end_an_appeal(self) -> None:
        first = self.partly_denied()
        appealed = adjudication.appeal(
            first, NOW, case_id=CASE, level=1, filed_on=DAY, due=date(2026, 6, 1), remittance_id=first.denied_by
        ).aggregate
        left = standing(paid="230.00", patient="10.00", denied="100.00")
        claim = decided(appealed, paid="30.00", standing=left, status_code="2").aggregate
        assert (claim.status, claim.deadline) == (Status.APPEALED, appealed.deadline)
        granted = standing(paid="290.00", patient="10.00", denied="40.00")
        assert decided(claim, paid="60.00", standing=granted).aggregate.status is Status.PARTLY_PAID

    def test_a_reversal_of_one_remittance_leaves_the_denial_of_another_open(self) -> None:
        first = self.partly_denied()
        left = standing(patient="40.00", denied="100.00", awaited="220.00")
        change = decided(first, paid="-200.00", standing=left, reversal=True, status_code="22")
        assert change.aggregate.status is Status.PARTLY_PAID
        [reversed_] = change.events
        assert isinstance(reversed_, ClaimReversed)
        assert reversed_.open_denied == Money("100.00")

    def test_giving_up_a_denial_does_not_close_what_the_payer_still_owes_an_answer_for(self) -> None:
        first = decided(submitted(), denied="100.00", standing=standing(denied="100.00", awaited="260.00")).aggregate
        change = adjudication.upheld(first, NOW, case_id=CASE, write_off=Money("100.00"))
        assert (change.aggregate.status, change.events) == (Status.ACCEPTED, ())

    @pytest.mark.parametrize("act", ["upheld", "overturned", "appeal", "correct"])
    def test_an_answer_to_a_denial_that_was_not_the_last_moves_nothing(self, act: str) -> None:
        claim = replace(decided(submitted(), denied="360.00").aggregate, denied_by=UUID(int=77))
        older = UUID(int=76)
        changes = {
            "upheld": lambda: adjudication.upheld(
                claim, NOW, case_id=CASE, write_off=Money("360.00"), remittance_id=older
            ),
            "overturned": lambda: adjudication.overturned(
                claim, NOW, case_id=CASE, recovered=Money("360.00"), remittance_id=older
            ),
            "appeal": lambda: adjudication.appeal(
                claim, NOW, case_id=CASE, level=1, filed_on=DAY, due=DAY, remittance_id=older
            ),
            "correct": lambda: correction.correct(
                claim, asked(claim, LineChange(2, ("59",)), remittance_id=older), AROUND, NOW
            ),
        }
        change = changes[act]()
        assert (change.aggregate.status, change.aggregate.lines, change.events) == (Status.DENIED, claim.lines, ())
        assert bool(change.aggregate.raised) == (act in ("appeal", "correct"))

    def test_what_was_denied_is_with_the_payer_again_once_it_is_sent_anew(self) -> None:
        denied = decided(submitted(), denied="360.00", standing=standing(denied="360.00")).aggregate
        corrected = correction.correct(denied, asked(denied, LineChange(2, ("59",))), AROUND, NOW).aggregate
        again = submitted(corrected, UUID(int=8))
        assert again.standing == standing(awaited="360.00")


class TestAppeals:
    def denied(self) -> Claim:
        return decided(heard(submitted(), "A2").aggregate, denied="360.00").aggregate

    def appealed(self) -> Claim:
        due = date(2026, 6, 1)
        return adjudication.appeal(self.denied(), NOW, case_id=CASE, level=1, filed_on=DAY, due=due).aggregate

    def test_the_payer_owns_it_until_the_decision_is_due(self) -> None:
        claim = self.appealed()
        assert (claim.status, claim.owner) == (Status.APPEALED, Owner.PAYER)
        assert claim.deadline is not None
        assert claim.deadline.due_at.date() == date(2026, 6, 1)

    def test_an_appeal_of_what_is_not_denied_is_given_to_a_person(self) -> None:
        change = adjudication.appeal(submitted(), NOW, case_id=CASE, level=1, filed_on=DAY, due=DAY)
        assert change.aggregate.status is Status.SUBMITTED
        assert len(change.aggregate.raised) == 1

    def test_an_overturned_denial_waits_for_the_money(self) -> None:
        change = adjudication.overturned(self.appealed(), NOW, case_id=CASE, recovered=Money("300.00"))
        assert change.aggregate.status is Status.ACCEPTED

    def test_an_overturned_denial_whose_money_came_first_stays_paid(self) -> None:
        paid = decided(self.appealed(), paid="300.00").aggregate
        change = adjudication.overturned(paid, NOW, case_id=CASE, recovered=Money("300.00"))
        assert change.aggregate.status is Status.PAID

    def test_a_denial_that_stands_closes_the_claim_once(self) -> None:
        change = adjudication.upheld(self.appealed(), NOW, case_id=CASE, write_off=Money("360.00"))
        assert change.events == (ClaimClosed(CLAIM, "denial_upheld"),)
        again = adjudication.upheld(change.aggregate, NOW, case_id=CASE, write_off=Money("360.00"))
        assert (again.aggregate.status, again.events) == (Status.CLOSED, ())
