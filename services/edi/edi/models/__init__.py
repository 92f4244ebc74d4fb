"""What the API takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import RowMapping

from edi.domain.access import Access, Folders
from edi.domain.bodies import MOST_BODIES
from edi.domain.events import SetError
from edi.domain.partner import REAL_TIME_PATH, Partner, PartnerFacts, Party
from edi.domain.transmission import Transmission
from edi.store.partners import Mailbox

MEDIA_TYPE = "application/edi-x12"
LARGEST_UPLOAD = 50 * 1024 * 1024

Name = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]+$")]
Identifier = Annotated[str, StringConstraints(min_length=1, max_length=15)]
Payer = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9._-]+$")]


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


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


class TransmissionIn(Input):
    """Bodies (the segments between ST and SE, delimiters `* : ^ ~`) for one payer; each becomes a transaction set."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "reference": "01937e00-0000-7000-8000-000000000012",
                    "kind": "837P",
                    "payer_id": "PAYERA",
                    "bodies": ["BHT*0019*00*0001*20260105*1200*CH~NM1*41*2*DERM GROUP*****46*123456789~"],
                }
            ]
        },
    )

    reference: UUID = Field(description="The caller's own id of what is sent, such as a batch")
    kind: str = Field(min_length=1, max_length=10)
    payer_id: Payer
    bodies: list[str] = Field(min_length=1, max_length=MOST_BODIES)


class TransmissionAccepted(BaseModel):
    transmission_id: UUID

    @classmethod
    def of(cls, transmission: Transmission) -> TransmissionAccepted:
        return cls(transmission_id=transmission.id)


class AttemptOut(BaseModel):
    number: int
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None


class TransmissionOut(BaseModel):
    """`overdue_at` is set when no 999 came in time; `failure` when the partner will never take it."""

    id: UUID
    partner_id: UUID
    interchange_id: UUID
    reference: UUID
    kind: str
    payer_id: str | None
    sets: int
    interchange_control: str
    group_control: str
    status: str
    queued_at: datetime
    sent_at: datetime | None
    acknowledge_by: datetime | None
    overdue_at: datetime | None
    acknowledged_at: datetime | None
    outcome: str | None
    errors: list[SetError]
    failure: str | None
    attempts: list[AttemptOut] = []

    @classmethod
    def of(cls, transmission: Transmission, attempts: Any = ()) -> TransmissionOut:
        names = cls.model_fields.keys() - {"attempts", "errors", "status"}
        return cls(
            **{name: getattr(transmission, name) for name in names},
            status=transmission.status.value,
            errors=list(transmission.errors),
            attempts=[AttemptOut.model_validate(dict(row)) for row in attempts],
        )


class InterchangeOut(BaseModel):
    """An interchange in the archive; `reason` and `duplicate_of` when it was not processed."""

    id: UUID
    partner_id: UUID
    direction: str
    kind: str
    kinds: dict[str, int]
    sender_id: str
    receiver_id: str
    control: str
    groups: list[str]
    usage: str
    size: int
    sha256: str
    file_id: UUID | None
    ordinal: int
    reason: str | None
    duplicate_of: UUID | None
    at: datetime

    @classmethod
    def of(cls, row: RowMapping) -> InterchangeOut:
        return cls.model_validate(dict(row))


class FlawOut(BaseModel):
    code: str
    what: str
    interchange: int
    group: int
    set: int
    segment: int


class FileOut(BaseModel):
    """A file that came in: processed, a duplicate, or in quarantine with its flaws."""

    id: UUID
    partner_id: UUID
    source: str
    name: str
    sha256: str | None
    size: int | None
    status: str
    reason: str | None
    flaws: list[FlawOut]
    duplicate_of: UUID | None
    corrected_by: UUID | None
    received_at: datetime
    released_at: datetime | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> FileOut:
        return cls.model_validate(dict(row))


class FileTaken(BaseModel):
    file_id: UUID

    @classmethod
    def of(cls, file_id: UUID) -> FileTaken:
        return cls(file_id=file_id)


class AcknowledgementOut(BaseModel):
    """A 999 (control: GS06 of the group) or TA1 (control: ISA13); `reason` when it changed nothing."""

    id: UUID
    partner_id: UUID
    interchange_id: UUID
    kind: str
    control: str
    outcome: str
    note: str | None
    transmission_id: UUID | None
    applied: bool
    reason: str | None
    received_at: datetime

    @classmethod
    def of(cls, row: RowMapping) -> AcknowledgementOut:
        return cls.model_validate(dict(row))
