"""What the gate looks at of a claim, the reasons for which it holds one, and a hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from claims.domain.coding import ServiceLine
from common.money import Money

ON_CLAIM = "claim"


@dataclass(frozen=True, slots=True)
class Reason:
    """What would release a claim, and whose rule holds it. A person may let all pass but a bar by law."""

    releases: str
    source: str
    overridable: bool = True


_COVERAGE = "rulebook 8 and 9.2, E03"
_AUTHORIZATION = "rulebook 7.4 and 9.2, E22"
_REFERRAL = "rulebook 7.4 and 9.2, E23"
_ENROLLMENT = "rulebook 13 and 9.2, E07"
_POLICY = "practice policy"

REASONS: Mapping[str, Reason] = {
    "COVERAGE_INACTIVE": Reason(
        "Released by a check that finds the coverage active; another coverage on file needs a rebuild.",
        f"271 EB01 6 to 8; {_COVERAGE}",
    ),
    "COVERAGE_UNVERIFIED": Reason("Released by a check that finds the coverage active.", f"{_POLICY}; {_COVERAGE}"),
    "OTHER_PAYER_FIRST": Reason(
        "Put the coverages in their order and rebuild; released by a check that finds this payer first.",
        "271 EB01 R; rulebook 8 and 9.5",
    ),
    "AUTH_DENIED": Reason("Released by an approval that covers the day, as on appeal.", _AUTHORIZATION),
    "AUTH_CANCELLED": Reason("Released by an approval that covers the day.", _AUTHORIZATION),
    "AUTH_EXPIRED": Reason("Released by an extension or a retro-authorization that covers the day.", _AUTHORIZATION),
    "AUTH_NOT_YET": Reason("Released by a retro-authorization that covers the day.", _AUTHORIZATION),
    "AUTH_PROVIDER": Reason("Released by an authorization for the clinician who did it.", _AUTHORIZATION),
    "AUTH_UNITS": Reason("Released by more units, or when another claim gives some back.", _AUTHORIZATION),
    "AUTH_PENDING": Reason("Released by the payer's approval.", f"{_POLICY}; {_AUTHORIZATION}"),
    "AUTH_NEEDED": Reason(
        "Released by an approval, or by the payer's word that none is needed.", f"{_POLICY}; {_AUTHORIZATION}"
    ),
    "AUTH_ASK": Reason(
        "Ask the payer: released by an approval, or by a rule or the payer's word that none is needed.",
        f"{_POLICY}; {_AUTHORIZATION}",
    ),
    "AUTH_UNDECIDED": Reason(
        "Released by an approval, or when authorizations has decided that none is needed.",
        f"{_POLICY}; {_AUTHORIZATION}",
    ),
    "REFERRAL_DENIED": Reason("Released by a referral that covers the day, as on appeal.", _REFERRAL),
    "REFERRAL_CANCELLED": Reason("Released by a referral that covers the day.", _REFERRAL),
    "REFERRAL_EXPIRED": Reason("Released by an extension or a retro-referral that covers the day.", _REFERRAL),
    "REFERRAL_NOT_YET": Reason("Released by a retro-referral that covers the day.", _REFERRAL),
    "REFERRAL_PROVIDER": Reason("Released by a referral to the clinician who saw the patient.", _REFERRAL),
    "REFERRAL_VISITS": Reason("Released by more visits, or when a claim of another day gives one back.", _REFERRAL),
    "REFERRAL_SERVICES": Reason("Released by a referral that covers the services.", _REFERRAL),
    "REFERRAL_PENDING": Reason("Released by the payer's approval.", f"{_POLICY}; {_REFERRAL}"),
    "REFERRAL_NEEDED": Reason(
        "Released by a referral, or by the payer's word that none is needed.", f"{_POLICY}; {_REFERRAL}"
    ),
    "REFERRAL_ASK": Reason(
        "Ask the payer: released by a referral, or by a rule or the payer's word that none is needed.",
        f"{_POLICY}; {_REFERRAL}",
    ),
    "REFERRAL_UNDECIDED": Reason(
        "Released by a referral, or when authorizations has decided that none is needed.", f"{_POLICY}; {_REFERRAL}"
    ),
    "REFERRING_UNNAMED": Reason(
        "Record who referred, with a last name, on the referral.",
        "837P 005010X222A1, loop 2310A; rulebook 9.1 and 9.2, E37",
    ),
    "CRED_BLOCK": Reason(
        "Released by an enrollment at the visit's location whose days hold the date of service, or by the visit's true "
        "location; never bill it under another clinician.",
        _ENROLLMENT,
    ),
    "CRED_UNKNOWN": Reason(
        "Released by an enrollment whose days hold the date of service; never bill it under another clinician.",
        f"{_POLICY}; {_ENROLLMENT}",
    ),
    "PROVIDER_EXCLUDED": Reason(
        "Released by a reinstatement alone.", "42 CFR 1001.1901; OIG's list of exclusions", overridable=False
    ),
}


@dataclass(frozen=True, slots=True)
class Hold:
    """`amount` is what waits, `by` the last day on which its release is of use (the payer's filing limit)."""

    reason: str
    where: str
    sentence: str
    amount: Money
    by: date

    @property
    def releases(self) -> str:
        return REASONS[self.reason].releases

    @property
    def source(self) -> str:
        return REASONS[self.reason].source

    @property
    def overridable(self) -> bool:
        return REASONS[self.reason].overridable


@dataclass(frozen=True, slots=True)
class Bill:
    """`coded_version` is the encounter's; `program` is the federal one that would pay, None where none would;
    `state` is where it was done, as far as that is known.

    `given_number` is of an authorization which a person put on the claim. `location_code` None: the visit names none.
    """

    encounter_id: UUID
    coded_version: int
    patient_id: UUID
    payer_id: str
    coverage_id: UUID
    primary: bool
    program: str | None
    on: date
    rendering_npi: str
    billing_npi: str
    tax_id: str
    state: str
    lines: tuple[ServiceLine, ...]
    charge: Money
    last_day: date
    given_number: str | None = None
    location_code: str | None = None

    def hold(self, reason: str, sentence: str, line: ServiceLine | None = None) -> Hold:
        """The whole claim held, or one line of it: the claim waits with it, and the line's dollars are at stake."""
        if line is None:
            return Hold(reason, ON_CLAIM, sentence, self.charge, self.last_day)
        return Hold(reason, f"line {line.number}", sentence, line.charge, self.last_day)
