"""What the simulator remembers of its wires: faults, files that wait or were cleared away, uploads, who may come in."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from simulator.cheque_book import ChequeBook
from simulator.faults import Fault
from simulator.records import from_json, to_json

# Not real times: the order of a mailbox is its only clock, so that two runs look the same.
FIRST_MOMENT = 1_767_225_600


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a folder of a partner; `key` is how the store knows it, `at` seconds as of a clock."""

    key: int
    name: str
    size: int
    at: int


class WireBook(ChequeBook):
    """Every method is to be called inside a transaction."""

    def add_fault(self, fault: Fault) -> int:
        return self._do("INSERT INTO faults (left, document) VALUES (?, ?)", fault.most, to_json(fault))

    def faults(self) -> list[tuple[int, int, Fault]]:
        """(id, how often it still strikes, fault), oldest first; used-up ones are not listed."""
        rows = self._all("SELECT id, left, document FROM faults WHERE left > 0 ORDER BY id")
        return [(int(str(key)), int(str(left)), from_json(Fault, str(text))) for key, left, text in rows]

    def drop_faults(self) -> None:
        self._do("DELETE FROM faults")
        self._do("DELETE FROM fault_occasions")

    def struck_by(
        self, wanted: Set[str], receiver: str, *, kind: str = "", call: str = "", before: bool | None = None
    ) -> Fault | None:
        """The oldest fault among `wanted` that matches and strikes, used once more; None when there is none.

        `before`: only one that strikes before, or after, the call is done.
        """
        for key, _, fault in self.faults():
            fits = fault.matches(wanted, receiver, kind, call) and before in (None, fault.before)
            if fits and fault.strikes(self._occasion(key)):
                self._do("UPDATE faults SET left = left - 1 WHERE id = ?", key)
                return fault
        return None

    def _occasion(self, fault: int) -> int:
        row = self._one(
            "INSERT INTO fault_occasions VALUES (?, 1)"
            " ON CONFLICT (fault) DO UPDATE SET seen = seen + 1 RETURNING seen",
            fault,
        )
        assert row is not None
        return int(str(row[0]))

    def put_behind_the_next(self, receiver: str, key: int) -> None:
        """The file that is held back under `key` is to come after the receiver's next one."""
        self._do("INSERT INTO behind VALUES (?, ?)", receiver, key)

    def take_behind(self, receiver: str) -> list[int]:
        """The keys of what has waited for a file of the receiver, which is there now."""
        found = [int(str(row[0])) for row in self._all("SELECT waiting FROM behind WHERE receiver = ?", receiver)]
        self._do("DELETE FROM behind WHERE receiver = ?", receiver)
        return found

    def host_key(self) -> str | None:
        row = self._one("SELECT value FROM identity WHERE name = 'host key'")
        return None if row is None else str(row[0])

    def set_host_key(self, key: str) -> None:
        self._do("INSERT INTO identity VALUES ('host key', ?)", key)

    def keys(self) -> dict[str, str]:
        """The public key of every partner that may come in over SFTP, by sender id."""
        return {str(sender): str(key) for sender, key in self._all("SELECT sender, key FROM ssh_keys ORDER BY sender")}

    def set_key(self, sender: str, key: str) -> None:
        self._do("INSERT OR REPLACE INTO ssh_keys VALUES (?, ?)", sender, key)

    def outbound(self, receiver: str) -> list[Entry]:
        """What waits for a partner and was not cleared away."""
        return self._entries(
            "SELECT position, name, length(content), position FROM mailbox"
            " WHERE receiver = ? AND position NOT IN (SELECT position FROM cleared) ORDER BY position",
            receiver,
        )

    def cleared(self, receiver: str) -> list[Entry]:
        """What the partner moved into its archive."""
        return self._entries(
            "SELECT position, cleared.name, length(content), position FROM cleared JOIN mailbox USING (position)"
            " WHERE receiver = ? AND cleared.name <> '' ORDER BY position",
            receiver,
        )

    def clear(self, position: int, name: str = "") -> None:
        """Take a file out of the folder; with a name it stands in the archive."""
        self._do("INSERT INTO cleared VALUES (?, ?)", position, name)

    def file_at(self, position: int) -> bytes:
        return self._bytes("SELECT content FROM mailbox WHERE position = ?", position) or b""

    def kind_at(self, position: int) -> str:
        row = self._one("SELECT kind FROM mailbox WHERE position = ?", position)
        return "" if row is None else str(row[0])

    def uploads(self, sender: str, folder: str) -> list[Entry]:
        return self._entries(
            "SELECT id, name, length(content), id FROM uploads WHERE sender = ? AND folder = ? ORDER BY id",
            sender, folder,
        )  # fmt: skip

    def upload(self, key: int) -> bytes:
        return self._bytes("SELECT content FROM uploads WHERE id = ?", key) or b""

    def save_upload(self, sender: str, folder: str, name: str, content: bytes) -> int:
        """Keep a file in a folder, in the place of one of the same name."""
        self._do("DELETE FROM uploads WHERE sender = ? AND folder = ? AND name = ?", sender, folder, name)
        return self._do(
            "INSERT INTO uploads (sender, folder, name, content) VALUES (?, ?, ?, ?)", sender, folder, name, content
        )

    def drop_upload(self, key: int) -> None:
        self._do("DELETE FROM uploads WHERE id = ?", key)

    def payload(self, sender: str, payload_id: str) -> str | None:
        """The digest of what came in under a payload id; None when nothing did."""
        row = self._one("SELECT sha256 FROM payloads WHERE sender = ? AND payload_id = ?", sender, payload_id)
        return None if row is None else str(row[0])

    def add_payload(self, sender: str, payload_id: str, sha256: str) -> None:
        self._do("INSERT INTO payloads VALUES (?, ?, ?)", sender, payload_id, sha256)

    def _entries(self, sql: str, *values: object) -> list[Entry]:
        return [
            Entry(int(str(key)), str(name), int(str(size)), FIRST_MOMENT + int(str(at)))
            for key, name, size, at in self._all(sql, *values)
        ]

    def _bytes(self, sql: str, key: object) -> bytes | None:
        row = self._connection.execute(sql, (key,)).fetchone()
        return None if row is None else bytes(row[0])
