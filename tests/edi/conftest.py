"""A practice whose edi service runs for real, and a clearinghouse that answers on a real socket."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

import x12
from common.ids import new_id
from common.testing.running import Running
from edi.main import SERVICE

OURS, THEIRS = "DERMGROUP", "CLEARINGHOUSE"
TODAY = date(2026, 3, 2)
EDI = "application/edi-x12"
BODY = "BHT*0019*00*{number}*20260302*1200*CH~NM1*41*2*SUNRISE DERMATOLOGY*****46*DERMGROUP~HL*1**20*1~"


class Clearinghouse:
    """The far side of docs/architecture/loop.md, The outside. It keeps all it took, and what it is asked to do wrong.

    `troubles` are done to the next submissions in order: `down` (503, nothing kept), `answer-lost` (kept, then the
    connection breaks), `cut` (the connection breaks first), or a status such as 422.
    """

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.mailbox: list[tuple[str, bytes, str]] = []
        self.troubles: list[str | int] = []
        self.mailbox_troubles: list[int] = []
        self.withheld: set[str] = set()
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.url = f"http://{self.host}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put(self, content: bytes, name: str | None = None, sha256: str | None = None) -> None:
        """Lay a file into the mailbox."""
        name = name or f"file-{len(self.mailbox) + 1}.x12"
        self.mailbox.append((name, content, sha256 or hashlib.sha256(content).hexdigest()))

    def read(self, name: str) -> bytes | None:
        found = (content for listed, content, _ in self.mailbox if listed == name and name not in self.withheld)
        return next(found, None)

    @property
    def controls(self) -> list[str]:
        return [x12.sniff(content).interchange.control_number for content in self.taken]

    def find(self, sender: str, control: str) -> bytes | None:
        for content in self.taken:
            head = x12.sniff(content).interchange
            if (head.sender, head.control_number) == (sender, control):
                return content
        return None


def _handler(house: Clearinghouse) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            body = self.rfile.read(length)
            if len(body) < length:
                self._break()
                return
            trouble = house.troubles.pop(0) if house.troubles else None
            if trouble == "cut":
                self._break()
            elif trouble == "down":
                self._answer(503, b"{}")
            elif isinstance(trouble, int):
                self._answer(trouble, b"{}")
            else:
                house.taken.append(body)
                if trouble == "answer-lost":
                    self._break()
                else:
                    self._answer(202, json.dumps({"sha256": hashlib.sha256(body).hexdigest()}).encode())

        def do_GET(self) -> None:
            house.asked.append(self.path)
            parts = urlsplit(self.path)
            place = [unquote(part) for part in parts.path.strip("/").split("/")]
            if place[0] == "interchanges":
                found = house.find(place[1], place[2])
                told = json.dumps({"sha256": hashlib.sha256(found).hexdigest()}).encode() if found else b"{}"
                self._answer(200 if found else 404, told)
            elif house.mailbox_troubles:
                self._answer(house.mailbox_troubles.pop(0), b"{}")
            elif len(place) == 1:
                self._list({name: values[0] for name, values in parse_qs(parts.query).items()})
            else:
                content = house.read(place[1])
                self._answer(404 if content is None else 200, content or b"", EDI)

        def _list(self, query: dict[str, str]) -> None:
            assert query["receiver"].startswith("DERM")
            after, limit = int(query.get("after", 0)), int(query["limit"])
            page = house.mailbox[after : after + limit]
            files = [{"name": name, "sha256": sha256, "size": len(content)} for name, content, sha256 in page]
            self._answer(200, json.dumps({"files": files, "next": str(after + len(page))}).encode())

        def _break(self) -> None:
            self.close_connection = True
            self.connection.close()

        def _answer(self, status: int, body: bytes, media_type: str = "application/json") -> None:
            self.send_response(status)
            self.send_header("content-type", media_type)
            self.send_header("content-length", str(len(body)))
            with contextlib.suppress(ConnectionError):
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            return

    return Handler


@dataclass
class Wire:
    """The edi service with one partner, and what tests do to it."""

    service: Running
    house: Clearinghouse
    partner_id: UUID
    http: httpx.AsyncClient

    async def transmit(self, bodies: Sequence[str] | None = None, **changes: Any) -> UUID:
        """Post a transmission; gives its id. `changes` replace fields of the request."""
        answer = await self.post_transmission(bodies, **changes)
        assert answer.status_code == 202, answer.text
        return UUID(answer.json()["transmission_id"])

    async def post_transmission(
        self, bodies: Sequence[str] | None = None, *, key: str | None = None, **changes: Any
    ) -> httpx.Response:
        request = {
            "reference": str(new_id()),
            "kind": "837P",
            "payer_id": "PAYERA",
            "bodies": list(bodies or [BODY.format(number="1")]),
        }
        return await self.http.post(
            "/transmissions", json=request | changes, headers={"Idempotency-Key": key or str(new_id())}
        )

    async def transmission(self, transmission_id: UUID) -> dict[str, Any]:
        return (await self.http.get(f"/transmissions/{transmission_id}")).json()

    async def run(self) -> None:
        """Run every timer that is due, or that failed and waits to be run again."""
        await self.service.query(
            text("UPDATE timers SET due_at = clock_timestamp() WHERE kind = 'send-transmission' RETURNING key")
        )
        await self.service.run_timers()

    async def poll(self) -> None:
        """Look into the mailbox now."""
        await self.service.query(
            text("UPDATE timers SET due_at = clock_timestamp() WHERE kind = 'poll-partner' RETURNING key")
        )
        await self.service.run_timers()

    async def items(self, path: str) -> list[dict[str, Any]]:
        answer = await self.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    async def stopped(self) -> list[str]:
        rows = await self.service.query(text("SELECT stopped_code FROM timers WHERE stopped_at IS NOT NULL"))
        return [row["stopped_code"] for row in rows]


class Crash(BaseException):
    """The process is gone: nothing catches this."""


class Steps:
    """Runs a coroutine until it has been woken `steps` times, and never lets it see that last result.

    Every I/O of the code is one or more wake-ups, so that counting `steps` up from 0 stops it after each of them:
    the far side and the database have done their part, the process does not live to hear of it.
    """

    def __init__(self, work: Coroutine[Any, Any, Any], steps: int) -> None:
        self._work, self._left = work, steps
        self.crashed = False

    def __await__(self) -> Generator[Any, Any, None]:
        work = self._work.__await__()
        resume: Callable[[], Any] = partial(work.send, None)
        while True:
            try:
                waited = resume()
            except StopIteration:
                return
            except BaseException:
                if self.crashed:
                    return
                raise
            try:
                yield waited
            except BaseException as fault:
                # A cancelled wait of the code itself, such as the slower of two ways to connect.
                resume = partial(work.throw, fault)
                continue
            if self._left == 0:
                self.crashed = True
                resume = partial(work.throw, Crash())
            else:
                resume = partial(work.send, None)
            self._left -= 1


async def _crash_after(work: Coroutine[Any, Any, Any], steps: int) -> bool:
    """Whether `work` crashed after `steps` wake-ups; False when it was finished before."""
    run = Steps(work, steps)
    await run
    # A timer is taken up again half a second later at the earliest: what is still in the air has landed by then.
    await asyncio.sleep(0.03)
    return run.crashed


@pytest.fixture
def crash_after() -> Callable[..., Awaitable[bool]]:
    """`await crash_after(work, steps)`: end `work` after so many wake-ups; whether it was still running."""
    return _crash_after


@pytest.fixture
def house() -> Generator[Clearinghouse, None, None]:
    started = Clearinghouse()
    yield started
    started.stop()


@pytest.fixture
def partner_facts(house: Clearinghouse) -> dict[str, Any]:
    """What staff enter for the clearinghouse."""
    return {
        "name": "Clearinghouse",
        "base_url": house.url,
        "sender_qualifier": "ZZ",
        "sender_id": OURS,
        "receiver_qualifier": "ZZ",
        "receiver_id": THEIRS,
        "usage": "T",
        "payers": ["*"],
        "poll_seconds": 3600,
    }


@pytest.fixture
async def wire(
    run_service: Callable[..., Awaitable[Running]], house: Clearinghouse, partner_facts: dict[str, Any]
) -> AsyncGenerator[Wire, None]:
    service = await run_service(SERVICE, edi_allowed_hosts="127.0.0.1")
    http = service.client("edi:read", "edi:write")
    answer = await http.post("/partners", json=partner_facts, headers={"Idempotency-Key": str(new_id())})
    assert answer.status_code == 201, answer.text
    yield Wire(service, house, UUID(answer.json()["id"]), http)
    await http.aclose()


@pytest.fixture
def their_interchange() -> Callable[..., bytes]:
    """`their_interchange(number, kind, version, body, ...)`: what the clearinghouse would write to us."""

    def write(number: int, *sets: tuple[str, str, str], receiver: str = OURS) -> bytes:
        moment = datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001
        header = x12.InterchangeHeader("ZZ", THEIRS, "ZZ", receiver, moment, number, number, usage="T")
        return x12.write_interchange(header, [x12.TransactionSet(*each) for each in sets])

    return write


@pytest.fixture
def advice(their_interchange: Callable[..., bytes]) -> Callable[..., bytes]:
    """`advice(number)`: an interchange with one valid 835 of one paid claim."""

    def write(number: int, trace: str = "EFT900001", **options: Any) -> bytes:
        head = x12.Remittance(
            total=Decimal("100.00"),
            payment_date=TODAY,
            trace=trace,
            method="CHK",
            trace_issuer="1512345678",
            production_date=TODAY,
            payer=x12.Party(
                "ACME HEALTH",
                address=x12.Address("5 PAYER PLAZA", "", "CHICAGO", "IL", "60601"),
                contacts=(x12.Contact("BL", "PROVIDER LINE", (("TE", "5555550199"),)),),
            ),
            payee=x12.Party("SUNRISE DERMATOLOGY", id_qualifier="FI", id="123456789"),
        )
        paid = x12.ClaimPayment(
            "CLAIM0001", "1", Decimal("150.00"), Decimal("100.00"), Decimal("0"), "12", "PAYER77", "11", "1",
            patient=x12.Party("DOE", "1", "JANE", id_qualifier="MI", id="MEMBER0001"),
            adjustments=(x12.Adjustment("CO", "45", Decimal("50.00")),),
        )  # fmt: skip
        body = x12.render_remittance_body(head, [paid], [])
        return their_interchange(number, ("835", x12.REMITTANCE_VERSION, body), **options)

    return write


@pytest.fixture
def functional_ack(their_interchange: Callable[..., bytes]) -> Callable[..., bytes]:
    """`functional_ack(number, group, code, sets)`: an interchange with a 999 for our group."""

    def write(number: int, group: str, code: str = "A", sets: Sequence[x12.SetAck] = (), **options: Any) -> bytes:
        given = tuple(sets) or (x12.SetAck("837", "0001", x12.CLAIM_VERSION, code),)
        accepted = sum(each.code != "R" for each in given)
        ack = x12.FunctionalAck("HC", group, x12.CLAIM_VERSION, code, len(given), len(given), accepted, (), given)
        body = x12.render_functional_ack_body(ack)
        return their_interchange(number, ("999", x12.FUNCTIONAL_ACK_VERSION, body), **options)

    return write


@pytest.fixture
def interchange_ack() -> Callable[..., bytes]:
    """`interchange_ack(number, control, code, note)`: an interchange that is one TA1."""

    def write(number: int, control: str, code: str = "R", note: str = "020") -> bytes:
        moment = datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001
        header = x12.InterchangeHeader("ZZ", THEIRS, "ZZ", OURS, moment, number, number, usage="T")
        return x12.write_interchange_acks(header, [x12.InterchangeAck(control, moment, code, note)])

    return write
