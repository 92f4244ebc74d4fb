"""The small benefit model: what the lines of a 271 come to, with the lines behind each word.

Nothing is resolved silently. Lines that speak of the same benefit (kind, service, network, level, period, insurance
type, place) and give different values stay side by side and are named as ambiguous (rulebook 8).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from codes.eligibility import INFORMATION
from codes.service_types import WHOLE_PLAN, label_of
from eligibility.domain.heard import BenefitLine, Heard, Related, about_procedure
from eligibility.domain.referral import Likely, is_on_file, likely, said_by
from eligibility.domain.standing import Held, Standing, includes, plan_standing, service_standing

REMAINING, LIFETIME_REMAINING = "29", "33"
USD, FRACTION = "USD", "fraction"


class Kind(StrEnum):
    DEDUCTIBLE = "deductible"
    OUT_OF_POCKET = "out_of_pocket"
    COPAY = "copay"
    COINSURANCE = "coinsurance"
    SPEND_DOWN = "spend_down"
    LIMIT = "limit"


class Network(StrEnum):
    """EB12. `BOTH` is W: the same inside and outside. `UNKNOWN` is U, `NOT_SAID` when the element is empty."""

    IN = "in"
    OUT = "out"
    BOTH = "both"
    UNKNOWN = "unknown"
    NOT_SAID = "not_said"


NETWORKS: Mapping[str, Network] = {"Y": Network.IN, "N": Network.OUT, "W": Network.BOTH, "U": Network.UNKNOWN}
KINDS: Mapping[str, Kind] = {
    "A": Kind.COINSURANCE,
    "B": Kind.COPAY,
    "C": Kind.DEDUCTIBLE,
    "F": Kind.LIMIT,
    "G": Kind.OUT_OF_POCKET,
    "Y": Kind.SPEND_DOWN,
}
"""EB01 that give a figure."""

EXCLUDED = frozenset({"E", "I"})
MENTIONED = frozenset({"CB", "D", "J", "MC", "N", "P", "U", "V", "W", "X"})
"""EB01 for a person to read: basis, description, cost containment, coordinator, restriction, disclaimer, contact ..."""
OTHER_PAYER, PRIMARY_CARE, CONTACT = "R", "L", "U"
PRIMARY_CARE_ENTITY = "P3"
ORDERS: Mapping[str, str] = {"PRP": "primary", "SEP": "secondary", "TTP": "tertiary"}
PAYER_ENTITIES = frozenset({*ORDERS, "PR"})


@dataclass(frozen=True, slots=True)
class Benefit:
    """What figures are told of. `remaining` is what is left of it now (EB06 29 or 33)."""

    kind: Kind
    service: str
    network: Network = Network.NOT_SAID
    level: str = ""
    period: str = ""
    insurance_type: str = ""
    places: tuple[str, ...] = ()
    unit: str = USD

    @property
    def remaining(self) -> bool:
        return self.period in (REMAINING, LIFETIME_REMAINING)


@dataclass(frozen=True, slots=True)
class Figure:
    """Every value that the payer gave for a benefit, smallest first, and the lines that give them."""

    benefit: Benefit
    values: tuple[Decimal, ...]
    lines: tuple[int, ...]

    @property
    def ambiguous(self) -> bool:
        return len(self.values) > 1

    @property
    def value(self) -> Decimal | None:
        """The value, or None when there are several."""
        return self.values[0] if len(self.values) == 1 else None


@dataclass(frozen=True, slots=True)
class Word:
    """A yes or no of the payer, of which it may have said both: authorization, referral."""

    yes: tuple[int, ...] = ()
    no: tuple[int, ...] = ()
    unknown: tuple[int, ...] = ()

    @property
    def answer(self) -> str:
        """yes, no, unclear (said both, or that it does not know) or not_said."""
        if self.yes and self.no:
            return "unclear"
        if self.yes or self.no:
            return "yes" if self.yes else "no"
        return "unclear" if self.unknown else "not_said"

    @property
    def lines(self) -> tuple[int, ...]:
        return (*self.yes, *self.no, *self.unknown)


@dataclass(frozen=True, slots=True)
class ServicePicture:
    """One service type (EB03) or procedure (EB13) as the payer told of it."""

    service: str
    label: str
    held: Held
    figures: tuple[Figure, ...] = ()
    authorization: Word = Word()
    excluded: tuple[int, ...] = ()
    referral: Word = Word()
    referral_on_file: tuple[int, ...] = ()

    @property
    def not_covered(self) -> tuple[int, ...]:
        """The lines that leave this service out of a plan: excluded, not covered, or itself not in force."""
        if self.service == WHOLE_PLAN:
            return ()
        return (*self.excluded, *(self.held.inactive if self.held.standing is Standing.INACTIVE else ()))


@dataclass(frozen=True, slots=True)
class OtherPayer:
    """Another payer beside this one (EB R); `order` primary, secondary, tertiary or unknown."""

    order: str
    payer_id: str = ""
    name: str = field(default="", repr=False)
    line: int = 0


@dataclass(frozen=True, slots=True)
class CareProvider:
    """The primary care provider that the plan has on file."""

    line: int
    npi: str = ""
    name: str = field(default="", repr=False)
    telephone: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Mention:
    """A line that gives no figure and no yes or no, yet says something that a person has to read (EB01 as sent)."""

    line: int
    information: str
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """Something the payer said in two ways, with both."""

    what: str
    service: str
    values: tuple[str, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """What a patient is covered for on a day. `plans` are EB05 and EB04 as sent; `unread` lines that no rule uses;
    `referral_likely` lines from which a referral may be concluded.
    """

    on: date
    held: Held
    plans: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    services: tuple[ServicePicture, ...] = ()
    other_payers: tuple[OtherPayer, ...] = ()
    care_providers: tuple[CareProvider, ...] = ()
    referral_likely: tuple[Likely, ...] = ()
    ambiguities: tuple[Ambiguity, ...] = ()
    messages: tuple[tuple[int, str], ...] = field(default=(), repr=False)
    unread: tuple[int, ...] = ()
    mentions: tuple[Mention, ...] = ()

    def service(self, code: str) -> ServicePicture | None:
        return next((told for told in self.services if told.service == code), None)

    def figures(self, kind: Kind, services: Iterable[str]) -> tuple[Figure, ...]:
        """The figures of a kind for the first of `services` that has any: the special before the general."""
        for code in services:
            told = self.service(code)
            found = tuple(figure for figure in told.figures if figure.benefit.kind is kind) if told else ()
            if found:
                return found
        return ()


def picture(heard: Heard, on: date) -> Picture:
    """What the 271 says, put together for one day. Lines whose own dates leave the day out are not used."""
    lines = [line for line in heard.lines if includes(line.dates, on)]
    services = tuple(_service(heard, lines, code, on) for code in _codes(lines))
    held = plan_standing(heard, on)
    return Picture(
        on=on,
        held=held,
        plans=_plans(lines),
        services=services,
        other_payers=tuple(_other_payers(lines)),
        care_providers=tuple(_care_providers(lines)),
        referral_likely=likely(lines),
        ambiguities=(*_unclear_standing(WHOLE_PLAN, held), *(found for told in services for found in _doubts(told))),
        messages=tuple((line.number, text) for line in lines for text in line.messages),
        unread=tuple(line.number for line in heard.lines if line not in lines or line.information not in INFORMATION),
        mentions=tuple(
            Mention(line.number, line.information, line.about) for line in lines if line.information in MENTIONED
        ),
    )


def _codes(lines: Iterable[BenefitLine]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for line in lines for code in line.about))


def _service(heard: Heard, lines: Iterable[BenefitLine], code: str, on: date) -> ServicePicture:
    own = [line for line in lines if code in line.about]
    return ServicePicture(
        service=code,
        label=code if code.startswith(about_procedure("")) else label_of(code),
        held=plan_standing(heard, on) if code == WHOLE_PLAN else service_standing(heard, code, on),
        figures=_figures(own, code),
        authorization=_word(own, lambda line: line.authorization),
        excluded=tuple(line.number for line in own if line.information in EXCLUDED),
        referral=_word(own, said_by),
        referral_on_file=tuple(line.number for line in own if is_on_file(line)),
    )


def _figures(lines: Iterable[BenefitLine], code: str) -> tuple[Figure, ...]:
    values: dict[Benefit, dict[Decimal, None]] = {}
    sources: dict[Benefit, dict[int, None]] = {}
    for line in lines:
        kind = KINDS.get(line.information)
        if kind is None:
            continue
        for unit, value, period in _values(line):
            network = NETWORKS.get(line.network, Network.NOT_SAID)
            benefit = Benefit(kind, code, network, line.level, period, line.insurance_type, line.places, unit)
            values.setdefault(benefit, {})[value] = None
            sources.setdefault(benefit, {})[line.number] = None
    return tuple(Figure(benefit, tuple(sorted(values[benefit])), tuple(sources[benefit])) for benefit in values)


def _values(line: BenefitLine) -> Iterable[tuple[str, Decimal, str]]:
    """Unit, value and period of what a line counts: dollars, a fraction, or visits and the like (EB09, HSD01)."""
    if line.amount is not None:
        yield USD, line.amount, line.period
    if line.fraction is not None:
        yield FRACTION, line.fraction, line.period
    if line.quantity is not None:
        yield line.quantity_kind, line.quantity, line.period
    for delivered in line.delivered:
        if delivered.quantity is not None:
            yield delivered.kind, delivered.quantity, delivered.period or line.period


def _word(lines: Iterable[BenefitLine], said: Callable[[BenefitLine], str]) -> Word:
    by_answer: dict[str, list[int]] = {"Y": [], "N": [], "U": []}
    for line in lines:
        if said(line) in by_answer:
            by_answer[said(line)].append(line.number)
    return Word(*(tuple(numbers) for numbers in by_answer.values()))


def _plans(lines: Iterable[BenefitLine]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((line.plan, line.insurance_type) for line in lines if line.plan))


def _other_payers(lines: Iterable[BenefitLine]) -> Iterable[OtherPayer]:
    for line in lines:
        if line.information != OTHER_PAYER:
            continue
        payers = [related for related in line.related if related.entity in PAYER_ENTITIES]
        for payer in payers or [Related("")]:
            yield OtherPayer(ORDERS.get(payer.entity, "unknown"), payer.id, payer.name, line.number)


def _care_providers(lines: Iterable[BenefitLine]) -> Iterable[CareProvider]:
    for line in lines:
        for related in line.related:
            if related.entity == PRIMARY_CARE_ENTITY:
                npi = related.id if related.id_qualifier == "XX" else ""
                yield CareProvider(line.number, npi, related.name, related.telephone)


def _doubts(told: ServicePicture) -> Iterable[Ambiguity]:
    if told.service != WHOLE_PLAN:
        yield from _unclear_standing(told.service, told.held)
    for figure in told.figures:
        if figure.ambiguous:
            yield Ambiguity(figure.benefit.kind.value, told.service, tuple(map(str, figure.values)), figure.lines)
        if figure.benefit.unit == FRACTION and (large := [value for value in figure.values if value > 1]):
            read = (reading for value in large for reading in (str(value), str(value / 100)))
            yield Ambiguity("share above the whole", told.service, tuple(read), figure.lines)
    for what, word in (("authorization", told.authorization), ("referral", told.referral)):
        if word.answer == "unclear":
            answers = (("yes", word.yes), ("no", word.no), ("unknown", word.unknown))
            said = tuple(answer for answer, numbers in answers if numbers)
            yield Ambiguity(what, told.service, said, word.lines)


def _unclear_standing(service: str, held: Held) -> Iterable[Ambiguity]:
    if held.standing is Standing.UNCLEAR:
        against = ("inactive",) if held.inactive else ("dates leave the day out",)
        yield Ambiguity("standing", service, ("active", *against), (*held.active, *held.inactive))
