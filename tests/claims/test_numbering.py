"""Claim numbers and control numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.domain.numbering import (
    ALPHABET,
    LAST_ATTEMPT,
    batch_and_set,
    batch_reference,
    claim_number,
    control_number,
    is_claim_number,
    set_reference,
)

SEQUENCES = st.integers(1, 2**35 - 1)
LONGEST_CONTROL_NUMBER = 20


class TestClaimNumbers:
    @given(SEQUENCES, SEQUENCES)
    def test_no_two_claims_share_one(self, one: int, other: int) -> None:
        assert (claim_number(one) == claim_number(other)) == (one == other)

    @given(SEQUENCES, st.integers(0, 7), st.sampled_from(ALPHABET))
    def test_one_mistyped_character_is_seen(self, sequence: int, place: int, typed: str) -> None:
        number = claim_number(sequence)
        mistyped = number[:place] + typed + number[place + 1 :]
        assert is_claim_number(mistyped) == (mistyped == number)

    @given(SEQUENCES)
    def test_neighbours_do_not_look_like_neighbours(self, sequence: int) -> None:
        one, next_one = claim_number(sequence), claim_number(min(sequence + 1, 2**35 - 1))
        assert one == next_one or one[:3] != next_one[:3]

    @pytest.mark.parametrize("sequence", [0, -1, 2**35])
    def test_a_sequence_outside_the_space_is_refused(self, sequence: int) -> None:
        with pytest.raises(ValueError, match="outside"):
            claim_number(sequence)

    @pytest.mark.parametrize("text", ["", "ABC", "ABCDEFGHI", "ABCDEFGU", "abcdefgh"])
    def test_other_texts_are_no_claim_numbers(self, text: str) -> None:
        assert not is_claim_number(text)


class TestControlNumbers:
    @given(SEQUENCES, st.integers(1, LAST_ATTEMPT))
    def test_they_fit_clm01_and_name_claim_and_attempt(self, sequence: int, attempt: int) -> None:
        number = claim_number(sequence)
        control = control_number(number, attempt)
        assert len(control) <= LONGEST_CONTROL_NUMBER
        assert (control[:8], int(control[8:])) == (number, attempt)

    @pytest.mark.parametrize("attempt", [0, LAST_ATTEMPT + 1])
    def test_an_attempt_that_does_not_fit_is_refused(self, attempt: int) -> None:
        with pytest.raises(ValueError, match="does not fit"):
            control_number(claim_number(1), attempt)

    def test_a_batch_is_told_from_a_claim_at_sight(self) -> None:
        assert batch_reference(7) == f"B{claim_number(7)}"

    @given(st.integers(1, 500), st.integers(1, 500))
    def test_a_set_s_reference_leads_back_to_its_batch(self, sequence: int, number: int) -> None:
        reference = batch_reference(sequence)
        assert batch_and_set(set_reference(reference, number)) == (reference, number)

    def test_a_reference_that_is_none_of_ours_names_no_set(self) -> None:
        assert batch_and_set("THEIRS-X") == ("THEIRS", None)
