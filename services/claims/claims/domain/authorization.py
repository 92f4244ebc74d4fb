"""Which authorization each line of a bill goes under, and why one goes under none (rulebook 7.4).

REF G1 must fit code, date of service and clinician, or the payer denies the line (CARC 197, 198, 284, 296). Units are
counted by the claims that take them: a claim never waits because of units that it uses itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from claims.domain import needs
from claims.domain.bill import Bill, Hold
from claims.domain.coding import ServiceLine
from claims.domain.covering import Used, about, covered
from claims.domain.facts import (
    CANCELLED,
    NOT_REQUIRED,
    SERVICES,
    AuthApproved,
    AuthDenied,
    AuthorizationHeard,
    Facts,
    Ruling,
    Taken,
)
from claims.domain.gate_policy import Ask
from claims.domain.obstacle import Obstacle, foremost, waived_on


@dataclass(frozen=True, slots=True)
class Authorized:
    holds: tuple[Hold, ...] = ()
    taken: tuple[Taken, ...] = ()


# What is nearest to a release is told first.
_ORDER = ("AUTH_UNITS", "AUTH_EXPIRED", "AUTH_NOT_YET", "AUTH_PROVIDER", "AUTH_DENIED", "AUTH_CANCELLED")

_LACKING: Mapping[str, str] = {
    "PENDING": "The payer has not decided yet on the authorization for {code}.",
    "UNDECIDED": "Whether {code} needs an authorization on {on} has not been decided yet for what was coded.",
    "ASK": "Whether {code} needs an authorization on {on} has to be asked of the payer, as {cited} says.",
    "NEEDED": "{code} needs an authorization on {on}, as {cited} says; none is on record.",
}


def authorize(bill: Bill, facts: Facts) -> Authorized:
    """Put each line under an authorization where one covers it, and hold those that need one and have none.

    A number that a person gave and nobody told us of is the person's word: then there is nothing to judge.
    """
    own = about(bill, SERVICES, facts.authorizations)
    if bill.given_number is not None:
        own = [heard for heard in own if heard.approved and heard.approved.number == bill.given_number]
        if not own:
            return Authorized()
    taken = tuple(_taken(bill, own, facts.used))
    under = {one.line for one in taken}
    holds = [hold for line in bill.lines if line.number not in under for hold in _held(bill, line, own, facts)]
    return Authorized(tuple(holds), taken)


def _taken(bill: Bill, own: Iterable[AuthorizationHeard], used: Used) -> Iterable[Taken]:
    """The authorization that covers most of the claim first, for as few numbers as can be; then what ends first."""
    in_force = [one for heard in own if (one := heard.approved) and one.allows(bill.on, bill.rendering_npi)]
    ranked = sorted(
        in_force,
        key=lambda one: (-len(covered(bill.lines, [one], used)), one.valid_to or date.max, one.authorization_id),
    )
    return covered(bill.lines, ranked, used)


def _held(bill: Bill, line: ServiceLine, own: Sequence[AuthorizationHeard], facts: Facts) -> Iterable[Hold]:
    """The newest word about the code counts: that none is required, or what forbids it."""
    waived = waived_on(own, lambda said: said.concerns(line.cpt, bill.on))
    told = foremost((_obstacle(bill, line, heard) for heard in own), _ORDER, waived)
    if told is not None:
        yield bill.hold(told.reason, told.sentence, line)
    elif waived is None and facts.policy.authorization is Ask.REQUIRED:
        yield from _wanting(bill, line, own, needs.of_service(bill, line.cpt, facts))


def _obstacle(bill: Bill, line: ServiceLine, heard: AuthorizationHeard) -> Obstacle | None:
    if heard.denied is not None:
        return _refusal(heard.denied, line.cpt, bill.on)
    if heard.approved is not None:
        return _short(bill, line, heard.approved, heard)
    return None


def _short(bill: Bill, line: ServiceLine, one: AuthApproved, heard: AuthorizationHeard) -> Obstacle | None:
    """What an approval leaves out of the line."""
    code, on = line.cpt, bill.on
    if not one.certifies(code):
        asked = any(service.code == code for service in heard.requested)
        if not asked or not one.holds_day(on):
            return None
        return Obstacle("AUTH_DENIED", one.decided_on, f"{code} was asked for, and the payer approved without it.")
    if one.valid_to is not None and on > one.valid_to:
        said = f"The authorization for {code} ended on {one.valid_to}; the service was on {on}."
        return Obstacle("AUTH_EXPIRED", one.decided_on, said)
    if one.valid_from is not None and on < one.valid_from:
        said = f"The authorization for {code} begins on {one.valid_from}; the service was on {on}."
        return Obstacle("AUTH_NOT_YET", one.decided_on, said)
    if one.rendering_npi not in (None, bill.rendering_npi):
        said = f"The authorization for {code} is for clinician {one.rendering_npi}, not {bill.rendering_npi}."
        return Obstacle("AUTH_PROVIDER", one.decided_on, said)
    said = f"The authorization for {code} has not the {line.units} units that the line bills."
    return Obstacle("AUTH_UNITS", one.decided_on, said)


def _refusal(said: AuthDenied, code: str, on: date) -> Obstacle | None:
    if said.outcome == NOT_REQUIRED or not said.concerns(code, on):
        return None
    if said.outcome == CANCELLED:
        return Obstacle("AUTH_CANCELLED", said.decided_on, f"The authorization for {code} was cancelled.")
    return Obstacle("AUTH_DENIED", said.decided_on, f"The payer denied the authorization for {code}.")


def _wanting(bill: Bill, line: ServiceLine, own: Iterable[AuthorizationHeard], ruling: Ruling | None) -> Iterable[Hold]:
    """What is not known to allow the line, where the practice asks for it."""
    pending = any(heard.decided is None and line.cpt in heard.codes for heard in own)
    lacking = needs.lacking(bill, ruling, pending=pending)
    if lacking is not None:
        cited = ruling.cited if ruling else ""
        yield bill.hold(f"AUTH_{lacking}", _LACKING[lacking].format(code=line.cpt, on=bill.on, cited=cited), line)
