"""Names in one spelling: what differs only in how it was written has one key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes.names import SUFFIXES, name_key

NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=0x17F), max_size=20)


class TestTheKey:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("O'Brien", "OBRIEN"),
            ("O\u2019Brien", "O BRIEN"),
            ("Smith-Jones", "SMITH JONES"),
            ("Müller", "MULLER"),
            ("Nu\u00f1ez", "NUNEZ"),
            ("Łukasz", "LUKASZ"),
            ("Quill, Jr.", "QUILL"),
            ("Quill III", "quill"),
            ("De la Cruz", "DELACRUZ"),
            ("  Quill ", "QUILL"),
            ("STRAẞE", "Strasse"),
        ],
    )
    def test_is_one_for_spellings_of_one_name(self, one: str, other: str) -> None:
        assert name_key(one) == name_key(other) != ""

    @pytest.mark.parametrize(("one", "other"), [("Quill", "Quille"), ("Jr", ""), ("Smith-Jones", "Smith"), ("IV", "V")])
    def test_keeps_apart_what_is_another_name(self, one: str, other: str) -> None:
        assert name_key(one) != name_key(other)

    @given(st.one_of(NAMES, st.text(max_size=20)))
    def test_of_a_key_is_the_key(self, text: str) -> None:
        assert name_key(name_key(text)) == name_key(text)

    @given(NAMES)
    def test_does_not_know_capitals(self, text: str) -> None:
        assert name_key(text.upper()) == name_key(text)

    @given(st.text("abcdefgh", min_size=1, max_size=8), st.sampled_from(sorted(SUFFIXES)))
    def test_loses_a_suffix_and_nothing_else(self, name: str, suffix: str) -> None:
        assert name_key(f"{name} {suffix.upper()}.") == name_key(name)
        assert name_key(name) == name
