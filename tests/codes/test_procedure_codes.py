from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes import cpt, mue, ncci

TODAY = date(2026, 3, 2)
MEASURED = sorted({(c.family, c.site_group) for c in cpt.table().values() if c.band})


class TestValidity:
    @pytest.mark.parametrize("number", ["11100", "11101"])
    def test_the_old_biopsy_codes_end_with_2018(self, number: str):
        assert cpt.is_valid(number, date(2018, 12, 31))
        assert not cpt.is_valid(number, date(2019, 1, 1))

    def test_their_successors_begin_the_next_day(self):
        assert not cpt.is_valid("11102", date(2018, 12, 31))
        assert cpt.is_valid("11102", date(2019, 1, 1))

    def test_a_code_nobody_knows_is_not_valid(self):
        assert not cpt.is_valid("99206", TODAY)

    def test_every_code_is_labelled_in_our_own_words_and_only_once(self):
        labels = [code.label for code in cpt.table().values()]
        assert all(labels)
        assert len(set(labels)) == len(labels)


class TestBands:
    @pytest.mark.parametrize(
        ("measure", "number"),
        [
            ("0.5", "11400"),
            ("0.54", "11400"),
            ("0.55", "11401"),
            ("1.0", "11401"),
            ("2.0", "11402"),
            ("9.9", "11406"),
        ],
    )
    def test_a_measure_is_rounded_half_up_to_a_tenth_first(self, measure: str, number: str):
        code = cpt.in_band("benign-excision", "trunk-limbs", Decimal(measure), TODAY)
        assert code is not None
        assert code.number == number

    @given(st.sampled_from(MEASURED), st.decimals("1.1", "60", places=1))
    def test_bands_touch_at_a_tenth_and_never_overlap(self, key: tuple[str, str], measure: Decimal):
        bands = [c.band for c in cpt.table().values() if (c.family, c.site_group) == key and c.band]
        lowest = min(band.low for band in bands)
        highest = max((band.high or Decimal(10_000)) for band in bands)
        holding = [band for band in bands if band.holds(measure)]
        assert len(holding) == (1 if lowest <= measure <= highest else 0)

    def test_a_complex_closure_of_one_centimetre_has_no_band(self):
        assert cpt.in_band("complex-repair", "trunk", Decimal("1.0"), TODAY) is None


class TestAddOns:
    def test_each_parent_of_an_add_on_is_a_code(self):
        outside = {"88302", "88309", "99483"}
        known = cpt.table().keys() | outside
        for code in cpt.table().values():
            assert all(p in known or p.startswith("99") for p in code.parents), code.number

    def test_a_further_punch_needs_a_punch_or_an_incision(self):
        code = cpt.lookup("11105")
        assert code is not None
        assert code.parents == ("11104", "11106")

    def test_the_add_on_of_a_closure_is_found_by_its_parent(self):
        add_on = cpt.add_on_of("13132", "complex-repair")
        assert add_on is not None
        assert add_on.number == "13133"


class TestEdits:
    @pytest.mark.parametrize(
        ("column1", "column2", "allowed"),
        [
            ("11104", "11102", False),
            ("17004", "17003", False),
            ("12053", "12052", False),
            ("11102", "17000", True),
            ("17110", "17003", True),
            ("17004", "11102", True),
            ("11106", "11400", True),
            ("11420", "11106", True),
            ("11440", "12051", True),
            ("40490", "11104", True),
            ("11104", "69100", True),
            ("17110", "99213", True),
        ],
    )
    def test_direction_and_indicator_are_as_published(self, column1: str, column2: str, allowed: bool):
        found = ncci.edit(column1, column2, TODAY)
        assert found is not None
        assert found.modifier_allowed is allowed
        assert ncci.edit(column2, column1, TODAY) is None

    @pytest.mark.parametrize(
        ("one", "other"),
        [("11102", "17003"), ("11402", "12032"), ("11642", "12052"), ("17311", "14060"), ("17281", "17262"),
         ("17110", "99203"), ("17110", "15788")],
    )  # fmt: skip
    def test_these_pairs_have_no_edit_either_way(self, one: str, other: str):
        assert ncci.edit(one, other, TODAY) is None
        assert ncci.edit(other, one, TODAY) is None

    def test_no_pair_contains_one_another(self):
        assert not [pair for pair in ncci.table() if (pair[1], pair[0]) in ncci.table()]

    def test_an_edit_is_not_known_before_its_edition(self):
        assert ncci.edit("11102", "17000", date(2024, 6, 30)) is None


class TestUnits:
    def test_the_aks_after_the_first_are_limited_to_thirteen(self):
        limit = mue.limit("17003", TODAY)
        assert limit is not None
        assert (limit.units, limit.adjudication) == (13, mue.Adjudication.ABSOLUTE)

    def test_a_code_without_a_published_limit_has_none(self):
        assert mue.limit("G2211", TODAY) is None
        assert mue.limit("17003", date(2024, 6, 30)) is None
