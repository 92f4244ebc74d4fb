"""The simulator's memory: one SQLite file, one writer at a time, durable when a transaction ends."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS payers (id TEXT PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS members (
    payer_id TEXT NOT NULL, member_id TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (payer_id, member_id));
CREATE TABLE IF NOT EXISTS scenarios (id INTEGER PRIMARY KEY, left INTEGER NOT NULL, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY, left INTEGER NOT NULL, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS received (
    id INTEGER PRIMARY KEY, sender TEXT NOT NULL, control TEXT NOT NULL, outcome TEXT NOT NULL,
    sha256 TEXT NOT NULL, kinds TEXT NOT NULL, received_at TEXT NOT NULL, content BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS received_by_control ON received (sender, control);
CREATE TABLE IF NOT EXISTS claims (
    id INTEGER PRIMARY KEY, interchange INTEGER NOT NULL, payer_id TEXT NOT NULL, member_id TEXT NOT NULL,
    control_number TEXT NOT NULL, payer_number TEXT NOT NULL, status TEXT NOT NULL, document TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS claims_by_member ON claims (payer_id, member_id);
CREATE INDEX IF NOT EXISTS claims_by_interchange ON claims (interchange);
CREATE INDEX IF NOT EXISTS claims_by_number ON claims (payer_id, payer_number);
CREATE INDEX IF NOT EXISTS claims_by_status ON claims (payer_id, status);
CREATE TABLE IF NOT EXISTS due (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
    UNIQUE (at, kind, subject));
CREATE TABLE IF NOT EXISTS mailbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, receiver TEXT NOT NULL,
    kind TEXT NOT NULL, sha256 TEXT NOT NULL, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS waiting (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, receiver TEXT NOT NULL, kind TEXT NOT NULL, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS debts (account TEXT PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS payables (
    id INTEGER PRIMARY KEY, payer_id TEXT NOT NULL, claim INTEGER NOT NULL, ripe_at REAL NOT NULL,
    cheque INTEGER, document TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS payables_by_claim ON payables (claim);
CREATE INDEX IF NOT EXISTS payables_ripe ON payables (payer_id, ripe_at) WHERE cheque IS NULL;
CREATE TABLE IF NOT EXISTS cheques (id INTEGER PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS benefits (
    payer_id TEXT NOT NULL, member_id TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (payer_id, member_id));
CREATE TABLE IF NOT EXISTS holds (claim INTEGER PRIMARY KEY, until REAL NOT NULL, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS authorizations (
    id INTEGER PRIMARY KEY, payer_id TEXT NOT NULL, trace TEXT NOT NULL, route TEXT NOT NULL, document TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS authorizations_by_trace ON authorizations (payer_id, trace);
CREATE TABLE IF NOT EXISTS fault_occasions (fault INTEGER PRIMARY KEY, seen INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS behind (receiver TEXT NOT NULL, waiting INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS cleared (position INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS uploads (
    id INTEGER PRIMARY KEY AUTOINCREMENT, sender TEXT NOT NULL, folder TEXT NOT NULL, name TEXT NOT NULL,
    content BLOB NOT NULL, UNIQUE (sender, folder, name));
CREATE TABLE IF NOT EXISTS payloads (
    sender TEXT NOT NULL, payload_id TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (sender, payload_id));
CREATE TABLE IF NOT EXISTS subscriptions (id TEXT PRIMARY KEY, document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS notices (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, subscription TEXT NOT NULL, purpose TEXT NOT NULL, body BLOB NOT NULL,
    tries INTEGER NOT NULL, status INTEGER, sent INTEGER);
CREATE TABLE IF NOT EXISTS identity (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS ssh_keys (sender TEXT PRIMARY KEY, key TEXT NOT NULL);
"""
_TABLES = (
    "meta", "payers", "members", "scenarios", "faults", "received", "claims", "due", "mailbox",
    "waiting", "debts", "payables", "cheques", "fault_occasions", "behind", "cleared", "uploads", "payloads",
    "benefits", "holds", "authorizations", "subscriptions", "notices",
)  # fmt: skip


class Database:
    """Every method but `transaction` is to be called inside one."""

    def __init__(self, path: Path):
        """Open or begin the memory in this file, or in `simulator.db` when `path` is a folder."""
        if path.is_dir():
            path = path / "simulator.db"
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[Self]:
        """All or nothing; durable when the block ends without an exception."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Inside a transaction: undo the block alone when it raises."""
        self._connection.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK TO attempt")
            raise
        finally:
            self._connection.execute("RELEASE attempt")

    def forget_everything(self) -> None:
        """All but numbers and mailbox positions, so that none of them means two things, and who may come in."""
        for table in _TABLES:
            self._connection.execute(f"DELETE FROM {table}")  # noqa: S608 (names of our own)

    def _all(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        return self._connection.execute(sql, values).fetchall()

    def _one(self, sql: str, *values: object) -> tuple[object, ...] | None:
        return self._connection.execute(sql, values).fetchone()

    def _do(self, sql: str, *values: object) -> int:
        return self._connection.execute(sql, values).lastrowid or 0

    def meta(self, name: str) -> str | None:
        row = self._one("SELECT value FROM meta WHERE name = ?", name)
        return None if row is None else str(row[0])

    def set_meta(self, name: str, value: str) -> None:
        self._do("INSERT OR REPLACE INTO meta VALUES (?, ?)", name, value)

    def next_number(self, name: str) -> int:
        """1, 2, 3 ... for each name."""
        row = self._one(
            "INSERT INTO counters VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            name,
        )
        assert row is not None
        return int(str(row[0]))
