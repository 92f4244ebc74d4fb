"""Units used of authorizations, from the encounters that were coded: a function of them, whatever their order.

An encounter counts once, whatever number of claims its lines go out on; when it is coded again its newest lines count,
and when it is taken back nothing of it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CertifiedService:
    """`units` of the code may be done under the number; None where the payer set no limit."""

    code: str
    units: int | None


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an authorization allows. An end that is None is open; `rendering_npi` narrows where the payer named one.

    One without services is for any. `visits` are those of a referral, None no limit.
    """

    id: UUID
    services: tuple[CertifiedService, ...]
    first: date | None = None
    last: date | None = None
    rendering_npi: str | None = None
    visits: int | None = None

    def names(self, code: str) -> bool:
        return any(service.code == code for service in self.services)

    def allows(self, line: DoneLine) -> bool:
        return (
            (not self.services or self.names(line.code))
            and (self.first is None or self.first <= line.on)
            and (self.last is None or line.on <= self.last)
            and self.rendering_npi in (None, line.rendering_npi)
        )


@dataclass(frozen=True, slots=True)
class DoneLine:
    """A coded line, the lines of one code of one encounter together."""

    encounter_id: UUID
    on: date
    rendering_npi: str
    code: str
    units: int


@dataclass(frozen=True, slots=True)
class Use:
    """Units that one encounter took of one authorization. `beyond` is what it took over the limit."""

    authorization_id: UUID
    encounter_id: UUID
    code: str
    units: int
    beyond: int = 0


def used(allowances: Iterable[Allowance], lines: Iterable[DoneLine]) -> tuple[Use, ...]:
    """What each line took. Lines are taken by date; each takes from the authorization that ends first, then the next.

    What no authorization has room for is `beyond` on the last one that allows the line; a line that none allows takes
    nothing.
    """
    by_end = sorted(allowances, key=lambda one: (one.last or date.max, one.id))
    room: dict[tuple[UUID, str], int | None] = {
        (one.id, service.code): service.units for one in by_end for service in one.services
    }
    found: list[Use] = []
    for line in sorted(lines, key=lambda line: (line.on, line.encounter_id, line.code)):
        found += _taken(line, [one for one in by_end if one.names(line.code) and one.allows(line)], room)
    return tuple(found)


def _taken(line: DoneLine, allowing: Sequence[Allowance], room: dict[tuple[UUID, str], int | None]) -> Iterable[Use]:
    left = line.units
    for place, allowance in enumerate(allowing, 1):
        key = (allowance.id, line.code)
        free = room[key]
        units = left if free is None else min(left, free)
        left -= units
        if free is not None:
            room[key] = free - units
        beyond = left if place == len(allowing) else 0
        if units or beyond:
            yield Use(allowance.id, line.encounter_id, line.code, units, beyond)
        if not left:
            return


@dataclass(frozen=True, slots=True)
class Visit:
    """A day that counts as one visit of a referral; `beyond` where the referral has no visit left for it."""

    authorization_id: UUID
    on: date
    beyond: bool = False


def visits(referrals: Iterable[Allowance], lines: Iterable[DoneLine]) -> tuple[Visit, ...]:
    """The visits of each referral: one for each day with an encounter that it allows, however many that day has.

    A day goes to the referral that ends first and has a visit left; where none has, it is beyond the last one.
    """
    by_end = sorted(referrals, key=lambda one: (one.last or date.max, one.id))
    encounters: dict[tuple[date, UUID], list[DoneLine]] = {}
    for line in lines:
        encounters.setdefault((line.on, line.encounter_id), []).append(line)
    days: dict[UUID, dict[date, Visit]] = {one.id: {} for one in by_end}
    for (on, _), done in sorted(encounters.items()):
        allowing = [one for one in by_end if any(one.allows(line) for line in done)]
        if not allowing or any(on in days[one.id] for one in allowing):
            continue
        free = [one for one in allowing if one.visits is None or len(_within(days[one.id])) < one.visits]
        taken = free[0] if free else allowing[-1]
        days[taken.id][on] = Visit(taken.id, on, beyond=not free)
    return tuple(visit for each in days.values() for visit in each.values())


def _within(days: Mapping[date, Visit]) -> list[Visit]:
    return [visit for visit in days.values() if not visit.beyond]


def totals(uses: Iterable[Use]) -> Mapping[tuple[UUID, str], int]:
    """Units used by authorization and code, those beyond the limit left out."""
    found: dict[tuple[UUID, str], int] = {}
    for use in uses:
        key = (use.authorization_id, use.code)
        found[key] = found.get(key, 0) + use.units
    return found
