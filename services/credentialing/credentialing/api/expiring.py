"""Everything that is due soon: papers that end, renewals, decisions that payers owe, changes to report."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from common.pagination import Limit
from common.web import Reads, Today, needs
from credentialing.api.words import READ
from credentialing.domain.changes import ToReport
from credentialing.domain.credentials import Credential
from credentialing.domain.enrollment import Enrollment
from credentialing.domain.holders import Holder, HolderType
from credentialing.store import changes, enrollments
from credentialing.store import credentials as store

router = APIRouter(tags=["papers"])


class EndingOut(BaseModel):
    """A credential that expires, an enrollment whose renewal (`renewal`) or whose committee's decision
    (`decision_notice`) is due, or a change to report (`report_to_medicare`, `report_to_nppes`).

    `npi` is null for a paper of a group or a location, `billing_npi` for a clinician's.
    """

    what: str
    held_by: HolderType
    npi: str | None
    billing_npi: str | None
    payer_id: str | None
    location_code: str | None
    id: UUID
    on: date
    days_left: int

    @classmethod
    def of_paper(cls, paper: Credential, today: date) -> EndingOut:
        on = paper.facts.expires_on or today
        return cls._of_holder(paper.facts.kind.value, paper.holder, paper.id, on, today)

    @classmethod
    def of_change(cls, change: ToReport, today: date) -> EndingOut:
        what = f"report_to_{change.recipient.value}"
        return cls._of_holder(what, change.holder, change.id, change.due_on, today)

    @classmethod
    def _of_holder(cls, what: str, whose: Holder, id: UUID, on: date, today: date) -> EndingOut:
        own = whose.type is HolderType.PROVIDER
        return cls(
            what=what,
            held_by=whose.type,
            npi=whose.npi if own else None,
            billing_npi=None if own else whose.npi,
            payer_id=None,
            location_code=whose.code,
            id=id,
            on=on,
            days_left=(on - today).days,
        )

    @classmethod
    def of_enrollment(cls, what: str, renewal: Enrollment, due: date | None, today: date) -> EndingOut:
        who, on = renewal.identity, due or today
        return cls(
            what=what,
            held_by=HolderType.PROVIDER,
            npi=who.npi,
            billing_npi=who.billing_npi,
            payer_id=who.payer_id,
            location_code=who.location_code,
            id=renewal.id,
            on=on,
            days_left=(on - today).days,
        )


@router.get("/expiring", dependencies=[needs(READ)])
async def expiring(
    reads: Reads,
    today: Today,
    within_days: Annotated[int, Query(ge=0, le=730)] = 120,
    limit: Limit = 100,
) -> list[EndingOut]:
    """What expires or is due within so many days, or is past it; the nearest first."""
    until = today + timedelta(days=within_days)
    async with reads.begin() as tx:
        papers = await store.expiring(tx, until, limit)
        renewals = await enrollments.falling_due(tx, until, limit)
        notices = await enrollments.awaiting_notice(tx, until, limit)
        to_report = await changes.due(tx, until, limit)
    ending = [EndingOut.of_paper(paper, today) for paper in papers]
    ending += [EndingOut.of_enrollment("renewal", each, each.due_on, today) for each in renewals]
    ending += [EndingOut.of_enrollment("decision_notice", each, each.notice_due_on, today) for each in notices]
    ending += [EndingOut.of_change(change, today) for change in to_report]
    return sorted(ending, key=lambda end: (end.on, end.id))[:limit]
