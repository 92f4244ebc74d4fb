"""The practice's own system: signed on at the issuer, it knows the services by their REST APIs and nothing else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from common.http import Answer, Outside, RemoteRefusal, RemoteUnavailable
from stack.environment import HOST, OPERATOR_SECRET, SIMULATOR_SECRET
from stack.issuer import TOKEN_SECONDS
from stack.services import SERVICES, STAFF_SCOPES
from stack.workspace import Workspace

_PAGE = 200
_PATIENCE = 30.0


class Door:
    """One program's HTTP API. Raises RemoteRefusal and RemoteUnavailable, as common.http does."""

    def __init__(self, name: str, url: str, token: str) -> None:
        self.name, self.url = name, url
        self._line = _line(name, url, token)
        self._before: list[Outside] = []

    def show(self, token: str) -> None:
        """Go on with another token. Calls that are under way end with the one they began with."""
        self._before.append(self._line)
        self._line = _line(self.name, self.url, token)

    async def close(self) -> None:
        for line in (*self._before, self._line):
            await line.close()

    async def get(self, path: str, **params: Any) -> Any:
        return await self._line.get_json(path, params=params)

    async def content(self, path: str) -> bytes:
        return await self._line.get_bytes(path)

    async def everything(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """All pages of a list."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = await self.get(path, limit=_PAGE, **params, **cursor)
            found += page["items"]
            if page["next"] is None:
                return found
            cursor = {"cursor": page["next"]}

    async def create(self, path: str, body: Any, key: UUID | None = None) -> dict[str, Any]:
        """A POST that makes something, so that a lost answer is asked for again; under its own key unless given."""
        return await self._line.post_json(path, body, key=key or uuid4())

    async def act(self, method: str, path: str, body: Any = None, version: int | None = None) -> Any:
        """A write; `version` is what the caller has seen of the thing, 0 for one that is not there yet."""
        answer = await self._line.request(
            method,
            path,
            body=None if body is None else json.dumps(body).encode(),
            media_type=None if body is None else "application/json",
            headers={} if version is None else {"If-Match": f'"{version}"'},
            key=uuid4() if method == "POST" else None,
            safe=method == "PUT" and version is None,
        )
        return _decoded(answer)


def _line(name: str, url: str, token: str) -> Outside:
    return Outside(url, name=name, timeout=_PATIENCE, headers={"Authorization": f"Bearer {token}"})


def _decoded(answer: Answer) -> Any:
    return json.loads(answer.body) if answer.body else None


@dataclass(frozen=True, slots=True)
class Office:
    """A door to every service, to the simulator's admin API, and who we are."""

    practice_id: UUID
    run: str
    services: Mapping[str, Door]
    simulator: Door

    def __getitem__(self, service: str) -> Door:
        return self.services[service]

    @property
    def sender_id(self) -> str:
        """Our id on the wire (ISA06)."""
        return f"SALT{self.run}"


@asynccontextmanager
async def signed_on(workspace: Workspace) -> AsyncGenerator[Office]:
    """The office of a practice that was never seen before, with a client of its own at the issuer."""
    practice_id = uuid4()
    run = practice_id.hex[-10:].upper()
    ports, secrets = workspace.known_ports(), workspace.secrets(())

    def url(name: str) -> str:
        return f"http://{HOST}:{ports[name]}"

    client = await _client(url("issuer"), secrets[OPERATOR_SECRET], practice_id, f"demo-{run.lower()}")
    token = await _token(url("issuer"), client)
    services = {service.name: Door(service.name, url(service.name), token) for service in SERVICES}
    simulator = Door("simulator", url("simulator"), secrets[SIMULATOR_SECRET])
    renewing = asyncio.create_task(_keep_signed_on(url("issuer"), client, tuple(services.values())))
    try:
        yield Office(practice_id, run, services, simulator)
    finally:
        renewing.cancel()
        for door in (*services.values(), simulator):
            await door.close()


async def _keep_signed_on(issuer: str, client: Mapping[str, str], doors: tuple[Door, ...]) -> None:
    """A long run outlives its token: show another long before it ends."""
    while True:
        await asyncio.sleep(TOKEN_SECONDS / 3)
        with suppress(RemoteRefusal, RemoteUnavailable):
            token = await _token(issuer, client)
            for door in doors:
                door.show(token)


async def _client(issuer: str, operator_secret: str, practice_id: UUID, client_id: str) -> Mapping[str, str]:
    operator = Door("issuer", issuer, operator_secret)
    try:
        wanted = {"client_id": client_id, "practices": [str(practice_id)], "scopes": list(STAFF_SCOPES)}
        return await operator.act("POST", "/clients", wanted)
    finally:
        await operator.close()


async def _token(issuer: str, client: Mapping[str, str]) -> str:
    line = Outside(issuer, name="issuer")
    try:
        answer = await line.post_form("/token", {"grant_type": "client_credentials", **client})
        return answer["access_token"]
    finally:
        await line.close()
