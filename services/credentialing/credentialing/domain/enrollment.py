"""One provider's enrollment with one payer at one location of one billing group."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from common.change import Change
from credentialing.domain.dates import alert_on
from credentialing.domain.events import EnrollmentActivated, EnrollmentLapsed, EnrollmentLapsing, Span
from credentialing.domain.lifecycle import Act, Stage, next_stage
from credentialing.domain.payers import Terms
from credentialing.domain.refusals import (
    DatesOutOfOrder,
    InTheFuture,
    NothingInEffect,
    NotPossibleNow,
    Overlaps,
    TooFarBack,
)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is enrolled with whom, and where. `tin` is None where it is a social security number."""

    provider_id: UUID
    npi: str
    payer_id: str
    group_id: UUID
    billing_npi: str
    tin: str | None
    location_id: UUID
    location_code: str


@dataclass(frozen=True, slots=True)
class Dates:
    """What the payer's letter says: `bill_from` where services before the effective date may be billed too."""

    effective_from: date
    bill_from: date | None = None

    def span(self, terms: Terms) -> Span:
        """Raises DatesOutOfOrder, TooFarBack."""
        first = self.bill_from or self.effective_from
        if first > self.effective_from:
            raise DatesOutOfOrder(
                earlier="the effective date",
                earlier_day=self.effective_from,
                later="The day to bill from",
                later_day=first,
            )
        if (self.effective_from - first).days > terms.retroactive_days:
            raise TooFarBack(first=first, days=terms.retroactive_days, effective_from=self.effective_from)
        return Span(first)


@dataclass(frozen=True, slots=True)
class Enrollment:
    """`announced` is the last alert before `due_on` that was told; `spans` are oldest first and never overlap.

    `received_on`, `committee_on` and `contracted_on` are the payer's, `notice_due_on` the day until which it tells
    what its committee decided; `fee_schedule` is what the contract calls the one it pays by.
    """

    id: UUID
    identity: Identity
    stage: Stage = Stage.NOT_STARTED
    submitted_on: date | None = None
    reference: str | None = None
    received_on: date | None = None
    committee_on: date | None = None
    notice_due_on: date | None = None
    decided_on: date | None = None
    contracted_on: date | None = None
    fee_schedule: str | None = None
    effective_from: date | None = None
    spans: tuple[Span, ...] = ()
    due_on: date | None = None
    renewal_filed_on: date | None = None
    announced: int | None = None
    version: int = 1

    def holds(self, day: date) -> bool:
        """Whether services of that day may be billed under this enrollment."""
        return any(span.holds(day) for span in self.spans)

    def prepare(self) -> Change[Enrollment]:
        """Begin an application, the first or another one. Raises NotPossibleNow."""
        fresh = replace(
            self._moved(Act.PREPARE),
            submitted_on=None,
            reference=None,
            received_on=None,
            committee_on=None,
            notice_due_on=None,
            decided_on=None,
            contracted_on=None,
            fee_schedule=None,
            effective_from=None,
        )
        return Change(_without_renewal(fresh))

    def submit(self, *, on: date, reference: str | None, today: date) -> Change[Enrollment]:
        """The application went to the payer. Raises NotPossibleNow, InTheFuture."""
        _happened("submission", on, today)
        return Change(replace(self._moved(Act.SUBMIT), submitted_on=on, reference=reference))

    def come_under_review(self, *, reference: str | None, on: date | None, today: date) -> Change[Enrollment]:
        """The payer received it `on`; `reference` is the number it gave.

        Raises NotPossibleNow, InTheFuture, DatesOutOfOrder.
        """
        if on is not None:
            _happened("receipt", on, today)
            self._after_submission("The receipt", on)
        return Change(replace(self._moved(Act.REVIEW), reference=reference or self.reference, received_on=on))

    def come_before_committee(self, *, on: date, terms: Terms) -> Change[Enrollment]:
        """The committee meets `on`, which may lie ahead; from then on the payer's notice is awaited.

        Raises NotPossibleNow, DatesOutOfOrder.
        """
        self._after_submission("The committee", on)
        notice = None if terms.notice_days is None else on + timedelta(days=terms.notice_days)
        return Change(replace(self._moved(Act.COMMITTEE), committee_on=on, notice_due_on=notice))

    def ask(self) -> Change[Enrollment]:
        """The payer wants to know more. Raises NotPossibleNow."""
        return Change(self._moved(Act.ASK))

    def answer(self) -> Change[Enrollment]:
        """What the payer asked for was sent. Raises NotPossibleNow."""
        return Change(self._moved(Act.ANSWER))

    def approve(self, *, on: date, dates: Dates | None, terms: Terms, today: date) -> Change[Enrollment]:
        """The payer's committee decided for it; its dates may come later.

        Raises NotPossibleNow, InTheFuture, DatesOutOfOrder, TooFarBack, Overlaps.
        """
        _happened("decision", on, today)
        self._after_submission("The decision", on)
        approved = replace(self._moved(Act.APPROVE), decided_on=on, notice_due_on=None)
        approved = replace(_without_renewal(approved), due_on=terms.renewal_due(on))
        return approved._dated(self.spans, dates, terms, today) if dates else Change(approved)

    def set_dates(self, *, dates: Dates, terms: Terms, today: date) -> Change[Enrollment]:
        """The payer gave the dates of an approval, or corrected them.

        Raises NotPossibleNow, DatesOutOfOrder, TooFarBack, Overlaps.
        """
        moved = self._moved(Act.DATE)
        earlier = self.spans[:-1] if self.effective_from else self.spans
        return moved._dated(earlier, dates, terms, today)

    def contract(self, *, on: date, fee_schedule: str | None, today: date) -> Change[Enrollment]:
        """The contract was signed by both. Raises NotPossibleNow, InTheFuture."""
        _happened("contract", on, today)
        return Change(replace(self._moved(Act.CONTRACT), contracted_on=on, fee_schedule=fee_schedule))

    def take_effect(self, *, today: date) -> Change[Enrollment]:
        """The effective date has come. Raises NotPossibleNow, NothingInEffect, InTheFuture."""
        if self.effective_from is None:
            raise NothingInEffect(enrollment_id=self.id)
        _happened("effective", self.spans[-1].first, today)
        return Change(self._moved(Act.TAKE_EFFECT))

    def deny(self, *, on: date, today: date) -> Change[Enrollment]:
        """Raises NotPossibleNow, InTheFuture, DatesOutOfOrder."""
        _happened("decision", on, today)
        self._after_submission("The decision", on)
        return Change(replace(self._moved(Act.DENY), decided_on=on, notice_due_on=None))

    def withdraw(self) -> Change[Enrollment]:
        """Raises NotPossibleNow."""
        return Change(replace(self._moved(Act.WITHDRAW), notice_due_on=None))

    def call_for_renewal(self, *, due_on: date) -> Change[Enrollment]:
        """The payer's notice names the day by which it wants the renewal. Raises NotPossibleNow."""
        return Change(replace(_without_renewal(self._moved(Act.CALL)), due_on=due_on))

    def file_renewal(self, *, on: date, today: date) -> Change[Enrollment]:
        """The renewal went to the payer: alerts end, and the due date no longer ends it. Raises NotPossibleNow."""
        _happened("filing", on, today)
        return Change(replace(self._moved(Act.FILE_RENEWAL), renewal_filed_on=on))

    def renew(self, *, on: date, due_on: date | None, terms: Terms, today: date) -> Change[Enrollment]:
        """The payer renewed it; `due_on` is the next date where its notice gives one.

        Raises NotPossibleNow, InTheFuture, DatesOutOfOrder.
        """
        _happened("decision", on, today)
        due = due_on or terms.renewal_due(on)
        if due <= on:
            raise DatesOutOfOrder(earlier="the decision", earlier_day=on, later="The next renewal", later_day=due)
        moved = replace(self._moved(Act.RENEW), decided_on=on)
        return Change(replace(_without_renewal(moved), due_on=due))

    def lapse(self, *, last_day: date) -> Change[Enrollment]:
        """It ended because it was not renewed. Raises NotPossibleNow."""
        return self._ended(Act.LAPSE, last_day)

    def terminate(self, *, last_day: date) -> Change[Enrollment]:
        """The payer or the practice ends it; `last_day` may lie ahead. Raises NotPossibleNow."""
        return self._ended(Act.TERMINATE, last_day)

    def reinstate(self, *, on: date, first_day: date, terms: Terms, today: date) -> Change[Enrollment]:
        """The payer takes it up again from `first_day`, which may be the day after the last one.

        Raises NotPossibleNow, InTheFuture, Overlaps.
        """
        _happened("decision", on, today)
        moved = _without_renewal(replace(self._moved(Act.REINSTATE), decided_on=on))
        moved = replace(moved, due_on=terms.renewal_due(on))
        return moved._dated(self.spans, Dates(first_day), terms, today)

    def fall_due(self, terms: Terms, *, today: date) -> Change[Enrollment]:
        """What the calendar brings: an alert, or the end where the due date passed and no renewal was filed.

        The payer ends it by its own letter, days or weeks later; holding claims from that day on is what keeps them
        from being denied, and `reinstate` without a gap releases them.
        """
        if self.stage is not Stage.EFFECTIVE or self.due_on is None or self.renewal_filed_on:
            return Change(self)
        if today > self.due_on:
            return self.lapse(last_day=self.due_on)
        alert = alert_on(self.due_on, today)
        if alert is None or (self.announced is not None and alert >= self.announced):
            return Change(self)
        who = self.identity
        event = EnrollmentLapsing(
            enrollment_id=self.id,
            provider_id=who.provider_id,
            npi=who.npi,
            payer_id=who.payer_id,
            group_id=who.group_id,
            billing_npi=who.billing_npi,
            location_id=who.location_id,
            location_code=who.location_code,
            renewal=terms.renewal.value,
            due_on=self.due_on,
            days_left=(self.due_on - today).days,
            tin=who.tin,
        )
        return Change(replace(self, announced=alert), (event,))

    def tell_again(self) -> Change[Enrollment]:
        """Who is enrolled where was corrected: listeners hear the same days under the right numbers."""
        return Change(self, (self._activated(),) if self.spans else ())

    def _dated(self, earlier: tuple[Span, ...], dates: Dates, terms: Terms, today: date) -> Change[Enrollment]:
        """With the payer's dates in place of the newest ones, in effect where they have come."""
        span = dates.span(terms)
        dated = replace(self, effective_from=dates.effective_from, spans=_joined(earlier, span))
        if dated.stage is Stage.APPROVED and span.first <= today:
            dated = dated._moved(Act.TAKE_EFFECT)
        return Change(dated, (dated._activated(),))

    def _ended(self, act: Act, last_day: date) -> Change[Enrollment]:
        moved = self._moved(act)
        spans = _until(self.spans, last_day)
        ended = _without_renewal(replace(moved, spans=spans))
        who = self.identity
        event = EnrollmentLapsed(
            enrollment_id=self.id,
            provider_id=who.provider_id,
            npi=who.npi,
            payer_id=who.payer_id,
            group_id=who.group_id,
            billing_npi=who.billing_npi,
            location_id=who.location_id,
            location_code=who.location_code,
            cause=ended.stage.value,
            effective_to=spans[-1].last if spans else None,
            spans=spans,
            tin=who.tin,
        )
        return Change(ended, (event,))

    def _activated(self) -> EnrollmentActivated:
        who = self.identity
        return EnrollmentActivated(
            enrollment_id=self.id,
            provider_id=who.provider_id,
            npi=who.npi,
            payer_id=who.payer_id,
            group_id=who.group_id,
            billing_npi=who.billing_npi,
            location_id=who.location_id,
            location_code=who.location_code,
            effective_from=self.spans[-1].first,
            spans=self.spans,
            tin=who.tin,
        )

    def _after_submission(self, what: str, day: date) -> None:
        if self.submitted_on is not None and day < self.submitted_on:
            raise DatesOutOfOrder(earlier="the submission", earlier_day=self.submitted_on, later=what, later_day=day)

    def _moved(self, act: Act) -> Enrollment:
        to = next_stage(self.stage, act)
        if to is None:
            raise NotPossibleNow(enrollment_id=self.id, stage=self.stage.value.replace("_", " "), act=act.value)
        return replace(self, stage=to)


def _joined(earlier: tuple[Span, ...], span: Span) -> tuple[Span, ...]:
    """`span` after the earlier ones. Raises Overlaps."""
    if earlier and (earlier[-1].last is None or span.first <= earlier[-1].last):
        raise Overlaps(first=span.first, last=earlier[-1].last or "further notice")
    return (*earlier, span)


def _until(spans: tuple[Span, ...], last_day: date) -> tuple[Span, ...]:
    """What is left of `spans` when nothing after `last_day` counts."""
    return tuple(Span(span.first, min(span.last or last_day, last_day)) for span in spans if span.first <= last_day)


def _without_renewal(enrollment: Enrollment) -> Enrollment:
    return replace(enrollment, due_on=None, renewal_filed_on=None, announced=None)


def _happened(what: str, day: date, today: date) -> None:
    if day > today:
        raise InTheFuture(what=what, day=day)
