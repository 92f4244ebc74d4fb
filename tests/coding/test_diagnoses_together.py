"""Diagnoses that exclude each other, and manifestations with the disease that underlies them."""

from __future__ import annotations

from tests.coding.worked import code, visit, written

BIOPSY = {"kind": "biopsy", "technique": "punch", "site": "back", "count": 1}


class TestManifestations:
    def test_the_recorded_underlying_disease_goes_before_it(self):
        coded = code(BIOPSY | {"problem_ref": "a"}, problems={"a": "L99", "b": "E85.4"})
        assert written(coded.lines) == ["11104 E85.4,L99"]
        assert [reason.rule.id for reason in coded.lines[0].reasons][-1] == "UNDERLYING-FIRST"

    def test_without_one_on_record_it_is_asked_for(self):
        coded = code(BIOPSY | {"problem_ref": "a"}, problems={"a": "L99"})
        assert (coded.disposition, coded.flags) == ("hold", ("DX_MISMATCH",))


class TestExcludes1:
    def test_one_visit_for_two_codes_that_exclude_each_other_is_asked_about(self):
        seen = visit(em_problem_refs=["a", "b"])
        coded = code(em=seen, problems={"a": "L23.9", "b": "L30.9"})
        assert (coded.disposition, coded.flags) == ("hold", ("DX_MISMATCH",))

    def test_two_neoplasms_are_two_lesions_and_only_remarked_on(self):
        seen = visit(em_problem_refs=["a", "b"])
        coded = code(em=seen, problems={"a": "C44.519", "b": "C43.59"})
        assert (coded.disposition, coded.flags) == ("ready", ("DX_MISMATCH",))

    def test_what_two_services_were_for_is_only_remarked_on(self):
        seen = visit(em_problem_refs=["b"])
        coded = code(BIOPSY | {"problem_ref": "a"}, em=seen, problems={"a": "L23.9", "b": "L30.9"})
        assert (coded.disposition, written(coded.lines)) == ("ready", ["99213-25 L30.9", "11104 L23.9"])
