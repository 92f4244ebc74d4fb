"""Where a visit was: said by whoever sends it, corrected by staff, never guessed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.coding.encounters import (
    ALL,
    BIOPSY,
    HELD,
    READY,
    Json,
    amended,
    by_hand,
    line,
    recorded,
    seen,
    send,
    told,
    visit,
)

from coding.main import SERVICE
from common.ids import new_id
from common.testing.running import Running

Start = Callable[..., Awaitable[Running]]


@pytest.fixture
async def coding(run_service: Start) -> Running:
    return await run_service(SERVICE)


async def put_location(coding: Running, encounter: Json, code: str | None) -> Any:
    async with coding.client(*ALL) as http:
        headers = {"If-Match": f'"{encounter["version"]}"'}
        return await http.put(f"/encounters/{encounter['id']}/location", json={"location_code": code}, headers=headers)


class TestWhereItWas:
    async def test_is_kept_shown_and_told_by_the_practice_s_own_code(self, coding: Running) -> None:
        encounter = await recorded(coding, READY, location_code="MAIN-2")
        assert encounter["location_code"] == "MAIN-2"
        whole = await seen(coding, encounter)
        assert (whole["location_code"], [one["location_code"] for one in whole["history"]]) == ("MAIN-2", ["MAIN-2"])
        [event] = await coding.published()
        assert event.data["location_code"] == "MAIN-2"

    async def test_is_nothing_where_nobody_names_it(self, coding: Running) -> None:
        assert (await recorded(coding, READY))["location_code"] is None
        [event] = await coding.published()
        assert event.data["location_code"] is None

    async def test_in_other_words_than_credentialing_s_is_refused(self, coding: Running) -> None:
        for code in ("main", "MAIN STREET", "-A", "", "A" * 21, "MAIN\n"):
            answer = await send(coding, READY, location_code=code)
            assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "body.location_code")

    async def test_alone_being_another_tells_the_visit_anew_with_its_lines_as_they_were(self, coding: Running) -> None:
        first = await recorded(coding, READY, location_code="MAIN")
        moved = await put_location(coding, first, "EAST")
        assert (moved.status_code, moved.json()["location_code"], moved.json()["version"]) == (200, "EAST", 2)
        _, event = await coding.published()
        assert (event.name, event.data["location_code"], event.data["changes"]) == ("EncounterRecoded", "EAST", [])
        assert [line["cpt"] for line in event.data["lines"]] == ["11104"]

    async def test_leaves_a_coder_s_lines_alone(self, coding: Running) -> None:
        ready = (await by_hand(coding, await recorded(coding, HELD), line("11102", "D49.2"))).json()
        moved = (await put_location(coding, ready, "EAST")).json()
        assert (moved["disposition"], moved["location_code"]) == ("ready", "EAST")
        assert (moved["override"], moved["lines"]) == (ready["override"], ready["lines"])

    async def test_of_a_held_visit_is_told_to_nobody_until_it_is_ready(self, coding: Running) -> None:
        placed = (await put_location(coding, await recorded(coding, HELD), "EAST")).json()
        await amended(coding, placed, READY)
        assert await told(coding) == [("EncounterHeld", 1), ("EncounterCoded", 3)]
        assert (await coding.published())[-1].data["location_code"] == "EAST"

    async def test_stays_when_the_visit_comes_again_without_it(self, coding: Running) -> None:
        facts = {"patient_id": str(new_id()), "visit_number": "V-7"}
        await recorded(coding, READY, location_code="MAIN", **facts)
        again = await recorded(coding, visit(BIOPSY | {"count": 2}), **facts)
        assert (again["version"], again["location_code"]) == (2, "MAIN")

    async def test_sent_anew_is_taken_and_sent_as_before_does_not_undo_a_correction(self, coding: Running) -> None:
        facts = {"patient_id": str(new_id()), "visit_number": "V-7"}
        first = await recorded(coding, READY, location_code="MAIN", **facts)
        corrected = (await put_location(coding, first, "EAST")).json()
        same = await recorded(coding, READY, location_code="MAIN", **facts)
        assert (same["version"], same["location_code"]) == (corrected["version"], "EAST")
        other = await recorded(coding, READY, location_code="WEST", **facts)
        assert (other["version"], other["location_code"]) == (3, "WEST")
        assert [one["act"] for one in (await seen(coding, other))["history"]] == ["recorded", "located", "moved"]

    async def test_can_be_taken_back(self, coding: Running) -> None:
        first = await recorded(coding, READY, location_code="MAIN")
        assert (await put_location(coding, first, None)).json()["location_code"] is None
        assert (await coding.published())[-1].data["location_code"] is None
        assert (await put_location(coding, first, "EAST")).status_code == 412
