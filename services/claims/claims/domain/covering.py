"""Which lines an authorization or a referral covers, as far as its units go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from claims.domain.bill import Bill
from claims.domain.coding import ServiceLine
from claims.domain.facts import AuthApproved, AuthorizationHeard, Taken

Used = Mapping[tuple[UUID, str], int]


def about(bill: Bill, kind: str, heard: Iterable[AuthorizationHeard]) -> list[AuthorizationHeard]:
    """Those of the kind that are of the bill's patient and payer."""
    wanted = (kind, bill.patient_id, bill.payer_id)
    return [one for one in heard if (one.kind, one.patient_id, one.payer_id) == wanted]


def covered(lines: Iterable[ServiceLine], ranked: Sequence[AuthApproved], used: Used) -> list[Taken]:
    """Each line wholly under the first that certifies its code and has the units left; `used` others have taken."""
    left: dict[tuple[UUID, str], int | None] = {}
    found: list[Taken] = []
    for line in lines:
        for one in ranked:
            if not one.certifies(line.cpt):
                continue
            key = (one.authorization_id, line.cpt)
            room = left.setdefault(key, _room(one, line.cpt, used))
            if room is None or room >= line.units:
                left[key] = None if room is None else room - line.units
                found.append(_taken(line, one))
                break
    return found


def _room(one: AuthApproved, code: str, used: Used) -> int | None:
    """Units of a code that nobody has taken; None: without limit."""
    limit = one.limit(code)
    return None if limit is None else limit - used.get((one.authorization_id, code), 0)


def _taken(line: ServiceLine, one: AuthApproved) -> Taken:
    return Taken(
        line=line.number,
        code=line.cpt,
        units=line.units,
        authorization_id=one.authorization_id,
        number=one.number,
        payer_id=one.payer_id,
        kind=one.kind,
        referring=one.referring,
    )
