"""A partner as the API takes and shows it, and its mailbox."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from edi.domain.access import Access, Folders
from edi.domain.partner import REAL_TIME_PATH, Partner, PartnerFacts, Party
from edi.models.words import Identifier, Input, Name
from edi.store.partners import Mailbox


class DelimitersModel(Input):
    """The four delimiters that the partner wants in ISA."""

    element: str = Field(default="*", min_length=1, max_length=1)
    component: str = Field(default=":", min_length=1, max_length=1)
    segment: str = Field(default="~", min_length=1, max_length=1)
    repetition: str = Field(default="^", min_length=1, max_length=1)

    def marks(self) -> str:
        return self.element + self.component + self.segment + self.repetition


class AccessModel(Input):
    """How we prove who we are. `secret` is the name of a file in EDI_SECRETS_FOLDER, never the secret itself; so are
    `certificate`, `certificate_key` (PEM, for mutual TLS) and `authority` (PEM, for a partner's own).
    """

    kind: Literal["none", "basic", "bearer", "client_credentials", "key"] = "none"
    user: str = Field(default="", max_length=128)
    secret: str = Field(default="", max_length=100)
    token_url: str = Field(default="", max_length=300)
    scope: str = Field(default="", max_length=300)
    certificate: str = Field(default="", max_length=100)
    certificate_key: str = Field(default="", max_length=100)
    authority: str = Field(default="", max_length=100)


class FoldersModel(Input):
    """Folders on an SFTP server, below the address, and the host keys it may show (OpenSSH lines, no comment)."""

    host_keys: list[str] = Field(min_length=1, max_length=8)
    upload: str = Field(default="inbound", max_length=300)
    pickup: str = Field(default="outbound", max_length=300)
    archive: str | None = Field(default=None, max_length=300)


class PartnerIn(Input):
    """A partner. Group ids (GS02, GS03) are the interchange ids unless given."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "Example Clearinghouse",
                    "base_url": "https://edi.example.com/x12",
                    "sender_qualifier": "ZZ",
                    "sender_id": "DERMGROUP",
                    "receiver_qualifier": "ZZ",
                    "receiver_id": "CLEARINGHOUSE",
                    "usage": "T",
                    "payers": ["*"],
                }
            ]
        },
    )

    name: Name
    base_url: str = Field(min_length=8, max_length=300)
    sender_qualifier: str = Field(min_length=2, max_length=2)
    sender_id: Identifier
    sender_group_id: Identifier | None = None
    receiver_qualifier: str = Field(min_length=2, max_length=2)
    receiver_id: Identifier
    receiver_group_id: Identifier | None = None
    usage: Literal["P", "T"] = "P"
    payers: list[str] = Field(default_factory=list, max_length=2_000)
    delimiters: DelimitersModel = DelimitersModel()
    poll_seconds: int = Field(default=60, ge=1, le=86_400)
    acknowledgement_hours: int | None = Field(default=None, ge=1, le=24 * 60)
    time_zone: str | None = Field(default=None, max_length=64)
    wire: Literal["http", "sftp", "fhir"] = "http"
    access: AccessModel = AccessModel()
    folders: FoldersModel | None = None
    real_time_path: str = Field(default=REAL_TIME_PATH, max_length=200)

    def facts(self, *, acknowledgement_hours: int, time_zone: str) -> PartnerFacts:
        """The partner in the domain's terms; what was left out is the installation's."""
        return PartnerFacts(
            name=self.name,
            base_url=self.base_url,
            ours=Party(self.sender_qualifier, self.sender_id, self.sender_group_id or self.sender_id),
            theirs=Party(self.receiver_qualifier, self.receiver_id, self.receiver_group_id or self.receiver_id),
            usage=self.usage,
            payers=tuple(self.payers),
            delimiters=self.delimiters.marks(),
            poll_seconds=self.poll_seconds,
            acknowledgement_hours=self.acknowledgement_hours or acknowledgement_hours,
            time_zone=self.time_zone or time_zone,
            wire=self.wire,
            access=Access(**self.access.model_dump()),
            folders=self._folders(),
            real_time_path=self.real_time_path,
        )

    def _folders(self) -> Folders | None:
        given = self.folders
        return Folders(tuple(given.host_keys), given.upload, given.pickup, given.archive) if given else None


class PartnerOut(BaseModel):
    id: UUID
    version: int
    name: str
    base_url: str
    sender_qualifier: str
    sender_id: str
    sender_group_id: str
    receiver_qualifier: str
    receiver_id: str
    receiver_group_id: str
    usage: str
    payers: list[str]
    delimiters: DelimitersModel
    poll_seconds: int
    acknowledgement_hours: int
    time_zone: str
    wire: str
    access: AccessModel
    folders: FoldersModel | None
    real_time_path: str

    @classmethod
    def of(cls, partner: Partner) -> PartnerOut:
        facts, marks = partner.facts, partner.facts.delimiters
        return cls(
            id=partner.id,
            version=partner.version,
            name=facts.name,
            base_url=facts.base_url,
            sender_qualifier=facts.ours.qualifier,
            sender_id=facts.ours.id,
            sender_group_id=facts.ours.group_id,
            receiver_qualifier=facts.theirs.qualifier,
            receiver_id=facts.theirs.id,
            receiver_group_id=facts.theirs.group_id,
            usage=facts.usage,
            payers=list(facts.payers),
            delimiters=DelimitersModel(element=marks[0], component=marks[1], segment=marks[2], repetition=marks[3]),
            poll_seconds=facts.poll_seconds,
            acknowledgement_hours=facts.acknowledgement_hours,
            time_zone=facts.time_zone,
            wire=facts.wire,
            access=AccessModel.model_validate(asdict(facts.access)),
            folders=FoldersModel.model_validate(asdict(facts.folders)) if facts.folders else None,
            real_time_path=facts.real_time_path,
        )


class MailboxOut(BaseModel):
    """How polling goes: `failures` in a row, and the last of them."""

    partner_id: UUID
    cursor: str | None
    failures: int
    last_error: str | None
    polled_at: datetime | None

    @classmethod
    def of(cls, partner_id: UUID, mailbox: Mailbox) -> MailboxOut:
        return cls(
            partner_id=partner_id,
            cursor=mailbox.place.cursor,
            failures=mailbox.failures,
            last_error=mailbox.last_error,
            polled_at=mailbox.polled_at,
        )
