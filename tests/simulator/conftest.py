"""A clinic that writes claims, and the simulator as a process of its own on a loopback port."""

from __future__ import annotations

import base64
import hashlib
import io
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pyx12.params
import pyx12.x12n_document

import x12
from x12.model.party import PERSON

TODAY = date(2026, 3, 4)
VISIT = date(2026, 3, 2)
WRITTEN = datetime(2026, 3, 3, 10, 0)  # noqa: DTZ001
BILLING_NPI, RENDERING_NPI = "1234567893", "1245319599"
MEMBER = "ABC123456"
ADMIN_TOKEN = "admin-of-a-synthetic-world"
PATIENCE_SECONDS = 20.0

Service = tuple[str, str] | tuple[str, str, dict[str, Any]]
"""CPT, charge, and what differs from one unit with no modifier: modifiers, units, on."""


@dataclass(frozen=True)
class Clinic:
    """Writes 837P files with libs/x12, as the platform does."""

    sender: str = "DERMGROUP"

    def claim(
        self,
        control_number: str,
        payer: str,
        *services: Service,
        member: str = MEMBER,
        diagnoses: tuple[str, ...] = ("L570",),
        **changes: Any,
    ) -> x12.Claim837P:
        lines = tuple(_line(control_number, number, *service) for number, service in enumerate(services, 1))
        home = x12.Address("12 ELM STREET", "", "SPRINGFIELD", "IL", "627010001")
        facts: dict[str, Any] = {
            "billing_provider": x12.BillingProvider(
                x12.Party("DERM GROUP", id_qualifier="XX", id=BILLING_NPI, address=home),
                tax_id="123456789",
                taxonomy="207N00000X",
            ),
            "subscriber": x12.Subscriber(
                x12.Party("DOE", PERSON, "JANE", id_qualifier="MI", id=member, address=home),
                relationship="18",
                filing_code="CI",
                birth_date=date(1980, 1, 1),
                sex="F",
            ),
            "payer": x12.Party(payer, id_qualifier="PI", id=payer),
            "control_number": control_number,
            "charge": sum((line.charge for line in lines), Decimal(0)),
            "place_of_service": "11",
            "diagnoses": tuple(x12.Diagnosis("ABF" if place else "ABK", code) for place, code in enumerate(diagnoses)),
            "lines": lines,
            "rendering": x12.Party("SMITH", PERSON, "ALEX", id_qualifier="XX", id=RENDERING_NPI),
        }
        return x12.Claim837P(**{**facts, **changes})

    def file(self, number: int, *claims: x12.Claim837P, receiver: str = "SIMCLEARING") -> bytes:
        submitter = x12.Party(
            "DERM GROUP", id_qualifier="46", id=self.sender,
            contacts=(x12.Contact("IC", "BILLING", (("TE", "5555550100"),)),),
        )  # fmt: skip
        receiving = x12.Party("CLEARINGHOUSE", id_qualifier="46", id=receiver)
        body = x12.render_claims_body(claims, x12.Submission(f"B{number}", WRITTEN, submitter, receiving))
        header = x12.InterchangeHeader("ZZ", self.sender, "ZZ", receiver, WRITTEN, number, number)
        return x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])


def _line(
    control_number: str, number: int, cpt: str, charge: str, more: dict[str, Any] | None = None
) -> x12.ServiceLine:
    more = more or {}
    return x12.ServiceLine(
        number,
        x12.Procedure(cpt, tuple(more.get("modifiers", ()))),
        Decimal(charge),
        Decimal(more.get("units", 1)),
        more.get("on", VISIT),
        pointers=more.get("pointers", (1,)),
        control_number=f"{control_number}L{number}",
    )


@pytest.fixture(scope="session")
def clinic() -> Clinic:
    return Clinic()


@dataclass
class Simulation:
    """The process, and what a submitter and a tester can do with it."""

    state: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    receiver: str = "DERMGROUP"

    def start(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        environment = {
            **os.environ,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "SIMULATOR_STATE": str(self.state),
            "SIMULATOR_ADMIN_TOKEN": ADMIN_TOKEN,
            **self.environment,
        }
        self.process = subprocess.Popen([sys.executable, "-m", "simulator"], env=environment)
        self.wait_for(lambda: self._ready(), "the simulator never became ready")
        self.wire = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=PATIENCE_SECONDS)
        self.admin = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}/admin",
            timeout=PATIENCE_SECONDS,
            headers={"Authorization": f"Bearer {ADMIN_TOKEN}"},
        )

    def _ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def stop(self, signal_number: int = signal.SIGTERM) -> None:
        assert self.process is not None
        self.wire.close()
        self.admin.close()
        self.process.send_signal(signal_number)
        self.process.wait(PATIENCE_SECONDS)

    def wait_for(self, condition: Callable[[], bool], complaint: str) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < until, complaint
            time.sleep(0.05)

    def begin(self, **member: Any) -> None:
        """A new world: time stands still on TODAY, and one member is on every roster."""
        self.ask("POST", "/reset", {"seed": 7})
        self.ask("PATCH", "/time", {"day_seconds": None, "today": TODAY.isoformat()})
        self.ask("PUT", "/receivers", [])
        for payer in ("MERIDIAN", "CASCADIA", "TIDEWATER"):
            self.ask("PUT", f"/payers/{payer}/members", [{"member_id": MEMBER, **member}])

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.admin.request(method, path, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def submit(self, content: bytes) -> None:
        answer = self.wire.post("/core/v1/batches", json=self.envelope(content))
        assert answer.status_code == 202, answer.text

    def envelope(self, content: bytes, **changes: Any) -> dict[str, str]:
        """An interchange in the envelope of CAQH CORE that hands it over as a batch."""
        try:
            told = {"Payload": content.decode()}
        except UnicodeDecodeError:
            told = {"PayloadEncoding": "base64", "Payload": base64.b64encode(content).decode()}
        try:
            isa = x12.sniff(content).interchange
            ends = {"SenderID": isa.sender, "ReceiverID": isa.receiver}
        except x12.X12Error:
            ends = {}
        checksum = hashlib.sha1(content, usedforsecurity=False).hexdigest()
        return {
            "PayloadType": "X12_837_Request_005010X222A1", "PayloadID": str(uuid4()), "CheckSum": checksum,
        } | told | self.asking(**ends) | changes  # fmt: skip

    def asking(self, **changes: str) -> dict[str, str]:
        """The metadata of CAQH CORE of a request about batches."""
        return {
            "ProcessingMode": "Batch", "TimeStamp": "2026-03-03T10:00:00Z", "SenderID": self.receiver,
            "ReceiverID": "SIMCLEARING", "CORERuleVersion": "4.0.0",
        } | changes  # fmt: skip

    def came_in(self, control: str) -> bool:
        """Whether an interchange of this number ever came in."""
        return control in [one["control"] for one in self.ask("GET", "/interchanges?limit=1000")["interchanges"]]

    def pass_days(self, days: float) -> None:
        self.ask("POST", "/time/advance", {"days": days})

    def truth(self, control_number: str) -> dict[str, Any]:
        (found,) = self.ask("GET", f"/truth?control_number={control_number}")["claims"]
        return found

    def files(self, kind: str = "") -> list[bytes]:
        """Every file in the mailbox of this kind, as an EDI service picks them up."""
        found: list[bytes] = []
        after = "0"
        while True:
            page = self.wire.get("/core/v1/results", params=self.asking(After=after, Limit="3")).json()
            if not page["Payloads"]:
                return found
            after = page["Next"]
            for file in page["Payloads"]:
                if not kind or f"_{kind.upper()}_" in file["PayloadType"]:
                    answer = self.wire.get(f"/core/v1/results/{file['PayloadID']}", params=self.asking()).json()
                    found.append(answer["Payload"].encode())

    def payments(self) -> list[x12.ClaimPayment]:
        return [claim for advice in self.advices() for claim in advice.claims]

    def advices(self) -> list[x12.RemittanceAdvice]:
        return [received.value for file in self.files("835") for received in x12.read_remittance_advices(file)]

    def claim_acks(self) -> list[x12.ClaimAck]:
        return [
            received.value
            for file in self.files("277ca")
            for received in x12.read_claim_acks(file)
            if isinstance(received.value, x12.ClaimAck)
        ]


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulation]:
    simulation = Simulation(tmp_path_factory.mktemp("simulator") / "state.db")
    simulation.start()
    yield simulation
    simulation.stop()


@pytest.fixture
def simulation(running: Simulation) -> Simulation:
    """The running simulator with everything forgotten and time standing still."""
    running.begin()
    return running


@pytest.fixture
def own_simulation(tmp_path: Path) -> Iterator[Callable[..., Simulation]]:
    """Start a simulator of the test's own; it is stopped at the end if it still runs."""
    started: list[Simulation] = []

    def start(**environment: str) -> Simulation:
        simulation = Simulation(tmp_path / f"state-{len(started)}.db", environment)
        simulation.start()
        started.append(simulation)
        return simulation

    yield start
    for simulation in started:
        if simulation.process is not None and simulation.process.poll() is None:
            simulation.stop()


@pytest.fixture(scope="session")
def complaints() -> Iterator[Callable[[bytes], str]]:
    """What pyx12, a validator by other hands, objects to, as its own error report; empty when it accepts the file."""
    # pyx12 logs element values at ERROR.
    logger = logging.getLogger("pyx12")
    before = logger.level, logger.propagate
    logger.setLevel(logging.CRITICAL + 1)
    logger.propagate = False
    maps = str(files("pyx12") / "map")

    def judged(file: bytes) -> str:
        report = io.StringIO()
        accepted = pyx12.x12n_document.x12n_document(
            pyx12.params.ParamsBase(), io.StringIO(file.decode()), None, None, fd_json=report, map_path=maps
        )
        return "" if accepted else report.getvalue() or "rejected"

    yield judged
    logger.level, logger.propagate = before
