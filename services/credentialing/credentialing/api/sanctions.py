"""OIG's list: which one is loaded, who is like somebody on it, and who decided what."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from common.pagination import Cursor, Limit, Page
from common.web import IfMatch, Reads, Writes, etag, needs
from credentialing.api.words import READ, WRITE, Npi, Reason
from credentialing.domain.refusals import NoExclusionList
from credentialing.domain.sanctions import Decision, Entry, Likeness, Match, Standing, excluded_since
from credentialing.operations import screening as operations
from credentialing.store import exclusions as store
from credentialing.store.exclusions import ExclusionList

router = APIRouter(tags=["sanctions"])


class ExclusionListOut(BaseModel):
    file: str
    sha256: str
    rows: int
    loaded_at: datetime

    @classmethod
    def of(cls, found: ExclusionList) -> ExclusionListOut:
        return cls(**{name: getattr(found, name) for name in cls.model_fields})


class MatchOut(BaseModel):
    """An entry of the list that is like a provider; `on_list` is false once a newer list no longer has it."""

    id: UUID
    npi: str
    likeness: Likeness
    standing: Standing
    entry: Entry
    on_list: bool
    version: int

    @classmethod
    def of(cls, match: Match) -> MatchOut:
        return cls(**{name: getattr(match, name) for name in cls.model_fields})


class ScreeningOut(BaseModel):
    npi: str
    list: ExclusionListOut
    excluded_on: date | None
    matches: list[MatchOut]


class DecisionIn(BaseModel):
    """Who is meant, and how that is known."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "decision": "another_person",
                    "reason": "The last four digits of the social security number differ on OIG's page.",
                }
            ]
        },
    )
    decision: Decision
    reason: Reason


@router.get("/exclusion-list", dependencies=[needs(READ)])
async def get_list(reads: Reads) -> ExclusionListOut:
    """The list that providers are looked up on."""
    async with reads.begin() as tx:
        found = await store.current_list(tx)
    if found is None:
        raise NoExclusionList
    return ExclusionListOut.of(found)


@router.post("/providers/{npi}/screening", dependencies=[needs(WRITE)])
async def screen(npi: Npi, uow: Writes) -> ScreeningOut:
    """Look the provider up on the list now."""

    def shown(screened: tuple[ExclusionList, tuple[Match, ...]]) -> ScreeningOut:
        found, matches = screened
        since = excluded_since(matches)
        listed = [MatchOut.of(match) for match in matches]
        return ScreeningOut(npi=npi, list=ExclusionListOut.of(found), excluded_on=since, matches=listed)

    return shown(await operations.screen(uow.answering(shown, 200), npi))


@router.get("/exclusion-matches", dependencies=[needs(READ)])
async def list_matches(
    reads: Reads, standing: Standing | None = None, cursor: Cursor | None = None, limit: Limit = 50
) -> Page[MatchOut]:
    """Matches; with `standing=possible` those that wait for somebody to decide."""
    async with reads.begin() as tx:
        found = await store.page(tx, standing, cursor, limit)
    return Page.of(found, limit, MatchOut.of, lambda match: match.id)


@router.get("/exclusion-matches/{match_id}", dependencies=[needs(READ)])
async def get_match(match_id: UUID, reads: Reads, response: Response) -> MatchOut:
    async with reads.begin() as tx:
        match = await store.load(tx, match_id)
    response.headers["ETag"] = etag(match.version)
    return MatchOut.of(match)


@router.post("/exclusion-matches/{match_id}/decision", dependencies=[needs(WRITE)])
async def decide(match_id: UUID, body: DecisionIn, version: IfMatch, uow: Writes, response: Response) -> MatchOut:
    """Say who is meant, or that OIG took the provider back, and how that is known."""
    unit = uow.answering(MatchOut.of, 200)
    match = await operations.decide(unit, match_id, version, body.decision, body.reason)
    response.headers["ETag"] = etag(match.version)
    return MatchOut.of(match)
