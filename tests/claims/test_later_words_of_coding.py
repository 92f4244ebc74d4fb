"""What coding says of a visit after its claim was made: codes anew, no payer, a question."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.claims.one_claim import (
    AROUND,
    BATCH,
    CHARGES,
    CLAIM,
    ENCOUNTER,
    NOT_BILLED,
    NOW,
    PAYER_NUMBER,
    WART,
    asked,
    assembling,
    built,
    coded,
    decided,
    facts_of,
    heard,
    held,
    paid,
    raised,
    ready,
    recoded,
    snapshot,
    submitted,
)

from claims.domain import assembly, correction, recoding, submission
from claims.domain.claim import Claim
from claims.domain.coding import LaterWord, ServiceLine
from claims.domain.correction import LineChange
from claims.domain.events import (
    ClaimClosed,
    ClaimHeld,
)
from claims.domain.findings import Override
from claims.domain.lifecycle import Owner, Status
from claims.domain.recoding import Recoded
from claims.domain.refusals import FindingNotOverridable
from common.change import Change
from common.money import Money
from common.phi import Phi


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
