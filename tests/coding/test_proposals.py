"""What an EHR proposes as codes, beside what follows from the facts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coding.domain.differences import Aspect, BilledLine, Standing, billed, changes, compare
from coding.domain.engine import code_visit
from coding.domain.proposal import Proposal, Source, agrees, beside, proposed_line
from coding.domain.reading import read_visit

ON = date(2026, 3, 4)
Form = dict[str, Any]
PUNCH = BilledLine("11104", 1, (), ("D49.2",))


def visit(*procedures: Form, icd10: str = "D49.2", **changes: Any) -> Form:
    """A visit form whose procedures are for its one problem unless they name another."""
    return {
        "date": ON.isoformat(),
        "place_of_service": "11",
        "payer": {"type": "medicare", "x_modifiers": True},
        "patient": {"age": 66, "sex": "F", "new_or_established": "established"},
        "problems": [{"ref": "p1", "icd10": icd10, "text": "a synthetic note"}],
        "procedures": [{"problem_ref": "p1"} | procedure for procedure in procedures],
    } | changes


def found(*lines: BilledLine, form: Form) -> dict[str, tuple[str, tuple[str, ...]]]:
    coded = code_visit(read_visit(form))
    told = beside(Proposal(Source.REST, lines), coded, ON)
    return {line.cpt: (line.standing.value, line.says) for line in told}


class TestProposing:
    def test_a_code_keeps_its_text_and_diagnoses_get_their_dots(self) -> None:
        assert proposed_line("11104", 2, ("xs",), ("d492", "local-7")) == BilledLine(
            "11104", 2, ("XS",), ("D49.2", "LOCAL-7")
        )

    @pytest.mark.parametrize(
        ("code", "units", "modifiers", "dx"),
        [("", 1, (), ()), ("an office visit", 1, (), ()), ("11104", 0, (), ()), ("11104", 1, ("toolong",), ()),
         ("11104", 1, (), ("the lesion of M",)), ("1" * 21, 1, (), ())],
    )  # fmt: skip
    def test_what_is_no_code_in_form_is_refused(
        self, code: str, units: int, modifiers: tuple[str, ...], dx: tuple[str, ...]
    ) -> None:
        with pytest.raises(ValueError, match="must be"):
            proposed_line(code, units, modifiers, dx)


class TestBesideWhatWasFound:
    def test_the_same_line_is_the_same(self) -> None:
        form = visit({"kind": "biopsy", "technique": "punch", "site": "left cheek", "count": 1})
        assert found(PUNCH, form=form) == {"11104": ("same", ())}
        assert agrees(Proposal(Source.REST, (PUNCH,)), code_visit(read_visit(form)))

    def test_other_units_and_modifiers_are_said_with_the_rule_that_made_the_line(self) -> None:
        form = visit({"kind": "biopsy", "technique": "punch", "site": "left cheek", "count": 3})
        told = found(PUNCH, BilledLine("11105", 1, ("59",), ("D49.2",)), form=form)
        standing, says = told["11105"]
        assert standing == "changed"
        assert says[:2] == ("Units: proposed 1, found 2.", "Modifiers: proposed 59, found none.")
        assert says[2].endswith("(BX-FURTHER, rulebook 3.2)")

    def test_what_only_the_facts_give_names_its_rule(self) -> None:
        form = visit({"kind": "biopsy", "technique": "punch", "site": "left cheek", "count": 1})
        assert found(form=form)["11104"][0] == "added"
        assert "(BX-PRIMARY, rulebook 3.2)" in found(form=form)["11104"][1][0]

    def test_a_deleted_code_is_said_to_be_deleted_and_is_not_used(self) -> None:
        form = visit({"kind": "biopsy", "technique": "punch", "site": "left cheek", "count": 1})
        told = found(BilledLine("11100", 1), BilledLine("ZZ-9", 1), PUNCH, form=form)
        assert told["11100"] == ("removed", ("11100 is not valid on 2026-03-04.",))
        assert told["ZZ-9"] == ("removed", ("No table has ZZ-9 as a code.",))

    def test_a_bundled_code_says_why_it_is_not_billed(self) -> None:
        lesion = {"site": "left cheek", "count": 1}
        biopsy = {"kind": "biopsy", "technique": "tangential", "same_lesion_as_next": True, **lesion}
        excision = {"kind": "excision", "lesion_type": "benign", "diameter_cm": 0.8, "margin_cm": 0.1}
        form = visit(biopsy, excision | lesion | {"symptoms": ["bleeding"]}, icd10="D22.39")
        assert found(BilledLine("11102", 1), form=form)["11102"] == (
            "removed",
            ("Another service on the same lesion includes it.",),
        )

    def test_a_code_no_fact_leads_to_is_said_to_be_without_ground(self) -> None:
        form = visit({"kind": "biopsy", "technique": "punch", "site": "left cheek", "count": 1})
        assert found(BilledLine("99214", 1, ("25",)), form=form)["99214"][1] == ("No documented fact leads to 99214.",)

    def test_on_a_held_visit_it_is_said_that_an_answer_may_lead_to_it(self) -> None:
        form = visit({"kind": "biopsy", "technique": None, "site": "left cheek", "count": 1})
        assert "waits for 1 answers" in found(PUNCH, form=form)["11104"][1][0]

    def test_a_proposal_alone_codes_nothing_and_asks_for_the_facts(self) -> None:
        coded = code_visit(read_visit(visit()))
        assert (coded.disposition, coded.lines) == ("hold", ())
        assert [question.path for question in coded.questions] == ["em"]
        assert found(PUNCH, form=visit())["11104"][0] == "removed"

    def test_what_the_patient_pays_alone_differs_in_who_pays(self) -> None:
        tags = {"kind": "skin_tag_removal", "technique": "snip", "site": "neck", "count": 6, "symptoms": []}
        standing, says = found(BilledLine("11200", 1, (), ("L91.8",)), form=visit(tags, icd10="L91.8"))["11200"]
        assert (standing, says[0]) == ("changed", "Pays: proposed a payer, found the patient.")


_LINES = st.builds(
    BilledLine,
    cpt=st.sampled_from(["11102", "17110", "99213"]),
    units=st.integers(1, 3),
    modifiers=st.sampled_from([(), ("25",), ("59",), ("59", "LT")]),
    dx=st.sampled_from([(), ("L57.0",), ("D49.2", "L57.0")]),
    self_pay=st.booleans(),
)
_CODINGS = st.lists(_LINES, max_size=6)


class TestComparing:
    @given(_CODINGS)
    def test_a_coding_does_not_differ_from_itself_in_any_order(self, lines: list[BilledLine]) -> None:
        assert changes(lines, list(reversed(lines))) == ()

    @given(_CODINGS, _CODINGS)
    def test_every_line_of_both_stands_in_exactly_one_place(
        self, first: list[BilledLine], second: list[BilledLine]
    ) -> None:
        told = compare(first, second)
        assert sorted(map(repr, first)) == sorted(repr(one.first) for one in told if one.first)
        assert sorted(map(repr, second)) == sorted(repr(one.second) for one in told if one.second)

    @given(_CODINGS, _CODINGS)
    def test_added_seen_from_the_other_side_is_removed(self, first: list[BilledLine], second: list[BilledLine]) -> None:
        turned = {Standing.ADDED: Standing.REMOVED, Standing.REMOVED: Standing.ADDED}
        there = sorted(turned.get(one.standing, one.standing) for one in compare(first, second))
        assert there == sorted(one.standing for one in compare(second, first))

    def test_lines_of_one_code_are_paired_by_likeness(self) -> None:
        left, right = BilledLine("17110", 1, ("LT",)), BilledLine("17110", 1, ("RT",))
        [one] = changes([left, right], [right, BilledLine("17110", 2, ("LT",))])
        assert (one.first, one.aspects) == (left, (Aspect.UNITS,))

    def test_modifiers_have_no_order_and_diagnoses_do(self) -> None:
        line = BilledLine("17110", 1, ("59", "LT"), ("B07.0", "B07.8"))
        assert changes([line], [BilledLine("17110", 1, ("LT", "59"), ("B07.0", "B07.8"))]) == ()
        [one] = changes([line], [BilledLine("17110", 1, ("59", "LT"), ("B07.8", "B07.0"))])
        assert one.aspects == (Aspect.DIAGNOSES,)

    def test_the_payer_s_lines_stand_before_the_patient_s_own(self) -> None:
        tags = {"kind": "skin_tag_removal", "technique": "snip", "site": "neck", "count": 6, "symptoms": []}
        wart = {
            "kind": "destruction", "lesion_type": "benign", "technique": "cryotherapy", "site": "left hand", "count": 1,
            "symptoms": ["bleeding"],
        }  # fmt: skip
        problems = [{"ref": "p1", "icd10": "L91.8", "text": ""}, {"ref": "p2", "icd10": "B07.8", "text": ""}]
        form = visit(tags, wart | {"problem_ref": "p2"}, problems=problems)
        assert [(line.cpt, line.self_pay) for line in billed(code_visit(read_visit(form)))] == [
            ("17110", False),
            ("11200", True),
        ]
