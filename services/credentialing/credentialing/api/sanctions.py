"""Lists of exclusions: which are loaded, who is like somebody on them, and who decided what."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from common.pagination import Cursor, Limit, Page
from common.web import IfMatch, Reads, Writes, etag, needs
from credentialing.api.words import READ, WRITE, Npi, Reason
from credentialing.domain.likeness import How, Part, Strength
from credentialing.domain.refusals import NoExclusionList
from credentialing.domain.sanctions import (
    LEIE,
    Decision,
    Entry,
    Match,
    Standing,
    excluded_by,
    excluded_since,
)
from credentialing.operations import screening as operations
from credentialing.store import exclusions as store
from credentialing.store.exclusions import ExclusionList

router = APIRouter(tags=["sanctions"])


class ExclusionListOut(BaseModel):
    """`source` is LEIE (OIG), SAM, or MEDICAID- and a state."""

    source: str
    file: str
    sha256: str
    rows: int
    loaded_at: datetime

    @classmethod
    def of(cls, found: ExclusionList) -> ExclusionListOut:
        return cls(**{name: getattr(found, name) for name in cls.model_fields})


class MatchOut(BaseModel):
    """An entry of a list that is like a provider, by what it is alike and by what not.

    `on_list` is false once a newer list of that source no longer has it.
    """

    id: UUID
    npi: str
    source: str
    likeness: How
    strength: Strength
    matched: list[Part]
    differs: list[Part]
    standing: Standing
    entry: Entry
    on_list: bool
    version: int

    @classmethod
    def of(cls, match: Match) -> MatchOut:
        names = ("id", "npi", "source", "standing", "entry", "on_list", "version")
        return cls(
            likeness=match.likeness.how,
            strength=match.likeness.strength,
            matched=list(match.likeness.matched),
            differs=list(match.likeness.differs),
            **{name: getattr(match, name) for name in names},
        )


class ScreeningOut(BaseModel):
    """`excluded_by` are the sources whose lists exclude the provider, `excluded_on` since when any does."""

    npi: str
    lists: list[ExclusionListOut]
    excluded_on: date | None
    excluded_by: list[str]
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
    """OIG's list that providers are looked up on."""
    async with reads.begin() as tx:
        found = [each for each in await store.current_lists(tx) if each.source == LEIE]
    if not found:
        raise NoExclusionList
    return ExclusionListOut.of(found[0])


@router.get("/exclusion-lists", dependencies=[needs(READ)])
async def get_lists(reads: Reads) -> list[ExclusionListOut]:
    """Every list that providers are looked up on, the newest of each source."""
    async with reads.begin() as tx:
        found = await store.current_lists(tx)
    return [ExclusionListOut.of(each) for each in found]


@router.post("/providers/{npi}/screening", dependencies=[needs(WRITE)])
async def screen(npi: Npi, uow: Writes) -> ScreeningOut:
    """Look the provider up on every list now."""

    def shown(screened: tuple[list[ExclusionList], tuple[Match, ...]]) -> ScreeningOut:
        found, matches = screened
        excluded = excluded_by(matches)
        return ScreeningOut(
            npi=npi,
            lists=[ExclusionListOut.of(each) for each in found],
            excluded_on=excluded_since(excluded),
            excluded_by=[each.source for each in excluded],
            matches=[MatchOut.of(match) for match in matches],
        )

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
    """Say who is meant, or that the agency took the provider back, and how that is known."""
    unit = uow.answering(MatchOut.of, 200)
    match = await operations.decide(unit, match_id, version, body.decision, body.reason)
    response.headers["ETag"] = etag(match.version)
    return MatchOut.of(match)
