"""Visits worked by hand from the rulebook. A line reads `code[xunits][-modifiers] dx,dx`."""

from __future__ import annotations

from typing import Any

import pytest
from tests.coding.worked import COMMERCIAL, MEDICARE, NOTE, code, visit, written


def biopsy(technique: str | None, site: str | None, ref: str, count: int | None = 1, **more: Any) -> dict[str, Any]:
    return {"kind": "biopsy", "technique": technique, "site": site, "count": count, "problem_ref": ref} | more


def aks(count: int | None, site: str | None, ref: str) -> dict[str, Any]:
    return {
        "kind": "destruction", "lesion_type": "premalignant", "technique": "cryotherapy",
        "site": site, "count": count, "problem_ref": ref,
    }  # fmt: skip


def frozen(count: int, site: str, ref: str, **more: Any) -> dict[str, Any]:
    return aks(count, site, ref) | {"lesion_type": "benign"} | more


def excision(kind: str, site: str, diameter: float, margin: float, ref: str, path: str | None, **more: Any):
    return {
        "kind": "excision", "lesion_type": kind, "site": site, "diameter_cm": diameter, "margin_cm": margin,
        "problem_ref": ref, "pathology_icd10": path,
    } | more  # fmt: skip


def closure(complexity: str, site: str, length: float, ref: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "repair", "complexity": complexity, "site": site, "length_cm": length, "problem_ref": ref,
    } | more  # fmt: skip


class TestBiopsies:
    def test_an_incision_leads_and_the_others_are_its_add_ons(self):
        coded = code(
            biopsy("tangential", "left arm", "a"),
            biopsy("incisional", "back", "b"),
            biopsy("punch", "right thigh", "c"),
            problems={"a": "D49.2", "b": "L40.0", "c": "R21"},
        )
        assert written(coded.lines) == ["11103 D49.2", "11105 R21", "11106 L40.0"]
        assert coded.disposition == "ready"

    def test_several_samples_of_one_lesion_are_one_unit(self):
        coded = code(biopsy("punch", "scalp", "a", 3, distinct_lesions=False), problems={"a": "L66.9"})
        assert written(coded.lines) == ["11104 L66.9"]
        assert "SAME_LESION_ONE_UNIT" in coded.flags

    def test_the_form_counts_lesions_unless_it_says_that_the_samples_are_of_one(self):
        entry = biopsy("tangential", "back", "a", 2)
        assert written(code(entry, problems={"a": "R21"}).lines) == ["11102 R21", "11103 R21"]
        one = code(entry | {"distinct_lesions": False}, problems={"a": "R21"})
        assert (written(one.lines), one.flags) == (["11102 R21"], ("SAME_LESION_ONE_UNIT",))

    def test_an_ear_has_its_own_code_and_the_punch_contains_it(self):
        coded = code(
            biopsy("tangential", "left ear", "a"),
            biopsy("punch", "back", "b"),
            problems={"a": "D49.2", "b": "D49.2"},
        )
        assert written(coded.lines) == ["11104 D49.2", "69100-XS D49.2"]

    def test_the_lid_margin_takes_its_lid(self):
        entry = biopsy("tangential", "right lower eyelid", "a", includes_lid_margin=True)
        assert written(code(entry, problems={"a": "D49.2"}).lines) == ["67810-E4 D49.2"]

    def test_skin_of_the_lid_away_from_the_margin_is_skin(self):
        entry = biopsy("tangential", "right lower eyelid", "a", includes_lid_margin=False)
        assert written(code(entry, problems={"a": "D49.2"}).lines) == ["11102 D49.2"]

    def test_lip_skin_and_red_lip_are_not_guessed_between(self):
        coded = code(biopsy("punch", "upper lip", "a"), problems={"a": "D49.2"})
        assert coded.disposition == "hold"
        assert [question.path for question in coded.questions] == ["procedures[0].mucosal"]

    def test_uncertain_behaviour_is_the_pathologists_word(self):
        coded = code(biopsy("punch", "back", "a"), problems={"a": "D48.5"})
        assert coded.disposition == "hold"
        assert "DX_MISMATCH" in coded.flags

    def test_a_nail_biopsy_names_its_digit(self):
        coded = code(biopsy("punch", "nail of left index finger", "a"), problems={"a": "L60.8"})
        assert written(coded.lines) == ["11755-F1 L60.8"]

    @pytest.mark.parametrize(
        ("technique", "site", "count", "flag"),
        [
            (None, "back", 1, "MISSING_TECHNIQUE"),
            ("punch", None, 1, "MISSING_SITE"),
            ("punch", "near the left ear", 1, "MISSING_SITE"),
            ("punch", "back", None, "MISSING_COUNT"),
        ],
    )
    def test_what_is_not_documented_is_asked(self, technique: str, site: str, count: int, flag: str):
        coded = code(biopsy(technique, site, "a", count), problems={"a": "D49.2"})
        assert (coded.disposition, coded.lines) == ("hold", ())
        assert [question.flag for question in coded.questions] == [flag]


class TestDestruction:
    @pytest.mark.parametrize(
        ("count", "lines"),
        [
            (1, ["17000 L57.0"]),
            (2, ["17000 L57.0", "17003 L57.0"]),
            (14, ["17000 L57.0", "17003x13 L57.0"]),
            (15, ["17004 L57.0"]),
        ],
    )
    def test_keratoses_are_counted_to_fourteen_and_then_once(self, count: int, lines: list[str]):
        assert written(code(aks(count, "scalp", "a"), problems={"a": "L57.0"}).lines) == lines

    def test_keratoses_of_several_places_are_one_count(self):
        coded = code(aks(9, "scalp", "a"), aks(6, "left forearm", "a"), problems={"a": "L57.0"})
        assert written(coded.lines) == ["17004 L57.0"]

    def test_keratosis_codes_need_a_keratosis(self):
        coded = code(aks(3, "lip", "a"), problems={"a": "K13.0"})
        assert (coded.disposition, coded.lines) == ("hold", ())
        assert coded.flags == ("DX_MISMATCH",)

    def test_benign_lesions_of_any_kind_are_counted_together(self):
        coded = code(
            frozen(10, "right hand", "a"),
            frozen(5, "left thigh", "b"),
            problems={"a": "B07.8", "b": "B08.1"},
        )
        assert written(coded.lines) == ["17111 B07.8,B08.1"]

    def test_a_keratosis_without_symptoms_is_the_patients_own(self):
        coded = code(frozen(4, "back", "a", symptoms=[]), problems={"a": "L82.1"})
        assert coded.disposition == "patient_only"
        assert (coded.lines, written(coded.self_pay_lines)) == ((), ["17110 L82.1"])

    def test_whether_it_troubled_is_asked_when_nobody_wrote_it_down(self):
        coded = code(frozen(4, "back", "a"), problems={"a": "L82.1"})
        assert coded.disposition == "hold"
        assert [q.path for q in coded.questions] == ["procedures[0].symptoms"]

    def test_cosmetic_lesions_beside_covered_ones_add_nothing_to_either_bill(self):
        coded = code(
            frozen(3, "left hand", "a"),
            frozen(12, "back", "b", symptoms=[]),
            problems={"a": "B07.8", "b": "L82.1"},
        )
        assert (written(coded.lines), coded.self_pay_lines) == (["17110 B07.8"], ())
        assert "COSMETIC" in coded.flags

    def test_penile_warts_have_a_code_by_technique(self):
        coded = code(frozen(4, "shaft of penis", "a"), problems={"a": "A63.0"})
        assert written(coded.lines) == ["54056 A63.0"]

    @pytest.mark.parametrize(("area", "number"), [(9.9, "17106"), (10.0, "17107"), (50.0, "17107"), (50.1, "17108")])
    def test_vascular_lesions_go_by_area(self, area: float, number: str):
        entry = aks(1, "left cheek", "a") | {
            "lesion_type": "vascular_proliferative", "technique": "pulsed dye laser", "area_sq_cm": area,
        }  # fmt: skip
        assert written(code(entry, problems={"a": "Q82.5"}).lines) == [f"{number} Q82.5"]

    def test_a_malignant_lesion_waits_for_its_report(self):
        entry = aks(1, "back", "a") | {"lesion_type": "malignant", "diameter_cm": 0.8}
        waiting = code(entry, problems={"a": "D49.2"})
        back = code(entry | {"pathology_icd10": "C44.519"}, problems={"a": "D49.2"})
        assert (waiting.disposition, "AWAIT_PATH" in waiting.flags) == ("hold", True)
        assert written(back.lines) == ["17261 C44.519"]

    def test_melanoma_is_not_burnt_off_without_a_question(self):
        entry = aks(1, "back", "a") | {"lesion_type": "malignant", "diameter_cm": 0.8}
        assert code(entry, problems={"a": "C43.59"}).disposition == "hold"


class TestExcisions:
    @pytest.mark.parametrize(
        ("diameter", "margin", "number"),
        [(0.3, 0.1, "11420"), (0.4, 0.1, "11421"), (1.0, 0.5, "11422"), (1.04, 0.5, "11422"), (1.05, 0.5, "11423"),
         (4.0, 0.1, "11426")],
    )  # fmt: skip
    def test_size_is_lesion_plus_both_margins_to_a_tenth(self, diameter: float, margin: float, number: str):
        coded = code(excision("benign", "scalp", diameter, margin, "a", "L72.11"), problems={"a": "L72.11"})
        assert written(coded.lines) == [f"{number} L72.11"]

    def test_the_report_decides_the_family(self):
        coded = code(excision("uncertain", "left arm", 1.0, 0.2, "a", "C43.62"), problems={"a": "D49.2"})
        assert written(coded.lines) == ["11602 C43.62"]

    def test_an_uncertain_report_stays_in_the_benign_family(self):
        coded = code(excision("malignant", "left arm", 1.0, 0.2, "a", "D48.5"), problems={"a": "D49.2"})
        assert written(coded.lines) == ["11402 D48.5"]
        assert "DX_MISMATCH" in coded.flags

    def test_no_report_no_claim(self):
        coded = code(excision("malignant", "left arm", 1.0, 0.2, "a", None), problems={"a": "C44.612"})
        assert (coded.disposition, coded.lines) == ("hold", ())
        assert coded.flags == ("AWAIT_PATH",)

    def test_a_deep_fat_tumour_belongs_elsewhere(self):
        coded = code(excision("benign", "back", 3.0, 0.0, "a", "D17.1"), problems={"a": "D17.1"})
        assert (coded.disposition, coded.lines) == ("hold", ())

    def test_two_lesions_of_one_size_are_two_lines_the_second_distinct(self):
        coded = code(
            excision("malignant", "left arm", 1.0, 0.3, "a", "C44.619"),
            excision("malignant", "right leg", 0.9, 0.3, "b", "C44.712"),
            problems={"a": "C44.619", "b": "C44.712"},
            payer=COMMERCIAL,
        )
        assert written(coded.lines) == ["11602 C44.619", "11602-59 C44.712"]

    def test_a_sample_of_the_excised_lesion_is_part_of_the_excision(self):
        coded = code(
            biopsy("punch", "back", "a", same_lesion_as_next=True),
            excision("malignant", "back", 1.0, 0.3, "a", "C44.519"),
            problems={"a": "C44.519"},
        )
        assert written(coded.lines) == ["11602 C44.519"]
        assert "BUNDLED:11104" in coded.flags

    def test_a_biopsy_beside_an_excision_at_the_same_place_is_asked_about(self):
        coded = code(
            biopsy("punch", "back", "b"),
            excision("malignant", "back", 1.0, 0.3, "a", "C44.519"),
            problems={"a": "C44.519", "b": "D49.2"},
        )
        assert coded.disposition == "hold"
        assert "ASK_DISTINCT" in coded.flags


class TestClosures:
    def test_a_simple_closure_is_part_of_every_excision(self):
        coded = code(
            excision("malignant", "back", 1.0, 0.3, "a", "C44.519"),
            closure("simple", "back", 3.0, "a"),
            problems={"a": "C44.519"},
        )
        assert written(coded.lines) == ["11602 C44.519"]
        assert "BUNDLED:12002" in coded.flags

    def test_lengths_are_added_within_a_group_and_never_across(self):
        coded = code(
            closure("intermediate", "left forearm", 2.0, "a"),
            closure("intermediate", "back", 1.0, "b"),
            closure("intermediate", "left hand", 2.0, "c"),
            problems={"a": "S51.812A", "b": "S21.211A", "c": "S61.412A"},
        )
        assert written(coded.lines) == ["12032 S51.812A,S21.211A", "12041 S61.412A"]
        assert "REPAIR_SUM" in coded.flags

    def test_a_complex_closure_must_say_what_made_it_complex(self):
        entry = closure("complex", "back", 5.0, "a")
        problems = {"a": "S21.211A"}
        assert code(entry, problems=problems).disposition == "hold"
        said = code(entry | {"complex_criteria": ["Extensive undermining"]}, problems=problems)
        assert written(said.lines) == ["13101 S21.211A"]

    def test_limited_undermining_does_not_make_it_complex(self):
        entry = closure("complex", "back", 5.0, "a", complex_criteria=["limited undermining"])
        assert code(entry, problems={"a": "S21.211A"}).disposition == "hold"

    def test_each_five_centimetres_past_seven_and_a_half_are_one_more(self):
        entry = closure("complex", "scalp", 12.6, "a", complex_criteria=["retention sutures"])
        assert written(code(entry, problems={"a": "S01.01XA"}).lines) == ["13121 S01.01XA", "13122x2 S01.01XA"]

    def test_a_tiny_complex_closure_is_reported_as_layered(self):
        entry = closure("complex", "nose", 1.0, "a", complex_criteria=["free margin of nostril rim"])
        assert written(code(entry, problems={"a": "S01.21XA"}).lines) == ["12051 S01.21XA"]

    def test_another_wounds_closure_beside_a_biopsy_is_distinct(self):
        coded = code(
            biopsy("punch", "back", "a"),
            closure("simple", "left hand", 2.0, "b"),
            problems={"a": "D49.2", "b": "S61.412A"},
        )
        assert written(coded.lines) == ["11104 D49.2", "12001-XS S61.412A"]

    def test_the_flap_includes_the_excision_and_closure_of_its_wound(self):
        coded = code(
            excision("malignant", "left cheek", 1.0, 0.4, "a", "C44.319"),
            {"kind": "att", "site": "left cheek", "primary_defect_sq_cm": 3.2, "secondary_defect_sq_cm": 7.0,
             "problem_ref": "a"},
            closure("intermediate", "left cheek", 2.0, "a"),
            problems={"a": "C44.319"},
        )  # fmt: skip
        assert written(coded.lines) == ["14041 C44.319"]
        assert {"BUNDLED:11642", "BUNDLED:12051"} <= set(coded.flags)


class TestOtherFamilies:
    def test_a_large_flap_counts_each_further_thirty_square_centimetres(self):
        entry = {"kind": "att", "site": "back", "area_sq_cm": 90.1, "problem_ref": "a"}
        assert written(code(entry, problems={"a": "L90.5"}).lines) == ["14301 L90.5", "14302x2 L90.5"]

    def test_a_lesion_shaved_off_goes_by_its_own_diameter(self):
        entry = {"kind": "shave_removal", "site": "chin", "diameter_cm": 0.6, "symptoms": ["bleeding"],
                 "problem_ref": "a"}  # fmt: skip
        assert written(code(entry, problems={"a": "D22.39"}).lines) == ["11311 D22.39"]

    def test_extra_mohs_blocks_are_counted_in_every_stage(self):
        entry = {"kind": "mohs", "site": "left ear", "stages": [{"blocks": 7}, {"blocks": 6}], "problem_ref": "a"}
        coded = code(entry, problems={"a": "C44.229"})
        assert written(coded.lines) == ["17311 C44.229", "17312 C44.229", "17315x3 C44.229"]

    def test_a_sample_of_the_mohs_tumour_is_included_unless_it_was_the_first_proof(self):
        mohs = {"kind": "mohs", "site": "left ear", "stages": [{"blocks": 2}], "problem_ref": "a"}
        sample = biopsy("tangential", "left ear", "a", same_lesion_as_next=True)
        proven = code(sample | {"prior_pathology_within_60_days": True}, mohs, problems={"a": "C44.229"})
        unproven = code(sample | {"prior_pathology_within_60_days": False}, mohs, problems={"a": "C44.229"})
        assert written(proven.lines) == ["17311 C44.229"]
        assert "BUNDLED:69100" in proven.flags
        assert unproven.disposition == "hold"
        assert "NO_PRIOR_PATH_DOC" in unproven.flags

    def test_mohs_blocks_that_nobody_counted_are_asked_for(self):
        entry = {"kind": "mohs", "site": "left ear", "stages": [{"blocks": 2}, {}], "problem_ref": "a"}
        assert code(entry, problems={"a": "C44.229"}).flags == ("MISSING_STAGE",)

    def test_medicare_is_asked_to_deny_cosmetic_tags_when_the_patient_wants_it(self):
        entry = {"kind": "skin_tag_removal", "technique": "scissor", "site": "neck", "count": 6, "symptoms": [],
                 "patient_requests_medicare_denial": True, "problem_ref": "a"}  # fmt: skip
        assert written(code(entry, problems={"a": "L91.8"}).lines) == ["11200-GY Z41.1,L91.8"]

    def test_lesions_injected_are_counted_together(self):
        entry = {"kind": "injection_intralesional", "site": "back", "count": 4, "problem_ref": "a"}
        coded = code(entry, entry | {"site": "chest"}, problems={"a": "L91.0"})
        assert written(coded.lines) == ["11901 L91.0"]


class TestVisits:
    def test_a_new_patients_time_may_lift_the_level_when_documented(self):
        new = {"age": 40, "sex": "M", "new_or_established": "new"}
        em = visit(minutes=61, time_documented=True)
        coded = code(problems={"a": "L40.0"}, em=em, patient=new)
        assert written(coded.lines) == ["99205 L40.0"]

    def test_undocumented_time_lifts_nothing(self):
        coded = code(problems={"a": "L40.0"}, em=visit(minutes=61))
        assert written(coded.lines) == ["99213 L40.0"]
        assert "TIME_DOC" in coded.flags

    @pytest.mark.parametrize(
        ("payer", "minutes", "lines"),
        [
            (COMMERCIAL, 54, ["99215 L40.0"]),
            (COMMERCIAL, 55, ["99215 L40.0", "99417 L40.0"]),
            (COMMERCIAL, 85, ["99215 L40.0", "99417x3 L40.0"]),
            (MEDICARE, 68, ["99215 L40.0"]),
            (MEDICARE, 69, ["99215 L40.0", "G2212 L40.0"]),
        ],
    )
    def test_prolonged_time_begins_where_the_payer_says(self, payer: dict[str, Any], minutes: int, lines: list[str]):
        em = visit(mdm="high", minutes=minutes, time_documented=True)
        assert written(code(problems={"a": "L40.0"}, em=em, payer=payer).lines) == lines

    def test_25_needs_a_problem_of_its_own(self):
        coded = code(aks(3, "scalp", "a"), problems={"a": "L57.0"}, em=visit(em_problem_refs=["a"]))
        assert coded.disposition == "hold"
        assert "MOD25_DOC" in coded.flags

    def test_the_visit_that_decides_for_major_surgery_takes_57(self):
        entry = {"kind": "att", "site": "nose", "area_sq_cm": 8, "problem_ref": "a"}
        em = visit(mdm="moderate", decision_for_major_surgery=True, separately_identifiable=False)
        coded = code(entry, problems={"a": "C44.311"}, em=em)
        assert written(coded.lines) == ["99214-57 C44.311", "14060 C44.311"]

    def test_a_decision_for_minor_surgery_is_part_of_it(self):
        em = visit(decision_for_major_surgery=True, separately_identifiable=False)
        coded = code(aks(3, "scalp", "a"), problems={"a": "L57.0"}, em=em)
        assert written(coded.lines) == ["17000 L57.0", "17003x2 L57.0"]
        assert "EM_NOT_SEPARATE" in coded.flags

    def test_continuing_care_is_medicares_and_not_beside_25(self):
        em = visit(longitudinal_care=True, em_problem_refs=["a"])
        alone = code(problems={"a": "L40.0"}, em=em)
        beside = code(aks(3, "scalp", "b"), problems={"a": "L40.0", "b": "L57.0"}, em=em)
        assert written(alone.lines) == ["99213 L40.0", "G2211 L40.0"]
        assert written(beside.lines)[0] == "99213-25 L40.0"
        assert "G2211_BLOCKED" in beside.flags

    def test_an_audio_only_call_takes_93(self):
        call = {"mode": "audio_only", "patient_location": "home"}
        coded = code(problems={"a": "L70.0"}, em=visit(), telehealth=call, place_of_service="10", payer=COMMERCIAL)
        assert written(coded.lines) == ["99213-93 L70.0"]

    def test_three_years_to_the_day_is_still_established(self):
        new = {"age": 40, "sex": "M", "new_or_established": "new"}
        seen = {"last_face_to_face_same_group_same_specialty": "2023-05-04"}
        unseen = {"last_face_to_face_same_group_same_specialty": "2023-05-03"}
        assert written(code(problems={"a": "L40.0"}, em=visit(), patient=new, history=seen).lines) == ["99213 L40.0"]
        assert written(code(problems={"a": "L40.0"}, em=visit(), patient=new, history=unseen).lines) == ["99203 L40.0"]

    @pytest.mark.parametrize("registered", ["established", None])
    def test_a_last_visit_more_than_three_years_ago_makes_a_patient_new_whatever_was_registered(
        self, registered: str | None
    ):
        unseen = {"last_face_to_face_same_group_same_specialty": "2023-05-03"}
        patient = {"age": 66, "sex": "F", "new_or_established": registered}
        coded = code(problems={"p1": "L40.0"}, em=visit(mdm="moderate"), history=unseen, patient=patient)
        assert (written(coded.lines), coded.disposition) == (["99204 L40.0"], "ready")
        assert ("NEW_PT_RULE" in coded.flags) == (registered == "established")


class TestGlobalPeriods:
    RUNNING = ({"cpt": "11602", "date": "2026-04-24", "days": 10},)

    def test_the_tenth_day_is_inside_and_the_eleventh_is_not(self):
        inside = code(problems={"a": "L40.0"}, em=visit(unrelated_to_global=False), global_periods=list(self.RUNNING))
        later = [{"cpt": "11602", "date": "2026-04-23", "days": 10}]
        outside = code(problems={"a": "L40.0"}, em=visit(), global_periods=later)
        assert (inside.disposition, written(inside.lines)) == ("no_charge", ["99024 L40.0"])
        assert (outside.disposition, written(outside.lines)) == ("ready", ["99213 L40.0"])

    def test_whether_the_visit_is_unrelated_is_asked(self):
        coded = code(problems={"a": "L40.0"}, em=visit(), global_periods=list(self.RUNNING))
        assert [q.path for q in coded.questions] == ["em.unrelated_to_global"]

    def test_surgery_of_unknown_relation_is_asked_about(self):
        coded = code(aks(3, "scalp", "a"), problems={"a": "L57.0"}, global_periods=list(self.RUNNING))
        assert (coded.disposition, coded.flags) == ("hold", ("GLOBAL",))


class TestWhatHoldsAnyVisit:
    def test_a_missing_authorization_number(self):
        coded = code(aks(1, "scalp", "a"), problems={"a": "L57.0"}, authorization={"required": True, "number": None})
        assert (coded.disposition, coded.flags) == ("hold", ("PA_REQUIRED",))

    def test_a_diagnosis_that_needs_more_characters(self):
        coded = code(biopsy("punch", "back", "a"), problems={"a": "L40"})
        assert (coded.disposition, coded.flags) == ("hold", ("DX_UNSPECIFIED",))

    def test_a_category_that_is_a_block_of_its_own_needs_them_too(self):
        coded = code(biopsy("punch", "back", "a"), problems={"a": "D49"})
        assert [question.flag for question in coded.questions] == ["DX_UNSPECIFIED"]
        assert coded.questions[0].says == "D49 needs more characters before it can be billed."

    def test_more_units_than_is_usual_in_a_day_go_with_a_flag_because_the_limit_is_clinical(self):
        coded = code(biopsy("punch", "back", "a", 5), problems={"a": "R21"})
        assert (coded.disposition, coded.flags) == ("ready", ("MUE_EXCEEDED",))

    def test_more_units_than_a_day_may_ever_have_hold_the_visit(self):
        flaps = [
            {"kind": "hidradenitis_excision", "site": f"{side} axilla", "bilateral": False, "problem_ref": "a"}
            for side in ("left", "right")
        ]
        coded = code(*flaps, problems={"a": "L73.2"}, payer=COMMERCIAL)
        assert coded.disposition == "hold"
        assert "MUE_EXCEEDED" in coded.flags

    def test_a_date_before_the_rules(self):
        coded = code(aks(1, "scalp", "a"), problems={"a": "L57.0"}, date="2024-06-30")
        assert (coded.disposition, coded.flags) == ("hold", ("NO_CODE",))

    def test_nothing_documented_at_all(self):
        assert code(problems={"a": "L57.0"}).flags == ("NO_CODE",)

    def test_a_patient_without_insurance_pays_and_no_payer_hears_of_it(self):
        payer = {"type": "self_pay", "x_modifiers": False}
        coded = code(aks(2, "scalp", "a"), problems={"a": "L57.0"}, payer=payer)
        assert (coded.disposition, coded.lines) == ("patient_only", ())
        assert written(coded.self_pay_lines) == ["17000 L57.0", "17003 L57.0"]


class TestReasons:
    def test_every_line_says_why_by_rule_source_date_and_facts(self):
        coded = code(
            excision("malignant", "nose", 0.7, 0.4, "a", "C44.311"),
            closure("intermediate", "nose", 3.1, "a"),
            problems={"a": "C44.311"},
        )
        first = coded.lines[0].reasons[0]
        assert (first.rule.id, first.rule.source) == ("EXCISED-DIAMETER", "rulebook 3.4")
        assert dict(first.facts)["excised_cm"] == "1.5"
        assert all(line.reasons for line in coded.lines)

    def test_no_line_reason_or_finding_repeats_a_clinicians_note(self):
        em = visit(em_problem_refs=["b"])
        coded = code(frozen(4, "back", "a"), problems={"a": "L82.1", "b": "L40.0"}, em=em)
        assert coded.lines
        assert NOTE not in str(coded)
