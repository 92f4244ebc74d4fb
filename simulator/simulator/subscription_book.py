"""What the simulator remembers of subscriptions, and of the notices that go out for them."""

from __future__ import annotations

from simulator.database import Database


class SubscriptionBook(Database):
    """Every method is to be called inside a transaction."""

    def save_subscription(self, id: str, document: str) -> None:
        self._do("INSERT OR REPLACE INTO subscriptions VALUES (?, ?)", id, document)

    def subscription(self, id: str) -> str | None:
        row = self._one("SELECT document FROM subscriptions WHERE id = ?", id)
        return None if row is None else str(row[0])

    def subscriptions(self) -> list[str]:
        return [str(document) for (document,) in self._all("SELECT document FROM subscriptions ORDER BY id")]

    def drop_subscription(self, id: str) -> None:
        self._do("DELETE FROM subscriptions WHERE id = ?", id)

    def add_notice(self, at: float, subscription: str, purpose: str, body: bytes) -> None:
        self._do(
            "INSERT INTO notices (at, subscription, purpose, body, tries) VALUES (?, ?, ?, ?, 0)",
            at, subscription, purpose, body,
        )  # fmt: skip

    def notices_due(self, now: float) -> list[tuple[int, str, str, bytes, int]]:
        rows = self._connection.execute(
            "SELECT id, subscription, purpose, body, tries FROM notices WHERE sent IS NULL AND at <= ? ORDER BY id",
            (now,),
        )
        return [(int(key), str(id), str(purpose), bytes(body), int(tries)) for key, id, purpose, body, tries in rows]

    def note_notice(self, key: int, status: int, *, over: bool) -> None:
        """The status that a notice was answered with; one that is not `over` goes out again."""
        self._do("UPDATE notices SET tries = tries + 1, status = ? WHERE id = ?", status, key)
        if over:
            self._do("UPDATE notices SET sent = 1 WHERE id = ?", key)

    def notices(self) -> list[tuple[str, str, int]]:
        """Subscription, purpose and the status of the last answer of every notice that went out."""
        rows = self._all("SELECT subscription, purpose, status FROM notices WHERE status IS NOT NULL ORDER BY id")
        return [(str(id), str(purpose), int(str(status))) for id, purpose, status in rows]
