"""The rules of an enrollment: its table, its dates, its renewals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.change import Change
from common.ids import new_id
from common.refusal import Refusal
from credentialing.domain.dates import ALERTS, alert_on, end_of_month, months_after, next_alert
from credentialing.domain.enrollment import Dates, Enrollment, Identity
from credentialing.domain.events import EnrollmentActivated, EnrollmentLapsed, EnrollmentLapsing, Span
from credentialing.domain.expected import expected_dates
from credentialing.domain.lifecycle import TRANSITIONS, Act, Stage, next_stage
from credentialing.domain.payers import DEFAULTS, Program
from credentialing.domain.refusals import (
    DatesOutOfOrder,
    InTheFuture,
    LetterAloneSays,
    NothingInEffect,
    NotPossibleNow,
    NotSubmittedYet,
    Overlaps,
    TooFarBack,
)

MEDICARE, COMMERCIAL = DEFAULTS[Program.MEDICARE], DEFAULTS[Program.COMMERCIAL]
TODAY = date(2026, 3, 10)
WHO = Identity(new_id(), "1245319599", "PAYERA", new_id(), "1234567893", "123456789", new_id(), "MAIN")
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def submitted() -> Enrollment:
    enrollment = Enrollment(new_id(), WHO).prepare().aggregate
    return enrollment.submit(on=date(2026, 1, 5), reference="A-1", today=TODAY).aggregate


def approved(dates: Dates | None = None) -> Change[Enrollment]:
    return submitted().approve(on=date(2026, 3, 2), dates=dates, terms=COMMERCIAL, today=TODAY)


def effective(first: date = date(2026, 3, 1)) -> Enrollment:
    return approved(Dates(first)).aggregate


class TestTheTable:
    def test_every_stage_can_be_reached_and_every_act_is_possible_somewhere(self) -> None:
        assert {Stage.NOT_STARTED, *TRANSITIONS.values()} == set(Stage)
        assert {act for _, act in TRANSITIONS} == set(Act)

    def test_no_stage_is_a_dead_end(self) -> None:
        assert {stage for stage, _ in TRANSITIONS} == set(Stage)

    @given(st.sampled_from(Stage), st.sampled_from(Act))
    def test_what_it_does_not_allow_is_refused_and_nothing_else(self, stage: Stage, act: Act) -> None:
        day = TODAY - timedelta(days=1)
        spans = (Span(date(2025, 1, 1)),) if stage in (Stage.EFFECTIVE, Stage.APPROVED) else ()
        before = Enrollment(new_id(), WHO, stage, effective_from=spans[0].first if spans else None, spans=spans)
        ways: dict[Act, Callable[[], Change[Enrollment]]] = {
            Act.PREPARE: before.prepare,
            Act.SUBMIT: lambda: before.submit(on=day, reference=None, today=TODAY),
            Act.REVIEW: lambda: before.come_under_review(reference=None, on=None, today=TODAY),
            Act.COMMITTEE: lambda: before.come_before_committee(on=day, terms=COMMERCIAL),
            Act.CONTRACT: lambda: before.contract(on=day, fee_schedule=None, today=TODAY),
            Act.ASK: before.ask,
            Act.ANSWER: before.answer,
            Act.APPROVE: lambda: before.approve(on=day, dates=None, terms=COMMERCIAL, today=TODAY),
            Act.DATE: lambda: before.set_dates(dates=Dates(day), terms=COMMERCIAL, today=TODAY),
            Act.TAKE_EFFECT: lambda: before.take_effect(today=TODAY),
            Act.DENY: lambda: before.deny(on=day, today=TODAY),
            Act.WITHDRAW: before.withdraw,
            Act.CALL: lambda: before.call_for_renewal(due_on=day),
            Act.FILE_RENEWAL: lambda: before.file_renewal(on=day, today=TODAY),
            Act.RENEW: lambda: before.renew(on=day, due_on=None, terms=COMMERCIAL, today=TODAY),
            Act.LAPSE: lambda: before.lapse(last_day=day),
            Act.TERMINATE: lambda: before.terminate(last_day=day),
            Act.REINSTATE: lambda: before.reinstate(on=day, first_day=day, terms=COMMERCIAL, today=TODAY),
        }
        assert set(ways) == set(Act)
        allowed = next_stage(stage, act)
        if allowed is None:
            with pytest.raises((NotPossibleNow, NothingInEffect)):
                ways[act]()
        else:
            after = ways[act]().aggregate
            comes = allowed is Stage.APPROVED and act in (Act.DATE, Act.REINSTATE)
            assert after.stage is (Stage.EFFECTIVE if comes else allowed)


class TestApproving:
    def test_without_dates_it_is_approved_and_nothing_can_be_billed(self) -> None:
        change = approved()
        assert (change.aggregate.stage, change.aggregate.spans, change.events) == (Stage.APPROVED, (), ())

    def test_with_a_date_that_has_come_it_is_effective_from_that_day(self) -> None:
        change = approved(Dates(date(2026, 3, 1)))
        assert change.aggregate.stage is Stage.EFFECTIVE
        assert not change.aggregate.holds(date(2026, 2, 28))
        assert change.aggregate.holds(date(2026, 3, 1))
        [event] = change.events
        assert isinstance(event, EnrollmentActivated)
        assert (event.effective_from, event.spans) == (date(2026, 3, 1), (Span(date(2026, 3, 1)),))

    def test_with_a_date_ahead_the_days_are_told_and_it_waits(self) -> None:
        change = approved(Dates(date(2026, 4, 1)))
        assert (change.aggregate.stage, len(change.events)) == (Stage.APPROVED, 1)
        with pytest.raises(InTheFuture):
            change.aggregate.take_effect(today=date(2026, 3, 31))
        assert change.aggregate.take_effect(today=date(2026, 4, 1)).aggregate.stage is Stage.EFFECTIVE

    def test_medicare_lets_thirty_days_before_the_effective_date_be_billed_and_no_more(self) -> None:
        dates = Dates(date(2026, 3, 1), bill_from=date(2026, 1, 30))
        change = submitted().approve(on=TODAY, dates=dates, terms=MEDICARE, today=TODAY)
        assert change.aggregate.holds(date(2026, 1, 30))
        assert change.aggregate.effective_from == date(2026, 3, 1)
        with pytest.raises(TooFarBack, match="30 days"):
            submitted().approve(
                on=TODAY, dates=replace(dates, bill_from=date(2026, 1, 29)), terms=MEDICARE, today=TODAY
            )

    def test_a_commercial_payer_is_not_believed_to_pay_back_unless_its_terms_say_so(self) -> None:
        with pytest.raises(TooFarBack):
            approved(Dates(date(2026, 3, 1), bill_from=date(2026, 2, 28)))

    def test_a_decision_before_the_submission_is_refused(self) -> None:
        with pytest.raises(DatesOutOfOrder, match="2026-01-04"):
            submitted().approve(on=date(2026, 1, 4), dates=None, terms=COMMERCIAL, today=TODAY)

    def test_a_decision_of_tomorrow_is_refused(self) -> None:
        with pytest.raises(InTheFuture):
            submitted().deny(on=TODAY + timedelta(days=1), today=TODAY)


class TestTheApplication:
    def test_its_days_are_kept_and_the_decision_is_owed_within_thirty_days_of_the_committee(self) -> None:
        received = submitted().come_under_review(reference="P-7", on=date(2026, 1, 9), today=TODAY).aggregate
        met = received.come_before_committee(on=date(2026, 3, 20), terms=COMMERCIAL).aggregate
        days = (met.submitted_on, met.received_on, met.committee_on, met.notice_due_on)
        assert days == (date(2026, 1, 5), date(2026, 1, 9), date(2026, 3, 20), date(2026, 4, 19))
        later = date(2026, 3, 25)
        decided = met.approve(on=date(2026, 3, 20), dates=None, terms=COMMERCIAL, today=later).aggregate
        signed = decided.contract(on=date(2026, 3, 24), fee_schedule="DERM-2026", today=later).aggregate
        told = (signed.notice_due_on, signed.stage, signed.contracted_on, signed.fee_schedule)
        assert told == (None, Stage.APPROVED, date(2026, 3, 24), "DERM-2026")
        again = signed.terminate(last_day=later).aggregate.prepare().aggregate
        assert (again.received_on, again.committee_on, again.contracted_on, again.fee_schedule) == (None,) * 4

    def test_nothing_is_owed_by_a_payer_whose_terms_do_not_say_so(self) -> None:
        assert submitted().come_before_committee(on=TODAY, terms=MEDICARE).aggregate.notice_due_on is None

    def test_nothing_happens_to_it_before_it_was_submitted(self) -> None:
        before = date(2026, 1, 4)
        with pytest.raises(DatesOutOfOrder):
            submitted().come_under_review(reference=None, on=before, today=TODAY)
        with pytest.raises(DatesOutOfOrder):
            submitted().come_before_committee(on=before, terms=COMMERCIAL)


class TestWhatMedicareWillSay:
    @pytest.mark.parametrize(
        ("first_service", "effective", "bill_from"),
        [
            (date(2025, 6, 1), date(2026, 1, 5), date(2025, 12, 6)),
            (date(2025, 12, 20), date(2026, 1, 5), date(2025, 12, 20)),
            (date(2026, 2, 1), date(2026, 2, 1), date(2026, 2, 1)),
        ],
    )
    def test_it_counts_from_the_later_of_filing_and_first_service_and_pays_thirty_days_back(
        self, first_service: date, effective: date, bill_from: date
    ) -> None:
        dates = expected_dates(submitted(), MEDICARE, first_service)
        assert dates == Dates(effective, bill_from)
        change = submitted().approve(on=TODAY, dates=dates, terms=MEDICARE, today=TODAY)
        assert change.aggregate.holds(bill_from)

    def test_a_plan_says_it_by_letter_and_nobody_before_the_filing(self) -> None:
        with pytest.raises(LetterAloneSays):
            expected_dates(submitted(), COMMERCIAL, TODAY)
        with pytest.raises(NotSubmittedYet):
            expected_dates(Enrollment(new_id(), WHO), MEDICARE, TODAY)


class TestDates:
    def test_a_corrected_date_takes_the_place_of_the_first(self) -> None:
        change = effective().set_dates(dates=Dates(date(2026, 2, 1)), terms=COMMERCIAL, today=TODAY)
        assert change.aggregate.spans == (Span(date(2026, 2, 1)),)
        assert change.aggregate.stage is Stage.EFFECTIVE
        assert change.aggregate.due_on == date(2029, 3, 31)

    def test_one_that_moves_ahead_waits_again(self) -> None:
        change = effective().set_dates(dates=Dates(date(2026, 5, 1)), terms=COMMERCIAL, today=TODAY)
        assert change.aggregate.stage is Stage.APPROVED
        assert not change.aggregate.holds(TODAY)

    def test_earlier_days_stay_when_the_payer_enrolls_again(self) -> None:
        ended = effective().terminate(last_day=date(2026, 3, 5)).aggregate
        again = ended.prepare().aggregate.submit(on=TODAY, reference=None, today=TODAY).aggregate
        change = again.approve(on=TODAY, dates=Dates(TODAY), terms=COMMERCIAL, today=TODAY)
        assert change.aggregate.spans == (Span(date(2026, 3, 1), date(2026, 3, 5)), Span(TODAY))
        corrected = change.aggregate.set_dates(dates=Dates(date(2026, 3, 8)), terms=COMMERCIAL, today=TODAY)
        assert corrected.aggregate.spans[0] == Span(date(2026, 3, 1), date(2026, 3, 5))

    def test_days_that_overlap_earlier_ones_are_refused(self) -> None:
        ended = effective().terminate(last_day=date(2026, 3, 5)).aggregate
        with pytest.raises(Overlaps):
            ended.reinstate(on=TODAY, first_day=date(2026, 3, 5), terms=COMMERCIAL, today=TODAY)

    def test_a_termination_before_the_first_day_leaves_no_day(self) -> None:
        change = effective().terminate(last_day=date(2026, 2, 1))
        [event] = change.events
        assert isinstance(event, EnrollmentLapsed)
        assert (event.spans, event.effective_to, event.cause) == ((), None, "terminated")

    def test_a_termination_ahead_still_lets_the_days_until_then_be_billed(self) -> None:
        after = effective().terminate(last_day=date(2026, 12, 31)).aggregate
        assert (after.stage, after.holds(date(2026, 12, 31)), after.holds(date(2027, 1, 1))) == (
            Stage.TERMINATED,
            True,
            False,
        )


class TestRenewals:
    def test_medicare_revalidates_after_five_years_and_a_plan_after_thirty_six_months_to_the_month(self) -> None:
        assert MEDICARE.renewal_due(date(2026, 3, 2)) == date(2031, 3, 31)
        assert COMMERCIAL.renewal_due(date(2026, 3, 2)) == date(2029, 3, 31)

    def test_medicare_revalidates_suppliers_of_dmepos_after_three_years(self) -> None:
        assert DEFAULTS[Program.DMEPOS].renewal_due(date(2026, 3, 2)) == date(2029, 3, 31)

    def test_each_alert_is_told_once_with_the_days_that_are_left(self) -> None:
        enrollment, told = effective(), []
        assert enrollment.due_on == date(2029, 3, 31)
        for day in (date(2029, 3, 31) - timedelta(days=left) for left in range(150, -1, -1)):
            change = enrollment.fall_due(COMMERCIAL, today=day)
            told += [event.days_left for event in change.events if isinstance(event, EnrollmentLapsing)]
            enrollment = change.aggregate
        assert told == list(ALERTS)

    def test_one_that_was_not_filed_lapses_the_day_after(self) -> None:
        change = effective().fall_due(COMMERCIAL, today=date(2029, 4, 1))
        [event] = change.events
        assert isinstance(event, EnrollmentLapsed)
        assert (change.aggregate.stage, event.effective_to) == (Stage.LAPSED, date(2029, 3, 31))

    def test_one_that_was_filed_is_left_alone(self) -> None:
        filed = effective().file_renewal(on=TODAY, today=TODAY).aggregate
        assert filed.fall_due(COMMERCIAL, today=date(2029, 4, 1)) == Change(filed)

    def test_a_renewal_counts_from_the_new_decision_unless_the_notice_says_otherwise(self) -> None:
        filed = effective().file_renewal(on=TODAY, today=TODAY).aggregate
        renewed = filed.renew(on=TODAY, due_on=None, terms=COMMERCIAL, today=TODAY).aggregate
        assert (renewed.due_on, renewed.renewal_filed_on, renewed.announced) == (date(2029, 3, 31), None, None)
        told = filed.renew(on=TODAY, due_on=date(2028, 6, 30), terms=COMMERCIAL, today=TODAY).aggregate
        assert told.due_on == date(2028, 6, 30)
        with pytest.raises(DatesOutOfOrder):
            filed.renew(on=TODAY, due_on=TODAY, terms=COMMERCIAL, today=TODAY)

    def test_a_notice_that_calls_earlier_begins_the_alerts_anew(self) -> None:
        called = replace(effective(), announced=7).call_for_renewal(due_on=date(2026, 9, 30)).aggregate
        assert (called.due_on, called.announced) == (date(2026, 9, 30), None)

    def test_a_lapse_that_the_payer_takes_back_leaves_no_gap(self) -> None:
        lapsed = effective().fall_due(COMMERCIAL, today=date(2029, 4, 1)).aggregate
        day = date(2029, 4, 10)
        back = lapsed.reinstate(on=day, first_day=date(2029, 4, 1), terms=COMMERCIAL, today=day).aggregate
        assert back.stage is Stage.EFFECTIVE
        assert all(back.holds(date(2029, 3, 25) + timedelta(days=days)) for days in range(30))


class TestAnyHistory:
    @given(st.data())
    def test_days_never_overlap_and_events_tell_exactly_them(self, data: st.DataObject) -> None:
        enrollment, today, told = Enrollment(new_id(), WHO), date(2024, 1, 1), ()
        for _ in range(data.draw(st.integers(1, 14))):
            today += timedelta(days=data.draw(st.integers(0, 200)))
            day = today + timedelta(days=data.draw(st.integers(-60, 60)))
            acts: list[Callable[[], Change[Enrollment]]] = [
                enrollment.prepare,
                lambda e=enrollment, t=today: e.submit(on=t, reference=None, today=t),
                lambda e=enrollment, t=today, d=day: e.approve(on=t, dates=Dates(d), terms=COMMERCIAL, today=t),
                lambda e=enrollment, t=today, d=day: e.set_dates(dates=Dates(d), terms=COMMERCIAL, today=t),
                lambda e=enrollment, d=day: e.terminate(last_day=d),
                lambda e=enrollment, t=today, d=day: e.reinstate(on=t, first_day=d, terms=COMMERCIAL, today=t),
                lambda e=enrollment, d=day: e.lapse(last_day=d),
                lambda e=enrollment, t=today: e.fall_due(COMMERCIAL, today=t),
            ]
            try:
                change = data.draw(st.sampled_from(acts))()
            except Refusal:
                continue
            enrollment = change.aggregate
            for event in change.events:
                if isinstance(event, EnrollmentActivated | EnrollmentLapsed):
                    told = event.spans
            assert told == enrollment.spans
            for before, after in zip(enrollment.spans, enrollment.spans[1:], strict=False):
                assert before.last is not None
                assert before.first <= before.last < after.first
            if enrollment.stage in (Stage.LAPSED, Stage.TERMINATED) and enrollment.spans:
                assert enrollment.spans[-1].last is not None


class TestTheCalendar:
    @given(DAYS, st.integers(-600, 600))
    def test_months_there_and_back_is_the_same_month(self, day: date, months: int) -> None:
        there = months_after(day, months)
        assert (there.year * 12 + there.month) - (day.year * 12 + day.month) == months
        assert there.day == day.day or there == end_of_month(there)

    @given(DAYS, st.integers(-30, 200))
    def test_the_next_alert_is_always_ahead_of_the_one_that_was_told(self, due: date, left: int) -> None:
        today = due - timedelta(days=left)
        alert = alert_on(due, today)
        if left >= 0:
            assert next_alert(due, alert) > today
        if alert is not None:
            assert left <= alert
