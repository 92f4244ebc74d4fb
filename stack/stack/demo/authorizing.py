"""The biologics of the day: what payers agreed to beforehand, and an agreement that ended too early."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from common.embedded import StackError
from stack.demo.day import Visit
from stack.demo.drive import Registered, some_at_once
from stack.demo.office import Office
from stack.demo.practice import PAYERS
from stack.demo.scenes import BIOLOGIC, DOSE, Twist

# As long as the simulated payers let a certification hold.
COURSE = timedelta(days=90)
EXTENSION = "4"
"""UM02 of a 278 that asks for more of what was certified before."""
IN_FORCE = ("approved", "expired", "exhausted")

_LOOK_EVERY = 0.1
_PATIENCE_SECONDS = 60.0


async def payers_agree(office: Office) -> None:
    """What the payers' desks answer to a request for the biologic."""
    rules = [{"decision": "A1", "cpt": BIOLOGIC}]
    for payer_id in PAYERS:
        await office.simulator.act("PUT", f"/admin/payers/{payer_id}/authorization-rules", rules)


async def authorize(
    office: Office, visits: Sequence[Visit], registered: Mapping[str, Registered], today: date
) -> list[str]:
    """Ask for the biologics of the day before it, and wait for the payers' words; the ids of the authorizations."""

    async def one(visit: Visit) -> str:
        last = today - timedelta(days=1) if visit.scene.twist is Twist.AUTHORIZATION_ENDED else today + COURSE / 2
        patient_id = registered[visit.patient.record_number].patient_id
        body = wish(patient_id, visit.clinician_npi, last - COURSE, last) | {"submit": True}
        opened = await office["authorizations"].create("/authorizations", body)
        await settled(office, opened["id"])
        return opened["id"]

    wanted = [visit for visit in visits if visit.scene.authorized]
    return await some_at_once(one, wanted, lambda done: None)


async def extend(office: Office, patient_id: str, today: date) -> None:
    """Ask for an extension from today on, of what ended for a patient."""
    [one] = await office["authorizations"].everything("/authorizations", patient_id=patient_id)
    more = wish(patient_id, one["rendering_npi"], today, today + COURSE - timedelta(days=1))
    body = {"certification": EXTENSION, "wish": more}
    await office["authorizations"].act("POST", f"/authorizations/{one['id']}/requests", body, version=one["version"])
    await settled(office, one["id"])


def wish(patient_id: str, npi: str, first: date, last: date) -> dict[str, Any]:
    """Two doses of the biologic in a course of it."""
    return {
        "patient_id": patient_id,
        "services": [{"code": BIOLOGIC, "units": 2 * DOSE}],
        "first": first.isoformat(),
        "last": last.isoformat(),
        "place": "11",
        "diagnoses": ["L40.0"],
        "rendering_npi": npi,
        "drug": True,
    }


async def settled(office: Office, authorization_id: str) -> None:
    """Wait until a payer has certified what it was asked. Raises StackError when it does not."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        one = await office["authorizations"].get(f"/authorizations/{authorization_id}")
        if one["request"] is None and one["status"] in IN_FORCE:
            return
        if time.monotonic() > until:
            raise StackError(f"Authorization {authorization_id} is {one['status']} and was never certified.")
        await asyncio.sleep(_LOOK_EVERY)
