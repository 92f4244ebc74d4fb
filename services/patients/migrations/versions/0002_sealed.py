"""Who somebody is moves into sealed documents; what is looked up by into keyed hashes (docs/adr/0009).

The services do not run meanwhile: rows that an older version writes would have no document.
"""

import os
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from common.vault import Vault
from patients.sealing import CARD, WHO

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SEALED = {"patients": ("who", "record_number_hash", "name_hash"), "coverages": ("card", "member_hash")}
PLAIN = {
    "patients": {
        "record_number": sa.Text,
        "family": sa.Text,
        "given": sa.Text,
        "middle": sa.Text,
        "birth_date": sa.Date,
        "sex": sa.Text,
        "address": JSONB,
        "phone": sa.Text,
        "guarantor": JSONB,
    },
    "coverages": {"member_id": sa.Text, "group_number": sa.Text, "subscriber": JSONB},
}
OPTIONAL = {"middle", "phone", "guarantor", "group_number", "subscriber"}

# Each row with the JSON of its document.
PATIENTS = """
    SELECT id, practice_id, jsonb_build_object(
        'record_number', record_number, 'phone', phone, 'guarantor', guarantor, 'person', jsonb_build_object(
            'name', jsonb_build_object('family', family, 'given', given, 'middle', middle),
            'birth_date', birth_date, 'sex', sex, 'address', address))::text AS document
    FROM patients
"""
COVERAGES = """
    SELECT id, practice_id, jsonb_build_object(
        'member_id', member_id, 'group_number', group_number, 'subscriber', subscriber)::text AS document
    FROM coverages
"""


def upgrade() -> None:
    _drop_keys("patients_practice_id_record_number_key")
    for table, names in SEALED.items():
        for name in names:
            op.add_column(table, sa.Column(name, sa.LargeBinary))
    _seal_rows("patients", PATIENTS, WHO)
    _seal_rows("coverages", COVERAGES, CARD)
    for table, names in SEALED.items():
        for name in names:
            op.alter_column(table, name, nullable=False)
        for name in PLAIN[table]:
            op.drop_column(table, name)
    _make_keys("record_number_hash", ["name_hash"], "member_hash")


def downgrade() -> None:
    """Of an empty register only: what is sealed is not written in plain again."""
    for table in SEALED:
        if _of_every_practice(table, f"SELECT id FROM {table} LIMIT 1"):  # noqa: S608
            raise RuntimeError("What is sealed is not written in plain again; restore a backup taken before.")
    _drop_keys("patients_practice_id_record_number_hash_key")
    for table, names in SEALED.items():
        for name in names:
            op.drop_column(table, name)
        for name, kind in PLAIN[table].items():
            op.add_column(table, sa.Column(name, kind, nullable=name in OPTIONAL))
    _make_keys("record_number", ["family", "birth_date"], "member_id")


def _drop_keys(record_number: str) -> None:
    op.drop_constraint(record_number, "patients")
    op.drop_index("patients_name_idx")
    op.drop_index("coverages_member_idx")


def _make_keys(record_number: str, name: list[str], member: str) -> None:
    op.create_unique_constraint(f"patients_practice_id_{record_number}_key", "patients", ["practice_id", record_number])
    op.create_index("patients_name_idx", "patients", ["practice_id", *name])
    op.create_index("coverages_member_idx", "coverages", ["practice_id", member])


def _of_every_practice(table: str, statement: str) -> list:
    """The rows of `statement`; the owner is under row-level security as well, and the rows are of every practice."""
    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    rows = op.get_bind().execute(sa.text(statement)).mappings().all()
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    return rows


def _seal_rows(table: str, statement: str, sealed) -> None:
    rows = _of_every_practice(table, statement)
    if not rows:
        return
    vault = Vault.of(os.environ["PHI_KEYS"], os.environ["PHI_INDEX_KEY"])
    for row in rows:
        id, practice_id = UUID(str(row["id"])), UUID(str(row["practice_id"]))
        columns = sealed.parse(row["document"]).columns(vault, practice_id, id)
        written = ", ".join(f"{name} = :{name}" for name in columns)
        op.execute(f"SET LOCAL app.practice_id = '{practice_id}'")
        op.get_bind().execute(sa.text(f"UPDATE {table} SET {written} WHERE id = :id"), columns | {"id": id})  # noqa: S608
