"""Notices, biopsies that were the ground for Mohs, vague diagnoses, and patients whom a diagnosis does not fit."""

from __future__ import annotations

from typing import Any

import pytest
from tests.coding.worked import COMMERCIAL, code, written

FROZEN = {
    "kind": "destruction", "lesion_type": "benign", "technique": "cryotherapy", "site": "back", "count": 3,
    "problem_ref": "a",
}  # fmt: skip
KERATOSES = {"a": "L82.1"}


def excised(kind: str, site: str, report: str, **facts: Any) -> dict[str, Any]:
    return {
        "kind": "excision", "lesion_type": kind, "site": site, "diameter_cm": 1.0, "margin_cm": 0.4,
        "problem_ref": "a", "pathology_icd10": report,
    } | facts  # fmt: skip


class TestNotice:
    def test_a_signed_notice_lets_a_doubtful_removal_go_with_ga(self):
        coded = code(FROZEN, problems=KERATOSES, abn={"type": "mandatory", "signed": True, "option": 1})
        assert (coded.disposition, written(coded.lines), coded.flags) == ("ready", ["17110-GA L82.1"], ("ABN",))

    def test_without_a_signature_the_denial_is_the_practices(self):
        coded = code(FROZEN, problems=KERATOSES, abn={"type": "mandatory", "signed": False})
        assert written(coded.lines) == ["17110-GZ L82.1"]

    def test_a_patient_who_wants_no_claim_pays(self):
        coded = code(FROZEN, problems=KERATOSES, abn={"type": "mandatory", "signed": True, "option": 2})
        assert (coded.disposition, written(coded.self_pay_lines)) == ("patient_only", ["17110 L82.1"])

    def test_a_lesion_whose_need_is_documented_carries_no_ga(self):
        cyst = excised("benign", "left forearm", "L72.0", problem_ref="b", symptoms=["pain"])
        problems = {"a": "L82.1", "b": "L72.0"}
        coded = code(FROZEN, cyst, problems=problems, abn={"type": "mandatory", "signed": True, "option": 1})
        assert written(coded.lines) == ["11402-XS L72.0", "17110-GA L82.1"]

    def test_what_is_excluded_by_statute_needs_no_mandatory_notice(self):
        wished = FROZEN | {"symptoms": []}
        coded = code(wished, problems=KERATOSES, abn={"type": "mandatory", "signed": True, "option": 1})
        assert (coded.disposition, coded.flags) == ("patient_only", ("ABN", "COSMETIC"))

    def test_another_payer_does_not_take_medicares_form(self):
        notice = {"type": "mandatory", "signed": True, "option": 1}
        coded = code(FROZEN | {"symptoms": ["pain"]}, problems=KERATOSES, payer=COMMERCIAL, abn=notice)
        assert (written(coded.lines), "ABN" in coded.flags) == (["17110 L82.1"], True)


class TestTheGroundForMohs:
    @pytest.mark.parametrize(("payer", "modifier"), [({}, "XU"), ({"payer": COMMERCIAL}, "59")])
    def test_a_sample_read_before_surgery_is_paid_when_no_report_existed(self, payer: dict[str, Any], modifier: str):
        sample = {
            "kind": "biopsy", "technique": "tangential", "site": "nose", "count": 1, "problem_ref": "a",
            "same_lesion_as_next": True, "prior_pathology_within_60_days": False,
            "frozen_section_read_before_mohs": True,
        }  # fmt: skip
        mohs = {"kind": "mohs", "site": "nose", "stages": [{"blocks": 3}], "problem_ref": "a"}
        coded = code(sample, mohs, problems={"a": "C44.311"}, **payer)
        lines = [f"11102-{modifier} C44.311", "17311 C44.311", f"88331-{modifier} C44.311"]
        assert (coded.disposition, written(coded.lines)) == ("ready", lines)
        assert "NO_PRIOR_PATH_DOC" in coded.flags


class TestVagueDiagnoses:
    @pytest.mark.parametrize(
        ("kind", "site", "vague", "better"),
        [
            ("malignant", "left forearm", "C44.611", "C44.619"), ("malignant", "right ear", "C44.221", "C44.222"),
            ("malignant", "nose", "C44.91", "C44.311"), ("malignant", "left shin", "D03.70", "D03.72"),
            ("benign", "right hand", "D22.60", "D22.61"), ("benign", "back", "D23.9", "D23.5"),
        ],
    )  # fmt: skip
    def test_a_diagnosis_that_leaves_out_the_recorded_side_or_place_waits_with_the_better_one_named(
        self, kind: str, site: str, vague: str, better: str
    ):
        coded = code(excised(kind, site, vague, symptoms=["pain"]), problems={"a": vague})
        (question,) = coded.questions
        assert (coded.disposition, question.flag) == ("hold", "DX_UNSPECIFIED")
        assert better in question.says

    @pytest.mark.parametrize(
        ("site", "precise"), [("left forearm", "C44.619"), ("back", "C44.519"), ("nose", "C44.311")]
    )
    def test_a_precise_diagnosis_is_left_alone(self, site: str, precise: str):
        assert code(excised("malignant", site, precise), problems={"a": precise}).disposition == "ready"


class TestFitToThePatient:
    def test_a_diagnosis_of_the_other_sex_is_asked_about(self):
        man = {"age": 60, "sex": "M", "new_or_established": "established"}
        sample = {"kind": "biopsy", "technique": "punch", "site": "vulva", "count": 1, "problem_ref": "a"}
        coded = code(sample, problems={"a": "N90.4"}, patient=man)
        assert (coded.disposition, coded.flags) == ("hold", ("DX_MISMATCH",))

    def test_a_diagnosis_unusual_at_the_age_is_remarked_and_goes(self):
        child = {"age": 9, "sex": "F", "new_or_established": "established"}
        keratosis = FROZEN | {"lesion_type": "premalignant"}
        coded = code(keratosis, problems={"a": "L57.0"}, patient=child)
        assert (coded.disposition, coded.flags) == ("ready", ("DX_MISMATCH",))
