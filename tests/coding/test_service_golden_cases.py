"""The worked encounters of the coding rulebook, through the service's front door."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from coding.main import SERVICE
from common.ids import new_id
from common.testing.running import Running

Start = Callable[..., Awaitable[Running]]
Json = dict[str, Any]
EVENTS = {"ready": "EncounterCoded", "hold": "EncounterHeld"}


@pytest.fixture
def cases(shared_folder: Path) -> list[Json]:
    return json.loads((shared_folder / "data" / "golden_coding_cases.json").read_text("utf-8"))["cases"]


async def test_all_thirty_come_out_as_a_coder_would_have_them(run_service: Start, cases: list[Json]) -> None:
    coding = await run_service(SERVICE)
    assert len(cases) == 30
    answers: dict[str, Json] = {}
    async with coding.client("encounters:read", "encounters:write") as http:
        for case in cases:
            body = {
                "patient_id": str(new_id()),
                "rendering_npi": "1234567893",
                "visit_number": case["id"],
                "visit": case["encounter"],
            }
            answer = await http.post("/encounters", json=body, headers={"Idempotency-Key": str(uuid4())})
            assert answer.status_code == 201, (case["id"], answer.text)
            answers[case["id"]] = answer.json()
    wrong = {case["id"]: fault for case in cases if (fault := differs(answers[case["id"]], case["expected"]))}
    assert not wrong
    told = {event.data["encounter_id"]: event for event in await coding.published()}
    for answer in answers.values():
        event = told[answer["id"]]
        assert event.name == EVENTS.get(answer["disposition"], "EncounterNotBillable")
        if event.name == "EncounterCoded":
            assert as_told(event.data) == as_answered(answer)


def differs(answer: Json, expected: Json) -> Any:
    flags = set(expected["flags"]) - set(answer["flags"])
    if answer["disposition"] != expected["disposition"] or flags:
        return answer["disposition"], flags, answer["questions"]
    if expected["disposition"] == "hold":
        return None
    return unmatched(answer["lines"], expected["lines"]) + unmatched(
        answer["self_pay_lines"], expected.get("self_pay_lines", [])
    )


def unmatched(lines: list[Json], expected: list[Json]) -> list[Any]:
    left = list(expected)
    alone: list[Any] = []
    for line in lines:
        fits = [e for e in left if matches(line, e)]
        fits.sort(key=lambda e: set(e["modifiers"]) != set(line["modifiers"]))
        if fits:
            left.remove(fits[0])
        else:
            alone.append(line)
    return alone + left


def matches(line: Json, expected: Json) -> bool:
    accepted = [set(expected["modifiers"]), *map(set, expected.get("modifiers_accept", []))]
    same = all(line[name] == expected[name] for name in ("cpt", "units", "dx"))
    return same and set(line["modifiers"]) in accepted


def as_told(event: Json) -> list[Any]:
    """The event's lines with their pointers followed."""
    return [
        (told["cpt"], told["units"], told["modifiers"], [event["diagnoses"][p - 1] for p in told["diagnosis_pointers"]])
        for told in event["lines"]
    ]


def as_answered(answer: Json) -> list[Any]:
    return [(line["cpt"], line["units"], line["modifiers"], line["dx"]) for line in answer["lines"]]
