"""What this service tells the others. Ids, numbers that are public, codes and dates; never a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which the payer has the provider enrolled, both inclusive; `last` is None while no end is known."""

    first: date
    last: date | None = None

    def holds(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class EnrollmentActivated:
    """The payer's dates are known, or changed. `spans` is every stretch of days of this enrollment, oldest first.

    `effective_from` is the first day that may be billed of the newest one; it may lie ahead. `tin` is left out where
    the group files under somebody's social security number; `billing_npi` tells the group in any case.
    """

    enrollment_id: UUID
    provider_id: UUID
    npi: str
    payer_id: str
    group_id: UUID
    billing_npi: str
    location_id: UUID
    location_code: str
    effective_from: date
    spans: tuple[Span, ...]
    tin: str | None = None


@dataclass(frozen=True, slots=True)
class EnrollmentLapsing:
    """The renewal is due in `days_left` days and was not filed: said at 120, 90, 60, 30 and 7 days."""

    enrollment_id: UUID
    provider_id: UUID
    npi: str
    payer_id: str
    group_id: UUID
    billing_npi: str
    location_id: UUID
    location_code: str
    renewal: str
    due_on: date
    days_left: int
    tin: str | None = None


@dataclass(frozen=True, slots=True)
class EnrollmentLapsed:
    """The enrollment ends, or never took effect: `cause` is `lapsed` or `terminated`.

    `effective_to` is the last day that may be billed, None where none may; it may lie ahead. `spans` is every
    stretch of days that remains, oldest first.
    """

    enrollment_id: UUID
    provider_id: UUID
    npi: str
    payer_id: str
    group_id: UUID
    billing_npi: str
    location_id: UUID
    location_code: str
    cause: str
    effective_to: date | None
    spans: tuple[Span, ...]
    tin: str | None = None


@dataclass(frozen=True, slots=True)
class CredentialExpiring:
    """A licence, registration, certificate, insurance or attestation ends in `days_left` days.

    Said at 120, 90, 60, 30 and 7 days. `state` is the state that issued it, where one did. `held_by` is `group` or
    `location` where it is not a clinician's; `provider_id` is then the id of that group or location, and `npi` the
    group's billing NPI. `location_code` is the location's.
    """

    credential_id: UUID
    provider_id: UUID
    npi: str
    kind: str
    expires_on: date
    days_left: int
    state: str | None = None
    held_by: str | None = None
    location_code: str | None = None


@dataclass(frozen=True, slots=True)
class ListedExclusion:
    """What one list says: `list` is LEIE, SAM, or MEDICAID- and a state.

    `programs` are those that pay nothing from `excluded_on` on; with a `state` it is the Medicaid of that state alone.
    """

    list: str
    excluded_on: date
    exclusion_type: str
    programs: tuple[str, ...]
    state: str | None = None
    waiver_state: str | None = None


@dataclass(frozen=True, slots=True)
class ProviderExcluded:
    """The provider is excluded since `excluded_on`: no federal program pays for what is done or ordered.

    `exclusion_type` is the section of the Social Security Act, such as 1128a1, or what the list calls it;
    `waiver_state` the state for which the exclusion was waived, where one was. `exclusions` is all of it, list by
    list, and takes the place of what was told before: a reader that knows it can tell one that only the Medicaid of
    one state follows; one that does not stops every federal program, which errs on the safe side. Absent: OIG's alone.
    """

    provider_id: UUID
    npi: str
    excluded_on: date
    exclusion_type: str
    waiver_state: str | None = None
    exclusions: tuple[ListedExclusion, ...] = ()


@dataclass(frozen=True, slots=True)
class ProviderReinstated:
    """A person found that the provider is not, or no longer, the one who is excluded."""

    provider_id: UUID
    npi: str
    decided_on: date
