"""Whether the payer must agree before a service, and whether the patient must be sent: rules as data, the most specific
one decides (rulebook 7.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from authorizations.domain.plans import PlanType

ANY = "*"
UNKNOWN = "unknown"


class About(StrEnum):
    """What a rule is about: the payer's agreement to a service, or a referral to the practice."""

    SERVICES = "services"
    REFERRAL = "referral"


class Verdict(StrEnum):
    NEEDED = "needed"
    NOT_NEEDED = "not_needed"
    ASK = "ask"


# Of two rules that are equally specific the more careful one decides.
CARE = {Verdict.NEEDED: 2, Verdict.ASK: 1, Verdict.NOT_NEEDED: 0}


@dataclass(frozen=True, slots=True)
class Rule:
    """`codes` are codes, ranges of codes (`96920-96922`) or `*`; an empty tuple elsewhere does not narrow.

    `plan` is a plan's name, `plan_types` are kinds of plan. `diagnoses` are beginnings of ICD-10-CM codes;
    `units_above` narrows to more units than that; the dates are dates of service, inclusive. `renewal_days` is how long
    before an authorization ends its renewal is asked for. For a `drug` the clocks of CMS-0057-F do not run.
    """

    id: str
    verdict: Verdict
    codes: tuple[str, ...]
    says: str
    source: str
    payer_id: str | None = None
    plan: str | None = None
    diagnoses: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    units_above: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    drug: bool = False
    renewal_days: int | None = None
    own: bool = False
    about: About = About.SERVICES
    plan_types: tuple[PlanType, ...] = ()

    def covers(self, code: str) -> bool:
        return any(_holds(named, code) for named in self.codes)


@dataclass(frozen=True, slots=True)
class PlannedService:
    """One service as it is planned or was coded."""

    code: str
    units: int = 1
    diagnoses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """For whom, where and when; `about` is what the rules are asked.

    Without a payer the patient has no coverage that day, and rules of a payer or of a plan do not hold. A `plan` or a
    `plan_type` that is None is not known.
    """

    payer_id: str | None
    on: date
    place: str
    plan: str | None = None
    plan_type: PlanType | None = None
    about: About = About.SERVICES


@dataclass(frozen=True, slots=True)
class Answer:
    """What holds for one service, and why: the rule that decided, and the facts it was chosen by.

    `verdict` is the rule's, or `ask` where it is not known whether the rule holds.
    """

    service: PlannedService
    rule: Rule
    verdict: Verdict
    facts: tuple[tuple[str, str], ...]


def answer(rules: Iterable[Rule], service: PlannedService, around: Circumstances) -> Answer:
    """The most specific rule's word; `ask` where a more specific one that says otherwise is of some plans alone, and
    the patient's plan is not known.

    Raises ValueError when no rule holds: the defaults hold for every service.
    """
    fitting = [rule for rule in rules if _fits(rule, service, around)]
    holding = [rule for rule in fitting if _of_plan(rule, around)]
    if not holding:
        raise ValueError("No rule holds for the service; the defaults are missing.")
    rule = max(holding, key=lambda rule: _weight(rule, service))
    narrower = [other for other in fitting if _weight(other, service) > _weight(rule, service)]
    otherwise = [other for other in narrower if other.verdict is not rule.verdict]
    if otherwise and rule.verdict is not Verdict.ASK:
        unsure = max(otherwise, key=lambda rule: _weight(rule, service))
        return Answer(service, unsure, Verdict.ASK, tuple(_facts(unsure, service, around)))
    return Answer(service, rule, rule.verdict, tuple(_facts(rule, service, around)))


def answers(rules: Sequence[Rule], services: Iterable[PlannedService], around: Circumstances) -> tuple[Answer, ...]:
    """One for each service, in order."""
    return tuple(answer(rules, service, around) for service in services)


def most_careful(found: Iterable[Answer]) -> Answer:
    """Of several answers the one that asks for most; of equal ones the first."""
    return max(found, key=lambda one: CARE[one.verdict])


def _of_plan(rule: Rule, around: Circumstances) -> bool:
    return rule.plan in (None, around.plan) and (not rule.plan_types or around.plan_type in rule.plan_types)


def _may_be_of_plan(rule: Rule, around: Circumstances) -> bool:
    if around.payer_id is None:
        return _of_plan(rule, around)
    of_type = not rule.plan_types or around.plan_type in (None, *rule.plan_types)
    return rule.plan in (None, around.plan or rule.plan) and of_type


def _fits(rule: Rule, service: PlannedService, around: Circumstances) -> bool:
    """Whether it holds for the service, in the patient's plan or in one that may be the patient's."""
    return (
        rule.about is around.about
        and rule.covers(service.code)
        and rule.payer_id in (None, around.payer_id)
        and _may_be_of_plan(rule, around)
        and (not rule.places or around.place in rule.places)
        and (not rule.diagnoses or any(dx.startswith(rule.diagnoses) for dx in service.diagnoses))
        and (rule.units_above is None or service.units > rule.units_above)
        and (rule.valid_from is None or rule.valid_from <= around.on)
        and (rule.valid_to is None or around.on <= rule.valid_to)
    )


def _weight(rule: Rule, service: PlannedService) -> tuple[object, ...]:
    """A practice's own rule before a default, then by what it narrows; the more careful one, then the id, ends ties."""
    exact = service.code in rule.codes
    return (
        rule.own,
        rule.payer_id is not None,
        (rule.plan is not None) + bool(rule.plan_types),
        exact + (exact or ANY not in rule.codes),
        bool(rule.diagnoses) + bool(rule.places) + (rule.units_above is not None),
        CARE[rule.verdict],
        rule.id,
    )


def _facts(rule: Rule, service: PlannedService, around: Circumstances) -> Iterable[tuple[str, str]]:
    yield "code", service.code
    yield "date", around.on.isoformat()
    if rule.payer_id:
        yield "payer", rule.payer_id
    if rule.plan:
        yield "plan", around.plan or UNKNOWN
    if rule.plan_types:
        yield "plan type", around.plan_type or UNKNOWN
    if rule.diagnoses:
        yield "diagnosis", next(dx for dx in service.diagnoses if dx.startswith(rule.diagnoses))
    if rule.places:
        yield "place", around.place
    if rule.units_above is not None:
        yield "units", str(service.units)


def _holds(named: str, code: str) -> bool:
    first, dash, last = named.partition("-")
    if named == ANY:
        return True
    return first <= code <= last if dash and len(code) == len(first) else code == named
