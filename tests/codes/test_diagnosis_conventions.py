from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes.icd10_conventions import Convention, comes_first, excluded_together

CODES = ("L23.9", "L30.9", "D22.5", "I78.1", "L71.9", "L50.1", "C43.59", "C44.519", "D49.2", "D49.59", "L57.0", "L82.1")


class TestExcludes1:
    @pytest.mark.parametrize(
        ("one", "other"),
        [("L23.9", "L30.9"), ("L74.510", "R61"), ("D49.2", "D49.59"), ("C44.519", "C43.59"), ("L50.1", "L71.9")],
    )
    def test_a_note_at_either_code_or_above_it_keeps_the_two_apart(self, one: str, other: str):
        note = excluded_together(one, other)
        assert note is not None
        assert note.convention is Convention.EXCLUDES1
        assert note.names(one) or note.names(other)

    @pytest.mark.parametrize(("one", "other"), [("L57.0", "L82.1"), ("L40.0", "L30.9"), ("L20.9", "L23.9")])
    def test_codes_that_no_note_names_may_stand_together(self, one: str, other: str):
        assert excluded_together(one, other) is None

    @pytest.mark.parametrize(("one", "other"), list(product(CODES, CODES)))
    def test_it_does_not_matter_which_is_asked_about(self, one: str, other: str):
        assert (excluded_together(one, other) is None) == (excluded_together(other, one) is None)

    @given(st.text(max_size=12), st.text(max_size=12))
    def test_what_is_no_code_excludes_nothing(self, one: str, other: str):
        assert excluded_together("?" + one, "?" + other) is None


class TestCodeFirst:
    def test_a_manifestation_never_stands_first(self):
        note = comes_first("L99")
        assert note is not None
        assert (note.convention, note.codes) == (Convention.MANIFESTATION, ("E85",))
        assert note.names("E85.4")

    def test_a_note_with_if_applicable_only_asks_for_what_is_there(self):
        note = comes_first("L97.909")
        assert note is not None
        assert note.convention is Convention.CODE_FIRST_IF_ANY
        assert note.names("E11.621")

    def test_most_codes_may_stand_first(self):
        assert comes_first("L40.0") is None
