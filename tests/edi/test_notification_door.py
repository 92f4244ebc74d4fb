"""What the door of notifications lets in of whoever knocks: so much, of that kind, and not too often."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from common.ids import new_id
from common.testing.running import Running
from edi.domain.bodies import LONGEST_BODY
from edi.main import SERVICE

Start = Callable[..., Awaitable[Running]]
FHIR = {"Content-Type": "application/fhir+json"}


async def test_whoever_has_no_secret_spends_the_allowance_of_an_address_and_not_of_a_practice(
    run_service: Start,
) -> None:
    edi = await run_service(SERVICE, requests_burst=3, requests_per_second=0.001)
    path = f"/notifications/{edi.practice_id}/{new_id()}"
    async with edi.client(token="guessed") as http:
        knocked = [(await http.post(path, content=b"{}", headers=FHIR)).status_code for _ in range(5)]
    async with edi.client("edi:read") as http:
        own = (await http.get("/partners")).status_code
    assert (knocked, own) == ([404, 404, 404, 429, 429], 200)


@pytest.mark.parametrize(
    ("headers", "size", "status"),
    [({"Content-Type": "text/html"}, 10, 415), (FHIR, LONGEST_BODY + 1, 413)],
)
async def test_what_is_too_large_or_of_another_type_is_refused_before_it_is_read(
    run_service: Start, headers: dict[str, str], size: int, status: int
) -> None:
    edi = await run_service(SERVICE)
    async with edi.client(token="guessed") as http:
        answer = await http.post(f"/notifications/{edi.practice_id}/{new_id()}", content=b" " * size, headers=headers)
    assert answer.status_code == status


async def test_nobody_is_subscribed_to_without_an_address_of_ours_or_on_another_wire(run_service: Start) -> None:
    facts = {
        "name": "Meridian FHIR", "wire": "fhir", "base_url": "http://127.0.0.1:1/fhir", "sender_qualifier": "ZZ",
        "sender_id": "DERMGROUP", "receiver_qualifier": "ZZ", "receiver_id": "MERIDIAN",
    }  # fmt: skip
    hidden = await run_service(SERVICE, edi_allowed_hosts="127.0.0.1")
    shown = await run_service(SERVICE, edi_allowed_hosts="127.0.0.1", edi_public_url="https://edi.practice.example")
    refused: list[tuple[int, str]] = []
    for edi, wire in ((hidden, "fhir"), (shown, "http")):
        async with edi.client("edi:write") as http:
            headers = {"Idempotency-Key": str(new_id())}
            made = await http.post("/partners", json=facts | {"wire": wire, "sender_id": wire.upper()}, headers=headers)
            answer = await http.put(f"/partners/{made.json()['id']}/subscription", json={})
            refused.append((answer.status_code, answer.json()["code"]))
    assert refused == [(422, "no-public-address"), (422, "partner-wire")]
