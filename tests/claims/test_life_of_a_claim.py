"""The claim's life: what may happen to it, who owns it, and what each act of its own practice does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.claims.one_claim import (
    AROUND,
    BATCH,
    CHARGES,
    CLAIM,
    DAY,
    ENCOUNTER,
    NOW,
    PATIENT,
    TRANSMISSION,
    WART,
    assembling,
    coded,
    heard,
    held,
    names,
    ready,
    recoded,
    snapshot,
    submitted,
)

from claims.domain import assembly, recoding, submission, waiting
from claims.domain.claim import Claim
from claims.domain.coding import NotBilled, ServiceLine
from claims.domain.events import (
    ClaimClosed,
    ClaimHeld,
    ClaimRejected,
    ClaimSubmitted,
)
from claims.domain.findings import Override
from claims.domain.lifecycle import KEPT, STAGES, TRANSITIONS, Fact, Owner, Status, Wait, after, is_open
from claims.domain.recoding import Recoded
from claims.domain.refusals import AlreadySubmitted, FactOutOfPlace, FindingNotOverridable, FindingNotThere
from common.change import Change
from common.money import Money
from common.phi import Phi


class TestTheTable:
    @given(st.lists(st.sampled_from(Fact), max_size=40))
    def test_no_order_of_facts_leaves_the_table_or_an_open_claim_without_owner_and_deadline(
        self, facts: list[Fact]
    ) -> None:
        claim = assembling()
        for fact in facts:
            status = claim.status
            expected = TRANSITIONS.get((status, fact), status if fact in KEPT else None)
            if expected is None:
                with pytest.raises(FactOutOfPlace):
                    claim.move(fact, NOW, {})
                continue
            claim = claim.move(fact, NOW, {})
            assert claim.status is expected
            assert claim.happened[-1].before is status
            assert claim.happened[-1].after is claim.status
            assert is_open(claim.status) == (claim.deadline is not None)
            assert is_open(claim.status) == (claim.owner is not Owner.NOBODY)

    def test_every_status_has_a_stage_and_every_open_one_waits_for_something(self) -> None:
        assert set(STAGES) == set(Status)
        assert all((stage.owner is Owner.NOBODY) == (stage.wait is None) for stage in STAGES.values())

    def test_every_status_can_be_reached(self) -> None:
        reached, found = {Status.ASSEMBLING}, True
        while found:
            found = {to for (start, _), to in TRANSITIONS.items() if start in reached} - reached
            reached |= found
        assert reached == set(Status)

    def test_nothing_moves_a_void_claim_but_a_new_coding_of_its_encounter(self) -> None:
        assert {after(Status.VOID, fact) for fact in Fact if fact is not Fact.RECODED} <= {Status.VOID, None}


class TestAssembling:
    def test_a_clean_claim_is_priced_and_ready(self) -> None:
        change = assembly.assemble(assembling(), snapshot(), CHARGES, AROUND, NOW)
        assert change.aggregate.status is Status.READY
        assert change.aggregate.charge == Money("360.00")
        assert change.events == ()

    def test_a_patient_without_coverage_holds_it_for_the_biller_until_the_filing_limit(self) -> None:
        change = assembly.assemble(assembling(), snapshot(covered=False), CHARGES, AROUND, NOW)
        claim = change.aggregate
        assert (claim.status, claim.owner) == (Status.HELD, Owner.BILLER)
        assert change.events == (ClaimHeld(CLAIM, ENCOUNTER, ("E03",)),)
        assert claim.deadline is not None
        assert claim.deadline.wait is Wait.FILING_LIMIT
        assert claim.deadline.due_at.date() == DAY + timedelta(days=90)

    def test_the_charge_that_coding_told_goes_before_the_charge_master_s(self) -> None:
        told = tuple(replace(line, unit_charge=Money("99.00")) for line in WART)
        claim = assembly.assemble(recoded(ready(), lines=told), snapshot(), CHARGES, AROUND, NOW).aggregate
        assert (claim.charge, claim.status) == (Money("99.00"), Status.READY)

    def test_a_code_without_a_charge_holds_it(self) -> None:
        change = assembly.assemble(assembling(), snapshot(), {"99213": Money("150.00")}, AROUND, NOW)
        assert change.events == (ClaimHeld(CLAIM, ENCOUNTER, ("E30",)),)

    def test_a_later_revision_before_submission_replaces_the_lines(self) -> None:
        later = coded(2, lines=(ServiceLine(1, "17110", 1, (), (1,)),))
        claim = recoding.recode(ready(), Recoded(later), NOW).aggregate
        assert claim.status is Status.ASSEMBLING
        assert [line.cpt for line in claim.lines] == ["17110"]

    def test_an_older_or_repeated_revision_changes_nothing(self) -> None:
        assert recoding.recode(ready(), Recoded(coded(1)), NOW).aggregate == ready()

    def test_an_encounter_that_turns_out_not_billable_voids_a_claim_that_nobody_has(self) -> None:
        facts = NotBilled(ENCOUNTER, PATIENT, 2, DAY, "no_charge", ())
        change = recoding.withdraw(ready(), facts, NOW)
        assert change.aggregate.status is Status.VOID
        assert change.events == (ClaimClosed(CLAIM, "not_billable"),)


class TestOverriding:
    def duplicate(self) -> Claim:
        twice = coded(lines=(ServiceLine(1, "17110", 1, (), (1,)), ServiceLine(2, "17110", 1, (), (1,))))
        claim = replace(assembling(), coded=twice, lines=twice.lines)
        return assembly.assemble(claim, snapshot(), CHARGES, AROUND, NOW).aggregate

    def test_a_reason_lets_a_suspected_duplicate_go_and_stays_in_the_history(self) -> None:
        held = self.duplicate()
        assert held.status is Status.HELD
        answer = Override("E25", "line 2", Phi("Two sites in the note"), "staff-1", NOW)
        claim = assembly.override(held, answer, AROUND).aggregate
        assert claim.status is Status.READY
        assert [entry.reason for entry in claim.happened if entry.fact == "finding_overridden"] == [answer.reason]

    def test_a_finding_that_is_not_there_cannot_be_overridden(self) -> None:
        with pytest.raises(FindingNotThere):
            assembly.override(self.duplicate(), Override("E25", "line 9", Phi("why"), "staff-1", NOW), AROUND)

    def test_content_that_837p_requires_cannot_be_argued_away(self) -> None:
        with pytest.raises(FindingNotOverridable):
            assembly.override(held(), Override("E03", "coverage", Phi("why"), "staff-1", NOW), AROUND)

    def test_only_a_held_claim_is_overridden(self) -> None:
        with pytest.raises(FactOutOfPlace):
            assembly.override(ready(), Override("E25", "line 1", Phi("why"), "staff-1", NOW), AROUND)


class TestVoiding:
    def test_a_claim_that_no_payer_has_seen_is_given_up(self) -> None:
        change = assembly.void(held(), NOW, by="staff-1", reason=Phi("entered twice"))
        assert change.aggregate.status is Status.VOID
        assert change.events == (ClaimClosed(CLAIM, "void"),)

    def test_a_submitted_claim_is_not(self) -> None:
        with pytest.raises(AlreadySubmitted):
            assembly.void(submitted(), NOW, by="staff-1", reason=Phi("entered twice"))


class TestSubmitting:
    def test_the_first_submission_is_an_original_under_its_own_control_number(self) -> None:
        change = submission.sent(submission.put_in_batch(ready(), BATCH, NOW).aggregate, BATCH, TRANSMISSION, NOW)
        [event] = change.events
        assert isinstance(event, ClaimSubmitted)
        assert (event.control_number, event.frequency, event.payer_claim_number) == ("0000000A01", "1", None)
        assert (event.charge, len(event.lines), event.transmission_id) == (Money("360.00"), 2, TRANSMISSION)

    def test_being_told_twice_that_it_left_is_being_told_once(self) -> None:
        claim = submitted()
        assert submission.sent(claim, BATCH, TRANSMISSION, NOW) == Change(claim)

    def test_a_rejected_transmission_rejects_its_claims(self) -> None:
        change = submission.transmission_rejected(submitted(), BATCH, ("R",), ("SV1-02 7",), NOW)
        assert change.aggregate.status is Status.REJECTED
        assert change.events == (ClaimRejected(CLAIM, "0000000A01", "999", ("R",), ("SV1-02 7",)),)

    def test_a_999_that_contradicts_the_payer_is_kept_and_given_to_a_person(self) -> None:
        accepted = heard(submitted(), "A2").aggregate
        change = submission.transmission_rejected(accepted, BATCH, ("R",), (), NOW)
        assert change.aggregate.status is Status.ACCEPTED
        assert change.events == ()
        assert [raised.reason for raised in change.aggregate.raised] == ["contradicting-transmission-rejection"]

    def test_what_edi_never_takes_goes_back_to_the_biller(self) -> None:
        batched = submission.put_in_batch(ready(), BATCH, NOW).aggregate
        change = submission.not_taken(batched, BATCH, "no-route", NOW)
        assert change.aggregate.status is Status.HELD
        assert names(change) == ["ClaimHeld"]


class TestWaiting:
    def test_no_acknowledgement_in_three_days_is_told(self) -> None:
        claim = waiting.remind(submitted(), NOW + timedelta(days=3)).aggregate
        assert [raised.reason for raised in claim.raised] == ["no-acknowledgement"]

    def test_before_that_nothing_is(self) -> None:
        assert waiting.remind(submitted(), NOW + timedelta(days=2)).aggregate.raised == ()

    def test_a_held_claim_is_told_of_while_there_is_time(self) -> None:
        claim = held()
        assert claim.deadline is not None
        assert claim.deadline.remind_at.date() == DAY + timedelta(days=63)
        assert claim.deadline.due_at.date() == DAY + timedelta(days=90)
