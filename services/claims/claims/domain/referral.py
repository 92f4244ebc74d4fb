"""Which referral a visit goes under, and why it goes under none (rulebook 7.4 and 9.2, E23).

A visit goes under one referral: it is one visit of it for each date of service, however many claims the day has, and is
counted by the claims that take it. What a referral lacks forbids only where one is known to be needed: unlike an
authorization, one is on file also where the plan wants none (docs/adr/0011).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from claims.domain import needs
from claims.domain.bill import Bill, Hold
from claims.domain.coding import ServiceLine
from claims.domain.covering import about, covered
from claims.domain.facts import (
    CANCELLED,
    NOT_REQUIRED,
    REFERRAL,
    AuthApproved,
    AuthDenied,
    AuthorizationHeard,
    Facts,
    Need,
    Ruling,
    Taken,
)
from claims.domain.gate_policy import Ask
from claims.domain.obstacle import Obstacle, foremost, waived_on


@dataclass(frozen=True, slots=True)
class Referred:
    """`notes` are told of a visit that may go."""

    holds: tuple[Hold, ...] = ()
    taken: tuple[Taken, ...] = ()
    notes: tuple[Hold, ...] = ()


# What is nearest to a release is told first.
_ORDER = (
    "REFERRAL_VISITS", "REFERRAL_SERVICES", "REFERRAL_EXPIRED", "REFERRAL_NOT_YET", "REFERRAL_PROVIDER",
    "REFERRAL_DENIED", "REFERRAL_CANCELLED",
)  # fmt: skip

_LACKING: Mapping[str, str] = {
    "PENDING": "The payer has not decided yet on the referral.",
    "UNDECIDED": "Whether the visit on {on} needs a referral has not been decided yet for what was coded.",
    "ASK": "Whether the visit on {on} needs a referral has to be asked of the payer, as {cited} says.",
    "NEEDED": "The visit on {on} needs a referral, as {cited} says; none is on record.",
}


def refer(bill: Bill, facts: Facts) -> Referred:
    """Put the visit under a referral where one allows it, and hold what needs one and is under none."""
    own = about(bill, REFERRAL, facts.authorizations)
    taken = _taken(bill, own, facts)
    under = {one.line for one in taken}
    rest = [line for line in bill.lines if line.number not in under]
    holds = tuple(_held(bill, rest, own, facts)) if rest else ()
    return Referred(holds, tuple(taken), tuple(_notes(bill, taken, facts)))


def _notes(bill: Bill, taken: Sequence[Taken], facts: Facts) -> Iterator[Hold]:
    """A plan that wants a referral wants to know who referred; one without a last name cannot be told (NM103)."""
    nameless = [one for one in taken if one.referring is None or not one.referring.last_name]
    if nameless and _is_needed(needs.of_visit(bill, facts)):
        yield bill.hold("REFERRING_UNNAMED", f"Referral {nameless[0].number} does not say by name who referred.")


def _taken(bill: Bill, own: Sequence[AuthorizationHeard], facts: Facts) -> list[Taken]:
    """What goes under the referral that covers most of the visit; of equal ones under that which ends first."""
    allowing = [
        one
        for heard in own
        if (one := heard.approved) and one.allows(bill.on, bill.rendering_npi) and _has_visit(one, bill.on, facts)
    ]
    found = {one.authorization_id: covered(bill.lines, [one], facts.used) for one in allowing}
    best = min(
        allowing,
        key=lambda one: (-len(found[one.authorization_id]), one.valid_to or date.max, one.authorization_id),
        default=None,
    )
    return found[best.authorization_id] if best else []


def _has_visit(one: AuthApproved, on: date, facts: Facts) -> bool:
    """A day on which a claim has taken a visit takes no second one."""
    days = facts.visited.get(one.authorization_id, frozenset())
    return one.visits is None or on in days or len(days) < one.visits


def _held(bill: Bill, rest: Sequence[ServiceLine], own: Sequence[AuthorizationHeard], facts: Facts) -> Iterator[Hold]:
    """The newest word counts: that none is required, or what forbids it; `rest` are the lines under no referral."""
    waived = waived_on(own, lambda said: _concerns(said, bill, rest))
    told = foremost((_obstacle(bill, rest, heard, facts) for heard in own), _ORDER, waived)
    ruling = needs.of_visit(bill, facts)
    if told is not None and _is_needed(ruling):
        yield from _holds(bill, rest, told.reason, told.sentence)
    elif waived is None and facts.policy.referral is Ask.REQUIRED:
        lacking = needs.lacking(bill, ruling, pending=any(heard.decided is None for heard in own))
        if lacking is not None:
            said = _LACKING[lacking].format(on=bill.on, cited=ruling.cited if ruling else "")
            yield from _holds(bill, rest, f"REFERRAL_{lacking}", said)


def _is_needed(ruling: Ruling | None) -> bool:
    return ruling is not None and ruling.need is Need.NEEDED


def _holds(bill: Bill, rest: Sequence[ServiceLine], reason: str, sentence: str) -> Iterator[Hold]:
    """The visit as a whole, or the lines that the referral of the others leaves out."""
    if len(rest) == len(bill.lines):
        yield bill.hold(reason, sentence)
    else:
        yield from (bill.hold(reason, sentence, line) for line in rest)


def _concerns(said: AuthDenied, bill: Bill, rest: Sequence[ServiceLine]) -> bool:
    return any(said.concerns(line.cpt, bill.on) for line in rest)


def _obstacle(bill: Bill, rest: Sequence[ServiceLine], heard: AuthorizationHeard, facts: Facts) -> Obstacle | None:
    if heard.denied is not None:
        return _refusal(bill, rest, heard.denied)
    one = heard.approved
    return None if one is None else Obstacle(*_short(bill, rest, one, facts))


def _refusal(bill: Bill, rest: Sequence[ServiceLine], said: AuthDenied) -> Obstacle | None:
    if said.outcome == NOT_REQUIRED or not _concerns(said, bill, rest):
        return None
    if said.outcome == CANCELLED:
        return Obstacle("REFERRAL_CANCELLED", said.decided_on, "The referral was cancelled.")
    return Obstacle("REFERRAL_DENIED", said.decided_on, "The payer denied the referral.")


def _short(bill: Bill, rest: Sequence[ServiceLine], one: AuthApproved, facts: Facts) -> tuple[str, date, str]:
    """What a referral leaves out of the visit."""
    on = bill.on
    if one.valid_to is not None and on > one.valid_to:
        return "REFERRAL_EXPIRED", one.decided_on, f"The referral ended on {one.valid_to}; the visit was on {on}."
    if one.valid_from is not None and on < one.valid_from:
        return "REFERRAL_NOT_YET", one.decided_on, f"The referral begins on {one.valid_from}; the visit was on {on}."
    if one.rendering_npi not in (None, bill.rendering_npi):
        said = f"The referral is to clinician {one.rendering_npi}, not {bill.rendering_npi}."
        return "REFERRAL_PROVIDER", one.decided_on, said
    if not _has_visit(one, on, facts):
        return "REFERRAL_VISITS", one.decided_on, f"The {one.visits} visits of the referral are on other days."
    codes = ", ".join(sorted({line.cpt for line in rest}))
    return "REFERRAL_SERVICES", one.decided_on, f"The referral does not cover {codes}."
