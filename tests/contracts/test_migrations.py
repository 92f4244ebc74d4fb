"""A migration expands or contracts, never both: while it runs, the version before it still reads and writes.

The first migration of a service makes its schema from nothing and is free. Each later one is rendered as SQL and judged
statement by statement. What a version still running may need (a column, a name, a type, leave to write NULL) goes only
in a migration of its own, a release after the code stopped using it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Flag, auto
from io import StringIO
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import op
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from services_under_test import SERVICES

from common.migrations import configuration, secure_tables


class Step(Flag):
    NEITHER = 0
    EXPANDS = auto()
    CONTRACTS = auto()


NAME = r"(?:IF (?:NOT )?EXISTS )?\"?(?P<table>\w+)"
MADE = re.compile(rf"\s*CREATE TABLE {NAME}", re.I)
# A constraint narrows what may be written into a table that others write already; into a new one nobody does.
NARROWS = re.compile(
    rf"\s*(?:CREATE UNIQUE INDEX (?:CONCURRENTLY )?\S+ ON {NAME}"
    rf"|ALTER TABLE (?:ONLY )?{NAME.replace('table', 'altered')}\"? ADD (?:CONSTRAINT|UNIQUE|CHECK|FOREIGN|PRIMARY))",
    re.I,
)
EXPANDING = re.compile(r"\s*(?:CREATE (?:TABLE|SEQUENCE|INDEX|VIEW|TYPE)|ALTER TABLE .* ADD COLUMN)", re.I | re.S)
CONTRACTING = re.compile(
    r"\s*(?:DROP (?:TABLE|SEQUENCE|VIEW|TYPE|SCHEMA)|TRUNCATE|DELETE FROM|REVOKE"
    r"|ALTER .* (?:RENAME|DROP COLUMN|DROP DEFAULT|SET NOT NULL|(?:SET DATA )?TYPE)\b"
    r"|ALTER TABLE .* ADD COLUMN (?!.*\bDEFAULT\b).*NOT NULL)",
    re.I | re.S,
)


def statements(change: Callable[[], None]) -> list[str]:
    """The SQL of a migration's function, rendered without a database.

    Raises AttributeError where it reads rows: moving rows is the work of a command that runs in batches.
    """
    said = StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql", opts={"as_sql": True, "output_buffer": said, "literal_binds": True}
    )
    with Operations.context(context):
        change()
    return [statement for statement in re.split(r";\s*\n", said.getvalue()) if statement.strip()]


def judged(change: Callable[[], None]) -> Step:
    said = statements(change)
    new = {found["table"] for found in map(MADE.match, said) if found}
    step = Step.NEITHER
    for statement in said:
        narrowed = NARROWS.match(statement)
        if CONTRACTING.match(statement) or (narrowed and not new & {narrowed["table"], narrowed["altered"]}):
            step |= Step.CONTRACTS
        if EXPANDING.match(statement):
            step |= Step.EXPANDS
    return step


def later_migrations() -> list[tuple[str, Script]]:
    found: list[tuple[str, Script]] = []
    for service in SERVICES:
        scripts = ScriptDirectory.from_config(configuration(service.name, service.migrations))
        found += [(service.name, script) for script in scripts.walk_revisions() if script.down_revision]
    return found


class TestEveryLaterMigration:
    def test_expands_or_contracts(self) -> None:
        both = Step.EXPANDS | Step.CONTRACTS
        doing_both = [
            f"{service}: {script.doc}"
            for service, script in later_migrations()
            if judged(script.module.upgrade) == both
        ]
        assert doing_both == []

    def test_of_every_service_follows_one_line_from_one_first(self) -> None:
        for service in SERVICES:
            scripts = ScriptDirectory.from_config(configuration(service.name, service.migrations))
            assert (len(scripts.get_bases()), len(scripts.get_heads())) == (1, 1), service.name


def made(name: str) -> None:
    op.create_table(name, sa.Column("id", sa.Uuid, primary_key=True))


def given(name: str, **more: Any) -> None:
    op.add_column("cases", sa.Column(name, sa.Text, **more))


EXPAND: dict[str, Callable[[], None]] = {
    "a table": lambda: made("notes"),
    "a table with its policy and grants": lambda: (made("notes"), secure_tables(op, ["notes"], append_only=["notes"])),
    "a table that is unique in itself": lambda: (
        made("notes"),
        op.create_index("notes_key", "notes", ["id"], unique=True),
        op.create_unique_constraint("notes_key2", "notes", ["id"]),
    ),
    "a column that may be empty": lambda: given("note"),
    "a column with a default": lambda: given("note", nullable=False, server_default="none"),
    "an index": lambda: op.create_index("cases_idx", "cases", ["owner"]),
}
CONTRACT: dict[str, Callable[[], None]] = {
    "a column dropped": lambda: op.drop_column("cases", "note"),
    "a table dropped": lambda: op.drop_table("cases"),
    "a column renamed": lambda: op.alter_column("cases", "note", new_column_name="remark"),
    "a table renamed": lambda: op.rename_table("cases", "files"),
    "a column that may not be empty any more": lambda: op.alter_column("cases", "note", nullable=False),
    "a default taken away": lambda: op.alter_column("cases", "note", server_default=None),
    "a type changed": lambda: op.alter_column("cases", "note", type_=sa.Integer),
    "a key on a table in use": lambda: op.create_unique_constraint("cases_key", "cases", ["note"]),
    "a unique index on a table in use": lambda: op.create_index("cases_key", "cases", ["note"], unique=True),
    "rows deleted": lambda: op.execute("DELETE FROM cases"),
}


class TestTheJudge:
    @pytest.mark.parametrize("change", EXPAND.values(), ids=EXPAND)
    def test_lets_pass_what_only_expands(self, change: Callable[[], None]) -> None:
        assert judged(change) == Step.EXPANDS

    @pytest.mark.parametrize("change", CONTRACT.values(), ids=CONTRACT)
    def test_knows_what_contracts_and_refuses_it_beside_anything_that_expands(self, change: Callable[[], None]) -> None:
        assert judged(change) & Step.CONTRACTS
        assert judged(lambda: (given("remark"), change())) == Step.EXPANDS | Step.CONTRACTS

    def test_takes_a_column_that_must_be_filled_at_once_for_both(self) -> None:
        assert judged(lambda: given("note", nullable=False)) == Step.EXPANDS | Step.CONTRACTS

    def test_counts_a_backfill_in_one_statement_as_neither(self) -> None:
        assert judged(lambda: op.execute("UPDATE cases SET note = owner WHERE note IS NULL")) == Step.NEITHER

    def test_refuses_a_migration_that_reads_rows(self) -> None:
        with pytest.raises(AttributeError):
            judged(lambda: op.get_bind().execute(sa.text("SELECT 1")).all())
