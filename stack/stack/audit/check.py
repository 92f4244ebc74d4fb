"""What a check is: an id, the sentence that must be true, and how to find what contradicts it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping

from stack.audit.databases import Snapshot
from stack.audit.result import Violation
from stack.members import NAMES

Find = Callable[[Snapshot], Awaitable[Iterable[Violation]]]

CENTS = "cents"
"""A column of this name says by how much money is off; every other column is an id, a code or a number."""


@dataclass(frozen=True, slots=True)
class Check:
    """One row of a family's table. `accounts` when an encounter that it names is not accounted for."""

    id: str
    sentence: str
    find: Find
    accounts: bool = False


def within(service: str, sql: str, **parameters: Any) -> Find:
    """Every row that `sql` gives in one service's database is a violation; its columns are ids and codes, no PHI."""

    async def find(snapshot: Snapshot) -> Iterable[Violation]:
        return [_violation(service, row) for row in await snapshot.rows(service, sql, **parameters)]

    return find


def everywhere(sql: str, **parameters: Any) -> Find:
    """The same, in every service's database."""
    return each(dict.fromkeys(NAMES, sql), **parameters)


def each(by_service: Mapping[str, str], **parameters: Any) -> Find:
    """A question of its own to each of several services."""

    async def find(snapshot: Snapshot) -> Iterable[Violation]:
        return [
            violation
            for service, sql in by_service.items()
            for violation in await within(service, sql, **parameters)(snapshot)
        ]

    return find


def _violation(service: str, row: RowMapping) -> Violation:
    ids = {name: str(value) for name, value in row.items() if name != CENTS}
    return Violation(service, ids, cents=abs(int(row.get(CENTS) or 0)))
