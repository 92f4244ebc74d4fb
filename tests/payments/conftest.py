"""A practice whose payments and edi services run for real; what payers send is laid into edi."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from faulty_line import Edi, edi_behind_a_line
from sqlalchemy import text

import x12
from common.ids import new_id
from common.testing.running import Published, Running
from edi.main import SERVICE as EDI
from payments.main import SERVICE

DAY = date(2026, 11, 20)
ALL = ("payments:read", "payments:write")
CAS = Sequence[tuple[str, str, str]]


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


def interchange(*cheques: x12.TransactionSet, number: int = 1) -> bytes:
    header = x12.InterchangeHeader(
        sender_qualifier="ZZ",
        sender="PAYERA",
        receiver_qualifier="ZZ",
        receiver="DERMBILL",
        created=datetime(2026, 11, 20, 9, 30),  # noqa: DTZ001 - an ISA carries local time
        control_number=number,
        group_control_number=number,
    )
    return x12.write_interchange(header, cheques)


@dataclass
class Practice:
    """What happens to a practice's money, told as acts."""

    payments: Running
    edi: Edi
    id: UUID
    versions: dict[UUID, int] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(2))

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

    async def closes(self, claim_id: UUID, reason: str) -> None:
        """Claims tells that nothing more will be done."""
        self.versions[claim_id] = self.versions.get(claim_id, 0) + 1
        kind, said = "org.dermbill.claims.ClaimClosed.v1", {"claim_id": claim_id, "reason": reason}
        version = self.versions[claim_id]
        await self.payments.deliver(kind, said, key=claim_id, version=version, practice_id=self.id)

    async def is_told_of(self, content: bytes) -> UUID:
        """Edi takes an interchange in and tells of it; it is not read yet."""
        return await self.hears(await self.edi.takes_in(content))

    async def hears(self, told: Published) -> UUID:
        """The word of edi about an interchange arrives, once more if it did before; gives the interchange's id."""
        kind = "org.dermbill.edi.InterchangeReceived.v1"
        await self.payments.deliver(kind, told.data, key=told.key, version=told.version, practice_id=self.id)
        return told.key

    async def receives(self, *cheques: x12.TransactionSet) -> UUID:
        """An 835 comes in, is read and posted."""
        interchange_id = await self.is_told_of(interchange(*cheques, number=next(self.numbers)))
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
async def edi(run_service: Callable[..., Awaitable[Running]]) -> AsyncGenerator[Edi, None]:
    """The edi service, with the payer as its partner."""
    service = await run_service(EDI, edi_allowed_hosts="127.0.0.1")
    async with edi_behind_a_line(service, ours="DERMBILL", theirs="PAYERA") as here:
        yield here


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
