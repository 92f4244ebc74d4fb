"""What the demo's staff answer to a denial, and what its judgement says of a day."""

from typing import Any

import pytest

from stack.demo import judge
from stack.demo.account import Day, Whereabouts
from stack.demo.run import Result
from stack.demo.staff import ANSWERS

MONEY = {"charge": "0.00", "paid": "0.00", "adjusted": "0.00", "patient": "0.00", "open": "0.00", "cents_off": 0}


def case(carc: str, payer_id: str, *lines: tuple[str, list[str]]) -> dict[str, Any]:
    denied = [{"number": n, "cpt": cpt, "modifiers": modifiers} for n, (cpt, modifiers) in enumerate(lines, 1)]
    return {"carc": carc, "denial": {"payer_id": payer_id, "lines": denied}}


class TestDenials:
    @pytest.mark.parametrize(
        ("payer", "sent", "wanted"), [("MERIDIAN", "59", "XS"), ("CASCADIA", "XS", "59"), ("TIDEWATER", "59", "XS")]
    )
    def test_a_modifier_of_another_habit_is_changed_for_the_payers_own(self, payer, sent, wanted):
        act, body = ANSWERS["4"](case("4", payer, ("17000", ["76", sent]), ("17003", [])))
        assert act == "correction"
        assert body["changes"] == [{"line": 1, "modifiers": ["76", wanted]}]

    def test_a_visit_held_to_be_included_gets_25_and_a_lesion_gets_the_payers_modifier(self):
        _, body = ANSWERS["97"](case("97", "MERIDIAN", ("99213", []), ("17000", [])))
        assert [change["modifiers"] for change in body["changes"]] == [["25"], ["XS"]]
        _, body = ANSWERS["236"](case("236", "CASCADIA", ("17000", [])))
        assert body["changes"] == [{"line": 1, "modifiers": ["59"]}]

    def test_a_missing_authorization_is_put_on_the_claim(self):
        act, body = ANSWERS["197"](case("197", "MERIDIAN", ("17106", [])))
        assert act == "correction"
        assert body["authorization_number"]

    def test_necessity_is_appealed_and_what_cannot_be_won_is_given_up(self):
        assert ANSWERS["50"](case("50", "TIDEWATER"))[0] == "appeal"
        for carc in ("29", "18"):
            act, body = ANSWERS[carc](case(carc, "MERIDIAN"))
            assert (act, body["outcome"]) == ("outcome", "upheld")

    def test_every_answer_gives_its_reason(self):
        assert all(answer(case(carc, "MERIDIAN"))[1]["reason"] for carc, answer in ANSWERS.items())


class TestTheVerdict:
    GOOD = Whereabouts("e1", "V001", "hold", ("MISSING_SIZE",))
    LOST = Whereabouts("e2", "V002", "ready", unaccounted="it is ready and has 0 claims")

    def day(self, *encounters: Whereabouts, cents_off: int = 0) -> Day:
        return Day(encounters, (), MONEY, cents_off)

    def test_a_day_on_which_all_is_accounted_for_has_no_problem(self):
        assert list(Result(self.day(self.GOOD), files=1).problems()) == []

    def test_an_encounter_that_is_not_accounted_for_is_named(self):
        [sentence] = Result(self.day(self.GOOD, self.LOST), files=1).problems()
        assert "e2" in sentence
        assert "V002" in sentence
        assert "has 0 claims" in sentence

    def test_a_missing_cent_is_a_problem(self):
        [sentence] = Result(self.day(self.GOOD, cents_off=1), files=1).problems()
        assert "1 cents" in sentence

    def test_a_file_that_the_judge_does_not_take_is_named_and_no_file_at_all_is_a_problem(self):
        [sentence] = Result(self.day(self.GOOD), files=2, refused=("000000002",)).problems()
        assert "000000002" in sentence
        assert list(Result(self.day(self.GOOD), files=0).problems())


class TestTheJudge:
    def test_it_is_installed_where_the_tests_run(self):
        assert judge.installed()

    def test_it_does_not_take_what_is_no_claim(self):
        envelope = (
            b"ISA*00*          *00*          *ZZ*SALT           *ZZ*CLEARINGHOUSE  *260309*1200*^*00501*000000001*"
            b"0*T*:~"
            b"GS*HC*SALT*CLEARINGHOUSE*20260309*1200*1*X*005010X222A1~ST*837*0001*005010X222A1~SE*2*0001~GE*1*1~"
            b"IEA*1*000000001~"
        )
        assert judge.refused({"000000001": envelope}) == ["000000001"]
