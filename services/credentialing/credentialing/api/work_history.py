"""Where a provider worked, and the gaps that a payer wants explained."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from common.web import IfMatch, Reads, Today, Writes, etag, needs
from credentialing.api.words import READ, STRICT, WRITE, Npi, Reason, Text
from credentialing.domain.work_history import Explanation, Position, Wanted, WorkHistory, gaps
from credentialing.operations import filing as operations
from credentialing.store import credentials as store

router = APIRouter(tags=["papers"])


class PositionIn(BaseModel):
    model_config = STRICT
    employer: Text
    first: date
    last: date | None = None


class ExplanationIn(BaseModel):
    model_config = STRICT
    of: date = Field(description="A day of the gap that is explained")
    text: Reason
    in_writing: bool = False


class WorkHistoryIn(BaseModel):
    model_config = STRICT
    positions: list[PositionIn] = Field(max_length=100)
    explanations: list[ExplanationIn] = Field(default_factory=list[ExplanationIn], max_length=50)
    since: date | None = Field(default=None, description="The first licence, where that is less than five years ago")

    def worked(self) -> WorkHistory:
        positions = tuple(Position(**position.model_dump()) for position in self.positions)
        explanations = tuple(Explanation(**explanation.model_dump()) for explanation in self.explanations)
        return WorkHistory(positions, explanations, self.since)


class GapOut(BaseModel):
    first: date
    last: date
    wanted: Wanted
    explained: bool


class WorkHistoryOut(BaseModel):
    positions: list[Position]
    explanations: list[Explanation]
    since: date | None
    gaps: list[GapOut]
    version: int

    @classmethod
    def of(cls, worked: WorkHistory | None, version: int, today: date) -> WorkHistoryOut:
        told = worked or WorkHistory(())
        found = [GapOut(**{name: getattr(gap, name) for name in GapOut.model_fields}) for gap in gaps(told, today)]
        return cls(
            positions=list(told.positions),
            explanations=list(told.explanations),
            since=told.since,
            gaps=found,
            version=version,
        )


@router.get("/providers/{npi}/work-history", dependencies=[needs(READ)])
async def get_work_history(npi: Npi, reads: Reads, today: Today, response: Response) -> WorkHistoryOut:
    """Positions, and the gaps of the last five years that a payer wants explained."""
    async with reads.begin() as tx:
        worked, version = await store.work_history(tx, npi)
    response.headers["ETag"] = etag(version)
    return WorkHistoryOut.of(worked, version, today)


@router.put("/providers/{npi}/work-history", dependencies=[needs(WRITE)])
async def put_work_history(
    npi: Npi, body: WorkHistoryIn, version: IfMatch, uow: Writes, today: Today, response: Response
) -> WorkHistoryOut:
    """Set all of it. It shares the provider's version."""
    worked, saved = await operations.put_work_history(uow, npi, version, body.worked())
    response.headers["ETag"] = etag(saved)
    return WorkHistoryOut.of(worked, saved, today)
