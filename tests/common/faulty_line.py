"""Our own edi service on a socket, behind a line that can fail: what is asked for is answered by the real service."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import httpx
import uvicorn

from common.ids import new_id
from common.testing.running import Published, Running

HOP = frozenset({"connection", "host", "keep-alive", "transfer-encoding", "content-length", "date", "server"})


@asynccontextmanager
async def on_a_socket(running: Running, port: int = 0) -> AsyncGenerator[str, None]:
    """The base URL of a running service while it can be called from outside the test."""
    config = uvicorn.Config(running.app, port=port, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await asyncio.wait_for(task, 10)


@dataclass(frozen=True)
class Asked:
    """A request that came over the line."""

    method: str
    path: str
    key: str | None
    body: Any


class FaultyLine:
    """Hands every request on to `target`, and keeps what was asked.

    `refuses` is answered in the place of the service; `loses_answers` lets the service do its work and answers 503 in
    its place, as a gateway does; `damage` is done to the contents that go back.
    """

    def __init__(self, target: str) -> None:
        self.asked: list[Asked] = []
        self.refuses: int | None = None
        self.loses_answers = False
        self.damage: Callable[[bytes], bytes] | None = None
        self.http = httpx.Client(base_url=target, timeout=20)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self.http.close()


def _handler(line: FaultyLine) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._hand_on(self.rfile.read(int(self.headers.get("content-length", 0))))

        def do_GET(self) -> None:
            self._hand_on(b"")

        def _hand_on(self, body: bytes) -> None:
            key = self.headers["Idempotency-Key"]
            line.asked.append(Asked(self.command, self.path, key, json.loads(body) if body else None))
            if line.refuses is not None:
                self._answer(line.refuses, {"content-type": "application/json"}, b"{}")
                return
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
            answer = line.http.request(self.command, self.path, content=body, headers=headers)
            if line.loses_answers:
                self._answer(503, {"content-type": "application/json"}, b"{}")
                return
            content = answer.content
            if line.damage is not None and self.path.endswith("/content"):
                content = line.damage(content)
            self._answer(answer.status_code, dict(answer.headers), content)

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in HOP:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            with contextlib.suppress(ConnectionError):
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            return

    return Handler


@dataclass
class Edi:
    """The edi service of one practice with one partner, and the line to it."""

    service: Running
    line: FaultyLine
    partner_id: UUID
    partner: dict[str, Any]

    @property
    def url(self) -> str:
        return self.line.url

    @property
    def requests(self) -> list[Asked]:
        """What edi was asked to send."""
        return [one for one in self.line.asked if (one.method, one.path) == ("POST", "/transmissions")]

    async def routes(self, *payers: str) -> None:
        """Let only files to these payers go to the partner from now on."""
        async with self.service.client("edi:write") as http:
            partner = self.partner | {"payers": list(payers)}
            answer = await http.put(f"/partners/{self.partner_id}", json=partner, headers={"If-Match": '"1"'})
            assert answer.status_code == 200, answer.text

    async def transmission_of(self, reference: str) -> UUID:
        """The one transmission that was asked for under a reference."""
        async with self.service.client("edi:read") as http:
            [found] = (await http.get("/transmissions", params={"reference": reference})).json()["items"]
        return UUID(found["id"])

    async def sent(self, kind: str) -> list[bytes]:
        """Every interchange of that kind that goes out, in order."""
        async with self.service.client("edi:read") as http:
            listed = await http.get("/interchanges", params={"direction": "out", "kind": kind, "limit": 200})
            return [(await http.get(f"/interchanges/{row['id']}/content")).content for row in listed.json()["items"]]

    async def takes_in(self, content: bytes) -> Published:
        """Lay a file of the partner into edi; gives what edi told the others of it."""
        before = len(await self.service.published("InterchangeReceived"))
        async with self.service.client("edi:write") as http:
            headers = {"Idempotency-Key": str(new_id()), "Content-Type": "application/edi-x12"}
            path = f"/partners/{self.partner_id}/inbound"
            answer = await http.post(path, content=content, headers=headers)
            assert answer.status_code == 201, answer.text
        told = (await self.service.published("InterchangeReceived"))[before:]
        assert len(told) == 1, f"edi told of {len(told)} interchanges, not of one"
        return told[0]


@asynccontextmanager
async def edi_behind_a_line(
    service: Running, *, ours: str, theirs: str, payers: tuple[str, ...] = ("*",)
) -> AsyncGenerator[Edi, None]:
    """A running edi with a partner at the other end of its wire, which is not there: nothing is ever sent."""
    partner = {
        "name": "Clearinghouse",
        "base_url": "http://127.0.0.1:9",
        "sender_qualifier": "ZZ",
        "sender_id": ours,
        "receiver_qualifier": "ZZ",
        "receiver_id": theirs,
        "usage": "T",
        "payers": list(payers),
        "poll_seconds": 86_400,
    }
    async with service.client("edi:write") as http:
        answer = await http.post("/partners", json=partner, headers={"Idempotency-Key": str(new_id())})
        assert answer.status_code == 201, answer.text
    async with on_a_socket(service) as url:
        line = FaultyLine(url)
        try:
            yield Edi(service, line, UUID(answer.json()["id"]), partner)
        finally:
            line.stop()
