"""A practice whose payments service runs for real, and an edi that holds the interchanges it is asked for."""

from __future__ import annotations

import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

import x12
from common.ids import new_id
from common.testing.running import Published, Running
from payments.main import SERVICE

DAY = date(2026, 11, 20)
ALL = ("payments:read", "payments:write")
CAS = Sequence[tuple[str, str, str]]


class Edi:
    """Serves `/interchanges/{id}/content` on loopback, as the edi service does."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        edi = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                edi.asked.append(self.path)
                body = edi.held.get(self.path.split("/")[2])
                self.send_response(404 if body is None else 200)
                self.send_header("content-type", "application/edi-x12")
                self.send_header("content-length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, format: str, *args: Any) -> None:
                return

        return Handler


def claim(
    number: str,
    charge: str,
    paid: str,
    cas: CAS = (),
    *,
    status: str = "1",
    share: str | None = None,
    lines: tuple[x12.ServicePayment, ...] | None = None,
) -> x12.ClaimPayment:
    """A claim with one line of 17000 that bears `cas`, or with `lines`."""
    line = x12.ServicePayment(
        paid_procedure=x12.Procedure("17000"), charge=Decimal(charge), paid=Decimal(paid), adjustments=reasons(cas)
    )
    return x12.ClaimPayment(
        control_number=number,
        status=status,
        charge=Decimal(charge),
        paid=Decimal(paid),
        patient_responsibility=None if share is None else Decimal(share),
        filing_code="12",
        payer_control_number="PCN" + number.replace("-", ""),
        patient=x12.Party(name="Quill", kind="1", first="Maren", id_qualifier="MI", id="MA1000001"),
        services=(line,) if lines is None else lines,
    )


def reasons(cas: CAS) -> tuple[x12.Adjustment, ...]:
    return tuple(x12.Adjustment(group, carc, Decimal(amount)) for group, carc, amount in cas)


def taken_back(original: x12.ClaimPayment) -> x12.ClaimPayment:
    """The reversal of a claim whose lines bear all of its adjustments."""
    lines = tuple(
        x12.ServicePayment(
            paid_procedure=line.paid_procedure,
            charge=-line.charge,
            paid=-line.paid,
            adjustments=tuple(x12.Adjustment(a.group, a.reason, -a.amount) for a in line.adjustments),
        )
        for line in original.services
    )
    return x12.ClaimPayment(
        control_number=original.control_number,
        status="22",
        charge=-original.charge,
        paid=-original.paid,
        payer_control_number=original.payer_control_number,
        filing_code="12",
        patient=original.patient,
        services=lines,
    )


def cheque(
    trace: str,
    *claims: x12.ClaimPayment,
    levels: Sequence[tuple[str, str]] = (),
    total: str | None = None,
) -> x12.TransactionSet:
    """One 835 that balances, unless `total` says otherwise."""
    plb = [
        x12.ProviderAdjustment("1234567893", date(2026, 12, 31), reason, Decimal(amount)) for reason, amount in levels
    ]
    due = sum((item.paid for item in claims), Decimal(0)) - sum((item.amount for item in plb), Decimal(0))
    head = x12.Remittance(
        total=due if total is None else Decimal(total),
        payment_date=DAY,
        trace=trace,
        trace_issuer="1999999999",
        method="ACH" if due else "NON",
        payer=x12.Party(name="SAMPLE PAYER A", address=x12.Address("1 Sample Plaza", "", "Springfield", "IL", "62701")),
        payee=x12.Party(name="SAMPLE DERMATOLOGY", id_qualifier="XX", id="1234567893"),
        production_date=DAY,
    )
    return x12.TransactionSet("835", x12.REMITTANCE_VERSION, x12.render_remittance_body(head, claims, plb))


def interchange(*cheques: x12.TransactionSet) -> bytes:
    header = x12.InterchangeHeader(
        sender_qualifier="ZZ",
        sender="PAYERA",
        receiver_qualifier="ZZ",
        receiver="DERMBILL",
        created=datetime(2026, 11, 20, 9, 30),  # noqa: DTZ001 - an ISA carries local time
        control_number=1,
        group_control_number=1,
    )
    return x12.write_interchange(header, cheques)


@dataclass
class Practice:
    """What happens to a practice's money, told as acts."""

    payments: Running
    edi: Edi
    id: UUID
    versions: dict[UUID, int] = field(default_factory=dict)

    async def submits(
        self,
        number: str,
        charge: str,
        *,
        claim_id: UUID | None = None,
        frequency: str = "1",
        patient_id: UUID | None = None,
    ) -> UUID:
        """Claims tells of a submission; gives the claim's id."""
        claim_id = claim_id or new_id()
        self.versions[claim_id] = self.versions.get(claim_id, 0) + 1
        said = {
            "claim_id": claim_id,
            "encounter_id": new_id(),
            "patient_id": patient_id or new_id(),
            "payer_id": "PAYERA",
            "control_number": number,
            "frequency": frequency,
            "charge": charge,
            "date_of_service": "2026-11-02",
            "lines": [{"number": 1, "cpt": "17000", "modifiers": [], "units": 1, "charge": charge}],
            "transmission_id": new_id(),
        }
        kind = "org.dermbill.claims.ClaimSubmitted.v1"
        version = self.versions[claim_id]
        await self.payments.deliver(kind, said, key=claim_id, version=version, practice_id=self.id)
        return claim_id

    async def is_told_of(self, content: bytes, *, interchange_id: UUID | None = None) -> UUID:
        """Edi tells of an interchange; it is not read yet."""
        interchange_id = interchange_id or new_id()
        self.edi.held[str(interchange_id)] = content
        said = {
            "interchange_id": interchange_id,
            "kind": "835",
            "partner_id": "PAYERA",
            "interchange_control": "000000001",
            "sets": 1,
        }
        await self.payments.deliver(
            "org.dermbill.edi.InterchangeReceived.v1", said, key=interchange_id, practice_id=self.id
        )
        return interchange_id

    async def receives(self, *cheques: x12.TransactionSet) -> UUID:
        """An 835 comes in, is read and posted."""
        interchange_id = await self.is_told_of(interchange(*cheques))
        await self.payments.run_timers()
        return interchange_id

    async def get(self, path: str, **params: Any) -> Any:
        async with self.payments.client(*ALL, practices=[self.id]) as http:
            answer = await http.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any, *, key: str | None = None) -> Any:
        async with self.payments.client(*ALL, practices=[self.id]) as http:
            return await http.post(path, json=body, headers={"Idempotency-Key": key or str(new_id())})

    async def money(self, claim_id: UUID) -> dict[str, Any]:
        money = await self.get(f"/claims/{claim_id}/money")
        assert money["cents_off"] == 0
        return money

    async def bar(self, claim_id: UUID) -> tuple[str, str, str, str, str]:
        """charge, paid, adjusted, patient, open."""
        money = await self.money(claim_id)
        return money["charge"], money["paid"], money["adjusted"], money["patient"], money["open"]

    async def unapplied(self) -> str:
        return (await self.get("/ledger/money"))["unapplied"]

    async def queue(self, **params: Any) -> list[dict[str, Any]]:
        return (await self.get("/queue", **params))["items"]

    async def published(self, name: str) -> list[Published]:
        return [event for event in await self.payments.published(name) if event.practice_id == self.id]

    async def entries(self) -> list[tuple[str, str]]:
        """Everything in the books, as the superuser sees it."""
        rows = await self.payments.query(
            text(
                "SELECT p.kind, e.account, e.amount FROM ledger_entries e JOIN postings p ON p.id = e.posting_id "
                "ORDER BY p.id, e.number"
            )
        )
        return [(row["kind"], f"{row['account']} {row['amount']}") for row in rows]


@pytest.fixture
def edi() -> Generator[Edi, None, None]:
    running = Edi()
    yield running
    running.stop()


@pytest.fixture
async def payments(run_service: Callable[..., Awaitable[Running]], edi: Edi) -> Running:
    return await run_service(SERVICE, edi_url=edi.url)


@pytest.fixture
async def practice(payments: Running, edi: Edi) -> AsyncGenerator[Practice, None]:
    """A practice, after which the books of the whole service are checked: every posting sums to zero."""
    here = Practice(payments, edi, payments.practice_id)
    yield here
    off = await payments.query(
        text("SELECT posting_id FROM ledger_entries GROUP BY posting_id HAVING sum(amount) <> 0")
    )
    assert not off


@dataclass(frozen=True)
class Wire:
    """What a payer can put on the wire."""

    claim: Callable[..., x12.ClaimPayment] = claim
    cheque: Callable[..., x12.TransactionSet] = cheque
    taken_back: Callable[..., x12.ClaimPayment] = taken_back
    interchange: Callable[..., bytes] = interchange


@pytest.fixture
def payer() -> Wire:
    return Wire()
