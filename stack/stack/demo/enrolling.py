"""Who may bill whom from when: the clinicians' enrollments, one of which the payer has not decided yet."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any

from stack.demo.drive import some_at_once
from stack.demo.office import Office
from stack.demo.practice import (
    CASCADIA,
    CLINICIANS,
    LAKESIDE,
    PAYERS,
    PHYSICIAN_ASSISTANT,
    PLACES,
    Clinician,
    Payer,
    Place,
    profile,
)

# Longer ago than any visit of the day.
_SINCE = timedelta(days=400)
_WEEKS_TO_DECIDE = timedelta(days=60)
UNDECIDED = (CLINICIANS[-1], CASCADIA, LAKESIDE)
"""An application that lies with its payer while the clinician already sees patients there."""


@dataclass(frozen=True, slots=True)
class Wanted:
    clinician: Clinician
    payer: Payer
    place: Place

    @property
    def decided(self) -> bool:
        return (self.clinician, self.payer, self.place) != UNDECIDED


async def enroll(office: Office, today: date) -> None:
    """Fill credentialing's registers and enroll every clinician with every payer at every place but one."""
    await register_practice(office, PAYERS.values(), CLINICIANS, PLACES)
    wanted = [Wanted(*one) for one in product(CLINICIANS, PAYERS.values(), PLACES)]
    await some_at_once(lambda one: _apply(office, one, today), wanted, lambda done: None)


async def register_practice(
    office: Office, payers: Iterable[Payer], clinicians: Iterable[Clinician], places: Iterable[Place]
) -> None:
    """Say who is paid, where, by whom, and who treats."""
    desk, house = office["credentialing"], profile()
    await asyncio.gather(
        desk.act("PUT", f"/groups/{house['npi']}", {"name": house["name"], "tin": house["tax_id"]}, version=0),
        *(desk.act("PUT", f"/payers/{one.id}", _terms(one), version=0) for one in payers),
        *(desk.act("PUT", f"/providers/{one.npi}", _provider(one), version=0) for one in clinicians),
    )
    # A place is of a group, which has to be there.
    await asyncio.gather(
        *(desk.act("PUT", f"/locations/{one.code}", _location(one, house["npi"]), version=0) for one in places)
    )


async def decide(office: Office, today: date) -> int:
    """The payers decide what lies with them, for all the time that the clinician has been there; how many."""
    waiting = await office["credentialing"].everything("/enrollments", stage="submitted")
    for enrollment in waiting:
        await _approve(office, enrollment, today - timedelta(days=1), today - _SINCE)
    return len(waiting)


async def _apply(office: Office, one: Wanted, today: date) -> None:
    body = {"npi": one.clinician.npi, "payer_id": one.payer.id, "location_code": one.place.code}
    enrollment = await office["credentialing"].create("/enrollments", body)
    enrollment = await record(office, enrollment, "prepare")
    sent_on = today - (_SINCE if one.decided else _WEEKS_TO_DECIDE)
    enrollment = await record(office, enrollment, "submit", on=sent_on.isoformat())
    if one.decided:
        await _approve(office, enrollment, sent_on + timedelta(days=7), sent_on)


async def _approve(office: Office, enrollment: dict[str, Any], on: date, since: date) -> None:
    await record(office, enrollment, "approve", on=on.isoformat(), effective_from=since.isoformat())


async def record(office: Office, enrollment: dict[str, Any], act: str, **facts: str) -> dict[str, Any]:
    """What happened to an application; gives the enrollment after it."""
    path = f"/enrollments/{enrollment['id']}/acts"
    return await office["credentialing"].act("POST", path, {"act": act, **facts}, version=enrollment["version"])


def _terms(payer: Payer) -> dict[str, object]:
    return {"name": payer.name, "program": payer.program, "retroactive_days": 30}


def _provider(clinician: Clinician) -> dict[str, object]:
    profession = "PA" if clinician.taxonomy == PHYSICIAN_ASSISTANT else "MD"
    name = {"family": clinician.last_name, "given": clinician.first_name}
    return {"name": name, "profession": profession, "taxonomies": [clinician.taxonomy]}


def _location(place: Place, billing_npi: str) -> dict[str, object]:
    return {"billing_npi": billing_npi, "name": place.name, **place.address}
