"""Encounters of a coding service under test: the visits that its tests send, and what it answers."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

from common.ids import new_id
from common.testing.running import Running

Json = dict[str, Any]
ALL = ("encounters:read", "encounters:write")
NPI = "1234567893"
NOTE = "synthetic note: the lesion bled twice"
BIOPSY: Json = {"kind": "biopsy", "technique": "punch", "site": "left cheek", "count": 1, "problem_ref": "p1"}
TAGS: Json = {
    "kind": "skin_tag_removal", "technique": "snip", "site": "neck", "count": 6, "symptoms": [], "problem_ref": "p1",
}  # fmt: skip


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def visit(*procedures: Json, icd10: str = "D49.2", payer: str = "medicare", **changes: Any) -> Json:
    return {
        "date": "2026-03-04",
        "place_of_service": "11",
        "payer": {"type": payer, "x_modifiers": True, "wants_51": False},
        "patient": {"age": 66, "sex": "F", "new_or_established": "established"},
        "em": None,
        "problems": [{"ref": "p1", "icd10": icd10, "text": NOTE}],
        "procedures": list(procedures),
    } | changes


def with_problems(*codes: str) -> list[Json]:
    return [{"ref": f"p{n}", "icd10": code, "text": NOTE} for n, code in enumerate(codes, 1)]


READY = visit(BIOPSY)
HELD = visit(BIOPSY | {"technique": None})


async def send(coding: Running, form: Json, headers: Json | None = None, **facts: Any) -> Any:
    body = {"patient_id": str(new_id()), "rendering_npi": NPI, "visit": form} | facts
    async with coding.client(*ALL) as http:
        json_type = {"Content-Type": "application/json"}
        return await http.post("/encounters", content=json.dumps(body), headers=json_type | (headers or key()))


async def recorded(coding: Running, form: Json, **facts: Any) -> Json:
    answer = await send(coding, form, **facts)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def amended(coding: Running, encounter: Json, form: Json) -> Any:
    async with coding.client(*ALL) as http:
        headers = {"If-Match": f'"{encounter["version"]}"'}
        return await http.put(f"/encounters/{encounter['id']}/visit", json=form, headers=headers)


async def by_hand(coding: Running, encounter: Json, *lines: Json, reason: str = "The addendum says so.") -> Any:
    async with coding.client(*ALL) as http:
        headers = {"If-Match": f'"{encounter["version"]}"'}
        body = {"lines": list(lines), "reason": reason}
        return await http.post(f"/encounters/{encounter['id']}/override", json=body, headers=headers)


async def seen(coding: Running, encounter: Json) -> Json:
    async with coding.client(*ALL) as http:
        return (await http.get(f"/encounters/{encounter['id']}")).json()


async def told(coding: Running) -> list[tuple[str, int]]:
    return [(event.name, event.version) for event in await coding.published()]


def line(cpt: str, *dx: str, units: int = 1, modifiers: tuple[str, ...] = ()) -> Json:
    return {"cpt": cpt, "units": units, "modifiers": list(modifiers), "dx": list(dx)}
