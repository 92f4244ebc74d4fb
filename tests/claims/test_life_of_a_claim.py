"""The claim's life: what may happen to it, who owns it, and what each act does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.domain import acknowledgement, adjudication, assembly, correction, recoding, submission, waiting
from claims.domain.acknowledgement import Acknowledgement
from claims.domain.adjudication import Posting
from claims.domain.assembly import Surroundings
from claims.domain.claim import Claim, Standing, started
from claims.domain.coding import CodedEncounter, LaterWord, NotBilled, ServiceLine
from claims.domain.correction import Correction, LineChange
from claims.domain.events import (
    ClaimAccepted,
    ClaimClosed,
    ClaimDenied,
    ClaimHeld,
    ClaimPaid,
    ClaimRejected,
    ClaimReversed,
    ClaimSubmitted,
)
from claims.domain.findings import Override
from claims.domain.lifecycle import KEPT, STAGES, TRANSITIONS, Fact, Owner, Status, Wait, after, is_open
from claims.domain.parties import Address, Coverage, Payer, Person, Practice, RenderingProvider, Snapshot
from claims.domain.recoding import Recoded
from claims.domain.refusals import AlreadySubmitted, FactOutOfPlace, FindingNotOverridable, FindingNotThere
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


class TestAnEncounterCodedAnew:
    def test_while_the_payer_has_not_decided_waits_as_work_with_a_deadline(self) -> None:
        for before in (submitted(), heard(submitted(), "A2").aggregate):
            claim = recoded(before)
            assert (claim.status, claim.lines) == (before.status, before.lines)
            assert (facts_of(claim)[-1], raised(claim)) == ("recoded_waits", ["recoded_waits"])
            assert claim.raised[0].facts["due_at"] == before.deadline.due_at.isoformat()
            assert not recoding.is_behind(claim)

    def test_then_replaces_what_the_payer_decided_on_by_its_number(self) -> None:
        claim = decided(recoded(submitted()), paid="360.00").aggregate
        assert recoding.is_behind(claim)
        again = built(recoding.catch_up(claim, NOW).aggregate)
        assert (again.status, [line.cpt for line in again.lines]) == (Status.READY, ["17110"])
        assert (again.next_frequency, again.next_original_reference) == ("7", PAYER_NUMBER)
        assert not recoding.is_behind(again)

    @pytest.mark.parametrize("denied", ["360.00", "150.00"])
    def test_after_the_decision_replaces_it_at_once(self, denied: str) -> None:
        claim = built(recoded(decided(submitted(), denied=denied, paid=str(360 - float(denied))).aggregate))
        assert (claim.status, claim.next_frequency, claim.next_original_reference) == (Status.READY, "7", PAYER_NUMBER)

    def test_is_a_person_s_work_where_the_payer_takes_no_replacement_of_what_it_paid(self) -> None:
        claim = recoded(decided(submitted(ready(takes_frequency_codes=False)), paid="360.00").aggregate)
        assert (claim.status, raised(claim)) == (Status.PAID, ["recoded_refused"])

    def test_rejected_meanwhile_goes_out_as_an_original_with_the_new_lines(self) -> None:
        claim = heard(recoded(submitted()), "A3").aggregate
        again = built(recoding.catch_up(claim, NOW).aggregate)
        assert (again.next_frequency, [line.cpt for line in again.lines]) == ("1", ["17110"])

    def test_that_says_the_same_changes_nothing_at_the_payer(self) -> None:
        claim = recoding.recode(paid(), Recoded(coded(2)), NOW).aggregate
        assert (claim.status, claim.coded.revision, facts_of(claim)[-1]) == (Status.PAID, 2, "recoded_the_same")

    def test_ends_the_wait_of_an_earlier_one_when_it_says_what_was_sent(self) -> None:
        claim = recoding.recode(recoded(submitted()), Recoded(coded(3)), NOW).aggregate
        assert not recoding.waits(claim)
        assert recoding.catch_up(decided(claim, paid="360.00").aggregate, NOW).aggregate.status is Status.PAID

    def test_names_the_codes_that_differ_in_the_history(self) -> None:
        word = Recoded(coded(2, lines=WART), "removed 99213")
        assert recoding.recode(ready(), word, NOW).aggregate.happened[-1].facts == {
            "revision": "2",
            "differs": "removed 99213",
        }

    @pytest.mark.parametrize("comes_back", ["277CA", "999", "edi"])
    def test_is_what_goes_out_once_the_claim_comes_back_undecided(self, comes_back: str) -> None:
        on_its_way = submission.put_in_batch(ready(), BATCH, NOW).aggregate
        claim = recoded(on_its_way if comes_back == "edi" else submitted())
        returned = {
            "277CA": lambda: heard(claim, "A3"),
            "999": lambda: submission.transmission_rejected(claim, BATCH, (), (), NOW),
            "edi": lambda: submission.not_taken(claim, BATCH, "no-route", NOW),
        }[comes_back]().aggregate
        again = recoding.rebuild(returned, NOW, by="biller").aggregate
        assert (again.coded.revision, again.lines, again.findings) == (2, WART, ())
        sent = submission.put_in_batch(built(again), UUID(int=50), NOW).aggregate
        assert (sent.current.attempt, sent.current.charge) == (2, Money("210.00"))

    def test_of_several_only_the_newest_goes_out(self) -> None:
        claim = submitted()
        for revision, cpt in ((3, "17111"), (2, "17110")):
            claim = recoded(claim, revision, lines=(ServiceLine(1, cpt, 1, (), (1,)),))
        rebuilt = recoding.rebuild(heard(claim, "A3").aggregate, NOW, by="biller").aggregate
        assert [line.cpt for line in rebuilt.lines] == ["17111"]

    def test_leaves_a_correction_alone_while_coding_says_nothing_new(self) -> None:
        denied = decided(submitted(), denied="360.00").aggregate
        corrected = correction.correct(denied, asked(denied, LineChange(2, ("59",))), AROUND, NOW).aggregate
        back = heard(submitted(corrected, UUID(int=50)), "A3").aggregate
        assert recoding.rebuild(back, NOW, by="biller").aggregate.lines == corrected.lines


class TestAnEncounterForNoPayer:
    def test_voids_at_the_payer_what_it_decided_on(self) -> None:
        claim = built(recoding.withdraw(paid(), NOT_BILLED, NOW).aggregate)
        assert (claim.status, claim.next_frequency, claim.next_original_reference) == (Status.READY, "8", PAYER_NUMBER)
        assert claim.lines == ready().lines
        sent = submitted(claim, UUID(int=99))
        taken = heard(sent, "A2")
        assert taken.aggregate.status is Status.VOID
        assert taken.events[-1] == ClaimClosed(CLAIM, "void")

    def test_waits_while_the_payer_has_not_decided(self) -> None:
        claim = recoding.withdraw(submitted(), NOT_BILLED, NOW).aggregate
        assert (claim.status, raised(claim)) == (Status.SUBMITTED, ["withdrawn_waits"])
        again = built(recoding.catch_up(decided(claim, paid="360.00").aggregate, NOW).aggregate)
        assert again.next_frequency == "8"

    def test_gives_up_what_every_payer_turned_away(self) -> None:
        rejected = heard(submitted(), "A3").aggregate
        change = recoding.withdraw(rejected, NOT_BILLED, NOW)
        assert (change.aggregate.status, change.events) == (Status.VOID, (ClaimClosed(CLAIM, "not_billable"),))
        waited = heard(recoding.withdraw(submitted(), NOT_BILLED, NOW).aggregate, "A3").aggregate
        assert recoding.catch_up(waited, NOW).aggregate.status is Status.VOID

    def test_is_a_person_s_work_where_the_payer_takes_no_voids(self) -> None:
        claim = decided(submitted(ready(takes_frequency_codes=False)), paid="360.00").aggregate
        assert raised(recoding.withdraw(claim, NOT_BILLED, NOW).aggregate) == ["voided_refused"]

    def test_a_void_that_is_turned_away_is_the_biller_s_and_is_not_sent_again_by_itself(self) -> None:
        sent = submitted(built(recoding.withdraw(paid(), NOT_BILLED, NOW).aggregate), UUID(int=99))
        claim = heard(sent, "A7").aggregate
        assert (claim.status, claim.owner, recoding.is_behind(claim)) == (Status.REJECTED, Owner.BILLER, False)
        assert built(assembly.rebuild(claim, NOW, by="biller").aggregate).next_frequency == "8"

    def test_coded_after_all_begins_again_as_an_original(self) -> None:
        never_sent = recoding.withdraw(ready(), NOT_BILLED, NOW).aggregate
        sent = submitted(built(recoding.withdraw(paid(), NOT_BILLED, NOW).aggregate), UUID(int=99))
        for void in (never_sent, heard(sent, "A2").aggregate):
            claim = built(recoded(void, 3))
            assert (claim.status, claim.next_frequency, [line.cpt for line in claim.lines]) == (
                Status.READY, "1", ["17110"],
            )  # fmt: skip

    def test_what_a_biller_gave_up_is_not_opened_again(self) -> None:
        void = assembly.void(ready(), NOW, by="biller", reason=Phi("Entered twice")).aggregate
        assert raised(recoded(void)) == ["recoded_refused"]


class TestAnyOrderOfWords:
    @given(st.lists(st.sampled_from(["coded", "other", "none", "sent", "accepted", "rejected", "paid", "built"])))
    def test_never_leaves_a_claim_behind_a_word_it_could_follow(self, course: list[str]) -> None:
        claim, revision = assembling(), 1
        for step in course:
            revision += 1
            claim = _stepped(claim, step, revision)
            claim = recoding.catch_up(claim, NOW).aggregate
            assert not recoding.is_behind(claim)
            assert claim.coded.newest <= revision
        if claim.status is Status.VOID:
            assert claim.coded.is_withdrawn or recoding.waits(claim)


def _stepped(claim: Claim, step: str, revision: int) -> Claim:
    if step == "coded":
        return recoding.recode(claim, Recoded(coded(revision)), NOW).aggregate
    if step == "other":
        return recoded(claim, revision)
    if step == "none":
        return recoding.withdraw(claim, replace(NOT_BILLED, revision=revision), NOW).aggregate
    if step == "built" and claim.status is Status.ASSEMBLING:
        return built(claim)
    if step == "sent" and claim.status is Status.READY:
        return submitted(claim, UUID(int=1000 + revision))
    if step in ("accepted", "rejected") and claim.status is Status.SUBMITTED:
        return heard(claim, {"accepted": "A2", "rejected": "A3"}[step]).aggregate
    if step == "paid" and claim.status is Status.ACCEPTED:
        return decided(claim, paid=str(claim.charge)).aggregate
    return claim


class TestCodingAsksAgain:
    """An encounter that was coded is amended into one that coding has to ask about."""

    QUESTION = LaterWord(2, held=True, flags=("MISSING_SIZE",))

    def asked(self, claim: Claim) -> Change[Claim]:
        return assembly.hold(claim, self.QUESTION, NOW)

    def rebuilt(self, claim: Claim) -> Change[Claim]:
        asked_for = assembly.rebuild(claim, NOW, by="biller").aggregate
        return assembly.assemble(asked_for, snapshot(), CHARGES, AROUND, NOW)

    def rejected(self) -> Claim:
        return heard(submitted(), "A3").aggregate

    @pytest.mark.parametrize("before", [assembling(), held(), ready()], ids=lambda claim: claim.status.value)
    def test_a_claim_that_no_payer_has_seen_is_held(self, before: Claim) -> None:
        change = self.asked(before)
        claim = change.aggregate
        assert (claim.status, claim.owner) == (Status.HELD, Owner.BILLER)
        known = tuple(finding.id for finding in before.findings)
        assert tuple(finding.id for finding in claim.findings) == (*known, "R07")
        assert "MISSING_SIZE" in claim.findings[-1].sentence
        assert change.events == (ClaimHeld(CLAIM, ENCOUNTER, (*known, "R07")),)
        assert claim.happened[-1].facts == {"revision": "2", "flags": "MISSING_SIZE"}
        assert claim.raised == before.raised

    def test_so_is_one_that_a_front_end_rejected(self) -> None:
        assert self.asked(self.rejected()).aggregate.status is Status.HELD

    def test_building_it_again_does_not_free_it(self) -> None:
        change = self.rebuilt(self.asked(ready()).aggregate)
        assert change.aggregate.status is Status.HELD
        assert change.events == (ClaimHeld(CLAIM, ENCOUNTER, ("R07",)),)

    def test_nor_does_a_reason(self) -> None:
        answer = Override("R07", "claim", Phi("No time to answer"), "biller", NOW)
        with pytest.raises(FindingNotOverridable):
            assembly.override(self.asked(ready()).aggregate, answer, AROUND)

    def test_the_answer_frees_it_with_the_new_lines(self) -> None:
        answered = coded(3, lines=(ServiceLine(1, "17110", 1, (), (1,)),))
        claim = recoding.recode(self.asked(ready()).aggregate, Recoded(answered), NOW).aggregate
        assert claim.status is Status.ASSEMBLING
        assembled = assembly.assemble(claim, snapshot(), CHARGES, AROUND, NOW).aggregate
        assert (assembled.status, [line.cpt for line in assembled.lines]) == (Status.READY, ["17110"])

    def test_an_older_or_repeated_revision_changes_nothing(self) -> None:
        claim = self.asked(ready()).aggregate
        assert assembly.hold(claim, LaterWord(2, held=True, flags=("GLOBAL",)), NOW) == Change(claim)
        assert recoding.recode(claim, Recoded(coded(2)), NOW) == Change(claim)
        assert assembly.hold(ready(), LaterWord(1, held=True), NOW) == Change(ready())

    @pytest.mark.parametrize(
        "before",
        [
            submission.put_in_batch(ready(), BATCH, NOW).aggregate,
            submitted(),
            heard(submitted(), "A2").aggregate,
            decided(submitted(), denied="360.00").aggregate,
            decided(submitted(), paid="360.00").aggregate,
        ],
        ids=lambda claim: claim.status.value,
    )
    def test_a_claim_that_a_payer_may_have_stays_as_it_is_and_a_biller_is_told(self, before: Claim) -> None:
        change = self.asked(before)
        claim = change.aggregate
        assert (claim.status, claim.lines, claim.findings) == (before.status, before.lines, before.findings)
        assert change.events == ()
        assert facts_of(claim)[-1] == "encounter_held_refused"
        assert [raised.reason for raised in claim.raised] == ["encounter_held_refused"]

    def test_one_rejected_after_that_is_not_sent_again_until_coding_is_answered(self) -> None:
        claim = heard(self.asked(submitted()).aggregate, "A3").aggregate
        assert claim.status is Status.REJECTED
        again = self.rebuilt(claim).aggregate
        assert [finding.id for finding in again.findings] == ["R07"]
        answered = recoding.recode(again, Recoded(coded(3)), NOW).aggregate
        assert assembly.assemble(answered, snapshot(), CHARGES, AROUND, NOW).aggregate.status is Status.READY

    def test_a_correction_waits_for_the_answer_and_goes_on_with_it(self) -> None:
        denied = self.asked(decided(submitted(), denied="360.00").aggregate).aggregate
        waits = correction.correct(denied, asked(denied, LineChange(2, ("59",))), AROUND, NOW).aggregate
        assert [finding.id for finding in waits.findings] == ["R07"]
        answered = recoding.recode(waits, Recoded(coded(3)), NOW).aggregate
        assert (answered.status, answered.lines) == (Status.ASSEMBLING, waits.lines)
        assert assembly.assemble(answered, snapshot(), CHARGES, AROUND, NOW).aggregate.status is Status.READY

    def test_a_void_claim_only_keeps_the_word(self) -> None:
        void = assembly.void(ready(), NOW, by="biller", reason=Phi("Entered twice")).aggregate
        claim = self.asked(void).aggregate
        assert (claim.status, facts_of(claim)[-1], claim.raised) == (Status.VOID, "encounter_held", ())

    @given(st.permutations([2, 3, 4, 5]), st.sets(st.sampled_from([2, 3, 4, 5])))
    def test_in_any_order_the_newest_word_decides(self, order: list[int], coded_ones: set[int]) -> None:
        claim = ready()
        for revision in order:
            if revision in coded_ones:
                claim = recoding.recode(claim, Recoded(coded(revision)), NOW).aggregate
            else:
                claim = assembly.hold(claim, LaterWord(revision, held=True), NOW).aggregate
        assert claim.coded.newest == 5
        assert claim.coded.is_held == (5 not in coded_ones)
        assert claim.status is (Status.ASSEMBLING if 5 in coded_ones else Status.HELD)


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
