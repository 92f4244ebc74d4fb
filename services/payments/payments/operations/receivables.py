"""A claim was submitted: the payer owes an answer for its charge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from common.uow import Transaction, UnitOfWork
from payments.domain.claim_account import VOID, ClaimAccount, Submission
from payments.domain.receivable import asked_next, opened, resubmitted, withdrawn
from payments.domain.refusals import NumberTaken
from payments.operations.desk import Desk
from payments.store import claims, remittances
from payments.store.ledger import Source

POST = "post-remittance"


async def claim_submitted(
    uow: UnitOfWork, account: ClaimAccount, submission: Submission, *, later_payer: bool = False, today: date
) -> None:
    """Open the claim's receivable, or add one more submission to it, and try again what waited for the number.

    A submission to a `later_payer` asks it for what the one before left to the patient.

    A submission that is older than one heard of before adds its number and moves no money; so does a void, whose
    charge stands until the payer reverses what it paid. Raises NumberTaken.
    """
    async with uow.begin() as tx:
        await claims.hold_number(tx, submission.control_number)
        new = await claims.add(tx, account)
        if not await claims.add_submission(tx, account.claim_id, submission):
            if new:
                raise NumberTaken(control_number=submission.control_number)
            return
        source = Source(f"submission/{account.claim_id}/{submission.control_number}", account.claim_id)
        if new:
            desk = _opened(tx, account, submission, source)
        else:
            desk = await _continued(tx, account, submission, source, later_payer=later_payer)
        await desk.close(today=today)
        await try_again(tx, submission.control_number)


async def claim_withdrawn(uow: UnitOfWork, claim_id: UUID, version: int, *, today: date) -> None:
    """Take the charge of a claim that is void, or was never to be billed, off the books; nothing of one never sent."""
    async with uow.begin() as tx:
        desk = await Desk.open(tx, [claim_id])
        account = desk.accounts.get(claim_id)
        if account is None or version <= account.heard_version:
            return
        desk.accounts[claim_id] = replace(account, heard_version=version)
        desk.touched.add(claim_id)
        desk.book(Source(f"withdrawal/{claim_id}/{version}", claim_id), withdrawn(desk.balances[claim_id]))
        await desk.close(today=today)
        tx.audit("update", "claim account", claim_id, withdrawn=True)


def _opened(tx: Transaction, account: ClaimAccount, submission: Submission, source: Source) -> Desk:
    desk = Desk.new(tx, account)
    desk.book(source, opened(submission.charge))
    tx.audit("create", "claim account", account.claim_id, charge=str(submission.charge))
    return desk


async def _continued(
    tx: Transaction, account: ClaimAccount, submission: Submission, source: Source, *, later_payer: bool
) -> Desk:
    desk = await Desk.of(tx, account.claim_id)
    known = desk.accounts[account.claim_id]
    if account.heard_version > known.heard_version:
        desk.accounts[account.claim_id] = replace(known, heard_version=account.heard_version)
        desk.touched.add(account.claim_id)
        if submission.frequency != VOID:
            asked = asked_next if later_payer else resubmitted
            desk.book(source, asked(desk.balances[account.claim_id], submission.charge))
        tx.audit("update", "claim account", account.claim_id, charge=str(submission.charge))
    return desk


async def try_again(tx: Transaction, *numbers: str) -> None:
    """Post what was unmatched under these control numbers once more, each cheque in its own time."""
    for remittance_id in await remittances.wake(tx, numbers=numbers):
        tx.schedule(POST, remittance_id, due_at=tx.now)
