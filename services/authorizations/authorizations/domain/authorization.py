"""An authorization or a referral: what a payer was asked to agree to, what it said, and what is left of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from authorizations.domain import announcing
from authorizations.domain.clocks import Clock, Program
from authorizations.domain.counting import Allowance, CertifiedService
from authorizations.domain.lifecycle import CERTIFIED, DECIDED_BY, IN_FORCE, OPEN, Fact, Status, next_status
from authorizations.domain.refusals import AnotherRequestIsOpen, NothingToSettle, NotPossibleNow, NumberNeeded
from authorizations.domain.request import BY_X12, Certification, Request, Route, Stage
from authorizations.domain.retroactive import is_retroactive
from authorizations.domain.said import CERTIFYING, Said
from authorizations.domain.wish import Amendment, Kind, Wish
from common.change import Change

ALERT_SHARE = 0.8
"""Units or visits used at which a renewal is called for (rulebook 7.4)."""
DATE, VISITS = "date", "visits"


@dataclass(frozen=True, slots=True)
class Decided:
    """The payer's last word that holds; `outcome` is the status that it led to, to which what was used up returns when
    units are given back. Of a referral `visits` may be made; None is no limit, as are no `certified` services.
    `administrative` is its number for what it did not certify.
    """

    number: str = ""
    certified: tuple[CertifiedService, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    reasons: tuple[str, ...] = ()
    decided_on: date | None = None
    visits: int | None = None
    outcome: Status = Status.APPROVED
    administrative: str = ""


@dataclass(frozen=True, slots=True)
class Authorization:
    """`status` is what holds now, `request` what is on its way to the payer beside it, `decided` its last word.

    `wish` is what was asked for of what holds, `amendment` what was last asked for beside it. `attention` are codes of
    what a person has to look at. `used` are units by code, and `visits_used` visits, that coded encounters took, and
    `alerted` the alerts that were told, so that each is told once. The clocks are those of the open request.
    """

    id: UUID
    wish: Wish
    status: Status = Status.DRAFT
    payer_id: str | None = None
    program: Program = Program.COMMERCIAL
    request: Request | None = None
    requests: int = 0
    decided: Decided = Decided()
    used: tuple[CertifiedService, ...] = ()
    alerted: tuple[str, ...] = ()
    attention: tuple[str, ...] = ()
    response_due: datetime | None = None
    decision_due: datetime | None = None
    clock_rule: str | None = None
    owner: str | None = None
    amendment: Amendment | None = None
    visits_used: int = 0
    version: int = 1

    @property
    def trace(self) -> str:
        """TRN02 of the newest request: the payer repeats it, also on the answer that comes days later."""
        return f"{self.id.hex}{self.requests:02d}"

    @property
    def key(self) -> str:
        """The idempotency key of the question: the same until it was answered."""
        attempts = self.request.attempts if self.request else 0
        return f"{self.id}-{self.requests}-{attempts}"

    @property
    def allowance(self) -> Allowance | None:
        """What it allows to be done; None while nothing is certified."""
        if self.status not in CERTIFIED:
            return None
        said = self.decided
        npi = self.wish.rendering_npi if self.wish.kind is Kind.SERVICES else None
        return Allowance(self.id, said.certified, said.valid_from, said.valid_to, npi, said.visits)

    @property
    def asked(self) -> Wish:
        """What the open request asks for, or the last one that the payer has not decided."""
        cancels = self.request is not None and self.request.certification is Certification.CANCELLATION
        return self.wish if self.amendment is None or cancels else self.amendment.wish

    def submitted(
        self, certification: Certification, now: datetime, today: date, wish: Wish | None = None
    ) -> Change[Authorization]:
        """Have the payer asked; `wish` is what for, where it is other than what was asked for last.

        Of what is certified it stands beside what holds until the payer agrees; a cancellation names what holds.
        Raises NotPossibleNow, AnotherRequestIsOpen.
        """
        if self.request is not None:
            raise AnotherRequestIsOpen(authorization_id=self.id)
        number = self.requests + 1
        if certification is Certification.CANCELLATION:
            request = Request(certification, number, ask_at=now)
            return Change(replace(self._may(Fact.CANCEL), request=request, requests=number, attention=()))
        moved = self._moved(_ASKS.get(certification, Fact.AMEND))
        wanted = replace(wish, patient_id=self.wish.patient_id, kind=self.wish.kind) if wish else self.asked
        request = Request(certification, number, ask_at=now, retroactive=is_retroactive(wanted, today))
        if self.status in CERTIFIED:
            moved = replace(moved, amendment=Amendment(wanted, certification.value))
        else:
            moved = replace(moved, wish=wanted, amendment=None)
        return Change(replace(moved, request=request, requests=number, attention=()))

    @property
    def inquiry_key(self) -> str:
        """The idempotency key of the next inquiry about what is pended."""
        return f"{self.id}-{self.requests}-inquiry-{self.request.inquiries if self.request else 0}"

    def written_down(
        self, coverage_id: UUID, payer_id: str, program: Program, now: datetime, route: Route = BY_X12
    ) -> Authorization:
        """The question is fixed; it is put as soon as this is committed, and again should the asker have died."""
        assert self.request is not None
        wish, amendment = replace(self.wish, coverage_id=coverage_id), self.amendment
        if amendment is not None:
            amendment = replace(amendment, wish=replace(amendment.wish, coverage_id=coverage_id))
        written = self.request.written_down(now, route)
        return replace(self, wish=wish, amendment=amendment, payer_id=payer_id, program=program, request=written)

    def inquired(self, now: datetime, attention: tuple[str, ...] = ()) -> Authorization:
        """The payer was asked how far it is and has not decided; what asked for a look still does."""
        assert self.request is not None
        looked_at = tuple(dict.fromkeys((*self.attention, *attention)))
        return replace(self, request=self.request.inquired(now), attention=looked_at)

    def nothing_to_ask(self, code: str) -> Authorization:
        """What the question needs is missing: a person mends it and submits again."""
        return replace(self._unanswered(), attention=(code,))

    def heard_nothing(self, code: str, now: datetime) -> Authorization:
        """The attempt ended without an answer: it is made again by schedule, then left to a person."""
        assert self.request is not None
        again = self.request.heard_nothing(now)
        return (
            replace(self._unanswered(), attention=("payer-silent", code))
            if again is None
            else replace(self, request=again)
        )

    def turned_away(self, code: str) -> Authorization:
        """The payer would not take the request as it is: a person mends it and submits again."""
        moved = self._moved(Fact.REJECT) if self.status in OPEN else self
        return replace(moved, request=None, attention=(code,))

    def gave_up(self, code: str) -> Authorization:
        """Asking the same again would end the same way."""
        return replace(self._unanswered(), attention=(code,))

    def heard(
        self, said: Said, *, now: datetime, today: date, response: Clock | None, decision: Clock | None
    ) -> Change[Authorization]:
        """The payer answered the open request; the clocks are those that run while it is pended.

        Raises NotPossibleNow where the answer contradicts what the practice did since.
        """
        request = self.request or Request(Certification.INITIAL, self.requests)
        first = request.sent_at is None
        events: tuple[Any, ...] = ()
        if first and said.fact is not Fact.REJECT and self.payer_id is not None:
            events = (announcing.requested(self, request.certification.value),)
        change = self._after(said, request, now, today)
        waits = change.aggregate.request is not None and said.fact in (Fact.PEND, Fact.ASK_TO_CALL)
        clocked = replace(
            change.aggregate,
            response_due=response.due_at if waits and response and said.fact is Fact.ASK_TO_CALL else None,
            decision_due=(self.decision_due or (decision.due_at if decision else None)) if waits else None,
            clock_rule=(self.clock_rule or (decision.rule if decision else None)) if waits else None,
        )
        return Change(clocked, (*events, *change.events))

    def recorded(self, said: Said, *, today: date) -> Change[Authorization]:
        """What the payer said by telephone or on its portal, written down. Raises NotPossibleNow, NumberNeeded."""
        if said.fact in CERTIFYING and not self._suffices(said):
            raise NumberNeeded
        return self._decision(said, today, by_request=self.request)

    def used_by(self, totals: tuple[CertifiedService, ...], *, beyond: bool, visits: int = 0) -> Change[Authorization]:
        """Units and visits that encounters took, counted anew: four fifths gone, nothing left, or given back."""
        counted = replace(self, used=totals, visits_used=visits)
        if self.status not in IN_FORCE | {Status.EXHAUSTED}:
            return Change(counted)
        attention = tuple(code for code in self.attention if code != "used-beyond") + (
            ("used-beyond",) if beyond else ()
        )
        counted = replace(counted, attention=attention)
        gone = counted._gone
        if gone is not None:
            if self.status is Status.EXHAUSTED:
                return Change(counted)
            return Change(counted._moved(Fact.EXHAUST), (announcing.exhausted(counted, gone),))
        if self.status is Status.EXHAUSTED:
            back = counted._moved(DECIDED_BY[self.decided.outcome])
            return Change(back, (announcing.approved(back),))
        return counted._alerts()

    @property
    def visits_left(self) -> int | None:
        """Visits that may still be made; None where there is no limit."""
        return None if self.decided.visits is None else max(self.decided.visits - self.visits_used, 0)

    def left(self, code: str) -> int | None:
        """Units of the code that may still be done; None where there is no limit."""
        certified = next((one.units for one in self.decided.certified if one.code == code), None)
        if certified is None:
            return None
        return max(certified - next((one.units or 0 for one in self.used if one.code == code), 0), 0)

    def expiring(self) -> Change[Authorization]:
        """Its end is near: told once. Nothing to say of one that is no longer in force."""
        if self.status not in IN_FORCE or DATE in self.alerted:
            return Change(self)
        return Change(replace(self, alerted=(*self.alerted, DATE)), (announcing.expiring(self, DATE),))

    def expired(self) -> Change[Authorization]:
        """Its last day is over."""
        if next_status(self.status, Fact.EXPIRE) is None:
            return Change(self)
        return Change(self._moved(Fact.EXPIRE), (announcing.exhausted(self, DATE),))

    def overdue(self, code: str) -> Authorization:
        """A clock ran out while the payer had the request."""
        if self.request is None or code in self.attention:
            return self
        return replace(self, attention=(*self.attention, code))

    def of_payer(self, payer_id: str) -> Authorization:
        """With the payer that spoke, where the practice had not asked one yet."""
        return self if self.payer_id is not None else replace(self, payer_id=payer_id)

    def owned_by(self, owner: str) -> Authorization:
        return replace(self, owner=owner)

    def settled(self) -> Authorization:
        """A person looked at what asked for attention. Raises NothingToSettle."""
        if not self.attention:
            raise NothingToSettle(authorization_id=self.id)
        return replace(self, attention=())

    def _after(self, said: Said, request: Request, now: datetime, today: date) -> Change[Authorization]:
        fact = said.fact
        if fact is Fact.REJECT:
            codes = tuple(dict.fromkeys(f"aaa-{one.reason}" for one in said.rejections))
            turned_away = self._moved(Fact.REJECT) if self.status in OPEN else self
            return Change(replace(turned_away, request=None, attention=codes))
        if fact in (Fact.PEND, Fact.ASK_TO_CALL):
            waiting = self._moved(fact) if self.status in OPEN else self
            codes = tuple(f"hcr-{code}" for code in (said.action or "A4",))
            return Change(
                replace(waiting, request=request.pended(now), attention=codes if fact is Fact.ASK_TO_CALL else ())
            )
        if fact in CERTIFYING and not self._suffices(said):
            call = self._moved(Fact.ASK_TO_CALL) if self.status in OPEN else self
            return Change(replace(call, request=request.pended(now), attention=("nothing-certified",)))
        return self._decision(said, today, by_request=request)

    def _decision(self, said: Said, today: date, *, by_request: Request | None) -> Change[Authorization]:
        """The final word. What is refused of an amendment leaves what was certified before as it is."""
        amends = by_request if self.status in CERTIFIED and _amends(by_request) else None
        closed = replace(self, request=None, attention=(), response_due=None, decision_due=None, clock_rule=None)
        if (
            by_request is not None
            and by_request.certification is Certification.CANCELLATION
            and said.fact is not Fact.DENY
        ):
            cancelled = closed._moved(Fact.CANCEL)
            return Change(cancelled, (announcing.denied(cancelled, "cancelled", said.all_reasons, today),))
        if amends and said.fact not in CERTIFYING:
            asked = self.amendment or Amendment(self.wish, amends.certification.value)
            refused = replace(asked, refused_on=today, reasons=said.all_reasons)
            return Change(replace(closed, amendment=refused, attention=(f"hcr-{said.action or 'A3'}",)))
        moved = closed._moved(said.fact)
        if said.fact not in CERTIFYING:
            told = Decided(reasons=said.all_reasons, decided_on=today, administrative=said.administrative)
            decided = replace(moved, decided=told)
            return Change(decided, (announcing.denied(decided, decided.status.value, said.all_reasons, today),))
        agreed = replace(moved, wish=self.asked if amends else self.wish, amendment=None, alerted=())
        unclear = ("visits-unclear",) if said.visits_unclear else ()
        looked_at = (*unclear, *(() if said.fact is Fact.CERTIFY else ("not-as-asked",)))
        decided = replace(agreed, decided=agreed._decided(said, today), attention=looked_at)
        return Change(decided, (announcing.approved(decided),))

    def _decided(self, said: Said, today: date) -> Decided:
        """What the payer leaves out is as it was asked for; of a referral that includes the number of visits."""
        visits = said.visits if said.visits is not None else self.wish.visits
        return Decided(
            number=said.number,
            certified=said.certified,
            valid_from=said.valid_from or self.wish.first,
            valid_to=said.valid_to or self.wish.last,
            reasons=said.all_reasons,
            decided_on=today,
            administrative=said.administrative,
            visits=visits if self.wish.kind is Kind.REFERRAL else None,
            outcome=self.status,
        )

    def _suffices(self, said: Said) -> bool:
        """Whether an answer that certifies says under which number, and what: a referral without codes is for any."""
        return bool(said.number) and (bool(said.certified) or self.wish.kind is Kind.REFERRAL)

    @property
    def _gone(self) -> str | None:
        """What is used up: `units` where every code has a limit and none is left, or `visits`."""
        certified = self.decided.certified
        if certified and all(self.left(one.code) == 0 for one in certified):
            return "units"
        return VISITS if self.visits_left == 0 else None

    def _alerts(self) -> Change[Authorization]:
        limits = {one.code: (one.units, self.left(one.code)) for one in self.decided.certified}
        if self.decided.visits is not None:
            limits[VISITS] = (self.decided.visits, self.visits_left)
        near = [name for name, limit in limits.items() if name not in self.alerted and _is_near(*limit)]
        events = tuple(
            announcing.expiring(self, VISITS) if name == VISITS else announcing.expiring(self, "units", name)
            for name in near
        )
        return Change(replace(self, alerted=(*self.alerted, *near)), events)

    def _unanswered(self) -> Authorization:
        moved = self._moved(Fact.GIVE_UP) if self.status in OPEN else self
        return replace(moved, request=None)

    def _may(self, fact: Fact) -> Authorization:
        if next_status(self.status, fact) is None:
            raise NotPossibleNow(authorization_id=self.id, status=self.status.value, fact=fact.value)
        return self

    def _moved(self, fact: Fact) -> Authorization:
        to = next_status(self._may(fact).status, fact)
        assert to is not None
        return replace(self, status=to)


_ASKS = {
    Certification.INITIAL: Fact.SUBMIT,
    Certification.IMMEDIATE_APPEAL: Fact.APPEAL,
    Certification.STANDARD_APPEAL: Fact.APPEAL,
}
# What leaves what was certified as it is when it is refused; an appeal is about the rest of what was certified in part.
_AMENDMENTS = frozenset(
    {
        Certification.EXTENSION,
        Certification.RENEWAL,
        Certification.REVISION,
        Certification.IMMEDIATE_APPEAL,
        Certification.STANDARD_APPEAL,
    }
)


def _amends(request: Request | None) -> bool:
    return request is not None and request.certification in _AMENDMENTS


def _is_near(certified: int | None, left: int | None) -> bool:
    """Whether four fifths of a limit are used."""
    return bool(certified) and (certified or 0) - (left or 0) >= (certified or 0) * ALERT_SHARE


def renewal_day(authorization: Authorization) -> date | None:
    """The day on which its renewal is called for; None where it has no end."""
    last = authorization.decided.valid_to
    return None if last is None else last - timedelta(days=authorization.wish.renewal_days)


def is_with_payer(authorization: Authorization) -> bool:
    return authorization.request is not None and authorization.request.stage is Stage.PENDED
