"""What a payer answers to a request for authorization (278): by rules that a test can set, and final after a while."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar, Literal

from simulator.adjudication.member import Member
from simulator.adjudication.payer import LONGEST_WAIT, STRICT, Payer, require_codes

# HCR01 (guide 005010X217): A1 certified in total, A2 in part, A3 not, A4 pended, A6 modified; C cancelled; NA none is
# needed.
Decided = Literal["A1", "A2", "A3", "A6", "NA"]
CANCELLED = "C"
PENDED, NOT_NEEDED, NOT_CERTIFIED, IN_TOTAL, IN_PART, MODIFIED = "A4", "NA", "A3", "A1", "A2", "A6"
GOOD_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of a request for `cpt` (any when empty) of `member_id` (any when empty); the first that fits counts.

    `units` are what is certified in part or after modification. `reason` is HCR03. `days` is how long the request is
    pended first; 0 decides it at once.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    decision: Decided
    cpt: str = ""
    member_id: str = field(default="", repr=False)
    units: Decimal | None = None
    reason: str = ""
    days: float = 0.0

    def __post_init__(self) -> None:
        """Raises ValueError for a rule that nobody could say or that never decides."""
        if not 0 <= self.days <= LONGEST_WAIT:
            raise ValueError(f"days is between 0 and {LONGEST_WAIT}")
        require_codes(self.reason)

    def fits(self, request: Request, service: Service) -> bool:
        return self.cpt in ("", service.cpt) and self.member_id in ("", request.member_id)


@dataclass(frozen=True, slots=True)
class Service:
    """One service that is asked for."""

    cpt: str
    units: Decimal = Decimal(1)
    modifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came; `trace` is the requester's own number for it (TRN02), `originator` who gave it (TRN03)."""

    payer_id: str
    member_id: str = field(repr=False)
    services: tuple[Service, ...]
    on: date
    trace: str = ""
    originator: str = ""


@dataclass(frozen=True, slots=True)
class ServiceDecision:
    """What was said of one service; `units` as certified."""

    service: Service
    decision: str
    units: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Authorization:
    """A request and what became of it. `number` is given out with a certification.

    `decide_on` is the simulated day on which a pended request is decided, and `final` what it is to be then.
    """

    request: Request
    services: tuple[ServiceDecision, ...]
    number: str = ""
    good_until: date | None = None
    decide_on: float | None = None
    final: tuple[ServiceDecision, ...] = ()

    @property
    def decision(self) -> str:
        """Of the whole: pended as long as a service is, in part where services differ; what needs none says nothing."""
        said = {one.decision for one in self.services} - {NOT_NEEDED} or {NOT_NEEDED}
        if PENDED in said:
            return PENDED
        if len(said) == 1:
            return next(iter(said))
        return IN_PART if said & {IN_TOTAL, IN_PART, MODIFIED} else NOT_CERTIFIED

    @property
    def certifies(self) -> bool:
        return self.decision in (IN_TOTAL, IN_PART, MODIFIED)


def decided(request: Request, payer: Payer, rules: tuple[Rule, ...], day: float) -> Authorization:
    """The first answer. Without a rule that fits, what the payer wants authorized is certified; the rest needs none."""
    chosen = [(service, _rule(request, service, payer, rules)) for service in request.services]
    final = tuple(_said(service, rule) for service, rule in chosen)
    waits = max((rule.days for _, rule in chosen), default=0.0)
    if waits > 0:
        pended = tuple(replace(one, decision=PENDED, units=None, reason="") for one in final)
        return Authorization(request, pended, decide_on=day + waits, final=final)
    return Authorization(request, final)


def certified(authorization: Authorization, number: str) -> Authorization:
    """With the number and the time it is good for, where it certifies anything."""
    if not authorization.certifies:
        return authorization
    return replace(authorization, number=number, good_until=authorization.request.on + GOOD_FOR)


def finished(authorization: Authorization) -> Authorization:
    """A pended request, decided."""
    return replace(authorization, services=authorization.final, decide_on=None, final=())


def with_number(member: Member, authorization: Authorization) -> Member:
    """The member, for whose claims the number is good from now on; None takes any number anyway."""
    if not authorization.number or member.authorizations is None:
        return member
    return replace(member, authorizations=(*member.authorizations, authorization.number))


def _rule(request: Request, service: Service, payer: Payer, rules: tuple[Rule, ...]) -> Rule:
    for rule in rules:
        if rule.fits(request, service):
            return rule
    return Rule(IN_TOTAL) if service.cpt in payer.authorization_cpts else Rule(NOT_NEEDED)


def _said(service: Service, rule: Rule) -> ServiceDecision:
    whole = service.units if rule.decision == IN_TOTAL else None
    return ServiceDecision(service, rule.decision, rule.units if rule.units is not None else whole, rule.reason)
