"""A practice whose edi service runs for real, and a clearinghouse that answers on a real socket."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncssh
import httpx
import pytest
from sqlalchemy import text

import x12
from common.ids import new_id
from common.testing.running import Running
from edi.domain import core
from edi.main import SERVICE

OURS, THEIRS = "DERMGROUP", "CLEARINGHOUSE"
TODAY = date(2026, 3, 2)
EDI = "application/edi-x12"
BODY = "BHT*0019*00*{number}*20260302*1200*CH~NM1*41*2*SUNRISE DERMATOLOGY*****46*DERMGROUP~HL*1**20*1~"


ADMIN_TOKEN = "admin-of-a-synthetic-world"
FOREVER = 1_000_000
KEY_FILE = "partner-key"
PATIENCE_SECONDS = 30.0


class Clearinghouse:
    """The simulator as a process of its own: what it took, and what it is asked to do wrong.

    It says nothing of its own accord: what comes into the mailbox is what a test lays there.
    """

    def __init__(self, folder: Path, *, tls: ssl.SSLContext | None = None, **environment: str) -> None:
        with socket.socket() as web, socket.socket() as ssh:
            for each in (web, ssh):
                each.bind(("127.0.0.1", 0))
            port, sftp_port = web.getsockname()[1], ssh.getsockname()[1]
        told = {"SIMULATOR_STATE": str(folder), "SIMULATOR_ADMIN_TOKEN": ADMIN_TOKEN, "PORT": str(port)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "simulator"],
            env=os.environ | told | {"SIMULATOR_SFTP_PORT": str(sftp_port)} | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        scheme = "https" if tls else "http"
        self.url, self.sftp_url = f"{scheme}://127.0.0.1:{port}", f"sftp://127.0.0.1:{sftp_port}"
        self.admin = httpx.Client(
            base_url=f"{self.url}/admin", headers={"Authorization": f"Bearer {ADMIN_TOKEN}"},
            timeout=PATIENCE_SECONDS, verify=tls or True,
        )  # fmt: skip
        self._wait()
        self.host_key: str = self.ask("GET", "/sftp")["host_key"]

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            with contextlib.suppress(httpx.TransportError):
                if self.admin.get(f"{self.url}/readyz").status_code == 200:
                    return
            time.sleep(0.05)
        pytest.fail("the simulator did not start")

    def begin(self) -> None:
        """A new world in which nothing is answered."""
        self.ask("POST", "/reset", {"seed": 7})
        self.ask("PATCH", "/time", {"day_seconds": None})
        self.goes_wrong("silence", times=FOREVER)

    def stop(self) -> None:
        self.admin.close()
        self.process.terminate()
        self.process.wait(15)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.admin.request(method, path, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def goes_wrong(self, fault: str, **facts: Any) -> None:
        """Let a fault strike, once unless told otherwise."""
        self.ask("POST", "/faults", [{"fault": fault, **facts}])

    def is_well_again(self) -> None:
        self.ask("DELETE", "/faults")
        self.goes_wrong("silence", times=FOREVER)

    def put(self, content: bytes, name: str | None = None, kind: str = "") -> None:
        """Lay a file into the mailbox of the practice."""
        name = name or f"file-{len(self.mailbox) + 1}.x12"
        answer = self.admin.post(f"/mailboxes/{OURS}", params={"name": name, "kind": kind}, content=content)
        assert answer.status_code == 201, answer.text

    def submit(self, content: bytes, payload_id: UUID | None = None) -> None:
        """Send a file as somebody else would, under a payload id of its own unless told otherwise."""
        isa = x12.sniff(content).interchange
        ends = core.Ends(isa.sender, isa.receiver)
        told = core.submission("837P", core.BATCH, ends, payload_id or new_id(), datetime.now(UTC), content)
        answer = httpx.post(f"{self.url}/core/v1/batches", json=told)
        assert answer.status_code == 202, answer.text

    @property
    def mailbox(self) -> list[str]:
        """The names of the files in the mailbox, in order, whatever became of them."""
        return [file["name"] for file in self.ask("GET", f"/mailboxes/{OURS}")]

    def picked_up(self, on: str) -> list[str]:
        """The names under which the files of the mailbox are picked up on a wire."""
        return [file["name" if on == "sftp" else "payload_id"] for file in self.ask("GET", f"/mailboxes/{OURS}")]

    @property
    def left(self) -> list[str]:
        """Those that were not cleared away."""
        return [file["name"] for file in self.ask("GET", f"/mailboxes/{OURS}") if not file["cleared"]]

    @property
    def taken(self) -> list[bytes]:
        """Every interchange that came in, in order."""
        found = self.ask("GET", "/interchanges?limit=1000")["interchanges"]
        return [self.admin.get(f"/interchanges/{one['id']}/content").content for one in found]

    @property
    def controls(self) -> list[str]:
        return [one["control"] for one in self.ask("GET", "/interchanges?limit=1000")["interchanges"]]

    @property
    def asked(self) -> list[str]:
        """What was asked over the wires, without the metadata of the envelopes."""
        return [re.sub(r"\?.*", "", one) for one in self.ask("GET", "/asked")]


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

    async def release(self, file_id: str, content: bytes | None = None) -> httpx.Response:
        """Release a file from quarantine, with corrected content where it is given."""
        media_type = {"content-type": "application/edi-x12"} if content else {}
        return await self.http.post(
            f"/quarantine/{file_id}/release", content=content, headers=media_type | {"Idempotency-Key": str(new_id())}
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


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Generator[Clearinghouse, None, None]:
    started = Clearinghouse(tmp_path_factory.mktemp("simulator"))
    yield started
    started.stop()


@pytest.fixture(scope="session")
def secrets_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The secrets of the installation: the practice's SSH key."""
    folder = tmp_path_factory.mktemp("secrets")
    key = asyncssh.generate_private_key("ssh-ed25519")
    key.write_private_key(folder / KEY_FILE)
    key.write_public_key(folder / f"{KEY_FILE}.pub")
    return folder


@pytest.fixture
def house(simulator: Clearinghouse, secrets_folder: Path) -> Clearinghouse:
    """The clearinghouse with everything forgotten, that knows the practice's key."""
    simulator.begin()
    simulator.ask("PATCH", "/sftp", {"keys": {OURS: (secrets_folder / f"{KEY_FILE}.pub").read_text().strip()}})
    return simulator


@pytest.fixture
def start_clearinghouse(tmp_path: Path) -> Generator[Callable[..., Clearinghouse], None, None]:
    """Start a clearinghouse of the test's own, told something else by its environment."""
    started: list[Clearinghouse] = []

    def start(**environment: str) -> Clearinghouse:
        started.append(Clearinghouse(tmp_path / f"simulator-{len(started)}", **environment))
        return started[-1]

    yield start
    for each in started:
        each.stop()


@pytest.fixture
def on(request: pytest.FixtureRequest) -> str:
    """The wire of the partner: http, unless a test is run on either."""
    return getattr(request, "param", "http")


@pytest.fixture
def partner_facts(house: Clearinghouse, on: str) -> dict[str, Any]:
    """What staff enter for the clearinghouse."""
    wires: dict[str, dict[str, Any]] = {
        "http": {"base_url": house.url},
        "sftp": {
            "wire": "sftp",
            "base_url": house.sftp_url,
            "access": {"kind": "key", "user": OURS, "secret": KEY_FILE},
            "folders": {"host_keys": [house.host_key]},
        },
    }
    return wires[on] | {
        "name": "Clearinghouse",
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
    run_service: Callable[..., Awaitable[Running]],
    house: Clearinghouse,
    partner_facts: dict[str, Any],
    secrets_folder: Path,
) -> AsyncGenerator[Wire, None]:
    service = await run_service(SERVICE, edi_allowed_hosts="127.0.0.1", edi_secrets_folder=secrets_folder)
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
