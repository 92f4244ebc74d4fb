"""Papers of clinicians, groups and locations: credentials and documents, under the same paths for each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from common.money import Money
from common.phi import Phi
from common.web import Creates, IfMatch, Reads, Today, Writes, etag, needs
from credentialing.api.holders import HOLDERS, Path, WhoseName
from credentialing.api.words import READ, WRITE, Npi, State, Text
from credentialing.domain.credentials import Credential, Facts
from credentialing.domain.credentials import State as PaperState
from credentialing.domain.holders import HolderType, Named
from credentialing.domain.kinds import CliaTier, Kind
from credentialing.operations import filing as operations
from credentialing.store import credentials as store
from credentialing.store import documents, holders
from credentialing.store.documents import Document

router = APIRouter(tags=["papers"])

MediaType = Literal["application/pdf", "image/png", "image/jpeg"]


def _not_negative(amount: Money) -> Money:
    if amount < Money.zero():
        raise ValueError("an amount of insurance is not below zero")
    return amount


# What the paper says that is answered as it stands.
_PLAIN = (
    "kind", "issuer", "state", "issued_on", "expires_on", "collaborator_npi", "per_claim", "aggregate", "tier",
)  # fmt: skip

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
    tier: CliaTier | None = None
    document_id: UUID | None = None

    def facts(self) -> Facts:
        told = self.model_dump(exclude={"number", "document_id"})
        return Facts(**told, number=Phi(self.number) if self.number else None)


class CredentialOut(BaseModel):
    """`npi` is null for a paper of a group or a location, `billing_npi` for a clinician's."""

    id: UUID
    held_by: HolderType
    npi: str | None
    billing_npi: str | None
    location_code: str | None
    kind: Kind
    issuer: str
    number: str | None
    state: str | None
    issued_on: date | None
    expires_on: date | None
    collaborator_npi: str | None
    per_claim: Money | None
    aggregate: Money | None
    tier: CliaTier | None
    document_id: UUID | None
    standing: PaperState
    version: int

    @classmethod
    def of(cls, credential: Credential, today: date) -> CredentialOut:
        facts, whose = credential.facts, credential.holder
        own = whose.type is HolderType.PROVIDER
        return cls(
            id=credential.id,
            held_by=whose.type,
            npi=whose.npi if own else None,
            billing_npi=None if own else whose.npi,
            location_code=whose.code,
            number=facts.number.reveal() if facts.number else None,
            document_id=credential.document_id,
            standing=credential.state(today),
            version=credential.version,
            **{name: getattr(facts, name) for name in _PLAIN},
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


def _credentials(path: Path, whose: WhoseName) -> None:
    @router.get(f"{path}/credentials", dependencies=[needs(READ)])
    async def list_credentials(reads: Reads, today: Today, named: Named = Depends(whose)) -> list[CredentialOut]:
        async with reads.begin() as tx:
            holder = await holders.find(tx, named)
            found = await store.of(tx, holder)
            tx.audit("read", "credentials", holder.id)
        return [CredentialOut.of(credential, today) for credential in found]

    @router.post(f"{path}/credentials", status_code=201, dependencies=[needs(WRITE)])
    async def record_credential(body: CredentialIn, uow: Creates, named: Named = Depends(whose)) -> CredentialOut:
        """Put a licence, registration, certificate, insurance, attestation or agreement on file."""

        def shown(credential: Credential) -> CredentialOut:
            return CredentialOut.of(credential, uow.today)

        unit = uow.answering(shown, 201)
        return shown(await operations.record_credential(unit, named, body.facts(), body.document_id))


def _documents(path: Path, whose: WhoseName) -> None:
    @router.get(f"{path}/documents", dependencies=[needs(READ)])
    async def list_documents(reads: Reads, named: Named = Depends(whose)) -> list[DocumentOut]:
        async with reads.begin() as tx:
            found = await documents.documents_of(tx, await holders.find(tx, named))
        return [DocumentOut.of(document) for document in found]

    @router.post(
        f"{path}/documents",
        status_code=201,
        dependencies=[needs(WRITE)],
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {
                    media_type: {"schema": {"type": "string", "format": "binary"}}
                    for media_type in operations.BEGINNINGS
                },
            }
        },
    )
    async def keep_document(
        request: Request, uow: Creates, content_type: Annotated[MediaType, Header()], named: Named = Depends(whose)
    ) -> DocumentOut:
        """Keep a PDF, PNG or JPEG of at most 10 MiB, sealed. The same file again is the same document."""
        unit = uow.answering(DocumentOut.of, 201)
        return DocumentOut.of(await operations.keep_document(unit, named, content_type, await request.body()))


for _path, _whose in HOLDERS.items():
    _credentials(_path, _whose)
    _documents(_path, _whose)


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


@router.get(
    "/documents/{document_id}/content",
    dependencies=[needs(WRITE)],
    response_class=Response,
    responses={200: {"content": {media_type: {} for media_type in operations.BEGINNINGS}}},
)
async def document_content(document_id: UUID, reads: Reads) -> Response:
    """The file as it was sent."""
    async with reads.begin() as tx:
        document, content = await documents.content_of(tx, document_id)
        tx.audit("read", "document", document.id)
    return Response(content, media_type=document.media_type)
