"""A claim payment in the books, and its reversal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from common.money import Money
from payments.domain.accounts import (
    CONTRACTUAL_ADJUSTMENT,
    DENIED_RECEIVABLE,
    PATIENT_PARTS,
    PAYER_RECEIVABLE,
    UNAPPLIED,
)
from payments.domain.adjudication import Shares
from payments.domain.ledger import Balances, Kind, Posting, after, balance, moving
from payments.domain.receivable import settled
from payments.domain.refusals import NothingOpen, OriginalNotFound
from payments.domain.remittance import LATER_PAYER, PaidClaim


@dataclass(frozen=True, slots=True)
class PostedPayment:
    """A payment that is in the books: what the payer said, and the entries that it made."""

    id: UUID
    claim: PaidClaim
    postings: tuple[Posting, ...]
    reversed: bool = False


def paid(balances: Balances, claim: PaidClaim, shares: Shares) -> tuple[Posting, ...]:
    """The entries of one processed claim, at the claim's present balances.

    What the payer settles is taken from what is open with it, then from what it denied before (an appeal that it
    grants). A later payer answers first for what the payer before it left to the patient: what that one denied is
    not its to settle. Raises NothingOpen when all that is not enough: then an earlier decision stands that the payer
    did not reverse, and posting would pay twice.
    """
    settles = claim.charge - shares.informational
    own = (PAYER_RECEIVABLE, DENIED_RECEIVABLE)
    sources = (*PATIENT_PARTS, *own) if claim.status in LATER_PAYER else own
    moves: list[tuple[str, Money]] = []
    left = settles
    for source in sources:
        taken = max(min(left, balance(balances, source)), Money.zero())
        moves.append((source, -taken))
        left -= taken
    if left:
        raise NothingOpen(
            settles=settles,
            control_number=claim.control_number,
            open=balance(balances, PAYER_RECEIVABLE) + balance(balances, DENIED_RECEIVABLE),
        )
    moves += [
        (UNAPPLIED, claim.paid),
        (CONTRACTUAL_ADJUSTMENT, shares.contractual),
        (DENIED_RECEIVABLE, shares.denied),
        *shares.patient.items(),
    ]
    entries = moving(Kind.CLAIM_PAYMENT, *moves)
    return entries + settled(after(balances, entries))


def taken_back(balances: Balances, original: PostedPayment) -> tuple[Posting, ...]:
    """The exact contra of the entries of `original`, and what follows where the money has moved on since."""
    contra = tuple(posting.contra() for posting in original.postings if posting.kind is Kind.CLAIM_PAYMENT)
    return contra + settled(after(balances, contra))


def waits(claim: PaidClaim, reversals: Sequence[PaidClaim], posted: Sequence[PostedPayment]) -> bool:
    """Whether one of these reversals of the same claim, which are not in the books yet, has to be posted before it.

    A correction that overtook the payment it corrects would otherwise be taken for the payer's first decision. The
    payment that a reversal takes back waits for none: it is what the reversal waits for. A reversal that comes a
    second time, when what it takes back was taken back before, holds nothing up.
    """
    taken = [item.claim for item in posted if item.reversed]
    awaited = [one for one in reversals if not any(_mirrors(one, before) for before in taken)]
    return bool(awaited) and not any(_mirrors(one, claim) for one in awaited)


def original_of(reversal: PaidClaim, posted: Sequence[PostedPayment]) -> PostedPayment:
    """The payment that a CLP02 22 takes back: the latest one with the same amounts, sign turned, not taken back yet.

    `posted` are the claim's payments, oldest first. Raises OriginalNotFound.
    """
    for candidate in reversed(posted):
        if not candidate.reversed and not candidate.claim.reversal and _mirrors(reversal, candidate.claim):
            return candidate
    raise OriginalNotFound(charge=reversal.charge, paid=reversal.paid, control_number=reversal.control_number)


def _mirrors(reversal: PaidClaim, original: PaidClaim) -> bool:
    same_amounts = (reversal.charge, reversal.paid) == (-original.charge, -original.paid)
    return same_amounts and _by_reason(reversal, -1) == _by_reason(original, 1)


def _by_reason(claim: PaidClaim, sign: int) -> dict[tuple[str, str], int]:
    """Cents by group and reason. A payer may move an adjustment from the line to the claim when it reverses."""
    cents: Counter[tuple[str, str]] = Counter()
    for item in claim.every_adjustment:
        cents[item.group, item.carc] += sign * item.amount.cents
    return {reason: amount for reason, amount in cents.items() if amount}
