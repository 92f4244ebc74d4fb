"""Where what is planned and what is covered do not meet, with the sentence for the patient (rulebook 7 and 8).

A gap never says what a service will cost, and never that something will be paid: only what the payer told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from codes.service_types import WHOLE_PLAN
from eligibility.domain.events import Gap
from eligibility.domain.picture import Figure, Kind, Network, Picture, ServicePicture
from eligibility.domain.services import services_for
from eligibility.domain.standing import Standing

COSMETIC_DIAGNOSES = frozenset({"Z41.1", "Z411"})
"""ICD-10-CM: encounter for cosmetic surgery."""

VISITS, SERVICES = "VS", "P6"


@dataclass(frozen=True, slots=True)
class Planned:
    """A service that is planned. `cosmetic`: the clinician says that it is not for a medical reason."""

    code: str
    units: int = 1
    diagnoses: tuple[str, ...] = ()
    modifiers: tuple[str, ...] = ()
    cosmetic: bool = False


@dataclass(frozen=True, slots=True)
class GapKind:
    """What a gap means: what the patient is told, what the desk does, and where the rule comes from."""

    sentence: str
    next_step: str
    source: str


KINDS: Mapping[str, GapKind] = {
    "no-coverage": GapKind(
        "We have no insurance on file for you on that day, so the visit would be yours to pay.",
        "Ask for the card, or give a good-faith estimate.",
        "rulebook 7.3 and 8",
    ),
    "inactive": GapKind(
        "Your insurer says that your coverage is not in force on that day, so the visit would be yours to pay.",
        "Ask for the current card, or give a good-faith estimate.",
        "rulebook 8, EB01 6 to 8",
    ),
    "standing-unclear": GapKind(
        "Your insurer has not told us clearly whether you are covered on that day. We are asking again.",
        "Call the payer and settle the check.",
        "rulebook 8, EB01",
    ),
    "out-of-network": GapKind(
        "We do not have a contract with your plan, so your share may be higher, or the plan may pay nothing.",
        "Tell the patient before the visit, and show the out-of-network benefits.",
        "rulebook 8, EB12",
    ),
    "network-unclear": GapKind(
        "Your plan pays differently inside and outside its network, and we are finding out which holds for us.",
        "Find out whether the practice is in the plan's network.",
        "rulebook 8, EB12",
    ),
    "referral-needed": GapKind(
        "Your plan wants a referral from your primary care provider before you come to us.",
        "Ask for the referral, its number of visits and its dates, and record it.",
        "rulebook 7.4, MSG of the EB",
    ),
    "referral-unclear": GapKind(
        "We are asking your plan whether it wants a referral from your primary care provider.",
        "Read the payer's message, and call the payer where it does not settle it.",
        "rulebook 7.4, MSG of the EB",
    ),
    "referral-on-file": GapKind(
        "Your plan has a referral for you on file. We are noting it.",
        "Record the referral with its number, visits and dates, so that the claim carries it.",
        "rulebook 7.4, REF 9F of the EB",
    ),
    "referral-likely": GapKind(
        "Your plan usually wants a referral from your primary care provider before you come to us.",
        "Ask for the referral, its number of visits and its dates.",
        "rulebook 7.4, EB04 HM, HN, PS, EB01 L, MC",
    ),
    "other-payer-first": GapKind(
        "Your insurer says that you have another insurance that pays first. Please bring that card.",
        "Record the other coverage and its order.",
        "rulebook 8 and 9.5, EB01 R",
    ),
    "cosmetic": GapKind(
        "This service is cosmetic. Insurance does not pay for it, and we ask for payment at the visit.",
        "Have the patient sign the non-coverage consent that names the service and its price.",
        "rulebook 7.1 and 7.2",
    ),
    "excluded": GapKind(
        "Your plan does not cover this service, so it would be yours to pay.",
        "Have the patient sign the non-coverage consent that names the service and its price.",
        "rulebook 8, EB01 E, I, and 6 to 8 of the service",
    ),
    "limit-used-up": GapKind(
        "Your plan's limit for this service is used up, so it would be yours to pay.",
        "Ask the payer for an exception, or have the patient sign the consent.",
        "rulebook 8, EB01 F with EB06 29",
    ),
    "limit-short": GapKind(
        "Your plan covers less of this service than is planned; the rest would be yours to pay.",
        "Plan fewer, or ask the payer for an exception.",
        "rulebook 8, EB01 F with EB06 29",
    ),
    "authorization-needed": GapKind(
        "Your plan has to approve this service before we do it. We are asking for the approval.",
        "Ask for the authorization before the visit.",
        "rulebook 7.4, EB11 Y",
    ),
    "authorization-unclear": GapKind(
        "We are asking your plan whether it has to approve this service first.",
        "Call the payer about the authorization.",
        "rulebook 7.4, EB11",
    ),
}


REFERRAL_REASONS: Mapping[str, str] = {
    "referral-needed": "the payer's message says that a referral is required",
    "referral-unclear": "the payer's message speaks of referrals and does not say clearly whether one is required",
    "referral-on-file": "the payer names a referral that it has on file",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A gap, the EB lines that it rests on, and what in them, where the kind alone does not say it."""

    gap: Gap
    lines: tuple[int, ...] = ()
    reason: str = ""

    @property
    def words(self) -> GapKind:
        return KINDS[self.gap.kind]


def gaps(told: Picture | None, planned: Iterable[Planned], network: Network) -> tuple[Found, ...]:
    """Every gap of a planned visit, the visit's own before those of its lines.

    `told` is None where no coverage is on file. `network` is where the practice stands: in, out or unknown.
    """
    lines = tuple(enumerate(planned, start=1))
    cosmetic = [Found(Gap("cosmetic", number, line.code)) for number, line in lines if is_cosmetic(line)]
    if told is None:
        return (Found(Gap("no-coverage")), *cosmetic)
    covered = [(number, line) for number, line in lines if not is_cosmetic(line)]
    found = [
        *_of_visit(told, network),
        *_of_referral(told, covered),
        *cosmetic,
        *(gap for number, line in covered for gap in _of_line(told, number, line)),
    ]
    return tuple(found)


def is_cosmetic(line: Planned) -> bool:
    """The clinician says so, or the diagnosis does. No code is cosmetic by its number alone."""
    return line.cosmetic or bool(COSMETIC_DIAGNOSES.intersection(line.diagnoses))


def _of_visit(told: Picture, network: Network) -> Iterable[Found]:
    if told.held.standing is Standing.INACTIVE:
        yield Found(Gap("inactive"), told.held.inactive)
    elif told.held.standing is not Standing.ACTIVE:
        yield Found(Gap("standing-unclear"), (*told.held.active, *told.held.inactive))
    if network is Network.OUT:
        yield Found(Gap("out-of-network"), _lines_of(told, Network.OUT))
    elif (
        network is not Network.IN
        and (inside := _lines_of(told, Network.IN))
        and (outside := _lines_of(told, Network.OUT))
    ):
        yield Found(Gap("network-unclear"), (*inside, *outside))
    if first := tuple(payer.line for payer in told.other_payers if payer.order == "primary"):
        yield Found(Gap("other-payer-first"), first)


def _of_referral(told: Picture, lines: Iterable[tuple[int, Planned]]) -> Iterable[Found]:
    """What the payer says of referrals for a service goes before what it says of the plan, and that before what may be
    concluded; what holds for the plan is told once for the visit.
    """
    said: dict[Found, None] = {}
    for number, line in lines:
        services = [one for code in services_for(line.code) if (one := told.service(code)) is not None]
        spoken = next((one for one in services if one.referral.answer != "not_said" or one.referral_on_file), None)
        if spoken is None:
            if told.referral_likely:
                reasons = dict.fromkeys(one.reason for one in told.referral_likely)
                numbers = tuple(one.line for one in told.referral_likely)
                said[Found(Gap("referral-likely"), numbers, "; ".join(reasons))] = None
        elif kind := _referral_kind(spoken):
            about = (0, "") if spoken.service == WHOLE_PLAN else (number, line.code)
            numbers = tuple(dict.fromkeys((*spoken.referral.lines, *spoken.referral_on_file)))
            said[Found(Gap(kind, *about, spoken.service), numbers, REFERRAL_REASONS[kind])] = None
    return said


def _referral_kind(service: ServicePicture) -> str | None:
    if service.referral_on_file:
        return "referral-on-file"
    return {"yes": "referral-needed", "unclear": "referral-unclear"}.get(service.referral.answer)


def _of_line(told: Picture, number: int, line: Planned) -> Iterable[Found]:
    services = [one for code in services_for(line.code) if (one := told.service(code)) is not None]
    for service in services:
        if service.not_covered:
            yield Found(Gap("excluded", number, line.code, service.service), service.not_covered)
            return
    yield from _of_limits(services, number, line)
    for service in services:
        kind = {"yes": "authorization-needed", "unclear": "authorization-unclear"}.get(service.authorization.answer)
        if kind is not None:
            yield Found(Gap(kind, number, line.code, service.service), service.authorization.lines)
        if service.authorization.answer != "not_said":
            # The word about the special service stands before that about the plan.
            return


def _of_limits(services: Iterable[ServicePicture], number: int, line: Planned) -> Iterable[Found]:
    for service in services:
        left = [figure for figure in service.figures if figure.benefit.kind is Kind.LIMIT and figure.benefit.remaining]
        for figure in left:
            kind = _judged(figure, line)
            if kind is not None:
                yield Found(Gap(kind, number, line.code, service.service), figure.lines)
        if left:
            return


def _judged(figure: Figure, line: Planned) -> str | None:
    """The least that the payer said is left decides: of two values the desk has to know the worse."""
    least = figure.values[0]
    if least <= 0:
        return "limit-used-up"
    needed = line.units if figure.benefit.unit == SERVICES else 1 if figure.benefit.unit == VISITS else 0
    return "limit-short" if least < needed else None


def _lines_of(told: Picture, network: Network) -> tuple[int, ...]:
    found = (f.lines for service in told.services for f in service.figures if f.benefit.network is network)
    return tuple(dict.fromkeys(number for lines in found for number in lines))
