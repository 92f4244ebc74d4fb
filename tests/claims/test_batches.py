"""What a 999 means for each set of a batch."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.domain.batches import (
    ACKNOWLEDGED,
    CLAIMS_IN_SET,
    BatchStatus,
    FunctionalAnswer,
    SetError,
    SetVerdict,
    set_number_at,
    set_number_of,
)

TAKEN, REFUSED, UNKNOWN = SetVerdict.TAKEN, SetVerdict.REFUSED, SetVerdict.UNKNOWN
OUTCOMES = st.sampled_from([*ACKNOWLEDGED, "?"])
SETS = st.dictionaries(st.integers(1, 4), st.sampled_from(["A", "E", "R", "M"]))


def verdicts(outcome: str, sets: dict[int, str], of: int) -> list[SetVerdict]:
    answer = FunctionalAnswer(outcome, sets)
    return [answer.verdict(number, of=of) for number in range(1, of + 1)]


class TestA999:
    @pytest.mark.parametrize(
        ("outcome", "sets", "expected"),
        [
            ("A", {}, [TAKEN, TAKEN, TAKEN]),
            ("E", {1: "E", 2: "A", 3: "A"}, [TAKEN, TAKEN, TAKEN]),
            ("P", {1: "A", 2: "R", 3: "E"}, [TAKEN, REFUSED, TAKEN]),
            ("P", {2: "R"}, [TAKEN, REFUSED, TAKEN]),
            ("P", {2: "M"}, [TAKEN, REFUSED, TAKEN]),
            ("P", {}, [UNKNOWN, UNKNOWN, UNKNOWN]),
            ("P", {1: "A"}, [TAKEN, UNKNOWN, UNKNOWN]),
            ("P", {}, [REFUSED]),
            ("R", {}, [REFUSED, REFUSED, REFUSED]),
            ("R", {1: "A"}, [REFUSED, REFUSED, REFUSED]),
            ("X", {}, [REFUSED, REFUSED, REFUSED]),
        ],
    )
    def test_is_read_set_by_set(self, outcome: str, sets: dict[int, str], expected: list[SetVerdict]) -> None:
        assert verdicts(outcome, sets, len(expected)) == expected

    @given(OUTCOMES, SETS, st.integers(1, 4))
    def test_that_refuses_a_set_by_name_is_never_read_as_taking_it(
        self, outcome: str, sets: dict[int, str], of: int
    ) -> None:
        for number, verdict in enumerate(verdicts(outcome, sets, of), start=1):
            if sets.get(number) in {"R", "M"}:
                assert verdict is REFUSED

    @given(SETS, st.integers(1, 4))
    def test_that_refuses_the_group_refuses_every_set(self, sets: dict[int, str], of: int) -> None:
        assert set(verdicts("R", sets, of)) == {REFUSED}

    def test_tells_a_set_its_own_errors_and_those_of_the_group_once_each(self) -> None:
        errors = (SetError(1, "NM1-09 7"), SetError(2, "SV1-02 7"), SetError(None, "5"), SetError(2, "SV1-02 7"))
        answer = FunctionalAnswer("P", {2: "R"}, errors)
        assert answer.errors_of(2) == ("SV1-02 7", "5")

    def test_of_an_unknown_code_is_a_refusal(self) -> None:
        assert FunctionalAnswer("?", {}).status is BatchStatus.REJECTED


class TestSetNumbers:
    @given(st.integers(0, 10_000))
    def test_no_set_holds_more_than_its_share(self, place: int) -> None:
        assert set_number_at(place + CLAIMS_IN_SET) == set_number_at(place) + 1

    def test_count_from_one(self) -> None:
        assert (set_number_at(0), set_number_at(CLAIMS_IN_SET - 1), set_number_at(CLAIMS_IN_SET)) == (1, 1, 2)

    @pytest.mark.parametrize(
        ("control", "number"), [("0001", 1), ("0012", 12), ("", None), ("0000", None), ("?", None)]
    )
    def test_are_what_st02_says(self, control: str, number: int | None) -> None:
        assert set_number_of(control) == number
