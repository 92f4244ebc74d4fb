"""Everything that ends soon: papers of clinicians, groups and locations, and renewals of enrollments."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from common.pagination import Limit
from common.web import Reads, Today, needs
from credentialing.api.words import READ
from credentialing.domain.credentials import Credential
from credentialing.domain.enrollment import Enrollment
from credentialing.domain.holders import HolderType
from credentialing.store import credentials as store
from credentialing.store import enrollments

router = APIRouter(tags=["papers"])


class EndingOut(BaseModel):
    """A credential that expires, or an enrollment whose renewal is due.

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
        whose, on = paper.holder, paper.facts.expires_on or today
        own = whose.type is HolderType.PROVIDER
        return cls(
            what=paper.facts.kind.value,
            held_by=whose.type,
            npi=whose.npi if own else None,
            billing_npi=None if own else whose.npi,
            payer_id=None,
            location_code=whose.code,
            id=paper.id,
            on=on,
            days_left=(on - today).days,
        )

    @classmethod
    def of_renewal(cls, renewal: Enrollment, today: date) -> EndingOut:
        who, on = renewal.identity, renewal.due_on or today
        return cls(
            what="renewal",
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
    """Credentials that expire and renewals that are due within so many days, or are past it; the nearest first."""
    until = today + timedelta(days=within_days)
    async with reads.begin() as tx:
        papers = await store.expiring(tx, until, limit)
        renewals = await enrollments.falling_due(tx, until, limit)
    ending = [EndingOut.of_paper(paper, today) for paper in papers]
    ending += [EndingOut.of_renewal(renewal, today) for renewal in renewals]
    return sorted(ending, key=lambda end: (end.on, end.id))[:limit]
