"""A coverage check: one question about one patient on one day, from the wish to the payer's last word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from common.change import Change
from eligibility.domain import attention, telling
from eligibility.domain.events import CoverageInactive
from eligibility.domain.heard import Heard
from eligibility.domain.picture import Picture
from eligibility.domain.refusals import NothingToSettle, NotPossibleNow, StandingIsClear
from eligibility.domain.retrying import MEANWHILE, asked_again_at, next_attempt
from eligibility.domain.standing import Standing


class Cause(StrEnum):
    """Why a check was wanted."""

    DESK = "desk"
    BATCH = "batch"
    APPOINTMENT = "appointment"
    REGISTRATION = "registration"
    CLAIM = "claim"


class Status(StrEnum):
    """`asking`: the question is written down and its next attempt is set."""

    WAITING = "waiting"
    ASKING = "asking"
    ANSWERED = "answered"
    REJECTED = "rejected"
    FAILED = "failed"
    NOT_ASKED = "not_asked"
    WITHDRAWN = "withdrawn"


class Fact(StrEnum):
    """Everything that can happen to a check."""

    WRITE_DOWN = "writing the question down"
    HAVE_NOTHING_TO_ASK = "having nothing to ask"
    REUSE = "using an earlier answer"
    HEAR_NOTHING = "hearing nothing"
    GIVE_UP = "giving up"
    HEAR = "hearing an answer"
    BE_TURNED_AWAY = "being turned away"
    ASK_AGAIN = "asking again"
    WITHDRAW = "withdrawing it"


LIFE: Mapping[tuple[Status, Fact], Status] = {
    (Status.WAITING, Fact.WRITE_DOWN): Status.ASKING,
    (Status.WAITING, Fact.HAVE_NOTHING_TO_ASK): Status.NOT_ASKED,
    (Status.WAITING, Fact.REUSE): Status.ANSWERED,
    (Status.WAITING, Fact.WITHDRAW): Status.WITHDRAWN,
    (Status.ASKING, Fact.HEAR_NOTHING): Status.ASKING,
    (Status.ASKING, Fact.GIVE_UP): Status.FAILED,
    (Status.ASKING, Fact.HEAR): Status.ANSWERED,
    (Status.ASKING, Fact.BE_TURNED_AWAY): Status.REJECTED,
    (Status.REJECTED, Fact.ASK_AGAIN): Status.WAITING,
    (Status.FAILED, Fact.ASK_AGAIN): Status.WAITING,
    (Status.NOT_ASKED, Fact.ASK_AGAIN): Status.WAITING,
}
OPEN = frozenset({Status.WAITING, Status.ASKING})


@dataclass(frozen=True, slots=True)
class CoverageCheck:
    """`codes` are why it stands where it stands; `attention` is what a person has still to look at.

    `attempts` counts the questions that ended since a person asked; `round` goes up when the same is asked anew, by a
    person or because the payer said that it cannot answer now. `same_as` is the check whose answer this one uses; one
    wanted `anew` uses none. `standing` is the payer's word, or the person's who settled an unclear one.
    """

    id: UUID
    patient_id: UUID
    on: date
    cause: Cause
    service_types: tuple[str, ...] = ()
    wanted_coverage: UUID | None = None
    status: Status = Status.WAITING
    coverage_id: UUID | None = None
    payer_id: str | None = None
    round: int = 1
    attempts: int = 0
    ask_at: datetime | None = None
    answered_at: datetime | None = None
    same_as: UUID | None = None
    standing: Standing | None = None
    codes: tuple[str, ...] = ()
    attention: tuple[str, ...] = ()
    anew: bool = False
    version: int = 1

    @property
    def key(self) -> str:
        """The idempotency key of the question: the same until it was answered, so that no answer is asked for twice."""
        return f"{self.id}-{self.round}"

    @property
    def is_open(self) -> bool:
        """Whether its last word is still to come."""
        return self.status in OPEN

    @property
    def may_reuse(self) -> bool:
        """Whether an answer that is there already will do: not for who asked for a new one, or mended something."""
        return not self.anew and self.round == 1

    @property
    def answer_of(self) -> UUID:
        """The check that holds the answer."""
        return self.same_as or self.id

    def written_down(
        self, coverage_id: UUID, payer_id: str, service_types: tuple[str, ...], now: datetime
    ) -> CoverageCheck:
        """The question is fixed; it is asked as soon as this is committed, and again should the asker have died."""
        return replace(
            self._moved(Fact.WRITE_DOWN),
            coverage_id=coverage_id,
            payer_id=payer_id,
            service_types=service_types,
            ask_at=now + MEANWHILE,
        )

    def nothing_to_ask(self, code: str) -> CoverageCheck:
        return replace(self._moved(Fact.HAVE_NOTHING_TO_ASK), codes=(code,), attention=(code,), ask_at=None)

    def heard_nothing(self, code: str, now: datetime) -> CoverageCheck:
        """The attempt ended without an answer: it is tried again by schedule, then left to a person."""
        attempts = self.attempts + 1
        again = next_attempt(attempts, now)
        if again is None:
            return replace(self.gave_up("payer-silent"), codes=("payer-silent", code))
        return replace(self._moved(Fact.HEAR_NOTHING), attempts=attempts, ask_at=again, codes=(code,))

    def gave_up(self, code: str) -> CoverageCheck:
        """Asking the same again would end the same way."""
        moved = self._moved(Fact.GIVE_UP)
        return replace(moved, attempts=self.attempts + 1, ask_at=None, codes=(code,), attention=(code,))

    def heard(self, said: Heard, told: Picture, *, now: datetime, today: date) -> Change[CoverageCheck]:
        """The payer answered. A question that its machine could not take is asked again by itself."""
        if said.turned_away and not said.lines:
            return Change(self._turned_away(said, now))
        notices = attention.of_answer(said, told)
        answered = replace(
            self._moved(Fact.HEAR),
            attempts=self.attempts + 1,
            ask_at=None,
            answered_at=now,
            standing=told.held.standing,
            codes=(told.held.standing.value,),
            attention=notices,
        )
        return Change(answered, answered._told(told, today))

    def reused(self, earlier: CoverageCheck, told: Picture, *, today: date) -> Change[CoverageCheck]:
        """The same was asked and answered a moment ago: its answer is this one's."""
        answered = replace(
            self._moved(Fact.REUSE),
            coverage_id=self.wanted_coverage or earlier.coverage_id,
            payer_id=earlier.payer_id,
            service_types=earlier.service_types,
            same_as=earlier.answer_of,
            ask_at=None,
            answered_at=earlier.answered_at,
            standing=earlier.standing,
            codes=earlier.codes,
            attention=earlier.attention,
        )
        return Change(answered, answered._told(told, today))

    def asked_again(self, now: datetime) -> CoverageCheck:
        """A person mended what was wrong. Raises NotPossibleNow."""
        moved = self._moved(Fact.ASK_AGAIN)
        return replace(moved, round=self.round + 1, attempts=0, ask_at=now, codes=(), attention=())

    def withdrawn(self) -> CoverageCheck:
        """The visit was called off before anybody was asked. Raises NotPossibleNow."""
        return replace(self._moved(Fact.WITHDRAW), ask_at=None)

    def settled(self, standing: Standing | None, told: Picture | None, *, today: date) -> Change[CoverageCheck]:
        """A person looked at it, and with `standing` says what an unclear answer means.

        Raises NothingToSettle, StandingIsClear.
        """
        if not self.attention:
            raise NothingToSettle(check_id=self.id)
        if standing is None:
            return Change(replace(self, attention=()))
        if told is None or self.standing in (Standing.ACTIVE, Standing.INACTIVE):
            said = self.standing.value if self.standing else self.status.value
            raise StandingIsClear(check_id=self.id, standing=said)
        decided = replace(self, attention=(), standing=standing)
        return Change(decided, decided._told(told, today, by_staff=True))

    def _turned_away(self, said: Heard, now: datetime) -> CoverageCheck:
        codes = attention.of_rejections(said)
        again = asked_again_at(said.turned_away, self.attempts + 1, now)
        if again is not None:
            moved = self._moved(Fact.HEAR_NOTHING)
            return replace(moved, round=self.round + 1, attempts=self.attempts + 1, ask_at=again, codes=codes)
        moved = self._moved(Fact.BE_TURNED_AWAY)
        return replace(moved, attempts=self.attempts + 1, ask_at=None, answered_at=now, codes=codes, attention=codes)

    def _told(self, told: Picture, today: date, *, by_staff: bool = False) -> tuple[Any, ...]:
        if self.coverage_id is None or self.payer_id is None:
            return ()
        checked_on = self.answered_at.date() if self.answered_at else today
        about = (self.id, self.patient_id, self.coverage_id, self.payer_id, self.on, checked_on)
        if self.standing is Standing.ACTIVE:
            return (telling.verified(about, told, by_staff=by_staff),)
        if self.standing is Standing.INACTIVE:
            return (CoverageInactive(*about, settled_by_staff=by_staff),)
        return ()

    def _moved(self, fact: Fact) -> CoverageCheck:
        to = LIFE.get((self.status, fact))
        if to is None:
            raise NotPossibleNow(check_id=self.id, status=self.status.value, fact=fact.value)
        return replace(self, status=to)
