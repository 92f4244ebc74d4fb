"""A provider's papers: credentials, documents, work history; and everything that ends soon."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from common.money import Money
from common.pagination import Limit
from common.phi import Phi
from common.web import Creates, IfMatch, Reads, Today, Writes, etag, needs
from credentialing.api.words import READ, STRICT, WRITE, Npi, Reason, State, Text
from credentialing.domain.credentials import Credential, Facts, Kind
from credentialing.domain.credentials import State as PaperState
from credentialing.domain.work_history import Explanation, Position, Wanted, WorkHistory, gaps
from credentialing.operations import filing as operations
from credentialing.store import credentials as store
from credentialing.store import enrollments
from credentialing.store.credentials import Document

router = APIRouter(tags=["papers"])

MediaType = Literal["application/pdf", "image/png", "image/jpeg"]


def _not_negative(amount: Money) -> Money:
    if amount < Money.zero():
        raise ValueError("an amount of insurance is not below zero")
    return amount


Amount = Annotated[Money, AfterValidator(_not_negative)]


class CredentialIn(BaseModel):
    """What the paper says. An attestation's expiry follows from its day."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "kind": "state_license",
                    "issuer": "New York State Education Department",
                    "number": "200001",
                    "state": "NY",
                    "expires_on": "2027-08-31",
                }
            ]
        },
    )
    kind: Kind
    issuer: Text
    number: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./-]{0,39}$")] | None = None
    state: State | None = None
    issued_on: date | None = Field(default=None, description="Issued, certified or attested on")
    expires_on: date | None = Field(default=None, description="The last day on which it holds")
    collaborator_npi: Npi | None = None
    per_claim: Amount | None = None
    aggregate: Amount | None = None
    document_id: UUID | None = None

    def facts(self) -> Facts:
        told = self.model_dump(exclude={"number", "document_id"})
        return Facts(**told, number=Phi(self.number) if self.number else None)


class CredentialOut(BaseModel):
    id: UUID
    npi: str
    kind: Kind
    issuer: str
    number: str | None
    state: str | None
    issued_on: date | None
    expires_on: date | None
    collaborator_npi: str | None
    per_claim: Money | None
    aggregate: Money | None
    document_id: UUID | None
    standing: PaperState
    version: int

    @classmethod
    def of(cls, credential: Credential, today: date) -> CredentialOut:
        facts = credential.facts
        names = ("kind", "issuer", "state", "issued_on", "expires_on", "collaborator_npi", "per_claim", "aggregate")
        return cls(
            id=credential.id,
            npi=credential.npi,
            number=facts.number.reveal() if facts.number else None,
            document_id=credential.document_id,
            standing=credential.state(today),
            version=credential.version,
            **{name: getattr(facts, name) for name in names},
        )


class DocumentOut(BaseModel):
    id: UUID
    media_type: str
    size: int
    sha256: str
    received_at: datetime

    @classmethod
    def of(cls, document: Document) -> DocumentOut:
        return cls(**{name: getattr(document, name) for name in cls.model_fields})


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


class EndingOut(BaseModel):
    """A credential that expires, or an enrollment whose renewal is due."""

    what: str
    npi: str
    payer_id: str | None
    location_code: str | None
    id: UUID
    on: date
    days_left: int


@router.get("/providers/{npi}/credentials", dependencies=[needs(READ)])
async def list_credentials(npi: Npi, reads: Reads, today: Today) -> list[CredentialOut]:
    async with reads.begin() as tx:
        whose = await store.holder(tx, npi)
        found = await store.of(tx, npi)
        tx.audit("read", "credentials", whose.id)
    return [CredentialOut.of(credential, today) for credential in found]


@router.post("/providers/{npi}/credentials", status_code=201, dependencies=[needs(WRITE)])
async def record_credential(npi: Npi, body: CredentialIn, uow: Creates) -> CredentialOut:
    """Put a licence, registration, certificate, insurance, attestation or agreement on file."""

    def shown(credential: Credential) -> CredentialOut:
        return CredentialOut.of(credential, uow.today)

    return shown(await operations.record_credential(uow.answering(shown, 201), npi, body.facts(), body.document_id))


@router.get("/credentials/{credential_id}", dependencies=[needs(READ)])
async def get_credential(credential_id: UUID, reads: Reads, today: Today, response: Response) -> CredentialOut:
    async with reads.begin() as tx:
        found = await store.load(tx, credential_id)
        tx.audit("read", "credential", found.id)
    response.headers["ETag"] = etag(found.version)
    return CredentialOut.of(found, today)


@router.put("/credentials/{credential_id}", dependencies=[needs(WRITE)])
async def amend_credential(
    credential_id: UUID, body: CredentialIn, version: IfMatch, uow: Writes, today: Today, response: Response
) -> CredentialOut:
    """Put what the renewed paper says in the place of what was there."""
    after = await operations.amend_credential(uow, credential_id, version, body.facts(), body.document_id)
    response.headers["ETag"] = etag(after.version)
    return CredentialOut.of(after, today)


@router.delete("/credentials/{credential_id}", status_code=204, dependencies=[needs(WRITE)])
async def remove_credential(credential_id: UUID, version: IfMatch, uow: Writes) -> None:
    """Take off one that was recorded by mistake."""
    await operations.remove_credential(uow, credential_id, version)


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


@router.get("/providers/{npi}/documents", dependencies=[needs(READ)])
async def list_documents(npi: Npi, reads: Reads) -> list[DocumentOut]:
    async with reads.begin() as tx:
        whose = await store.holder(tx, npi)
        found = await store.documents_of(tx, whose.id)
    return [DocumentOut.of(document) for document in found]


@router.post(
    "/providers/{npi}/documents",
    status_code=201,
    dependencies=[needs(WRITE)],
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in operations.BEGINNINGS
            },
        }
    },
)
async def keep_document(
    npi: Npi, request: Request, uow: Creates, content_type: Annotated[MediaType, Header()]
) -> DocumentOut:
    """Keep a PDF, PNG or JPEG of at most 10 MiB, sealed. The same file again is the same document."""
    unit = uow.answering(DocumentOut.of, 201)
    return DocumentOut.of(await operations.keep_document(unit, npi, content_type, await request.body()))


@router.get(
    "/documents/{document_id}/content",
    dependencies=[needs(WRITE)],
    response_class=Response,
    responses={200: {"content": {media_type: {} for media_type in operations.BEGINNINGS}}},
)
async def document_content(document_id: UUID, reads: Reads) -> Response:
    """The file as it was sent."""
    async with reads.begin() as tx:
        document, content = await store.content_of(tx, document_id)
        tx.audit("read", "document", document.id)
    return Response(content, media_type=document.media_type)


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
    ending = [_ending(today, paper.facts.kind.value, paper.facts.expires_on, paper.npi, paper.id) for paper in papers]
    ending += [
        _ending(
            today,
            "renewal",
            renewal.due_on,
            renewal.identity.npi,
            renewal.id,
            payer_id=renewal.identity.payer_id,
            location_code=renewal.identity.location_code,
        )
        for renewal in renewals
    ]
    return sorted(ending, key=lambda end: (end.on, end.id))[:limit]


def _ending(today: date, what: str, on: date | None, npi: str, id: UUID, **where: Any) -> EndingOut:
    day = on or today
    named = {"payer_id": None, "location_code": None} | where
    return EndingOut(what=what, npi=npi, id=id, on=day, days_left=(day - today).days, **named)
