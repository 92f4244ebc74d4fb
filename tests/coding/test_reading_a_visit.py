"""The visit form: every word is known, or refused by path without repeating what was said."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coding.domain.reading import read_visit
from coding.domain.refusals import VisitUnreadable

GOOD: dict[str, Any] = {
    "date": "2026-05-04",
    "place_of_service": "11",
    "payer": {"type": "medicare", "x_modifiers": True},
    "patient": {"age": 66, "sex": "F", "new_or_established": "established"},
    "em": {"mdm": "low", "minutes": 15, "em_problem_refs": ["p1"]},
    "problems": [{"ref": "p1", "icd10": "L40.0", "text": "words of a clinician"}, {"ref": "p2", "icd10": "d492"}],
    "procedures": [
        {"kind": "biopsy", "technique": "punch", "site": "back", "count": 1, "problem_ref": "p2"},
        {"kind": "excision", "lesion_type": "benign", "site": "scalp", "diameter_cm": 1.1, "margin_cm": 0},
    ],
}


def paths(encounter: Any) -> list[str]:
    with pytest.raises(VisitUnreadable) as refusal:
        read_visit(encounter)
    return [fault.path for fault in refusal.value.faults]


def changed(path: str, value: Any) -> dict[str, Any]:
    encounter = deepcopy(GOOD)
    *way, last = path.split(".")
    place: Any = encounter
    for step in way:
        place = place[int(step)] if step.isdigit() else place[step]
    place[last] = value
    return encounter


class TestWhatIsRead:
    def test_a_measure_keeps_the_figure_that_was_written(self):
        visit = read_visit(GOOD)
        assert visit.procedures[1].diameter_cm == Decimal("1.1")
        assert visit.procedures[1].margin_cm == 0

    def test_a_diagnosis_gets_its_dot(self):
        assert read_visit(GOOD).problem("p2").icd10 == "D49.2"

    def test_null_and_absent_both_mean_not_documented(self):
        visit = read_visit(changed("procedures.0.site", None))
        assert visit.procedures[0].site is None
        assert visit.procedures[0].distinct_lesions is None


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("path", "value", "faulty"),
        [
            ("date", "04.05.2026", "date"),
            ("date", None, "date"),
            ("date", "0002-01-01", "date"),
            ("procedures.1.diameter_cm", 10**400, "procedures[1].diameter_cm"),
            ("place_of_service", "99", "place_of_service"),
            ("payer", None, "payer"),
            ("payer.type", "employer", "payer.type"),
            ("patient.age", True, "patient.age"),
            ("patient.age", -1, "patient.age"),
            ("patient.nickname", "x", "patient.nickname"),
            ("em.mdm", "severe", "em.mdm"),
            ("em.em_problem_refs", ["p9"], "em.em_problem_refs[0]"),
            ("problems.1.ref", "p1", "problems[1].ref"),
            ("problems.0.icd10", "psoriasis", "problems[0].icd10"),
            ("procedures", {}, "procedures"),
            ("procedures.0.kind", "liposuction", "procedures[0].kind"),
            ("procedures.0.technique", "shave", "procedures[0].technique"),
            ("procedures.0.count", 0, "procedures[0].count"),
            ("procedures.0.count", 1.5, "procedures[0].count"),
            ("procedures.0.count", "3", "procedures[0].count"),
            ("procedures.0.margin_cm", 0.2, "procedures[0].margin_cm"),
            ("procedures.0.problem_ref", "p7", "procedures[0].problem_ref"),
            ("procedures.0.site", "a\nb", "procedures[0].site"),
            ("procedures.1.diameter_cm", 0, "procedures[1].diameter_cm"),
            ("procedures.1.diameter_cm", float("nan"), "procedures[1].diameter_cm"),
            ("procedures.1.same_lesion_as_next", True, "procedures[1].same_lesion_as_next"),
            ("telehealth", {"mode": "audio_video", "patient_location": "home"}, "place_of_service"),
            ("weather", "fine", "weather"),
        ],
    )
    def test_each_wrong_fact_is_named_by_its_path(self, path: str, value: Any, faulty: str):
        assert faulty in paths(changed(path, value))

    def test_everything_wrong_is_said_at_once(self):
        encounter = changed("procedures.0.kind", "liposuction")
        encounter["patient"]["age"] = "old"
        assert set(paths(encounter)) == {"procedures[0].kind", "patient.age"}

    def test_the_sentence_says_what_is_allowed_and_never_what_was_said(self):
        with pytest.raises(VisitUnreadable) as refusal:
            read_visit(changed("procedures.0.technique", "as Mrs Example wished"))
        assert "procedures[0].technique must be one of tangential, punch, incisional" in refusal.value.detail
        assert "Example" not in refusal.value.detail

    def test_too_many_procedures_are_refused_before_they_are_read(self):
        assert paths(changed("procedures", [{}] * 101)) == ["procedures"]

    @pytest.mark.parametrize("encounter", [None, [], "visit", 7])
    def test_what_is_no_object_is_refused(self, encounter: Any):
        assert "encounter" in paths(encounter)

    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.sampled_from([*GOOD, "kind", "ref", "type", "stages"]), inner, max_size=4)
            ),
            max_leaves=12,
        )
    )
    @settings(deadline=None)
    def test_any_json_at_all_is_read_or_refused_and_never_breaks(self, document: Any):
        with suppress(VisitUnreadable):
            read_visit(document)
