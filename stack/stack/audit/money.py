"""Money: postings balance, every cent of every claim is somewhere, and claims and ledger tell the same."""

from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import UUID

from common.money import Money
from payments.domain.accounts import CHART, DENIED_RECEIVABLE, Part
from payments.domain.claim_account import VOID
from payments.domain.ledger import ClaimMoney
from stack.audit.check import Check, within
from stack.audit.databases import Snapshot
from stack.audit.result import Violation

UNBALANCED = """
    SELECT g.id AS posting_id, g.kind, (coalesce(sum(e.amount), 0) * 100)::bigint AS cents
    FROM postings AS g LEFT JOIN ledger_entries AS e ON e.posting_id = g.id
    GROUP BY g.id HAVING coalesce(sum(e.amount), 0) <> 0 OR count(e.posting_id) = 0
"""
MISPLACED = """
    SELECT e.posting_id, e.number, e.account FROM ledger_entries AS e LEFT JOIN postings AS g ON g.id = e.posting_id
    WHERE g.id IS NULL OR e.claim_id IS DISTINCT FROM g.claim_id OR e.practice_id <> g.practice_id
       OR e.account <> ALL(CAST(:chart AS text[]))
       OR e.claim_id IS NOT NULL AND e.account <> ALL(CAST(:claims AS text[]))
"""
BALANCES = (
    "SELECT claim_id, account, sum(amount) AS amount FROM ledger_entries WHERE claim_id IS NOT NULL GROUP BY 1, 2"
)
STATUSES = "SELECT id, status, charge FROM claims"
SENT = """
    SELECT DISTINCT ON (claim_id) claim_id, control_number, charge, frequency FROM submissions
    WHERE sent_at IS NOT NULL AND frequency <> :void ORDER BY claim_id, attempt DESC
"""
WITHDRAWN = """
    SELECT c.id AS claim_id FROM claims AS c CROSS JOIN LATERAL (
        SELECT payload::jsonb ->> 'reason' AS reason FROM event_log AS e
        WHERE e.key = c.id AND e.type LIKE 'org.dermbill.claims.ClaimClosed.%' ORDER BY e.version DESC LIMIT 1) AS told
    WHERE c.status IN ('void', 'closed') AND told.reason IN ('void', 'not_billable')
"""
NUMBERS_SENT = "SELECT claim_id, control_number, charge FROM submissions WHERE sent_at IS NOT NULL"
NUMBERS_HEARD = "SELECT claim_id, control_number, charge FROM submissions"
OWED = """
    SELECT DISTINCT ON (key) key AS claim_id, (payload::jsonb ->> 'amount')::numeric AS amount FROM event_log
    WHERE type LIKE 'org.dermbill.payments.PatientBalanceDue.%' ORDER BY key, version DESC
"""
PATIENT_PAYMENTS = """
    SELECT p.id AS patient_payment_id, ((p.amount - coalesce(b.received, 0)) * 100)::bigint AS cents
    FROM patient_payments AS p
    CROSS JOIN LATERAL (
        SELECT sum(e.amount) AS received FROM postings AS g JOIN ledger_entries AS e ON e.posting_id = g.id
        WHERE g.kind = 'patient_payment' AND g.source LIKE 'patient-payment/' || p.id || '/%' AND e.amount > 0) AS b
    WHERE p.amount IS DISTINCT FROM b.received
"""

NOTHING_OPEN = frozenset({"paid", "closed", "void"})
STILL_DENIED = frozenset({"denied", "partly_paid", "appealed"})


async def balances(now: Snapshot) -> Mapping[UUID, Mapping[str, Money]]:
    """The balance of every account of every claim, a debit positive."""
    found: dict[UUID, dict[str, Money]] = {}
    for row in await now.rows("payments", BALANCES):
        found.setdefault(row["claim_id"], {})[row["account"]] = Money(row["amount"])
    return found


async def bars(now: Snapshot) -> Mapping[UUID, ClaimMoney]:
    """The money bar of every claim in the ledger; an account outside the chart is in no part of it."""
    return {claim_id: _bar(accounts) for claim_id, accounts in (await balances(now)).items()}


def _bar(accounts: Mapping[str, Money]) -> ClaimMoney:
    parts = dict.fromkeys(Part, Money.zero())
    for code, amount in accounts.items():
        part = CHART[code].part if code in CHART else None
        if part is not None:
            parts[part] += amount
    charge, paid, adjusted, patient, still_open = (
        parts[part] for part in (Part.CHARGE, Part.PAID, Part.ADJUSTED, Part.PATIENT, Part.OPEN)
    )
    return ClaimMoney(-charge, paid, adjusted, patient, still_open)


async def bars_off(now: Snapshot) -> Iterable[Violation]:
    """Claims whose charge is not what was paid, adjusted, left to the patient and is open."""
    return [_off(claim_id, bar.cents_off) for claim_id, bar in (await bars(now)).items() if bar.cents_off]


async def charges_off(now: Snapshot) -> Iterable[Violation]:
    """The ledger's charge of a claim is that of its last submission; a claim that never left is not in the ledger.

    One that is void, or closed because it was never to be billed, has no charge.
    """
    booked = {claim_id: bar.charge for claim_id, bar in (await bars(now)).items()}
    sent = {row["claim_id"]: Money(row["charge"]) for row in await now.rows("claims", SENT, void=VOID)}
    none = Money.zero()
    sent |= {row["claim_id"]: none for row in await now.rows("claims", WITHDRAWN) if row["claim_id"] in sent}
    return [
        _off(claim_id, (booked.get(claim_id, none) - sent.get(claim_id, none)).cents)
        for claim_id in sorted({*booked, *sent})
        if booked.get(claim_id) != sent.get(claim_id)
    ]


async def submissions_unheard(now: Snapshot) -> Iterable[Violation]:
    """Payments knows every control number that left, and no other, at the same charge."""
    names = ("claim_id", "control_number", "charge")
    sent = Counter(tuple(str(row[name]) for name in names) for row in await now.rows("claims", NUMBERS_SENT))
    heard = Counter(tuple(str(row[name]) for name in names) for row in await now.rows("payments", NUMBERS_HEARD))
    return [
        Violation("payments", {**dict(zip(names, key, strict=True)), "sent": str(sent[key]), "heard": str(heard[key])})
        for key in sorted({*sent, *heard})
        if sent[key] != heard[key]
    ]


async def statuses_disagree(now: Snapshot) -> Iterable[Violation]:
    """A paid or closed claim has nothing open; a denied one has something open as denied."""
    accounts = await balances(now)
    found: list[Violation] = []
    for row in await now.rows("claims", STATUSES):
        mine = accounts.get(row["id"], {})
        still_open = _bar(mine).open
        denied = mine.get(DENIED_RECEIVABLE, Money.zero())
        if row["status"] in NOTHING_OPEN and still_open:
            found.append(_off(row["id"], still_open.cents, status=row["status"]))
        if row["status"] in STILL_DENIED and denied <= Money.zero():
            found.append(_off(row["id"], denied.cents, status=row["status"], denied=denied))
    return found


async def patients_misinformed(now: Snapshot) -> Iterable[Violation]:
    """What was told last of a patient's balance is what the ledger says."""
    owed = {row["claim_id"]: Money(row["amount"]) for row in await now.rows("payments", OWED)}
    booked = {claim_id: bar.patient for claim_id, bar in (await bars(now)).items()}
    none = Money.zero()
    return [
        _off(claim_id, (booked.get(claim_id, none) - owed.get(claim_id, none)).cents)
        for claim_id in sorted({*owed, *booked})
        if booked.get(claim_id, none) != owed.get(claim_id, none)
    ]


def _off(claim_id: UUID, cents: int, **ids: object) -> Violation:
    return Violation("payments", {"claim_id": str(claim_id), **{k: str(v) for k, v in ids.items()}}, cents=abs(cents))


CHECKS = (
    Check("postings-balance", "Every posting sums to zero.", within("payments", UNBALANCED)),
    Check(
        "entries-placed",
        "Every entry belongs to its posting's claim and to the chart.",
        within(
            "payments",
            MISPLACED,
            chart=list(CHART),
            claims=[account.code for account in CHART.values() if account.part is not None],
        ),
    ),
    Check("bar-whole", "Of every claim, charge = paid + adjusted + patient + open.", bars_off),
    Check("charge-agrees", "The ledger's charge is the charge of the claim that left.", charges_off),
    Check("submission-heard-once", "Payments knows every submission, once, at its charge.", submissions_unheard),
    Check("status-agrees", "A claim's status and its ledger agree.", statuses_disagree),
    Check("patient-told", "The patient's balance was told as the ledger has it.", patients_misinformed),
    Check("patient-payment-booked", "Every payment of a patient is booked once.", within("payments", PATIENT_PAYMENTS)),
)
