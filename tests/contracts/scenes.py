"""One practice's data in each service, made as the service itself would make it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

from till import service as till

from common.ids import new_id
from common.money import Money
from common.testing.running import Running

Scene = Callable[[Running], Awaitable[None]]


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


async def till_scene(service: Running) -> None:
    await till.open_till(service.uow(), Money("4.25"))


async def patients_scene(service: Running) -> None:
    person: dict[str, Any] = {
        "record_number": "MRN-CANARY",
        "name": {"family": "Canaryfamily", "given": "Canarygiven"},
        "birth_date": "1961-07-09",
        "sex": "F",
        "address": {"line1": "1 Canary Row", "city": "Springfield", "state": "IL", "zip": "62701"},
    }
    coverage = {"payer_id": "PAYERA", "member_id": "CANARY0001", "effective_from": "2026-01-01"}
    async with service.client("patients:write") as http:
        patient = (await http.post("/patients", json=person, headers=key())).json()
        answer = await http.post(f"/patients/{patient['id']}/coverages", json=coverage, headers=key())
        assert answer.status_code == 201, answer.text


async def denials_scene(service: Running) -> None:
    claim_id = new_id()
    line = {
        "number": 1,
        "cpt": "99213",
        "charge": "120.00",
        "denied": "120.00",
        "adjustments": [{"group": "CO", "carc": "97", "amount": "120.00"}],
    }
    denied = {
        "claim_id": str(claim_id),
        "encounter_id": str(new_id()),
        "patient_id": str(new_id()),
        "payer_id": "PAYERA",
        "control_number": "CANARY1",
        "remittance_id": str(new_id()),
        "date_of_service": "2026-03-04",
        "adjudicated_on": "2026-03-20",
        "denied": "120.00",
        "lines": [line],
    }
    await service.deliver("org.dermbill.claims.ClaimDenied.v1", denied, key=claim_id)


SCENES: Mapping[str, Scene] = {"till": till_scene, "patients": patients_scene, "denials": denials_scene}
