"""What can be recorded of an enrollment, as JSON: one model for each act, told apart by `act`."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from common.change import Change
from credentialing.api.words import STRICT, Reason
from credentialing.domain.enrollment import Dates, Enrollment
from credentialing.domain.payers import Terms

Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./-]{0,39}$")]


# Medicare's applications (a reassignment is part of the 855I now), and what plans take (rulebook 13).
Form = Literal["CMS-855I", "CMS-855B", "CMS-855R", "CMS-855S", "opt-out affidavit", "CAQH", "payer's own"]


class Act(BaseModel):
    model_config = STRICT

    def facts(self) -> dict[str, Any]:
        return self.model_dump(exclude={"act", "reason"}, exclude_none=True)


class Recorded(Act):
    """`reason` is for the history: what the letter says, who called."""

    reason: Reason | None = None


class Explained(Act):
    """An act that the history must give a reason for."""

    reason: Reason


class Prepare(Recorded):
    act: Literal["prepare"]

    def to(self, enrollment: Enrollment, terms: Terms, today: date) -> Change[Enrollment]:
        return enrollment.prepare()


class Submit(Recorded):
    act: Literal["submit"]
    on: date
    reference: Reference | None = None
    form: Form | None = Field(default=None, description="On what it was filed; the history keeps it")

    def to(self, enrollment: Enrollment, terms: Terms, today: date) -> Change[Enrollment]:
        return enrollment.submit(on=self.on, reference=self.reference, today=today)


class Review(Recorded):
    act: Literal["review"]
    on: date | None = Field(default=None, description="The day on which the payer received it")
    reference: Reference | None = Field(default=None, description="The number that the payer gave the application")

    def to(self, enrollment: Enrollment, terms: Terms, today: date) -> Change[Enrollment]:
        return enrollment.come_under_review(reference=self.reference, on=self.on, today=today)


class Committee(Recorded):
    act: Literal["committee"]
    on: date = Field(description="The day on which the committee meets; it may lie ahead")

    def to(self, enrollment: Enrollment, terms: Terms, today: date) -> Change[Enrollment]:
        return enrollment.come_before_committee(on=self.on, terms=terms)


class Ask(Explained):
    act: Literal["ask"]

    def to(self, enrollment: Enrollment, terms: Terms, today: date) -> Change[Enrollment]:
        return enrollment.ask()


class Answer(Recorded):
    act: Literal["answer"]

    def to(self, enrollment: Enrollment, terms: Terms, today: date) -> Change[Enrollment]:
        return enrollment.answer()


class Approve(Recorded):
    act: Literal["approve"]
    on: date = Field(description="The day of the payer's decision")
    effective_from: date | None = None
    bill_from: date | None = Field(default=None, description="Where earlier services may be billed too")

    def to(self, enrollment: Enrollment, terms: Terms, today: date) -> Change[Enrollment]:
        dates = Dates(self.effective_from, self.bill_from) if self.effective_from else None
        return enrollment.approve(on=self.on, dates=dates, terms=terms, today=today)


class SetDates(Recorded):
    act: Literal["set-dates"]
    effective_from: date
    bill_from: date | None = None

    def to(self, enrollment: Enrollment, terms: Terms, today: date) -> Change[Enrollment]:
        return enrollment.set_dates(dates=Dates(self.effective_from, self.bill_from), terms=terms, today=today)


class Contract(Recorded):
    act: Literal["contract"]
    on: date = Field(description="The day on which both had signed it")
    fee_schedule: Reference | None = Field(default=None, description="What the contract calls the one it pays by")

    def to(self, enrollment: Enrollment, terms: Terms, today: date) -> Change[Enrollment]:
        return enrollment.contract(on=self.on, fee_schedule=self.fee_schedule, today=today)


class Deny(Explained):
    act: Literal["deny"]
    on: date

    def to(self, enrollment: Enrollment, terms: Terms, today: date) -> Change[Enrollment]:
        return enrollment.deny(on=self.on, today=today)


class Withdraw(Recorded):
    act: Literal["withdraw"]

    def to(self, enrollment: Enrollment, terms: Terms, today: date) -> Change[Enrollment]:
        return enrollment.withdraw()


class CallForRenewal(Recorded):
    act: Literal["call-for-renewal"]
    due_on: date = Field(description="The day that the payer's notice names")

    def to(self, enrollment: Enrollment, terms: Terms, today: date) -> Change[Enrollment]:
        return enrollment.call_for_renewal(due_on=self.due_on)


class FileRenewal(Recorded):
    act: Literal["file-renewal"]
    on: date

    def to(self, enrollment: Enrollment, terms: Terms, today: date) -> Change[Enrollment]:
        return enrollment.file_renewal(on=self.on, today=today)


class Renew(Recorded):
    act: Literal["renew"]
    on: date
    due_on: date | None = Field(default=None, description="The next renewal, where the payer's notice says")

    def to(self, enrollment: Enrollment, terms: Terms, today: date) -> Change[Enrollment]:
        return enrollment.renew(on=self.on, due_on=self.due_on, terms=terms, today=today)


class Lapse(Recorded):
    act: Literal["lapse"]
    last_day: date

    def to(self, enrollment: Enrollment, terms: Terms, today: date) -> Change[Enrollment]:
        return enrollment.lapse(last_day=self.last_day)


class Terminate(Explained):
    act: Literal["terminate"]
    last_day: date = Field(description="The last day that can be billed; it may lie ahead")

    def to(self, enrollment: Enrollment, terms: Terms, today: date) -> Change[Enrollment]:
        return enrollment.terminate(last_day=self.last_day)


class Reinstate(Recorded):
    act: Literal["reinstate"]
    on: date
    first_day: date

    def to(self, enrollment: Enrollment, terms: Terms, today: date) -> Change[Enrollment]:
        return enrollment.reinstate(on=self.on, first_day=self.first_day, terms=terms, today=today)


ActIn = Annotated[
    Prepare
    | Submit
    | Review
    | Ask
    | Answer
    | Committee
    | Approve
    | SetDates
    | Contract
    | Deny
    | Withdraw
    | CallForRenewal
    | FileRenewal
    | Renew
    | Lapse
    | Terminate
    | Reinstate,
    Field(discriminator="act"),
]
