"""What a provider holds and where a provider worked: numbers, expiries, gaps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ids import new_id
from common.money import Money
from common.phi import Phi
from credentialing.domain.credentials import Credential, Facts, State
from credentialing.domain.dates import ALERTS, months_after
from credentialing.domain.dea import check_digit, is_valid_dea
from credentialing.domain.holders import Holder, HolderType
from credentialing.domain.kinds import KINDS, CliaTier, Kind
from credentialing.domain.provider import Profession
from credentialing.domain.refusals import (
    CliaNumberWrong,
    DatesOutOfOrder,
    DeaNumberWrong,
    NotForThisProfession,
    NotHeldBySuch,
    PartMissing,
)
from credentialing.domain.work_history import Explanation, Position, Wanted, WorkHistory, gaps

TODAY = date(2026, 3, 10)
LICENSE = Facts(Kind.LICENSE, "State board", Phi("200001"), "NY", expires_on=date(2026, 8, 31))


CLIA = Facts(Kind.CLIA, "CMS", Phi("33D0123456"), expires_on=date(2027, 8, 31), tier=CliaTier.PPM)


def a(profession: Profession) -> Holder:
    return Holder(HolderType.PROVIDER, new_id(), "1245319599", profession=profession)


def of(type: HolderType) -> Holder:
    return a(Profession.NP) if type is HolderType.PROVIDER else Holder(type, new_id(), "1234567893")


def held(facts: Facts, holder: Holder | None = None) -> Credential:
    return Credential(new_id(), holder or a(Profession.MD), facts)


class TestDeaNumbers:
    def test_a_number_with_a_right_check_digit_is_taken(self) -> None:
        # 5 + 3 + 7 = 15; 2 x (8 + 6 + 2) = 32; 47
        assert is_valid_dea("AP5836727")

    @pytest.mark.parametrize("text", ["AP5836728", "AP583672", "AP58367277", "5P5836727", "ZP5836727", "Ap5836727", ""])
    def test_anything_else_is_not(self, text: str) -> None:
        assert not is_valid_dea(text)

    @given(st.from_regex(r"[ABFGM][A-Z9][0-9]{6}", fullmatch=True), st.integers(0, 5), st.integers(1, 9))
    def test_a_wrong_digit_is_noticed_unless_an_even_one_is_off_by_five(self, head: str, place: int, by: int) -> None:
        number = head + check_digit(head[2:])
        assert is_valid_dea(number)
        digit = str((int(number[2 + place]) + by) % 10)
        wrong = number[: 2 + place] + digit + number[3 + place :]
        if place % 2 == 0 or by != 5:
            assert not is_valid_dea(wrong)

    def test_a_wrong_one_is_refused_without_repeating_it(self) -> None:
        facts = Facts(Kind.DEA, "DEA", Phi("AP5836728"), "NY", expires_on=date(2028, 1, 31))
        with pytest.raises(DeaNumberWrong) as refused:
            facts.checked(a(Profession.MD))
        assert "AP5836728" not in refused.value.detail


class TestCredentials:
    @pytest.mark.parametrize("kind", Kind)
    def test_each_kind_asks_for_its_parts_by_name(self, kind: Kind) -> None:
        rule = KINDS[kind]
        with pytest.raises(PartMissing, match=rule.parts[0]):
            Facts(kind, "Whoever").checked(of(rule.held_by[0]))

    @pytest.mark.parametrize("kind", Kind)
    @pytest.mark.parametrize("type", HolderType)
    def test_who_cannot_hold_it_is_told_so(self, kind: Kind, type: HolderType) -> None:
        refused = PartMissing if type in KINDS[kind].held_by else NotHeldBySuch
        with pytest.raises(refused):
            Facts(kind, "Whoever").checked(of(type))

    def test_a_clia_number_is_two_digits_a_d_and_seven_digits(self) -> None:
        there = of(HolderType.LOCATION)
        assert CLIA.checked(there) == CLIA
        for wrong in ("33D012345", "33E0123456", "AAD0123456"):
            with pytest.raises(CliaNumberWrong) as refused:
                replace(CLIA, number=Phi(wrong)).checked(there)
            assert wrong not in refused.value.detail

    def test_the_end_of_a_location_s_paper_names_the_location(self) -> None:
        there = Holder(HolderType.LOCATION, new_id(), "1234567893", "MAIN")
        [event] = held(CLIA, there).fall_due(today=date(2027, 8, 1)).events
        told = (event.held_by, event.location_code, event.npi, event.provider_id, event.kind, event.days_left)
        assert told == ("location", "MAIN", "1234567893", there.id, "clia_certificate", 30)
        [event] = held(LICENSE).fall_due(today=date(2026, 8, 1)).events
        assert (event.held_by, event.location_code) == (None, None)

    def test_a_caqh_attestation_lasts_120_days_and_180_in_illinois(self) -> None:
        attested = Facts(Kind.CAQH, "CAQH", Phi("12345678"), issued_on=TODAY)
        assert attested.checked(a(Profession.MD)).expires_on == TODAY + timedelta(days=120)
        there = Facts(Kind.CAQH, "CAQH", Phi("12345678"), "IL", issued_on=TODAY)
        assert there.checked(a(Profession.MD)).expires_on == TODAY + timedelta(days=180)

    def test_a_physician_has_no_collaborating_agreement(self) -> None:
        facts = Facts(Kind.COLLABORATION, "Practice", state="NY", issued_on=TODAY, collaborator_npi="1234567893")
        assert facts.checked(a(Profession.NP)) == facts
        with pytest.raises(NotForThisProfession):
            facts.checked(a(Profession.DO))

    def test_an_expiry_before_the_issue_is_refused(self) -> None:
        with pytest.raises(DatesOutOfOrder):
            Facts(
                Kind.MALPRACTICE,
                "Carrier",
                Phi("P-1"),
                issued_on=TODAY,
                expires_on=TODAY - timedelta(days=1),
                per_claim=Money("1000000"),
                aggregate=Money("3000000"),
            ).checked(a(Profession.MD))

    def test_it_holds_to_the_end_of_its_last_day(self) -> None:
        days = {date(2026, 4, 1): State.VALID, date(2026, 5, 4): State.EXPIRING, date(2026, 8, 31): State.EXPIRING}
        assert {day: held(LICENSE).state(day) for day in days} == days
        assert held(LICENSE).state(date(2026, 9, 1)) is State.EXPIRED

    @given(st.lists(st.integers(0, 200), min_size=1, max_size=30))
    def test_however_often_the_calendar_is_looked_at_an_alert_is_told_once_and_none_goes_back(
        self, days_left: list[int]
    ) -> None:
        credential, told = held(LICENSE), []
        for left in sorted(days_left, reverse=True):
            change = credential.fall_due(today=date(2026, 8, 31) - timedelta(days=left))
            told += [credential.announced or 999 for _ in change.events]
            credential = change.aggregate
        assert told == sorted(set(told), reverse=True)
        nearest = min(days_left)
        assert credential.announced == min((alert for alert in ALERTS if alert >= nearest), default=None)

    def test_a_renewed_one_begins_anew(self) -> None:
        told = held(LICENSE).fall_due(today=date(2026, 8, 1)).aggregate
        assert told.announced == 30
        later = Facts(Kind.LICENSE, "State board", Phi("200001"), "NY", expires_on=date(2028, 8, 31))
        assert told.amended(later, None).announced is None
        assert told.amended(LICENSE, new_id()).announced == 30


class TestWorkHistory:
    def test_six_months_between_two_positions_need_no_word_and_a_day_more_does(self) -> None:
        before = Position("First", date(2019, 1, 1), date(2023, 12, 31))
        exact = WorkHistory((before, Position("Second", date(2024, 7, 1))))
        assert gaps(exact, TODAY) == ()
        [gap] = gaps(WorkHistory((before, Position("Second", date(2024, 7, 2)))), TODAY)
        assert (gap.first, gap.last) == (date(2024, 1, 1), date(2024, 7, 1))
        assert (gap.wanted, gap.explained) == (Wanted.EXPLANATION, False)

    def test_more_than_a_year_is_explained_in_writing(self) -> None:
        positions = (Position("First", date(2019, 1, 1), date(2023, 12, 31)), Position("Second", date(2025, 1, 2)))
        for in_writing in (False, True):
            told = (Explanation(date(2024, 6, 1), "Parental leave", in_writing),)
            [gap] = gaps(WorkHistory(positions, told), TODAY)
            assert (gap.wanted, gap.explained) == (Wanted.IN_WRITING, in_writing)

    def test_only_five_years_are_looked_at_and_less_where_the_career_is_shorter(self) -> None:
        [gap] = gaps(WorkHistory((Position("Now", date(2024, 1, 1)),)), TODAY)
        assert gap.first == date(2021, 3, 10)
        assert gaps(WorkHistory((Position("Now", date(2024, 1, 1)),), since=date(2023, 12, 1)), TODAY) == ()

    def test_nothing_told_is_one_gap_of_five_years(self) -> None:
        [gap] = gaps(WorkHistory(()), TODAY)
        assert (gap.first, gap.last) == (date(2021, 3, 10), TODAY)

    @given(
        st.lists(
            st.tuples(st.dates(date(2015, 1, 1), date(2026, 12, 31)), st.integers(0, 2000) | st.none()), max_size=8
        )
    )
    def test_gaps_are_exactly_the_long_runs_of_uncovered_days(self, told: list[tuple[date, int | None]]) -> None:
        positions = tuple(Position("Any", day, None if days is None else day + timedelta(days)) for day, days in told)
        begins = months_after(TODAY, -60)
        days = [begins + timedelta(days=each) for each in range((TODAY - begins).days + 1)]
        covered = {day for day in days if any(p.first <= day and (p.last is None or day <= p.last) for p in positions)}
        runs: list[list[date]] = []
        for day in days:
            if day in covered:
                continue
            if runs and runs[-1][-1] == day - timedelta(days=1):
                runs[-1].append(day)
            else:
                runs.append([day])
        naive = [(run[0], run[-1]) for run in runs if run[-1] + timedelta(days=1) > months_after(run[0], 6)]
        assert [(gap.first, gap.last) for gap in gaps(WorkHistory(positions), TODAY)] == naive
