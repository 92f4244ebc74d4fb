"""Which authorization each line of a bill goes under, and why one goes under none (rulebook 7.4).

REF G1 must fit code, date of service and clinician, or the payer denies the line (CARC 197, 198, 284, 296). Units are
counted by the claims that take them: a claim never waits because of units that it uses itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from claims.domain.bill import Bill, Hold
from claims.domain.coding import ServiceLine
from claims.domain.facts import (
    CANCELLED,
    NOT_REQUIRED,
    SERVICES,
    AuthApproved,
    AuthDenied,
    AuthorizationHeard,
    Facts,
    Taken,
)
from claims.domain.gate_policy import Ask

Room = dict[tuple[UUID, str], int | None]


@dataclass(frozen=True, slots=True)
class Authorized:
    holds: tuple[Hold, ...] = ()
    taken: tuple[Taken, ...] = ()


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why one authorization does not cover a line; of several the first of `_ORDER` is told."""

    reason: str
    decided_on: date
    sentence: str


# What is nearest to a release is told first.
_ORDER = ("AUTH_UNITS", "AUTH_EXPIRED", "AUTH_NOT_YET", "AUTH_PROVIDER", "AUTH_DENIED", "AUTH_CANCELLED")


def authorize(bill: Bill, facts: Facts) -> Authorized:
    """Put each line under an authorization where one covers it, and hold those that need one and have none.

    A number that a person gave and nobody told us of is the person's word: then there is nothing to judge.
    """
    own = [heard for heard in facts.authorizations if _is_about(heard, bill)]
    if bill.given_number is not None:
        own = [heard for heard in own if heard.approved and heard.approved.number == bill.given_number]
        if not own:
            return Authorized()
    taken = tuple(_taken(bill, own, facts.used))
    covered = {one.line for one in taken}
    holds = [hold for line in bill.lines if line.number not in covered for hold in _held(bill, line, own, facts)]
    return Authorized(tuple(holds), taken)


def _is_about(heard: AuthorizationHeard, bill: Bill) -> bool:
    return (heard.kind, heard.patient_id, heard.payer_id) == (SERVICES, bill.patient_id, bill.payer_id)


def _taken(bill: Bill, own: Iterable[AuthorizationHeard], used: Mapping[tuple[UUID, str], int]) -> Iterable[Taken]:
    """The authorization that covers most of the claim first, for as few numbers as can be; then what ends first."""
    open_now = [heard.approved for heard in own if heard.approved is not None and _in_force(heard.approved, bill)]
    room: Room = {
        (one.authorization_id, service.code): _left(one, service.code, used)
        for one in open_now
        for service in one.certified
    }
    ranked = sorted(
        open_now,
        key=lambda one: (-len(_fitting(bill.lines, [one], dict(room))), one.valid_to or date.max, one.authorization_id),
    )
    return _fitting(bill.lines, ranked, room)


def _fitting(lines: Iterable[ServiceLine], ranked: Sequence[AuthApproved], room: Room) -> list[Taken]:
    """Each line wholly under the first that has room for it."""
    found: list[Taken] = []
    for line in lines:
        for one in ranked:
            key = (one.authorization_id, line.cpt)
            if key not in room:
                continue
            left = room[key]
            if left is None or left >= line.units:
                room[key] = None if left is None else left - line.units
                found.append(Taken(line.number, line.cpt, line.units, one.authorization_id, one.number, one.payer_id))
                break
    return found


def _left(one: AuthApproved, code: str, used: Mapping[tuple[UUID, str], int]) -> int | None:
    limit = one.limit(code)
    return None if limit is None else limit - used.get((one.authorization_id, code), 0)


def _in_force(one: AuthApproved, bill: Bill) -> bool:
    return _holds_day(one, bill.on) and one.rendering_npi in (None, bill.rendering_npi)


def _holds_day(one: AuthApproved, on: date) -> bool:
    return (one.valid_from is None or one.valid_from <= on) and (one.valid_to is None or on <= one.valid_to)


def _held(bill: Bill, line: ServiceLine, own: Sequence[AuthorizationHeard], facts: Facts) -> Iterable[Hold]:
    """The newest word about the code counts: that none is required, or what forbids it."""
    waived = max((said.decided_on for said in _waivers(bill, line, own)), default=None)
    obstacles = [
        found for heard in own if (found := _obstacle(bill, line, heard)) and (not waived or waived < found.decided_on)
    ]
    if obstacles:
        told = min(obstacles, key=lambda found: (_ORDER.index(found.reason), found.sentence))
        yield bill.hold(told.reason, told.sentence, line)
    elif waived is None and facts.policy.authorization is Ask.REQUIRED:
        yield from _wanting(bill, line, own, facts)


def _waivers(bill: Bill, line: ServiceLine, own: Iterable[AuthorizationHeard]) -> Iterable[AuthDenied]:
    for heard in own:
        said = heard.denied
        if said is not None and said.outcome == NOT_REQUIRED and said.concerns(line.cpt, bill.on):
            yield said


def _obstacle(bill: Bill, line: ServiceLine, heard: AuthorizationHeard) -> Obstacle | None:
    code, on = line.cpt, bill.on
    if heard.denied is not None:
        return _refusal(heard.denied, code, on)
    one = heard.approved
    if one is None:
        return None
    if not one.certifies(code):
        asked = any(service.code == code for service in heard.requested)
        if not asked or not _holds_day(one, on):
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


def _wanting(bill: Bill, line: ServiceLine, own: Iterable[AuthorizationHeard], facts: Facts) -> Iterable[Hold]:
    """What is not known to allow the line, where the practice asks for it."""
    pending = any(heard.decided is None and line.cpt in heard.codes for heard in own)
    told = any(
        line.cpt in need.codes
        for need in facts.needs
        if need.date_of_service == bill.on and need.payer_id in (None, bill.payer_id)
    )
    if pending:
        yield bill.hold("AUTH_PENDING", f"The payer has not decided yet on the authorization for {line.cpt}.", line)
    elif told or facts.policy.needs(line.cpt, bill.payer_id):
        yield bill.hold("AUTH_NEEDED", f"{line.cpt} needs an authorization on {bill.on}; none is on record.", line)
