"""Every route of every service: closed without a token, closed without its scope, and blind to another practice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from itertools import islice, product
from typing import Any
from uuid import UUID

import pytest
from scenes import SCENES, SETTINGS
from services_under_test import SERVICES
from sqlalchemy import text
from test_bad_input import SCOPES

from common.ids import new_id
from common.service import Service
from common.testing.running import Running

Start = Callable[..., Awaitable[Running]]
OPEN = {"/healthz", "/readyz", "/metrics"}
# A partner outside the platform comes in by a secret of its own, which has no scopes.
BY_SECRET = {"/notifications/{practice_id}/{subscription_id}"}
MOST = 60


@pytest.fixture(params=SERVICES, ids=lambda service: service.name)
async def peopled(request: pytest.FixtureRequest, run_service: Start) -> Running:
    """A service in which one practice has data."""
    service: Service = request.param
    running = await run_service(service, **SETTINGS.get(service.name, {}))
    await SCENES[service.name](running)
    return running


def operations(service: Running) -> list[tuple[str, str]]:
    paths = service.app.openapi()["paths"]
    return [(method, path) for path, methods in paths.items() for method in methods if path not in OPEN]


async def identifiers(service: Running) -> dict[str, set[str]]:
    """Every uuid and every text that the practice's rows hold, by column."""
    columns = await service.query(
        text(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND data_type IN ('uuid', 'text') AND table_name NOT LIKE 'event_log_%' "
            "AND table_name <> 'alembic_version'"
        )
    )
    found: dict[str, set[str]] = {}
    for column in columns:
        rows = await service.query(
            text(f'SELECT DISTINCT "{column["column_name"]}" AS v FROM "{column["table_name"]}"')
        )
        values = {str(row["v"]) for row in rows if row["v"]} - {str(service.practice_id)}
        found.setdefault(column["column_name"], set()).update(values)
    return found


def fillings(path: str, known: dict[str, set[str]]) -> Iterable[str]:
    """The path with what the practice has in its places: its own ids, and its texts where a text is meant."""
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    if not names:
        return [path]
    ids = sorted({value for values in known.values() for value in values if is_uuid(value)})
    choices = [sorted(known.get(name, ())) or ids or ["none"] for name in names]
    return ["/".join(fill(path, dict(zip(names, chosen, strict=True)))) for chosen in islice(product(*choices), MOST)]


def fill(path: str, values: dict[str, str]) -> list[str]:
    return [values[part[1:-1]] if part.startswith("{") else part for part in path.split("/")]


def is_uuid(value: str) -> bool:
    try:
        UUID(value)
    except ValueError:
        return False
    return True


async def test_no_route_answers_without_a_token(peopled: Running) -> None:
    async with peopled.client(token="") as http:
        for method, path in operations(peopled):
            answer = await http.request(method, path.replace("{", "").replace("}", ""))
            assert answer.status_code == 401, f"{method} {path}"
            assert answer.json()["code"].startswith("token-"), f"{method} {path}"


async def test_no_route_answers_without_its_scope(peopled: Running) -> None:
    async with peopled.client("nothing:at-all") as http:
        for method, path in operations(peopled):
            if path in BY_SECRET:
                continue
            answer = await http.request(method, next(iter(fillings(path, {}))))
            assert answer.status_code == 403, f"{method} {path} {answer.text}"


async def test_reading_with_another_practice_s_token_finds_nothing(peopled: Running) -> None:
    known = await identifiers(peopled)
    secrets = {value for values in known.values() for value in values if is_uuid(value) or "CANARY" in value.upper()}
    own = await read_everything(peopled, known, [peopled.practice_id])
    foreign = await read_everything(peopled, known, [new_id()])
    assert any(secret in answer.text for answer in own for secret in secrets), "the scene shows nothing to its own"
    for answer in foreign:
        asked = str(answer.request.url)
        leaked = [secret for secret in secrets if secret in answer.text and secret not in asked]
        assert leaked == [], asked
        assert answer.status_code in {200, 403, 404, 422}, f"{asked} {answer.status_code}"


async def read_everything(service: Running, known: dict[str, set[str]], practices: list[UUID]) -> list[Any]:
    async with service.client(*SCOPES, practices=practices) as http:
        return [
            await http.get(path)
            for method, template in operations(service)
            if method == "get"
            for path in fillings(template, known)
        ]
