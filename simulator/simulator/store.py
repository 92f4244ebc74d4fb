"""What the simulator remembers of payers, members, claims, files and what is due."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from simulator.adjudication.member import Member
from simulator.adjudication.payer import Payer
from simulator.desk_book import DeskBook
from simulator.records import ClaimRecord, Scenario, from_json, to_json
from simulator.troubles import TroubleTable


@dataclass(frozen=True, slots=True)
class Archived:
    """An interchange as it came in; `outcome` is taken, rejected (TA1) or duplicate (TA1)."""

    id: int
    sender: str
    control: str
    outcome: str
    sha256: str
    kinds: str
    received_at: str
    size: int


@dataclass(frozen=True, slots=True)
class Posted:
    """A file in a mailbox."""

    position: int
    name: str
    receiver: str
    kind: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Due:
    """Something to be done on simulated day `at`; `subject` is what `kind` needs to know."""

    id: int
    at: float
    kind: str
    subject: str


class Store(DeskBook):
    """Every method but `transaction` is to be called inside one."""

    def payers(self) -> dict[str, Payer]:
        rows = self._all("SELECT id, document FROM payers ORDER BY rowid")
        return {str(key): from_json(Payer, str(text)) for key, text in rows}

    def payer(self, payer_id: str) -> Payer | None:
        row = self._one("SELECT document FROM payers WHERE id = ?", payer_id)
        return None if row is None else from_json(Payer, str(row[0]))

    def save_payer(self, payer: Payer) -> None:
        self._do(
            "INSERT INTO payers VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET document = excluded.document",
            payer.id,
            to_json(payer),
        )

    def member(self, payer_id: str, member_id: str) -> Member | None:
        row = self._one("SELECT document FROM members WHERE payer_id = ? AND member_id = ?", payer_id, member_id)
        return None if row is None else from_json(Member, str(row[0]))

    def members(self, payer_id: str) -> list[Member]:
        rows = self._all("SELECT document FROM members WHERE payer_id = ? ORDER BY member_id", payer_id)
        return [from_json(Member, str(row[0])) for row in rows]

    def save_member(self, payer_id: str, member: Member) -> None:
        self._do("INSERT OR REPLACE INTO members VALUES (?, ?, ?)", payer_id, member.member_id, to_json(member))

    def drop_members(self, payer_id: str) -> None:
        self._do("DELETE FROM members WHERE payer_id = ?", payer_id)

    def add_scenario(self, scenario: Scenario) -> int:
        return self._do("INSERT INTO scenarios (left, document) VALUES (?, ?)", scenario.times, to_json(scenario))

    def scenarios(self) -> list[tuple[int, int, Scenario]]:
        """(id, how many more claims it takes, scenario), oldest first; used-up ones are not listed."""
        rows = self._all("SELECT id, left, document FROM scenarios WHERE left > 0 ORDER BY id")
        return [(int(str(key)), int(str(left)), from_json(Scenario, str(text))) for key, left, text in rows]

    def use_scenario(self, key: int) -> None:
        self._do("UPDATE scenarios SET left = left - 1 WHERE id = ?", key)

    def drop_scenarios(self) -> None:
        self._do("DELETE FROM scenarios")

    def archive(self, sender: str, control: str, outcome: str, kinds: str, received_at: str, content: bytes) -> int:
        return self._do(
            "INSERT INTO received (sender, control, outcome, sha256, kinds, received_at, content)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            sender, control, outcome, hashlib.sha256(content).hexdigest(), kinds, received_at, content,
        )  # fmt: skip

    def was_taken(self, sender: str, control: str) -> bool:
        """Whether an interchange under this number was accepted before."""
        sql = "SELECT 1 FROM received WHERE sender = ? AND control = ? AND outcome = 'taken' LIMIT 1"
        return self._one(sql, sender, control) is not None

    def archive_after(self, position: int, limit: int) -> list[Archived]:
        return self._archived("WHERE id > ? ORDER BY id LIMIT ?", position, limit)

    def _archived(self, where: str, *values: object) -> list[Archived]:
        columns = "id, sender, control, outcome, sha256, kinds, received_at, length(content)"
        rows = self._all(f"SELECT {columns} FROM received {where}", *values)  # noqa: S608 (our own words)
        return [
            Archived(
                int(str(key)), str(sender), str(control), str(outcome), str(digest), str(kinds), str(at), int(str(size))
            )
            for key, sender, control, outcome, digest, kinds, at, size in rows
        ]

    def content(self, interchange: int) -> bytes | None:
        return self._bytes("SELECT content FROM received WHERE id = ?", interchange)

    def add_claim(self, record: ClaimRecord) -> None:
        claim = record.claim
        self._do(
            "INSERT INTO claims VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            record.id, record.interchange, claim.payer_id, claim.member_id, claim.control_number,
            record.payer_number, record.status, to_json(record),
        )  # fmt: skip

    def save_claim(self, record: ClaimRecord) -> None:
        self._do(
            "UPDATE claims SET payer_number = ?, status = ?, document = ? WHERE id = ?",
            record.payer_number, record.status, to_json(record), record.id,
        )  # fmt: skip

    def claim(self, key: int) -> ClaimRecord:
        """Raises KeyError when there is none."""
        found = self._claims("WHERE id = ?", key)
        if not found:
            raise KeyError(key)
        return found[0]

    def claims_of_interchange(self, interchange: int) -> list[ClaimRecord]:
        return self._claims("WHERE interchange = ? ORDER BY id", interchange)

    def claims_of_member(self, payer_id: str, member_id: str) -> list[ClaimRecord]:
        return self._claims("WHERE payer_id = ? AND member_id = ? ORDER BY id", payer_id, member_id)

    def claim_by_payer_number(self, payer_id: str, number: str) -> ClaimRecord | None:
        found = self._claims("WHERE payer_id = ? AND payer_number = ?", payer_id, number) if number else []
        return found[0] if found else None

    def claims_after(self, position: int, limit: int) -> list[ClaimRecord]:
        return self._claims("WHERE id > ? ORDER BY id LIMIT ?", position, limit)

    def claims_by_control_number(self, control_number: str) -> list[ClaimRecord]:
        return self._claims("WHERE control_number = ? ORDER BY id", control_number)

    def _claims(self, where: str, *values: object) -> list[ClaimRecord]:
        rows = self._all(f"SELECT document FROM claims {where}", *values)  # noqa: S608 (our own words)
        return [from_json(ClaimRecord, str(row[0])) for row in rows]

    def schedule(self, at: float, kind: str, subject: str) -> None:
        """Once for the same moment, kind and subject."""
        self._do("INSERT OR IGNORE INTO due (at, kind, subject) VALUES (?, ?, ?)", at, kind, subject)

    def next_due(self, now: float) -> Due | None:
        row = self._one(
            "SELECT id, at, kind, subject FROM due WHERE at <= ? AND kind <> 'failed' ORDER BY at, id LIMIT 1", now
        )
        if row is None:
            return None
        return Due(int(str(row[0])), float(str(row[1])), str(row[2]), str(row[3]))

    def done(self, due: Due) -> None:
        self._do("DELETE FROM due WHERE id = ?", due.id)

    def set_aside(self, due: Due, kind: str) -> None:
        """Keep what could not be done under another kind, its own in front of the subject."""
        self._do("UPDATE due SET kind = ?, subject = ? WHERE id = ?", kind, f"{due.kind} {due.subject}", due.id)

    def post(self, name: str, receiver: str, kind: str, content: bytes) -> None:
        """Put a file into a mailbox, after all that are there."""
        self._do(
            "INSERT INTO mailbox (name, receiver, kind, sha256, content) VALUES (?, ?, ?, ?, ?)",
            name, receiver, kind, hashlib.sha256(content).hexdigest(), content,
        )  # fmt: skip

    def hold_back(self, name: str, receiver: str, kind: str, content: bytes) -> int:
        return self._do(
            "INSERT INTO waiting (name, receiver, kind, content) VALUES (?, ?, ?, ?)",
            name, receiver, kind, content,
        )  # fmt: skip

    def post_held_back(self, key: int) -> None:
        """Post what was held back, unless that was done already."""
        row = self._one("SELECT name, receiver, kind FROM waiting WHERE id = ?", key)
        content = self._bytes("SELECT content FROM waiting WHERE id = ?", key)
        if row is None or content is None:
            return
        self.post(str(row[0]), str(row[1]), str(row[2]), content)
        self._do("DELETE FROM waiting WHERE id = ?", key)

    def mailbox(self, receiver: str, after: int, limit: int) -> list[Posted]:
        rows = self._all(
            "SELECT position, name, receiver, kind, sha256, length(content) FROM mailbox"
            " WHERE receiver = ? AND position > ? ORDER BY position LIMIT ?",
            receiver, after, limit,
        )  # fmt: skip
        return [
            Posted(int(str(position)), str(name), str(owner), str(kind), str(digest), int(str(size)))
            for position, name, owner, kind, digest, size in rows
        ]

    def file(self, name: str) -> tuple[str, str, bytes] | None:
        """The receiver, kind and content of a file that is in its mailbox."""
        row = self._one("SELECT receiver, kind FROM mailbox WHERE name = ?", name)
        content = self._bytes("SELECT content FROM mailbox WHERE name = ?", name)
        return None if row is None or content is None else (str(row[0]), str(row[1]), content)

    def troubles(self) -> TroubleTable:
        """What trouble claims draw; none until a table is set."""
        kept = self.meta("troubles")
        return TroubleTable() if kept is None else from_json(TroubleTable, kept)

    def set_troubles(self, table: TroubleTable) -> None:
        self.set_meta("troubles", to_json(table))

    def counts(self) -> dict[str, dict[str, int]]:
        """How many claims by status, interchanges by outcome, mailbox files by kind, and what is still due."""
        queries = {
            "claims": "SELECT status, count(*) FROM claims GROUP BY status",
            "interchanges": "SELECT outcome, count(*) FROM received GROUP BY outcome",
            "mailbox": "SELECT kind, count(*) FROM mailbox GROUP BY kind",
            "due": "SELECT kind, count(*) FROM due GROUP BY kind",
        }
        return {name: {str(key): int(str(count)) for key, count in self._all(sql)} for name, sql in queries.items()}
