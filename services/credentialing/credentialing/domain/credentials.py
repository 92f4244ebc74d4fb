"""What a clinician, a group or a location holds: licences, certificates, insurance, attestations (rulebook 13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from codes.clia import is_valid_clia
from common.change import Change
from common.money import Money
from common.phi import Phi
from common.refusal import Refusal
from credentialing.domain.dates import alert_on
from credentialing.domain.dea import is_valid_dea
from credentialing.domain.events import CredentialExpiring
from credentialing.domain.holders import Holder, HolderType
from credentialing.domain.kinds import KINDS, CliaTier, Ending, Kind, word
from credentialing.domain.refusals import (
    CliaNumberWrong,
    DatesOutOfOrder,
    DeaNumberWrong,
    NotForThisProfession,
    NotHeldBySuch,
    PartMissing,
)

# A CAQH profile is attested again within 120 days, in Illinois within 180 (rulebook 13).
ATTESTATION, ATTESTATION_IN = timedelta(days=120), {"IL": timedelta(days=180)}

# Numbers whose shape shows a slip of the pen.
_NUMBERS: Mapping[Kind, tuple[Callable[[str], bool], type[Refusal]]] = {
    Kind.DEA: (is_valid_dea, DeaNumberWrong),
    Kind.CLIA: (is_valid_clia, CliaNumberWrong),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the paper says. `number` is a licence, registration, policy or profile number, and is kept sealed.

    `collaborator_npi` is the physician of a collaborating agreement; `per_claim` and `aggregate` are an insurance's;
    `tier` is a CLIA certificate's.
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
    tier: CliaTier | None = None

    def checked(self, holder: Holder) -> Facts:
        """The facts with the expiry that follows from them.

        Raises NotHeldBySuch, NotForThisProfession, PartMissing, DatesOutOfOrder, DeaNumberWrong, CliaNumberWrong.
        """
        rule = KINDS[self.kind]
        if holder.type not in rule.held_by:
            raise NotHeldBySuch(kind=word(self.kind), holder=holder.type.value)
        if holder.profession and rule.professions and holder.profession not in rule.professions:
            raise NotForThisProfession(kind=word(self.kind), profession=holder.profession.value)
        for part in rule.parts:
            if getattr(self, part) is None:
                raise PartMissing(kind=word(self.kind), part=part)
        self._check_number()
        settled = self
        if rule.ends is Ending.ATTESTED and self.issued_on is not None:
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

    def _check_number(self) -> None:
        is_valid, wrong = _NUMBERS.get(self.kind, (None, None))
        if is_valid and wrong and not (self.number and is_valid(self.number.reveal())):
            raise wrong


class State(StrEnum):
    VALID = "valid"
    EXPIRING = "expiring"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Credential:
    """`announced` is the last alert before the expiry that was told."""

    id: UUID
    holder: Holder
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
        return Change(replace(self, announced=alert), (self._expiring(expires, (expires - today).days),))

    def _expiring(self, expires: date, days_left: int) -> CredentialExpiring:
        whose = self.holder
        return CredentialExpiring(
            credential_id=self.id,
            provider_id=whose.id,
            npi=whose.npi,
            kind=self.facts.kind.value,
            expires_on=expires,
            days_left=days_left,
            state=self.facts.state,
            held_by=None if whose.type is HolderType.PROVIDER else whose.type.value,
            location_code=whose.code,
        )
