"""A cheque in the books: its money waits in `unapplied` until each claim takes its part."""

from __future__ import annotations

from payments.domain.accounts import CASH_CLEARING, PROVIDER_ADJUSTMENT, PROVIDER_LEVEL, UNAPPLIED
from payments.domain.ledger import Kind, Posting, moving
from payments.domain.remittance import Remittance


def received(remittance: Remittance) -> tuple[Posting, ...]:
    """The cheque, then each provider-level adjustment.

    A positive PLB amount is claim money that did not reach the cheque (rulebook 11), so it is credited to
    `unapplied` beside the cheque: once every claim is posted, nothing of a balanced cheque is left there.
    """
    cheque = moving(Kind.CHEQUE, (CASH_CLEARING, remittance.total), (UNAPPLIED, -remittance.total))
    for item in remittance.provider_level:
        account = PROVIDER_LEVEL.get(item.reason, PROVIDER_ADJUSTMENT)
        cheque += moving(Kind.PROVIDER_ADJUSTMENT, (account, item.amount), (UNAPPLIED, -item.amount))
    return cheque
