"""Whether the payer must agree before a service: rules as data, the most specific one decides (rulebook 7.4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

ANY = "*"


class Verdict(StrEnum):
    NEEDED = "needed"
    NOT_NEEDED = "not_needed"
    ASK = "ask"


# Of two rules that are equally specific the more careful one decides.
_CARE = {Verdict.NEEDED: 2, Verdict.ASK: 1, Verdict.NOT_NEEDED: 0}


@dataclass(frozen=True, slots=True)
class Rule:
    """`codes` are codes, ranges of codes (`96920-96922`) or `*`; an empty tuple elsewhere does not narrow.

    `diagnoses` are beginnings of ICD-10-CM codes; `units_above` narrows to more units than that; the dates are dates of
    service, inclusive. `renewal_days` is how long before an authorization ends its renewal is asked for. For a `drug`
    the clocks of CMS-0057-F do not run.
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
    """For whom, where and when."""

    payer_id: str
    on: date
    place: str
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What holds for one service, and why: the rule that decided, and the facts it was chosen by."""

    service: PlannedService
    rule: Rule
    facts: tuple[tuple[str, str], ...]

    @property
    def verdict(self) -> Verdict:
        return self.rule.verdict


def answer(rules: Iterable[Rule], service: PlannedService, around: Circumstances) -> Answer:
    """The most specific rule's word. Raises ValueError when no rule holds: the defaults hold for every service."""
    holding = [rule for rule in rules if _applies(rule, service, around)]
    if not holding:
        raise ValueError("No rule holds for the service; the defaults are missing.")
    rule = max(holding, key=lambda rule: _weight(rule, service))
    return Answer(service, rule, tuple(_facts(rule, service, around)))


def answers(rules: Sequence[Rule], services: Iterable[PlannedService], around: Circumstances) -> tuple[Answer, ...]:
    """One for each service, in order."""
    return tuple(answer(rules, service, around) for service in services)


def _applies(rule: Rule, service: PlannedService, around: Circumstances) -> bool:
    return (
        rule.covers(service.code)
        and rule.payer_id in (None, around.payer_id)
        and rule.plan in (None, around.plan)
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
        rule.plan is not None,
        exact + (exact or ANY not in rule.codes),
        bool(rule.diagnoses) + bool(rule.places) + (rule.units_above is not None),
        _CARE[rule.verdict],
        rule.id,
    )


def _facts(rule: Rule, service: PlannedService, around: Circumstances) -> Iterable[tuple[str, str]]:
    yield "code", service.code
    yield "date", around.on.isoformat()
    if rule.payer_id:
        yield "payer", rule.payer_id
    if rule.plan:
        yield "plan", rule.plan
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
