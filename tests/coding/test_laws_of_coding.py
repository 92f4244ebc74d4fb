"""What holds for every visit: the same answer in any order, and never more for knowing less."""

from __future__ import annotations

import random
from collections import Counter
from copy import deepcopy
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from codes import cpt, mue, ncci
from coding.domain.coded_visit import CodedVisit, Disposition
from coding.domain.engine import code_visit
from coding.domain.excisions import excised_diameter
from coding.domain.reading import PROCEDURE_FACTS, read_visit
from coding.domain.refusals import VisitUnreadable
from coding.domain.visit import Kind

SITES = ("back", "left forearm", "right forearm", "scalp", "left cheek", "nose", "neck", "right hand", "left ear")
PROBLEMS = {
    "ak": "L57.0", "wart": "B07.8", "sk": "L82.1", "new1": "D49.2", "new2": "D49.2", "bcc": "C44.519",
    "cyst": "L72.0", "psoriasis": "L40.0",
}  # fmt: skip
SIZES = st.integers(1, 60).map(lambda tenths: tenths / 10)
MARGINS = st.integers(0, 10).map(lambda tenths: tenths / 10)
TRUTHS = st.sampled_from([True, False])


def entry(kind: str, refs: list[str], **facts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"kind": st.just(kind), "problem_ref": st.sampled_from(refs), "site": st.sampled_from(SITES), **facts}
    )


COUNTS = st.integers(1, 20)
PROCEDURES = st.one_of(
    entry(
        "biopsy", ["new1", "new2"], technique=st.sampled_from(["tangential", "punch", "incisional"]),
        count=st.integers(1, 4), distinct_lesions=TRUTHS,
    ),
    entry(
        "destruction", ["ak"], lesion_type=st.just("premalignant"), technique=st.just("cryotherapy"), count=COUNTS
    ),
    entry(
        "destruction", ["wart", "sk"], lesion_type=st.just("benign"), technique=st.just("cryotherapy"),
        count=COUNTS, symptoms=st.just(["itching"]),
    ),
    entry(
        "destruction", ["bcc"], lesion_type=st.just("malignant"), technique=st.just("curettage"),
        diameter_cm=SIZES,
    ),
    entry(
        "excision", ["cyst"], lesion_type=st.just("benign"), diameter_cm=SIZES, margin_cm=MARGINS,
        pathology_icd10=st.just("L72.0"), symptoms=st.just(["pain"]),
    ),
    entry(
        "excision", ["bcc"], lesion_type=st.just("malignant"), diameter_cm=SIZES, margin_cm=MARGINS,
        pathology_icd10=st.just("C44.519"),
    ),
    entry("repair", ["cyst", "bcc"], complexity=st.just("intermediate"), length_cm=SIZES),
    entry(
        "nail", ["wart"], technique=st.sampled_from(["avulsion", "permanent matrixectomy", "wedge"]),
        site=st.sampled_from(["left great toe", "right great toe", "left thumb", "back"]),
    ),
    st.fixed_dictionaries(
        {"kind": st.just("drug"), "problem_ref": st.just("psoriasis"), "hcpcs": st.sampled_from(["J3301", "J7308"]),
         "dose_mg": SIZES, "sticks": st.integers(1, 3)}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("pathology"), "problem_ref": st.sampled_from(["new1", "cyst"]),
         "level": st.sampled_from(["III", "IV"])}
    ),
    entry(
        "repair", ["cyst", "bcc"], complexity=st.just("complex"), length_cm=SIZES,
        complex_criteria=st.just(["extensive undermining"]),
    ),
    entry("mohs", ["bcc"], stages=st.lists(st.fixed_dictionaries({"blocks": COUNTS}), min_size=1, max_size=3)),
    entry("incision_drainage", ["cyst"], count=COUNTS, complicated=TRUTHS),
    entry("graft", ["bcc"], graft_type=st.sampled_from(["full_thickness", "split", "pinch"]), area_sq_cm=SIZES),
    entry("pdt", ["ak"], performed_by=st.sampled_from(["physician", "staff"])),
    entry("excimer", ["psoriasis"], area_sq_cm=SIZES),
    entry("phototherapy", ["psoriasis"], technique=st.sampled_from(["UVB", "UVB with tar", "PUVA"])),
    entry("patch_test", ["psoriasis"], count=COUNTS),
)  # fmt: skip
EVALUATIONS = st.none() | st.fixed_dictionaries(
    {
        "mdm": st.sampled_from(["straightforward", "low", "moderate", "high"]),
        "minutes": st.integers(5, 90),
        "time_documented": TRUTHS,
        "separately_identifiable": TRUTHS,
        "decision_for_major_surgery": st.just(False),
        "em_problem_refs": st.just(["psoriasis"]),
    }
)


@st.composite
def visits(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "date": "2026-05-04",
        "place_of_service": "11",
        "payer": {"type": draw(st.sampled_from(["medicare", "commercial"])), "x_modifiers": draw(TRUTHS)},
        "clia_number_on_file": True,
        "patient": {"age": 60, "sex": "U", "new_or_established": draw(st.sampled_from(["new", "established"]))},
        "em": draw(EVALUATIONS),
        "problems": [{"ref": ref, "icd10": icd10} for ref, icd10 in PROBLEMS.items()],
        "procedures": draw(st.lists(PROCEDURES, max_size=4)),
    }


def coded(encounter: dict[str, Any]) -> CodedVisit:
    return code_visit(read_visit(encounter))


def answer(visit: CodedVisit) -> Any:
    """Everything but where on the form a question points."""
    return visit.disposition, visit.lines, visit.self_pay_lines, visit.flags, Counter(f.says for f in visit.findings)


def work(visit: CodedVisit) -> Decimal:
    """What a claim would ask for, as relative value: family order does not matter, only more or less."""
    return sum((VALUES.get(line.cpt, Decimal(0)) * line.units for line in visit.lines), Decimal(0))


# Rising within each family as the fee schedule's work values rise; only comparisons within one visit are made.
VALUES = {
    number: Decimal(place)
    for family in sorted({code.family for code in cpt.table().values()})
    for place, number in enumerate(sorted(n for n, c in cpt.table().items() if c.family == family), start=1)
}
# Fifteen keratoses are one unit of one code instead of fifteen of two: here only the work itself compares (S4).
VALUES |= {"17000": Decimal("0.61"), "17003": Decimal("0.04"), "17004": Decimal("1.37")}


class TestOrder:
    @given(visits(), st.data())
    @settings(max_examples=150, deadline=None)
    def test_the_order_of_procedures_changes_nothing(self, encounter: dict[str, Any], data: st.DataObject):
        shuffled = deepcopy(encounter)
        shuffled["procedures"] = data.draw(st.permutations(encounter["procedures"]))
        assert answer(coded(shuffled)) == answer(coded(encounter))

    @given(visits())
    @settings(max_examples=50, deadline=None)
    def test_the_same_visit_is_always_coded_the_same(self, encounter: dict[str, Any]):
        assert coded(encounter) == coded(encounter)


class TestNeverMoreForKnowingLess:
    @given(visits(), st.data())
    @settings(max_examples=300, deadline=None)
    def test_a_fact_taken_away_holds_the_visit_or_adds_no_code_and_no_unit(
        self, encounter: dict[str, Any], data: st.DataObject
    ):
        before = coded(encounter)
        if before.disposition is not Disposition.READY:
            return
        less = deepcopy(encounter)
        holders = [p for p in less["procedures"] if p] + ([less["em"]] if less["em"] else []) + [less["patient"]]
        holder = data.draw(st.sampled_from(holders))
        # The form counts lesions; that the samples are of one is said against the count, it is no fact behind it.
        fact = data.draw(st.sampled_from(sorted(key for key in holder if key not in ("kind", "distinct_lesions"))))
        holder[fact] = None
        after = coded(less)
        if after.disposition is not Disposition.HOLD:
            assert work(after) <= work(before)

    @given(visits())
    @settings(max_examples=150, deadline=None)
    def test_nothing_ready_leaves_a_question_open_and_nothing_held_goes_without_one(self, encounter: dict[str, Any]):
        visit = coded(encounter)
        assert (visit.disposition is Disposition.HOLD) == bool(visit.questions)

    @given(visits())
    @settings(max_examples=150, deadline=None)
    def test_every_line_has_a_reason_a_diagnosis_and_a_code_in_force(self, encounter: dict[str, Any]):
        for line in coded(encounter).lines:
            assert line.reasons
            assert line.dx
            assert line.units >= 1
            assert cpt.is_valid(line.cpt, read_visit(encounter).date)

    @given(visits())
    @settings(max_examples=150, deadline=None)
    def test_no_add_on_of_a_ready_visit_stands_alone(self, encounter: dict[str, Any]):
        visit = coded(encounter)
        if visit.disposition is Disposition.READY:
            present = {line.cpt for line in visit.lines}
            for number in present:
                code = cpt.lookup(number)
                assert code is not None
                assert not code.is_add_on or present & set(code.parents)


class TestEdits:
    @given(visits())
    @settings(max_examples=200, deadline=None)
    def test_no_two_lines_are_a_pair_that_no_modifier_can_part(self, encounter: dict[str, Any]):
        day = read_visit(encounter).date
        lines = coded(encounter).lines
        for one_line in lines:
            for other in lines:
                edit = ncci.edit(one_line.cpt, other.cpt, day) if one_line is not other else None
                assert edit is None or edit.modifier_allowed

    @given(visits())
    @settings(max_examples=200, deadline=None)
    def test_no_ready_visit_exceeds_an_absolute_limit(self, encounter: dict[str, Any]):
        visit = coded(encounter)
        if visit.disposition is not Disposition.READY:
            return
        units = Counter[str]()
        for line in visit.lines:
            units[line.cpt] += line.units
        for number, count in units.items():
            limit = mue.limit(number, read_visit(encounter).date)
            assert limit is None or limit.adjudication is not mue.Adjudication.ABSOLUTE or count <= limit.units

    @given(visits())
    @settings(max_examples=200, deadline=None)
    def test_every_diagnosis_of_a_line_is_on_the_visit(self, encounter: dict[str, Any]):
        known = {problem["icd10"] for problem in encounter["problems"]}
        known |= {procedure.get("pathology_icd10") for procedure in encounter["procedures"]}
        for line in coded(encounter).lines:
            assert set(line.dx) <= known

    @given(visits(), st.data())
    @settings(max_examples=200, deadline=None)
    def test_one_lesion_more_never_lowers_the_units_of_its_family(self, encounter: dict[str, Any], data: st.DataObject):
        counted = [p for p in encounter["procedures"] if isinstance(p.get("count"), int)]
        if not counted:
            return
        kind = data.draw(st.sampled_from(counted))["kind"]
        more = deepcopy(encounter)
        next(p for p in more["procedures"] if p["kind"] == kind and isinstance(p.get("count"), int))["count"] += 1
        before, after = coded(encounter), coded(more)
        if Disposition.HOLD not in (before.disposition, after.disposition):
            assert work(after) >= work(before)

    def test_ten_thousand_visits_of_every_kind_are_coded_or_held_and_none_fails(self):
        draw = random.Random(20260304)
        words = ["back", "left forearm", "the moon", "", None, "left great toe", "eyelid, behind", "scalp and face"]
        numbers = [None, 0.1, 1, 2.5, 400]
        for _ in range(10_000):
            procedures = [
                {"kind": str(kind), "problem_ref": draw.choice(["ak", "bcc", "cyst", None])}
                | {
                    fact: draw.choice(words if fact == "site" else numbers)
                    for fact in draw.sample(sorted(PROCEDURE_FACTS[kind]), k=min(3, len(PROCEDURE_FACTS[kind])))
                    if fact in ("site", "count", "diameter_cm", "area_sq_cm", "length_cm", "dose_mg")
                }
                for kind in draw.sample(list(Kind), k=draw.randint(1, 5))
            ]
            answer = coded_or_refused(one(procedures))
            if isinstance(answer, VisitUnreadable):
                assert all(fault.path.startswith("procedures[") for fault in answer.faults)
            else:
                assert (answer.disposition is Disposition.HOLD) == bool(answer.questions)


class TestCounts:
    @given(st.integers(2, 14))
    @settings(deadline=None)
    def test_the_units_of_17003_are_one_less_than_the_lesions(self, count: int):
        procedures = [
            {"kind": "destruction", "lesion_type": "premalignant", "technique": "cryotherapy", "site": "scalp",
             "count": count, "problem_ref": "ak"}
        ]  # fmt: skip
        lines = coded(one(procedures)).lines
        assert [(line.cpt, line.units) for line in lines] == [("17000", 1), ("17003", count - 1)]

    @given(st.integers(1, 9), st.integers(0, 9), st.integers(0, 9))
    @settings(deadline=None)
    def test_biopsy_units_are_lesions_with_one_primary(self, tangential: int, punch: int, incisional: int):
        numbers = {"tangential": tangential, "punch": punch, "incisional": incisional}
        procedures = [
            {"kind": "biopsy", "technique": technique, "site": "back", "count": number, "distinct_lesions": True,
             "problem_ref": "new1"}
            for technique, number in numbers.items()
            if number
        ]  # fmt: skip
        lines = coded(one(procedures)).lines
        primaries = [line for line in lines if line.cpt in ("11102", "11104", "11106")]
        assert len(primaries) == 1
        assert sum(line.units for line in lines) == tangential + punch + incisional


class TestSizes:
    @given(st.decimals("0.1", "6", places=2), st.decimals("0", "2", places=2))
    def test_the_excised_diameter_is_rounded_half_up_once_at_the_end(self, diameter: Decimal, margin: Decimal):
        exact = diameter + 2 * margin
        assert excised_diameter(diameter, margin) == exact.quantize(Decimal("0.1"), ROUND_HALF_UP)

    @given(SIZES, SIZES)
    @settings(deadline=None)
    def test_a_larger_lesion_is_never_coded_as_a_smaller_one(self, one_size: float, other_size: float):
        small, large = sorted((one_size, other_size))
        assert number_of(small) <= number_of(large)


def coded_or_refused(encounter: dict[str, Any]) -> CodedVisit | VisitUnreadable:
    try:
        return coded(encounter)
    except VisitUnreadable as refusal:
        return refusal


def one(procedures: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "date": "2026-05-04",
        "place_of_service": "11",
        "payer": {"type": "medicare", "x_modifiers": True},
        "clia_number_on_file": True,
        "patient": {"age": 60, "sex": "U", "new_or_established": "established"},
        "problems": [{"ref": ref, "icd10": icd10} for ref, icd10 in PROBLEMS.items()],
        "procedures": procedures,
    }


def number_of(diameter: float) -> str:
    procedures = [
        {"kind": "excision", "lesion_type": "malignant", "site": "back", "diameter_cm": diameter, "margin_cm": 0.3,
         "pathology_icd10": "C44.519", "problem_ref": "bcc"}
    ]  # fmt: skip
    return coded(one(procedures)).lines[0].cpt
