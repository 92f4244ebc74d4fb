"""What this service tells the others: ids, payer ids, codes, units and dates. Never a name, a member id or a text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from authorizations.domain.wish import Referring


@dataclass(frozen=True, slots=True)
class RequestedService:
    """`units` that were asked for; None where no number was."""

    code: str
    units: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceNeed:
    """Whether the payer must agree to the code first: `needed`, `not_needed` or `ask`; by which rule, from where."""

    code: str
    verdict: str
    rule: str
    source: str


@dataclass(frozen=True, slots=True)
class ReferralNeed:
    """Whether the patient had to be sent by another clinician: `needed`, `not_needed` or `ask`."""

    verdict: str
    rule: str
    source: str


@dataclass(frozen=True, slots=True)
class AuthNeedDecided:
    """What the rules say of a coded visit; takes the place of what was told of it before.

    `coded_version` is the version of the EncounterCoded or EncounterRecoded that it answers. Without `payer_id` the
    patient has no coverage on file that day; without `plan` (hmo, pos, ppo, epo or indemnity) its kind is not known.
    """

    encounter_id: UUID
    patient_id: UUID
    date_of_service: date
    coded_version: int
    services: tuple[ServiceNeed, ...]
    referral: ReferralNeed
    payer_id: str | None = None
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class AuthRequested:
    """The payer has the request; `certification` is UM02: I initial, R renewal, 4 extension, S revised, 3 cancelled.

    Of a referral `referring` is who refers, and without `services` it is for any.
    """

    authorization_id: UUID
    patient_id: UUID
    payer_id: str
    kind: str
    certification: str
    services: tuple[RequestedService, ...]
    starts_on: date
    rendering_npi: str | None = None
    referring: Referring | None = None


@dataclass(frozen=True, slots=True)
class AuthApproved:
    """Something is certified, or what is certified changed: this takes the place of what was told before.

    `outcome` is approved, partial or modified; `units` None is no limit. `valid_from` and `valid_to` are dates of
    service, inclusive; None where the payer named none. `retroactive` when the first day lies before the decision.
    A referral without `certified` codes is for any service; its `visits` may be made, None is no limit; `referring` is
    who refers.
    """

    authorization_id: UUID
    patient_id: UUID
    payer_id: str
    kind: str
    outcome: str
    number: str
    certified: tuple[RequestedService, ...]
    valid_from: date | None
    valid_to: date | None
    decided_on: date
    rendering_npi: str | None = None
    retroactive: bool = False
    referring: Referring | None = None
    visits: int | None = None


@dataclass(frozen=True, slots=True)
class AuthDenied:
    """Nothing is certified. `outcome` is denied, cancelled, or not_required, where the payer wants no authorization."""

    authorization_id: UUID
    patient_id: UUID
    payer_id: str
    kind: str
    outcome: str
    services: tuple[RequestedService, ...]
    decided_on: date
    reasons: tuple[str, ...] = ()
    starts_on: date | None = None
    rendering_npi: str | None = None
    referring: Referring | None = None


@dataclass(frozen=True, slots=True)
class AuthExpiring:
    """It ends, or its units or visits do, soon enough that a renewal should be asked for; `why` is `date`, `units` or
    `visits`. `visits_left` is of a referral, None where there is no limit.
    """

    authorization_id: UUID
    patient_id: UUID
    payer_id: str
    why: str
    valid_to: date | None
    units_left: int | None = None
    code: str | None = None
    visits_left: int | None = None


@dataclass(frozen=True, slots=True)
class AuthExhausted:
    """Nothing is left of `code`, or of all codes where it is None: `why` is `units`, `visits` or `date`."""

    authorization_id: UUID
    patient_id: UUID
    payer_id: str
    why: str
    code: str | None = None
