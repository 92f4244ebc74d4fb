"""Referrals: what a payer says of them in words, by number, or only by the kind of plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.domain.gaps import Planned, gaps
from eligibility.domain.heard import BenefitLine, Heard, Related
from eligibility.domain.picture import Network, picture
from eligibility.domain.referral import NO, UNKNOWN, YES, said_of

DAY = date(2026, 3, 4)
ACTIVE = BenefitLine(0, "1", services=("30",))
VISIT, SURGERY = Planned("99213"), Planned("11102")


def told(*lines: BenefitLine) -> Any:
    return picture(Heard(lines=tuple(replace(one, number=n) for n, one in enumerate(lines, start=1))), DAY)


def found(seen: Any, *planned: Planned) -> list[tuple[str, int, tuple[int, ...]]]:
    return [(one.gap.kind, one.gap.line, one.lines) for one in gaps(seen, planned or (VISIT,), Network.IN)]


def message(text: str, *services: str, **facts: Any) -> BenefitLine:
    return BenefitLine(0, "1", services=services or ("30",), messages=(text,), **facts)


class TestAMessage:
    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ("REFERRAL REQUIRED", YES),
            ("A referral from the PCP is required for specialist visits.", YES),
            ("PCP REFERRAL NEEDED", YES),
            ("PLAN REQUIRES A REFERRAL", YES),
            ("MEMBER MUST HAVE PCP REFERRAL", YES),
            ("REFERRAL: Y", YES),
            ("NO REFERRAL REQUIRED", NO),
            ("REFERRAL NOT REQUIRED", NO),
            ("NO PCP REFERRAL NEEDED FOR THIS PLAN", NO),
            ("PLAN DOES NOT REQUIRE A REFERRAL", NO),
            ("Open access: see a specialist without a referral", NO),
            ("REFERRAL REQUIRED: NO", NO),
            ("REFERRAL MAY APPLY", UNKNOWN),
            ("REFERRAL REQUIRED FOR SPECIALISTS. NO REFERRAL REQUIRED FOR OB/GYN", UNKNOWN),
            ("PREFERRAL", ""),
            ("COPAY WAIVED AFTER DEDUCTIBLE", ""),
        ],
    )
    def test_is_read_as_yes_no_unclear_or_about_something_else(self, text: str, word: str) -> None:
        assert said_of(text) == word

    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=30), st.text(max_size=30))
    def test_that_speaks_of_referrals_is_never_passed_over(self, before: str, after: str) -> None:
        assert said_of(f"{before} REFERRAL {after}") in (YES, NO, UNKNOWN)


class TestAReferral:
    def test_that_the_payer_asks_for_is_a_gap_of_the_visit_with_its_lines_and_reason(self) -> None:
        seen = told(ACTIVE, message("REFERRAL REQUIRED"))
        assert found(seen, VISIT, SURGERY) == [("referral-needed", 0, (2,))]
        [gap] = gaps(seen, (VISIT,), Network.IN)
        assert "message" in gap.reason

    def test_for_one_service_is_a_gap_of_the_lines_in_it(self) -> None:
        seen = told(ACTIVE, message("REFERRAL REQUIRED", "98"), message("NO REFERRAL REQUIRED", "2"))
        assert found(seen, VISIT, SURGERY) == [("referral-needed", 1, (2,))]

    def test_for_a_service_that_is_not_planned_is_none(self) -> None:
        assert found(told(ACTIVE, message("REFERRAL REQUIRED", "33"))) == []

    def test_that_is_and_is_not_required_is_unclear_and_asks_for_attention(self) -> None:
        seen = told(ACTIVE, message("REFERRAL REQUIRED"), message("REFERRAL NOT REQUIRED"))
        assert found(seen) == [("referral-unclear", 0, (2, 3))]
        assert [doubt.what for doubt in seen.ambiguities] == ["referral"]

    def test_on_file_is_to_be_recorded(self) -> None:
        seen = told(ACTIVE, message("REFERRAL REQUIRED", "98", references=(("9F", "R1"),)))
        assert found(seen) == [("referral-on-file", 1, (2,))]

    @pytest.mark.parametrize("plan", ["HM", "HN", "PS"])
    def test_is_likely_in_a_plan_that_has_a_gate_keeper(self, plan: str) -> None:
        seen = told(BenefitLine(0, "1", services=("30",), insurance_type=plan))
        assert found(seen) == [("referral-likely", 0, (1,))]

    def test_is_likely_where_a_primary_care_provider_is_named(self) -> None:
        seen = told(ACTIVE, BenefitLine(0, "L", related=(Related("P3", "XX", "1234567893"),)))
        assert found(seen) == [("referral-likely", 0, (2,))]

    def test_is_not_likely_where_the_payer_says_that_none_is_wanted(self) -> None:
        seen = told(BenefitLine(0, "1", services=("30",), insurance_type="HM", messages=("NO REFERRAL REQUIRED",)))
        assert found(seen) == []
