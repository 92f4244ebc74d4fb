"""Nails, drainage, grafts, light, tests, the laboratory and drugs, worked by hand from the rulebook."""

from __future__ import annotations

from typing import Any

import pytest
from tests.coding.worked import COMMERCIAL, code, visit, written


def nail(technique: str | None, site: str | None = None, ref: str = "n", count: int | None = 1, **more: Any):
    return {"kind": "nail", "technique": technique, "site": site, "count": count, "problem_ref": ref} | more


def pathology(ref: str, **facts: Any) -> dict[str, Any]:
    return {"kind": "pathology", "problem_ref": ref} | facts


def drug(hcpcs: str, ref: str = "d", **facts: Any) -> dict[str, Any]:
    return {"kind": "drug", "hcpcs": hcpcs, "problem_ref": ref} | facts


INGROWN = {"n": "L60.0"}
PSORIASIS = {"p": "L40.0"}


class TestNails:
    @pytest.mark.parametrize(("count", "expected"), [(1, "11720"), (5, "11720"), (6, "11721"), (10, "11721")])
    def test_debridement_is_one_line_for_up_to_five_or_for_more(self, count: int, expected: str):
        coded = code(nail("debridement", "feet", count=count), problems={"n": "B35.1"}, payer=COMMERCIAL)
        assert written(coded.lines) == [f"{expected} B35.1"]

    def test_medicare_pays_debridement_only_with_class_findings_which_are_asked_for(self):
        coded = code(nail("debridement", "feet", count=4), problems={"n": "B35.1"})
        assert (coded.disposition, coded.flags) == ("hold", ("MED_NEC_DOC",))

    def test_a_second_avulsed_nail_is_the_add_on_and_each_has_its_digit(self):
        first, second = nail("avulsion", "left thumb"), nail("avulsion", "right index finger")
        coded = code(first, second, problems=INGROWN, payer=COMMERCIAL)
        assert written(coded.lines) == ["11730-FA L60.0", "11732-F6 L60.0"]

    def test_both_great_toes_are_two_nails(self):
        coded = code(nail("avulsion", "both great toes", count=2), problems=INGROWN, payer=COMMERCIAL)
        assert written(coded.lines) == ["11730-TA L60.0", "11732-T5 L60.0"]

    def test_a_nail_without_its_digit_is_asked_for(self):
        coded = code(nail("avulsion", "left foot"), problems=INGROWN, payer=COMMERCIAL)
        assert (coded.disposition, coded.flags) == ("hold", ("MISSING_SITE",))

    def test_permanent_removal_of_one_nail_holds_its_avulsion_but_not_that_of_another_digit(self):
        removal = nail("permanent matrixectomy", "right great toe")
        same = code(removal, nail("avulsion", "right great toe"), problems=INGROWN, payer=COMMERCIAL)
        other = code(removal, nail("avulsion", "left great toe"), problems=INGROWN, payer=COMMERCIAL)
        assert written(same.lines) == ["11750-T5 L60.0"]
        assert "BUNDLED:11730" in same.flags
        assert written(other.lines) == ["11730-TA L60.0", "11750-T5 L60.0"]

    def test_two_permanent_removals_are_two_lines_told_apart_by_their_toes(self):
        removals = [nail("phenol matrixectomy", f"{side} great toe") for side in ("left", "right")]
        coded = code(*removals, problems=INGROWN, payer=COMMERCIAL)
        assert written(coded.lines) == ["11750-T5 L60.0", "11750-TA L60.0"]

    @pytest.mark.parametrize(
        ("technique", "dx", "expected"),
        [("trim, non-dystrophic", "L60.8", "11719"), ("trim dystrophic", "L60.8", "G0127"), ("trim", "L60.3", "G0127")],
    )
    def test_trimming_goes_by_whether_the_nails_were_dystrophic(self, technique: str, dx: str, expected: str):
        coded = code(nail(technique, "feet", count=10), problems={"n": dx}, payer=COMMERCIAL)
        assert written(coded.lines) == [f"{expected} {dx}"]

    def test_trimming_of_nails_that_nobody_described_is_asked_about(self):
        coded = code(nail("trim", "feet", count=10), problems={"n": "L60.8"}, payer=COMMERCIAL)
        assert (coded.disposition, coded.flags) == ("hold", ("MISSING_TECHNIQUE",))


class TestDrainage:
    @pytest.mark.parametrize(
        ("facts", "expected"),
        [({"count": 1}, "10060"), ({"count": 1, "complicated": True}, "10061"), ({"count": 2}, "10061")],
    )
    def test_a_single_simple_abscess_or_a_complicated_one_or_several(self, facts: dict[str, Any], expected: str):
        drained = {"kind": "incision_drainage", "site": "back", "problem_ref": "a"} | facts
        assert written(code(drained, problems={"a": "L02.212"}).lines) == [f"{expected} L02.212"]

    def test_a_pilonidal_cyst_has_its_own_code(self):
        drained = {"kind": "incision_drainage", "site": "sacrum", "count": 1, "problem_ref": "a"}
        assert written(code(drained, problems={"a": "L05.01"}).lines) == ["10080 L05.01"]

    def test_a_lesion_drained_and_then_excised_is_excised(self):
        drained = {
            "kind": "incision_drainage", "site": "back", "count": 1, "problem_ref": "a", "same_lesion_as_next": True,
        }  # fmt: skip
        cut = {
            "kind": "excision", "lesion_type": "benign", "site": "back", "diameter_cm": 1.6, "margin_cm": 0.1,
            "problem_ref": "a", "pathology_icd10": "L72.3", "symptoms": ["pain"],
        }  # fmt: skip
        coded = code(drained, cut, problems={"a": "L72.3"})
        assert written(coded.lines) == ["11402 L72.3"]
        assert "BUNDLED:10060" in coded.flags


class TestHidradenitis:
    def excised(self, site: str, **facts: Any):
        procedure = {"kind": "hidradenitis_excision", "site": site, "bilateral": False, "problem_ref": "h"} | facts
        return code(procedure, problems={"h": "L73.2"}, payer=COMMERCIAL)

    @pytest.mark.parametrize(
        ("site", "complex_closure", "expected"),
        [
            ("left axilla", False, "11450"), ("left axilla", True, "11451"), ("right groin", False, "11462"),
            ("inguinal", True, "11463"), ("perianal", False, "11470"), ("umbilicus", True, "11471"),
        ],
    )  # fmt: skip
    def test_it_goes_by_region_and_closure(self, site: str, complex_closure: bool, expected: str):
        assert written(self.excised(site, complex_closure=complex_closure).lines) == [f"{expected} L73.2"]

    def test_both_armpits_are_one_line_with_50(self):
        assert written(self.excised("both axillae", bilateral=True).lines) == ["11450-50 L73.2"]


class TestLight:
    @pytest.mark.parametrize(
        ("technique", "expected"),
        [
            ("narrowband UVB", "96900"), ("UVA", "96900"), ("NB-UVB with mineral oil and petrolatum", "96910"),
            ("UVB and coal tar", "96910"), ("PUVA", "96912"), ("oral psoralen and UVA", "96912"),
            ("Goeckerman, 6 hours", "96913"),
        ],
    )  # fmt: skip
    def test_the_technique_decides(self, technique: str, expected: str):
        given = {"kind": "phototherapy", "technique": technique, "count": 1, "problem_ref": "p"}
        assert written(code(given, problems=PSORIASIS).lines) == [f"{expected} L40.0"]

    @pytest.mark.parametrize("technique", [None, "red light"])
    def test_a_light_that_is_not_said_is_asked_for(self, technique: str | None):
        given = {"kind": "phototherapy", "technique": technique, "count": 1, "problem_ref": "p"}
        coded = code(given, problems=PSORIASIS)
        assert (coded.disposition, coded.flags) == ("hold", ("MISSING_TECHNIQUE",))

    def test_a_separate_visit_on_the_day_of_light_carries_25(self):
        given = {"kind": "phototherapy", "technique": "PUVA", "count": 1, "problem_ref": "p"}
        problems = {"p": "L40.0", "q": "L70.0"}
        coded = code(given, problems=problems, em=visit(em_problem_refs=["q"]), payer=COMMERCIAL)
        assert written(coded.lines) == ["99213-25 L70.0", "96912 L40.0"]

    @pytest.mark.parametrize(
        ("areas", "expected"), [([249.9], "96920"), ([250], "96921"), ([300, 200], "96921"), ([300, 200.1], "96922")]
    )
    def test_the_excimer_laser_goes_by_the_days_area(self, areas: list[float], expected: str):
        given = [{"kind": "excimer", "area_sq_cm": area, "problem_ref": "p"} for area in areas]
        assert written(code(*given, problems=PSORIASIS).lines) == [f"{expected} L40.0"]

    def test_the_excimer_laser_for_vitiligo_is_a_matter_of_policy_and_asked(self):
        given = {"kind": "excimer", "area_sq_cm": 100, "problem_ref": "p"}
        coded = code(given, problems={"p": "L80"}, payer=COMMERCIAL)
        assert (coded.disposition, "DX_MISMATCH" in coded.flags) == ("hold", True)


class TestPhotodynamicTherapy:
    @pytest.mark.parametrize(
        ("facts", "expected"),
        [
            ({"performed_by": "staff"}, "96567"), ({"performed_by": "physician"}, "96573"),
            ({"performed_by": "physician", "debridement": "curettage"}, "96574"),
            ({"performed_by": "physician", "debridement": "chemical peel"}, "96573"),
        ],
    )  # fmt: skip
    def test_it_goes_by_who_did_it_and_debridement_which_a_peel_is_not(self, facts: dict[str, Any], expected: str):
        given = {"kind": "pdt", "site": "scalp", "problem_ref": "k"} | facts
        assert written(code(given, problems={"k": "L57.0"}).lines) == [f"{expected} L57.0"]

    def test_keratoses_destroyed_at_the_same_place_are_asked_about(self):
        given = {"kind": "pdt", "site": "scalp", "performed_by": "physician", "problem_ref": "k"}
        frozen = {
            "kind": "destruction", "lesion_type": "premalignant", "technique": "cryotherapy", "site": "scalp",
            "count": 3, "problem_ref": "k",
        }  # fmt: skip
        coded = code(given, frozen, problems={"k": "L57.0"})
        assert (coded.disposition, "ASK_DISTINCT" in coded.flags) == ("hold", True)
        elsewhere = code(given, frozen | {"site": "left hand"}, problems={"k": "L57.0"})
        assert written(elsewhere.lines) == ["17000 L57.0", "17003x2 L57.0", "96573 L57.0"]


class TestPatchTests:
    def test_each_allergen_is_a_unit(self):
        tested = {"kind": "patch_test", "count": 80, "problem_ref": "c"}
        assert written(code(tested, problems={"c": "L23.9"}).lines) == ["95044x80 L23.9"]

    def test_more_than_a_day_allows_goes_with_a_flag_because_the_limit_is_clinical(self):
        coded = code({"kind": "patch_test", "count": 91, "problem_ref": "c"}, problems={"c": "L23.9"})
        assert (coded.disposition, coded.flags) == ("ready", ("MUE_EXCEEDED",))


class TestPathology:
    def read(self, *procedures: dict[str, Any], **changes: Any):
        problems = {"a": "D22.5", "b": "D22.5", "m": "C43.59"}
        return code(*procedures, problems=problems, **({"clia_number_on_file": True, "component": "global"} | changes))

    def test_two_specimens_of_one_diagnosis_are_two_units(self):
        coded = self.read(pathology("a", level="IV", specimen="A"), pathology("b", level="IV", specimen="B"))
        assert written(coded.lines) == ["88305x2 D22.5"]

    @pytest.mark.parametrize(("component", "modifier"), [("professional", "-26"), ("technical", "-TC"), ("global", "")])
    def test_the_component_is_a_modifier(self, component: str, modifier: str):
        coded = self.read(pathology("a", level="III", specimen="A"), component=component)
        assert written(coded.lines) == [f"88304{modifier} D22.5"]

    @pytest.mark.parametrize(
        ("facts", "expected"),
        [
            ({"stain": "IHC", "antibodies_single_stain": 1}, ["88342 C43.59"]),
            ({"stain": "IHC", "antibodies_single_stain": 4}, ["88341x3 C43.59", "88342 C43.59"]),
            ({"stain": "IHC multiplex"}, ["88344 C43.59"]),
            ({"stain": "IF", "antibodies_single_stain": 5}, ["88346 C43.59", "88350x4 C43.59"]),
            ({"stain": "PAS for organisms", "blocks": 2}, ["88312x2 C43.59"]),
            ({"stain": "special, group II"}, ["88313 C43.59"]),
        ],
    )
    def test_stains_are_counted_by_block_and_antibodies_by_specimen(self, facts: dict[str, Any], expected: list[str]):
        assert written(self.read(pathology("m", specimen="A", **facts)).lines) == expected

    def test_a_special_stain_without_its_group_is_asked_for(self):
        coded = self.read(pathology("m", specimen="A", stain="special"))
        assert (coded.disposition, "MISSING_TECHNIQUE" in coded.flags) == ("hold", True)

    def test_without_the_laboratorys_certificate_the_visit_waits(self):
        coded = self.read(pathology("a", level="IV", specimen="A"), clia_number_on_file=False)
        assert (coded.disposition, coded.flags) == ("hold", ("CLIA_REQUIRED",))


class TestToxin:
    @pytest.mark.parametrize(("site", "expected"), [("both axillae", "64650"), ("palms", "64653")])
    def test_armpits_are_one_unit_and_other_areas_another(self, site: str, expected: str):
        given = {"kind": "botulinum_hyperhidrosis", "site": site, "problem_ref": "s"}
        assert written(code(given, problems={"s": "L74.510"}).lines) == [f"{expected} L74.510"]

    def test_general_sweating_does_not_support_it(self):
        given = {"kind": "botulinum_hyperhidrosis", "site": "both axillae", "problem_ref": "s"}
        coded = code(given, problems={"s": "R61"})
        assert (coded.disposition, coded.flags) == ("hold", ("DX_MISMATCH",))


class TestDrugs:
    @pytest.mark.parametrize(
        ("given", "expected"),
        [
            (drug("J3301", dose_mg=6), "J3301 L40.0"), (drug("J3301", dose_mg=40), "J3301x4 L40.0"),
            (drug("J0585", dose_units=100), "J0585x100 L40.0"), (drug("J7308", sticks=2), "J7308x2 L40.0"),
            (drug("J2357", dose_mg=300), "J2357x60 L40.0"),
        ],
    )  # fmt: skip
    def test_a_dose_is_billed_in_whole_units(self, given: dict[str, Any], expected: str):
        coded = code(given, problems={"d": "L40.0"}, payer=COMMERCIAL)
        assert written(coded.lines) == [expected]
        assert "NDC_REQUIRED" in coded.flags

    def test_medicares_single_dose_vial_tells_what_was_discarded(self):
        given = drug("J0585", dose_units=80, vial_units=100, wasted_units=20, package="single-dose vial")
        assert written(code(given, problems={"d": "L74.510"}).lines) == ["J0585x80 L74.510", "J0585x20-JW L74.510"]

    def test_nothing_discarded_is_said_too(self):
        given = drug("J0585", dose_units=100, vial_units=100, wasted_units=0, package="single-dose vial")
        assert written(code(given, problems={"d": "L74.510"}).lines) == ["J0585x100-JZ L74.510"]

    def test_a_rounded_dose_and_its_waste_may_not_exceed_the_vial(self):
        given = drug("J3301", dose_mg=32, vial_units=4, wasted_units=1, package="single-dose vial")
        assert code(given, problems={"d": "L70.0"}).disposition == "hold"

    def test_a_drug_without_a_known_unit_is_held(self):
        coded = code(drug("J3590", dose_mg=300), problems={"d": "L20.9"})
        assert (coded.disposition, coded.flags) == ("hold", ("NO_CODE",))

    def test_a_dose_that_is_not_documented_is_asked_for(self):
        coded = code(drug("J3301"), problems={"d": "L70.0"})
        assert (coded.disposition, coded.flags) == ("hold", ("MISSING_COUNT",))


class TestGrafts:
    @pytest.mark.parametrize(
        ("kind", "site", "area", "expected"),
        [
            ("full_thickness", "nose", 20, ["15260 C44.311"]),
            ("full_thickness", "nose", 20.1, ["15260 C44.311", "15261 C44.311"]),
            ("full_thickness", "left hand", 45, ["15240 C44.311", "15241x2 C44.311"]),
            ("split", "scalp", 100, ["15120 C44.311"]),
            ("split", "left thigh", 250, ["15100 C44.311", "15101x2 C44.311"]),
            ("pinch", "left ankle", 2, ["15050 C44.311"]),
            ("skin_substitute", "left shin", 30, ["15271 C44.311", "15272 C44.311"]),
            ("skin_substitute", "left foot", 150, ["15277 C44.311", "15278 C44.311"]),
        ],
    )
    def test_the_first_area_and_each_further_one(self, kind: str, site: str, area: float, expected: list[str]):
        given = {"kind": "graft", "graft_type": kind, "site": site, "area_sq_cm": area, "problem_ref": "g"}
        assert written(code(given, problems={"g": "C44.311"}).lines) == expected

    def test_a_graft_and_mohs_are_both_paid_without_a_modifier(self):
        mohs = {"kind": "mohs", "site": "nose", "stages": [{"blocks": 2}], "problem_ref": "g"}
        given = {
            "kind": "graft", "graft_type": "full_thickness", "site": "nose", "area_sq_cm": 4, "problem_ref": "g",
        }  # fmt: skip
        coded = code(mohs, given, problems={"g": "C44.311"})
        assert written(coded.lines) == ["15260 C44.311", "17311 C44.311"]


class TestCosmetic:
    @pytest.mark.parametrize(
        ("technique", "site", "expected"),
        [
            ("vascular laser", "face", "COSMETIC-LASER I78.1"), ("epidermal chemical peel", "face", "15788 I78.1"),
            ("dermal peel", "back", "15793 I78.1"), ("chemical peel", "face", "COSMETIC-PEEL I78.1"),
        ],
    )  # fmt: skip
    def test_the_patient_pays_for_what_was_wished(self, technique: str, site: str, expected: str):
        given = {"kind": "cosmetic", "technique": technique, "site": site, "count": 1, "problem_ref": "w"}
        coded = code(given, problems={"w": "I78.1"})
        assert (coded.disposition, written(coded.self_pay_lines)) == ("patient_only", [expected])
        assert (coded.lines, "COSMETIC" in coded.flags) == ((), True)
