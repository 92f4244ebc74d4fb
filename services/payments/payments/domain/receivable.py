"""What is owed for a claim, and by whom: opened at submission, moved by what payer and patient do."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from common.money import Money
from payments.domain.accounts import (
    DENIAL_WRITE_OFF,
    DENIED_RECEIVABLE,
    EXTERNAL_CLEARING,
    PATIENT_CASH,
    PATIENT_CREDIT,
    PATIENT_PARTS,
    PAYER_RECEIVABLE,
    REVENUE,
)
from payments.domain.ledger import Balances, Kind, Posting, after, balance, moving
from payments.domain.refusals import NotAPayment, WriteOffTooLarge


class Method(StrEnum):
    """How a patient paid. `external` is a payment somebody else took; we hold only its reference."""

    CASH = "cash"
    CHEQUE = "cheque"
    EXTERNAL = "external"


RECEIVED_IN: Mapping[Method, str] = {
    Method.CASH: PATIENT_CASH,
    Method.CHEQUE: PATIENT_CASH,
    Method.EXTERNAL: EXTERNAL_CLEARING,
}


def opened(charge: Money) -> tuple[Posting, ...]:
    """The first submission: the whole charge is the payer's to answer."""
    return moving(Kind.CHARGE, (PAYER_RECEIVABLE, charge), (REVENUE, -charge))


def resubmitted(balances: Balances, charge: Money) -> tuple[Posting, ...]:
    """A later submission at `charge`: the difference is charged, and what was denied is the payer's again."""
    difference = charge + balance(balances, REVENUE)
    denied = balance(balances, DENIED_RECEIVABLE)
    return moving(Kind.CHARGE_CHANGE, (PAYER_RECEIVABLE, difference), (REVENUE, -difference)) + moving(
        Kind.RESUBMISSION, (PAYER_RECEIVABLE, denied), (DENIED_RECEIVABLE, -denied)
    )


def withdrawn(balances: Balances) -> tuple[Posting, ...]:
    """The claim is void, or was never to be billed: its charge leaves the books, and what was denied with it.

    What the payer paid stays until the payer takes it back, and makes the payer's receivable negative meanwhile.
    """
    charge, denied = -balance(balances, REVENUE), balance(balances, DENIED_RECEIVABLE)
    moves = ((REVENUE, charge), (DENIED_RECEIVABLE, -denied), (PAYER_RECEIVABLE, denied - charge))
    return moving(Kind.WITHDRAWAL, *moves)


def asked_next(balances: Balances, charge: Money) -> tuple[Posting, ...]:
    """A submission to a later payer: it is asked for what the one before left to the patient.

    The patient owes nothing meanwhile. What the patient has paid towards that is the patient's credit until the payer
    has answered.
    """
    entries = resubmitted(balances, charge)
    now = after(balances, entries)
    parts = Money.sum(balance(now, part) for part in PATIENT_PARTS)
    paid = Money.sum(balance(now, account) for account in (PATIENT_CASH, EXTERNAL_CLEARING, PATIENT_CREDIT))
    moves = [(part, -balance(now, part)) for part in PATIENT_PARTS]
    moves += [(PATIENT_PARTS[0], -paid), (PAYER_RECEIVABLE, parts + paid)]
    entries += moving(Kind.NEXT_PAYER, *moves)
    return entries + settled(after(balances, entries))


def written_off(balances: Balances, claim_id: UUID, amount: Money) -> tuple[Posting, ...]:
    """A denial that was upheld. Raises WriteOffTooLarge beyond what is open as denied."""
    denied = balance(balances, DENIED_RECEIVABLE)
    if amount > denied or amount < Money.zero():
        raise WriteOffTooLarge(asked=amount, claim_id=claim_id, denied=denied)
    return moving(Kind.WRITE_OFF, (DENIAL_WRITE_OFF, amount), (DENIED_RECEIVABLE, -amount))


def patient_paid(balances: Balances, amount: Money, method: Method) -> tuple[Posting, ...]:
    """A patient's payment settles what the patient owes, part by part; the rest is the patient's credit.

    Raises NotAPayment when the amount is not above zero.
    """
    if amount <= Money.zero():
        raise NotAPayment(amount=amount)
    received = moving(Kind.PATIENT_PAYMENT, (RECEIVED_IN[method], amount), (PATIENT_CREDIT, -amount))
    return received + settled(after(balances, received))


def settled(balances: Balances) -> tuple[Posting, ...]:
    """The transfers after which no receivable that was emptied stands below zero.

    A reversal is the exact contra of the payment it takes back, but meanwhile the denied part may have been
    written off or sent again, and the patient may have paid. What was written off comes back first, then what the
    payer was asked again; what the patient paid becomes the patient's credit, and a credit pays what is owed. What of
    the patient's share a later payer was asked for, or has paid, was never the patient's money.
    """
    short = -min(balance(balances, DENIED_RECEIVABLE), Money.zero())
    undone = min(short, max(balance(balances, DENIAL_WRITE_OFF), Money.zero()))
    moves = [(DENIED_RECEIVABLE, short), (DENIAL_WRITE_OFF, -undone), (PAYER_RECEIVABLE, undone - short)]
    credit = -balance(balances, PATIENT_CREDIT)
    paid = Money.sum(balance(balances, account) for account in (PATIENT_CASH, EXTERNAL_CLEARING))
    for part in PATIENT_PARTS:
        over = -min(balance(balances, part), Money.zero())
        own = max(min(over, paid - credit), Money.zero())
        moves += [(part, over), (PATIENT_CREDIT, -own), (PAYER_RECEIVABLE, own - over)]
        credit += own
    for part in PATIENT_PARTS:
        used = max(min(credit, balance(balances, part)), Money.zero())
        moves += [(part, -used), (PATIENT_CREDIT, used)]
        credit -= used
    return moving(Kind.TRANSFER, *moves)
