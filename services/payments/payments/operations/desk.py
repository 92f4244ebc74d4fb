"""The claims that one transaction works on: held, with their balances as they move."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from common.money import Money
from common.refusal import NotFound
from common.uow import Transaction
from payments.domain.claim_account import ClaimAccount
from payments.domain.events import patient_balance
from payments.domain.ledger import Balances, Posting, after, claim_money
from payments.store import claims, ledger
from payments.store.ledger import Booking, Source


@dataclass
class Desk:
    """Open it with the claims, book on it, and `close` it once, before the transaction ends.

    Balances are read after the accounts are held, so nobody else moves them meanwhile.
    """

    tx: Transaction
    accounts: dict[UUID, ClaimAccount]
    balances: dict[UUID, Balances]
    patient_owed: Mapping[UUID, Money]
    bookings: list[Booking] = field(default_factory=list[Booking])
    touched: set[UUID] = field(default_factory=set[UUID])

    @classmethod
    async def open(cls, tx: Transaction, claim_ids: Collection[UUID]) -> Desk:
        accounts = await claims.locked(tx, claim_ids)
        balances = await ledger.balances(tx, list(accounts)) if accounts else {}
        owed = {claim_id: claim_money(now).patient for claim_id, now in balances.items()}
        return cls(tx, dict(accounts), dict(balances), owed)

    @classmethod
    def new(cls, tx: Transaction, account: ClaimAccount) -> Desk:
        """The desk of a claim that this transaction opened: there is nothing to read yet."""
        return cls(tx, {account.claim_id: account}, {account.claim_id: {}}, {})

    @classmethod
    async def of(cls, tx: Transaction, claim_id: UUID) -> Desk:
        """The desk of one claim. Raises NotFound when no submission of it was heard of."""
        desk = await cls.open(tx, [claim_id])
        if claim_id not in desk.accounts:
            raise NotFound(kind="claim", id=claim_id)
        return desk

    def book(self, source: Source, postings: tuple[Posting, ...]) -> None:
        """Put a claim's postings in the books; `source.claim_id` says whose."""
        if source.claim_id is None:
            raise ValueError("a desk books for claims")
        self.bookings.append(Booking(source, postings))
        self.balances[source.claim_id] = after(self.balances[source.claim_id], postings)

    def tell(self, claim_id: UUID, event: object) -> None:
        """Publish an event of a claim under the account's next version."""
        account = self.accounts[claim_id]
        account = replace(account, version=account.version + 1)
        self.accounts[claim_id] = account
        self.touched.add(claim_id)
        self.tx.publish(event, key=claim_id, version=account.version, correlation=account.encounter_id)

    async def close(self, *, today: date) -> None:
        """Write what was booked, and tell of every patient whose share is now another."""
        for claim_id, balances in self.balances.items():
            if claim_money(balances).patient != self.patient_owed.get(claim_id, Money.zero()):
                patient_id = self.accounts[claim_id].patient_id
                self.tell(claim_id, patient_balance(balances, claim_id=claim_id, patient_id=patient_id))
        await ledger.write(self.tx, self.bookings, posted_on=today)
        await claims.save(self.tx, [self.accounts[claim_id] for claim_id in sorted(self.touched)])
