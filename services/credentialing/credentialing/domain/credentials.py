"""What a provider holds: licences, registrations, certificates, insurance, attestations (rulebook 13)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from common.change import Change
from common.money import Money
from common.phi import Phi
from credentialing.domain.dates import alert_on
from credentialing.domain.dea import is_valid_dea
from credentialing.domain.events import CredentialExpiring
from credentialing.domain.provider import COLLABORATING, Profession
from credentialing.domain.refusals import DatesOutOfOrder, DeaNumberWrong, NotForThisProfession, PartMissing

# A CAQH profile is attested again within 120 days, in Illinois within 180 (rulebook 13).
ATTESTATION, ATTESTATION_IN = timedelta(days=120), {"IL": timedelta(days=180)}


class Kind(StrEnum):
    LICENSE = "state_license"
    DEA = "dea_registration"
    CONTROLLED_SUBSTANCE = "state_controlled_substance"
    BOARD = "board_certification"
    MALPRACTICE = "malpractice_insurance"
    CAQH = "caqh_attestation"
    NPPES = "nppes_record"
    PRIVILEGES = "hospital_privileges"
    ADMITTING = "admitting_arrangement"
    COLLABORATION = "collaborating_agreement"
    EDUCATION = "medical_education"
    TRAINING = "postgraduate_training"
    PEER_REFERENCE = "peer_reference"
    IDENTITY = "government_id"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the paper says. `number` is a licence, registration, policy or profile number, and is kept sealed.

    `collaborator_npi` is the physician of a collaborating agreement; `per_claim` and `aggregate` are an insurance's.
    """

    kind: Kind
    issuer: str
    number: Phi[str] | None = None
    state: str | None = None
    issued_on: date | None = None
    expires_on: date | None = None
    collaborator_npi: str | None = None
    per_claim: Money | None = None
    aggregate: Money | None = None

    def checked(self, profession: Profession) -> Facts:
        """The facts with the expiry that follows from them.

        Raises PartMissing, DatesOutOfOrder, DeaNumberWrong, NotForThisProfession.
        """
        for part in PARTS[self.kind]:
            if getattr(self, part) is None:
                raise PartMissing(kind=_word(self.kind), part=part)
        if self.kind is Kind.DEA and not (self.number and is_valid_dea(self.number.reveal())):
            raise DeaNumberWrong
        if self.kind is Kind.COLLABORATION and profession not in COLLABORATING:
            raise NotForThisProfession(kind=_word(self.kind), profession=profession.value)
        settled = self
        if self.kind is Kind.CAQH and self.issued_on is not None:
            attested = self.issued_on + ATTESTATION_IN.get(self.state or "", ATTESTATION)
            settled = replace(self, expires_on=attested)
        if settled.issued_on and settled.expires_on and settled.expires_on < settled.issued_on:
            raise DatesOutOfOrder(
                earlier="the day of issue",
                earlier_day=settled.issued_on,
                later="The expiry",
                later_day=settled.expires_on,
            )
        return settled


# What has to be said of each kind beside who issued it.
PARTS: Mapping[Kind, tuple[str, ...]] = {
    Kind.LICENSE: ("number", "state", "expires_on"),
    Kind.DEA: ("number", "state", "expires_on"),
    Kind.CONTROLLED_SUBSTANCE: ("number", "state", "expires_on"),
    Kind.BOARD: ("issued_on",),
    Kind.MALPRACTICE: ("number", "expires_on", "per_claim", "aggregate"),
    Kind.CAQH: ("number", "issued_on"),
    Kind.NPPES: ("issued_on",),
    Kind.PRIVILEGES: ("issued_on",),
    Kind.ADMITTING: ("issued_on",),
    Kind.COLLABORATION: ("state", "issued_on", "collaborator_npi"),
    Kind.EDUCATION: ("issued_on",),
    Kind.TRAINING: ("issued_on",),
    Kind.PEER_REFERENCE: ("issued_on",),
    Kind.IDENTITY: ("expires_on",),
}


class State(StrEnum):
    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Credential:
    """`announced` is the last alert before the expiry that was told."""

    id: UUID
    provider_id: UUID
    npi: str
    facts: Facts
    document_id: UUID | None = None
    announced: int | None = None
    version: int = 1

    def state(self, today: date) -> State:
        """Valid to the end of the day on which it expires."""
        expires = self.facts.expires_on
        if expires is None:
            return State.VALID
        if expires < today:
            return State.EXPIRED
        return State.VALID if alert_on(expires, today) is None else State.EXPIRING

    def amended(self, facts: Facts, document_id: UUID | None) -> Credential:
        """With what the renewed paper says; another expiry begins the alerts anew."""
        same = facts.expires_on == self.facts.expires_on
        return replace(self, facts=facts, document_id=document_id, announced=self.announced if same else None)

    def fall_due(self, *, today: date) -> Change[Credential]:
        """The alert that the calendar brings, if it was not told yet."""
        expires = self.facts.expires_on
        alert = alert_on(expires, today) if expires else None
        if expires is None or today > expires or alert is None or (self.announced or alert + 1) <= alert:
            return Change(self)
        event = CredentialExpiring(
            credential_id=self.id,
            provider_id=self.provider_id,
            npi=self.npi,
            kind=self.facts.kind.value,
            expires_on=expires,
            days_left=(expires - today).days,
            state=self.facts.state,
        )
        return Change(replace(self, announced=alert), (event,))


def _word(kind: Kind) -> str:
    return kind.value.replace("_", " ")
