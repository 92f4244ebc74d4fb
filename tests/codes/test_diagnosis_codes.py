from datetime import date

import pytest

from codes import icd10

TODAY = date(2026, 4, 15)


class TestLookUp:
    @pytest.mark.parametrize("code", ["L57.0", "C44.311", "D49.2", "L40.0", "Z48.02", "D22.111", "QA0.0101"])
    def test_a_leaf_may_be_billed(self, code: str):
        assert icd10.is_billable(code, TODAY)

    @pytest.mark.parametrize("code", ["B20", "Z66"])
    def test_so_may_a_category_that_is_a_whole_block_and_has_nothing_below_it(self, code: str):
        assert icd10.is_billable(code, TODAY)

    @pytest.mark.parametrize("code", ["C44.31", "D22", "L40", "D49", "C50", "S00.00X"])
    def test_a_header_exists_but_may_not(self, code: str):
        entry = icd10.lookup(code, TODAY)
        assert entry is not None
        assert not entry.billable

    @pytest.mark.parametrize("code", ["L99.99", "XYZ", "", "C44.3111"])
    def test_what_is_not_in_the_classification_is_not_found(self, code: str):
        assert icd10.lookup(code, TODAY) is None

    def test_the_answer_names_its_edition_and_whether_it_covers_the_date(self):
        entry = icd10.lookup("L57.0", date(2026, 3, 31))
        assert entry is not None
        assert entry.edition == "2026-04"
        assert not entry.edition_covers

    def test_the_counts_are_those_the_edition_records(self):
        assert icd10.edition()["billable"] == 74719


class TestShape:
    def test_dots_are_put_where_they_belong(self):
        assert icd10.dotted("c44311") == "C44.311"
        assert icd10.dotted("L40") == "L40"

    def test_another_shape_is_refused(self):
        with pytest.raises(ValueError, match="ICD-10-CM"):
            icd10.dotted("44.311")
