"""What payers have decided to pay, and the cheques that paid it."""

from __future__ import annotations

from dataclasses import replace

from simulator.records import ChequeRecord, Debt, Payable, from_json, to_json
from simulator.subscription_book import SubscriptionBook


class ChequeBook(SubscriptionBook):
    """Payables, cheques, and debts carried from one cheque to the next."""

    def add_payable(self, payable: Payable) -> Payable:
        """Keep it under the number that it then has."""
        payable = replace(payable, id=self.next_number("payable"))
        self._do(
            "INSERT INTO payables VALUES (?, ?, ?, ?, NULL, ?)",
            payable.id, payable.payer_id, payable.claim, payable.ripe_at, to_json(payable),
        )  # fmt: skip
        return payable

    def settle_payable(self, payable: Payable, cheque: int, trace: str) -> None:
        document = to_json(replace(payable, cheque=cheque, trace=trace))
        self._do("UPDATE payables SET cheque = ?, document = ? WHERE id = ?", cheque, document, payable.id)

    def ripe_payables(self, payer_id: str, day: float) -> list[Payable]:
        """What waits for a cheque of the payer on `day`, oldest first."""
        return self._payables(
            "WHERE payer_id = ? AND ripe_at <= ? AND cheque IS NULL ORDER BY id", payer_id, day + 1e-9
        )

    def payables_of(self, claim: int) -> list[Payable]:
        return self._payables("WHERE claim = ? ORDER BY id", claim)

    def payables_on(self, cheque: ChequeRecord) -> list[Payable]:
        """In the order in which the cheque shows them."""
        return [self._payables("WHERE id = ?", number)[0] for number in cheque.payables]

    def _payables(self, where: str, *values: object) -> list[Payable]:
        rows = self._all(f"SELECT document FROM payables {where}", *values)  # noqa: S608 (our own words)
        return [from_json(Payable, str(row[0])) for row in rows]

    def save_cheque(self, cheque: ChequeRecord) -> None:
        self._do("INSERT OR REPLACE INTO cheques VALUES (?, ?)", cheque.id, to_json(cheque))

    def cheque(self, number: int) -> ChequeRecord:
        row = self._one("SELECT document FROM cheques WHERE id = ?", number)
        if row is None:
            raise LookupError(f"no cheque {number}")
        return from_json(ChequeRecord, str(row[0]))

    def cheques_after(self, position: int, limit: int) -> list[ChequeRecord]:
        rows = self._all("SELECT document FROM cheques WHERE id > ? ORDER BY id LIMIT ?", position, limit)
        return [from_json(ChequeRecord, str(row[0])) for row in rows]

    def debt(self, account: str) -> Debt | None:
        row = self._one("SELECT document FROM debts WHERE account = ?", account)
        return None if row is None else from_json(Debt, str(row[0]))

    def set_debt(self, account: str, debt: Debt | None) -> None:
        self._do("DELETE FROM debts WHERE account = ?", account)
        if debt is not None:
            self._do("INSERT INTO debts VALUES (?, ?)", account, to_json(debt))
