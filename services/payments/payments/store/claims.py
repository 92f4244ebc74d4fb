"""Claim accounts and the control numbers that lead to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import RowMapping, select, text
from sqlalchemy.dialects.postgresql import insert

from common.ids import new_id
from common.refusal import NotFound
from common.uow import Transaction
from payments.domain.claim_account import ClaimAccount, Submission
from payments.domain.lines import BilledLine
from payments.tables import claim_accounts, submissions

LINES = TypeAdapter(tuple[BilledLine, ...])

HOLD_NUMBER = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


async def locked(tx: Transaction, claim_ids: Collection[UUID]) -> Mapping[UUID, ClaimAccount]:
    """These claims' accounts, held until the transaction ends; taken in one order, so that none waits in a ring."""
    statement = (
        select(claim_accounts)
        .where(claim_accounts.c.claim_id.in_(claim_ids))
        .order_by(claim_accounts.c.claim_id)
        .with_for_update()
    )
    return {row["claim_id"]: _account(row) for row in await tx.rows(statement)} if claim_ids else {}


async def find(tx: Transaction, claim_id: UUID) -> ClaimAccount:
    """Raises NotFound when no submission of the claim was heard of."""
    row = await tx.row(select(claim_accounts).where(claim_accounts.c.claim_id == claim_id))
    if row is None:
        raise NotFound(kind="claim", id=claim_id)
    return _account(row)


async def add(tx: Transaction, account: ClaimAccount) -> bool:
    """False when the claim has an account already. Asks of no other row, so claims that are new at once do not meet."""
    added = insert(claim_accounts).values(practice_id=tx.practice_id, **asdict(account)).on_conflict_do_nothing()
    return (await tx.execute(added)).rowcount == 1


SAVE = text("""
    UPDATE claim_accounts AS a SET heard_version = n.heard_version, version = n.version
    FROM unnest(CAST(:claim_id AS uuid[]), CAST(:heard_version AS bigint[]), CAST(:version AS bigint[]))
         AS n(claim_id, heard_version, version)
    WHERE a.claim_id = n.claim_id
""")


async def save(tx: Transaction, accounts: Sequence[ClaimAccount]) -> None:
    """Write the versions of accounts that this transaction holds."""
    if accounts:
        columns = ("claim_id", "heard_version", "version")
        await tx.execute(SAVE, {name: [getattr(account, name) for account in accounts] for name in columns})


async def add_submission(tx: Transaction, claim_id: UUID, submission: Submission) -> bool:
    """False when the control number is known already. Like `add`, it asks of no other row."""
    added = insert(submissions).values(
        id=new_id(),
        practice_id=tx.practice_id,
        control_number=submission.control_number,
        claim_id=claim_id,
        frequency=submission.frequency,
        charge=submission.charge,
        lines=LINES.dump_python(submission.lines, mode="json"),
    )
    return (await tx.execute(added.on_conflict_do_nothing())).rowcount == 1


async def hold_number(tx: Transaction, control_number: str) -> None:
    """Keep the meaning of a control number still until this transaction ends.

    Without it a payment that finds no submission and a submission that finds no waiting payment could both
    commit, and neither would ever look again.
    """
    await tx.execute(HOLD_NUMBER, {"name": f"{tx.practice_id}/{control_number}"})


async def by_number(tx: Transaction, numbers: Collection[str]) -> Mapping[str, tuple[UUID, Submission]]:
    """The claim and the submission behind each control number that is known."""
    if not numbers:
        return {}
    rows = await tx.rows(select(submissions).where(submissions.c.control_number.in_(numbers)))
    return {row["control_number"]: (row["claim_id"], _submission(row)) for row in rows}


async def last_submission(tx: Transaction, claim_id: UUID) -> Submission:
    row = await tx.row(
        select(submissions).where(submissions.c.claim_id == claim_id).order_by(submissions.c.id.desc()).limit(1)
    )
    if row is None:
        raise NotFound(kind="claim", id=claim_id)
    return _submission(row)


def _account(row: RowMapping) -> ClaimAccount:
    return ClaimAccount(**{name: row[name] for name in ClaimAccount.__slots__})


def _submission(row: RowMapping) -> Submission:
    return Submission(
        control_number=row["control_number"],
        frequency=row["frequency"],
        charge=row["charge"],
        lines=LINES.validate_python(row["lines"]),
    )
