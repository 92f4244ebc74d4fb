"""What the services before the visit said that decides whether a claim may go, and how their words come together.

A fact is a function of the newest word about its aggregate: `joined` takes the higher version, so that words in any
order, once or twice, leave the same. The payloads are docs/architecture/loop.md; what the gate does not judge by is
passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from claims.domain.gate_policy import DEFAULT_POLICY, Ask, GatePolicy

SERVICES, REFERRAL = "services", "referral"
CANCELLED, NOT_REQUIRED = "cancelled", "not_required"
MEDICAID = "medicaid"
OIG = "LEIE"


@dataclass(frozen=True, slots=True)
class CoverageSaid:
    """What a payer answered about one coverage on one day."""

    check_id: UUID
    patient_id: UUID
    coverage_id: UUID
    payer_id: str
    date_of_service: date
    checked_on: date
    other_payer_first: bool = False


@dataclass(frozen=True, slots=True)
class CoverageHeard:
    """The newest answer of one check. Of two checks of a day the one that was told later is the newer."""

    said: CoverageSaid
    active: bool
    version: int
    told_at: datetime

    def joined(self, other: CoverageHeard) -> CoverageHeard:
        return max(self, other, key=lambda heard: heard.version)


@dataclass(frozen=True, slots=True)
class NeedHeard:
    """What a coverage review found that the payer wants first: its agreement to `codes`, a `referral` to the practice.

    `payer_id` None: not said.
    """

    review_id: UUID
    patient_id: UUID
    date_of_service: date
    codes: tuple[str, ...]
    payer_id: str | None = None
    referral: bool = False
    version: int = 1

    def joined(self, other: NeedHeard) -> NeedHeard:
        return max(self, other, key=lambda heard: heard.version)


class Need(StrEnum):
    """Whether the payer has to agree, the more careful the later; ASK: somebody has to ask it that."""

    NOT_NEEDED = "not_needed"
    ASK = "ask"
    NEEDED = "needed"


_CARE = tuple(Need)
_NEEDS = {need.value: need for need in Need}


@dataclass(frozen=True, slots=True)
class Ruling:
    """`rule` is the rule's id in authorizations, `source` where the rule comes from."""

    verdict: str
    rule: str
    source: str

    @property
    def need(self) -> Need:
        """What the verdict means; one that is not known is to be asked about."""
        return _NEEDS.get(self.verdict, Need.ASK)

    @property
    def cited(self) -> str:
        return f"{self.rule} ({self.source})"


@dataclass(frozen=True, slots=True)
class ServiceRuling(Ruling):
    code: str


@dataclass(frozen=True, slots=True)
class AuthNeedDecided:
    """What the rules say of a visit as it was coded in `coded_version`; `payer_id` None: no coverage that day."""

    encounter_id: UUID
    patient_id: UUID
    date_of_service: date
    coded_version: int
    services: tuple[ServiceRuling, ...]
    referral: Ruling | None = None
    payer_id: str | None = None

    def of_service(self, code: str) -> Ruling | None:
        """The most careful word about the code; None where it has none."""
        own = (ruling for ruling in self.services if ruling.code == code)
        return max(own, key=lambda ruling: _CARE.index(ruling.need), default=None)


@dataclass(frozen=True, slots=True)
class RulesHeard:
    """The newest word of the rules about one encounter."""

    said: AuthNeedDecided
    version: int

    def joined(self, other: RulesHeard) -> RulesHeard:
        return max(self, other, key=lambda heard: heard.version)

    def matters(self, policy: GatePolicy) -> bool:
        """Whether a verdict can depend on it: what is only not known to be needed holds where the practice asks."""
        referral = self.said.referral
        needed = referral is not None and referral.need is Need.NEEDED
        return needed or Ask.REQUIRED in (policy.authorization, policy.referral)


@dataclass(frozen=True, slots=True)
class CertifiedService:
    """`units` None is no limit, or, of a service that was asked for, no number."""

    code: str
    units: int | None = None


@dataclass(frozen=True, slots=True)
class AuthRequested:
    authorization_id: UUID
    patient_id: UUID
    payer_id: str
    kind: str
    services: tuple[CertifiedService, ...]


@dataclass(frozen=True, slots=True)
class Referring:
    """The clinician who sends the patient."""

    npi: str
    last_name: str | None = None
    first_name: str | None = None


@dataclass(frozen=True, slots=True)
class AuthApproved:
    """Both dates are dates of service, inclusive; None is open. `rendering_npi` None: whoever renders it.

    `referring` and `visits` (None is no limit) are a referral's; one that certifies no code is to any service.
    """

    authorization_id: UUID
    patient_id: UUID
    payer_id: str
    kind: str
    number: str
    certified: tuple[CertifiedService, ...]
    decided_on: date
    valid_from: date | None = None
    valid_to: date | None = None
    rendering_npi: str | None = None
    referring: Referring | None = None
    visits: int | None = None

    def certifies(self, code: str) -> bool:
        return _names(self.certified, code, self.kind)

    def limit(self, code: str) -> int | None:
        return next((service.units for service in self.certified if service.code == code), None)

    def holds_day(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def allows(self, on: date, npi: str) -> bool:
        return self.holds_day(on) and self.rendering_npi in (None, npi)


@dataclass(frozen=True, slots=True)
class AuthDenied:
    """`outcome` denied, cancelled or not_required."""

    authorization_id: UUID
    patient_id: UUID
    payer_id: str
    kind: str
    outcome: str
    services: tuple[CertifiedService, ...]
    decided_on: date
    starts_on: date | None = None

    def concerns(self, code: str, on: date) -> bool:
        return _names(self.services, code, self.kind) and (self.starts_on is None or self.starts_on <= on)


def _names(services: tuple[CertifiedService, ...], code: str, kind: str) -> bool:
    """Whether the code is among the services; a referral that names none is to any."""
    return any(service.code == code for service in services) or (kind == REFERRAL and not services)


@dataclass(frozen=True, slots=True)
class AuthorizationHeard:
    """What was asked, and what the payer said last: a later request does not take back what was decided."""

    id: UUID
    patient_id: UUID
    payer_id: str
    kind: str
    requested: tuple[CertifiedService, ...] = ()
    requested_version: int = 0
    decided: AuthApproved | AuthDenied | None = None
    decided_version: int = 0

    @classmethod
    def of_request(cls, said: AuthRequested, version: int) -> AuthorizationHeard:
        heard = cls(said.authorization_id, said.patient_id, said.payer_id, said.kind)
        return replace(heard, requested=said.services, requested_version=version)

    @classmethod
    def of_decision(cls, said: AuthApproved | AuthDenied, version: int) -> AuthorizationHeard:
        heard = cls(said.authorization_id, said.patient_id, said.payer_id, said.kind)
        return replace(heard, decided=said, decided_version=version)

    def joined(self, other: AuthorizationHeard) -> AuthorizationHeard:
        asked = max(self, other, key=lambda heard: heard.requested_version)
        said = max(self, other, key=lambda heard: heard.decided_version)
        return replace(
            self,
            requested=asked.requested,
            requested_version=asked.requested_version,
            decided=said.decided,
            decided_version=said.decided_version,
        )

    @property
    def approved(self) -> AuthApproved | None:
        return self.decided if isinstance(self.decided, AuthApproved) else None

    @property
    def denied(self) -> AuthDenied | None:
        return self.decided if isinstance(self.decided, AuthDenied) else None

    @property
    def codes(self) -> frozenset[str]:
        """Every code that it speaks of."""
        decided = self.approved.certified if self.approved else self.denied.services if self.denied else ()
        return frozenset(service.code for service in (*self.requested, *decided))


@dataclass(frozen=True, slots=True)
class Span:
    """Days that may be billed, both inclusive; `last` None while no end is known."""

    first: date
    last: date | None = None

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class EnrollmentSaid:
    """A provider at a payer for one billing group and location; `spans` is every stretch of days, oldest first."""

    enrollment_id: UUID
    npi: str
    payer_id: str
    billing_npi: str
    location_code: str
    spans: tuple[Span, ...]
    tin: str | None = None


@dataclass(frozen=True, slots=True)
class EnrollmentHeard:
    said: EnrollmentSaid
    version: int

    def joined(self, other: EnrollmentHeard) -> EnrollmentHeard:
        """The days of the newest word alone: a stretch that it does not name any more may not be billed any more."""
        return max(self, other, key=lambda heard: heard.version)

    def is_for(self, *, payer_id: str, billing_npi: str, tax_id: str) -> bool:
        said = self.said
        return said.payer_id == payer_id and said.billing_npi == billing_npi and said.tin in (None, tax_id)

    def holds(self, day: date) -> bool:
        return any(span.holds(day) for span in self.said.spans)


@dataclass(frozen=True, slots=True)
class ListedExclusion:
    """What one list says. With a `state` it bars the Medicaid of that state alone, else every federal program, but not
    in the state that waived it.
    """

    list: str
    excluded_on: date
    state: str | None = None
    waiver_state: str | None = None

    def bars(self, program: str, state: str, on: date) -> bool:
        if self.excluded_on > on or self.waiver_state == state:
            return False
        return self.state is None or (program == MEDICAID and self.state == state)


@dataclass(frozen=True, slots=True)
class ExclusionHeard:
    """`excluded_on` None: a person found that the provider is not, or no longer, excluded.

    Without `exclusions`, list by list, it is OIG's alone that was told of.
    """

    provider_id: UUID
    npi: str
    version: int
    excluded_on: date | None = None
    waiver_state: str | None = None
    exclusions: tuple[ListedExclusion, ...] = ()

    @property
    def lists(self) -> tuple[ListedExclusion, ...]:
        """Every list that the provider stands on."""
        if self.exclusions or self.excluded_on is None:
            return self.exclusions
        return (ListedExclusion(OIG, self.excluded_on, waiver_state=self.waiver_state),)

    def joined(self, other: ExclusionHeard) -> ExclusionHeard:
        return max(self, other, key=lambda heard: heard.version)


Fact = CoverageHeard | NeedHeard | RulesHeard | AuthorizationHeard | EnrollmentHeard | ExclusionHeard


@dataclass(frozen=True, slots=True)
class Taken:
    """Units of one authorization or referral (`kind`) that a line uses up; `number` is what its payer calls it."""

    line: int
    code: str
    units: int
    authorization_id: UUID
    number: str
    payer_id: str
    kind: str = SERVICES
    referring: Referring | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What was heard of a claim's patient and clinician.

    `used` are units that the patient's other claims take, by authorization and code, `visited` the days on which they
    take a visit of a referral.
    """

    policy: GatePolicy = DEFAULT_POLICY
    coverages: tuple[CoverageHeard, ...] = ()
    needs: tuple[NeedHeard, ...] = ()
    rules: tuple[RulesHeard, ...] = ()
    authorizations: tuple[AuthorizationHeard, ...] = ()
    enrollments: tuple[EnrollmentHeard, ...] = ()
    exclusions: tuple[ExclusionHeard, ...] = ()
    used: Mapping[tuple[UUID, str], int] = field(default_factory=dict[tuple[UUID, str], int])
    visited: Mapping[UUID, frozenset[date]] = field(default_factory=dict[UUID, frozenset[date]])


NOTHING_HEARD = Facts()
