"""Statements of the platform that are sent in one message with the commit they belong to.

A message of several statements takes no parameters, so values are written as literals into `EXECUTE` of a statement
that was prepared when the connection was opened: one trip to Postgres and no planning.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

Value = str | int | UUID | datetime | Sequence[str] | None
"""A sequence of texts is a `text[]`."""

_prepared: dict[str, Prepared] = {}


class Prepared:
    """A statement that every connection of a service's application role knows by `name`."""

    def __init__(self, name: str, types: str, sql: str) -> None:
        self.name = name
        self.prepare = f"PREPARE {name} ({types}) AS {sql}"
        _prepared[name] = self

    def call(self, *values: Value) -> str:
        """The statement with its values. Raises ValueError for a text that Postgres cannot hold."""
        return f"EXECUTE {self.name} ({', '.join(map(literal, values))})"


def preparing() -> str:
    """What a new connection is told before its first transaction."""
    return "; ".join(statement.prepare for statement in _prepared.values())


def literal(value: Value) -> str:
    """`value` in SQL, for a server with `standard_conforming_strings`, which connections set."""
    if value is None:
        return "NULL"
    if not isinstance(value, str | int | UUID | datetime):
        return f"ARRAY[{', '.join(map(literal, value))}]::text[]"
    text = str(value)
    if "\0" in text:
        # It would end the message in the middle of a statement.
        raise ValueError("a text with a NUL character cannot be stored")
    return "'" + text.replace("'", "''") + "'"
