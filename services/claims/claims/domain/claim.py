"""The claim: one encounter's bill to one payer, through every submission of it.

The acts of its life are in the modules beside this one (assembly, submission, acknowledgement, adjudication,
correction); each takes a claim and gives the changed claim with its events. Every change adds an `Entry` to what
`happened`; the store appends those to the history and never touches them again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from claims.domain.coding import CodedEncounter, ServiceLine
from claims.domain.decisions import Decision, EarlierPayer
from claims.domain.facts import REFERRAL, SERVICES, Taken
from claims.domain.findings import Finding, Override
from claims.domain.lifecycle import LENGTHS, STAGES, TRANSITIONS, Deadline, Fact, Owner, Status, Wait, after
from claims.domain.parties import Snapshot
from claims.domain.refusals import FactOutOfPlace
from common.money import Money
from common.phi import Phi

ORIGINAL = "1"
REPLACEMENT = "7"
VOID = "8"

# The shortest limits in common contracts, until the claim's payer is known (rulebook 9.3).
DEFAULT_FILING_DAYS = 90
DEFAULT_DENIAL_WINDOW_DAYS = 90
# Percent of a window after which somebody is told (rulebook 9.2, E24).
WARN_AT = 70


@dataclass(frozen=True, slots=True)
class Submission:
    """One attempt: what went out under one control number, and how far it got.

    `set_number` is the place (from 1) of its transaction set in the batch. `original_reference` is REF F8 of a
    replacement or a void. `said_at` is the time that the newest applied acknowledgement
    gives itself, so that an older one that arrives later moves nothing.
    """

    attempt: int
    control_number: str
    frequency: str
    charge: Money
    batch_id: UUID
    batched_at: datetime
    original_reference: str | None = None
    set_number: int = 1
    transmission_id: UUID | None = None
    sent_at: datetime | None = None
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the claim's money is in the ledger of payments, after the newest posting that told of it."""

    paid: Money
    adjusted: Money
    patient: Money
    open_denied: Money
    open_with_payer: Money

    @property
    def resubmitted(self) -> Standing:
        """What was denied is the payer's again once the claim was sent anew."""
        return replace(self, open_denied=Money.zero(), open_with_payer=self.open_with_payer + self.open_denied)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the history. `facts` are ids, codes, amounts and dates."""

    at: datetime
    fact: str
    before: Status
    after: Status
    attempt: int
    facts: Mapping[str, str]
    reason: Phi[str] | None = None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Something a person has to look at; `reason` is a wait that ended or a fact that did not fit."""

    reason: str
    raised_at: datetime
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Claim:
    """`denied_by` is the remittance that last said what is denied, and how much: denials answers it by this name.

    `authorization_number` is what a person or a correction put on it, `authorized` what its lines use of authorizations
    and referrals that we were told of.
    `decisions` are those of the payer that has it, `earlier` the payers that have done with it. `snapshot` is always of
    the payer whose turn it is.
    """

    id: UUID
    number: str
    coded: CodedEncounter
    status: Status
    since: datetime
    deadline: Deadline | None
    version: int
    lines: tuple[ServiceLine, ...]
    charge: Money
    snapshot: Snapshot | None = None
    findings: tuple[Finding, ...] = ()
    overrides: tuple[Override, ...] = ()
    submissions: tuple[Submission, ...] = ()
    payer_claim_number: str | None = None
    adjudicated_on: date | None = None
    decision_due: date | None = None
    authorization_number: str | None = None
    standing: Standing | None = None
    denied_by: UUID | None = None
    authorized: tuple[Taken, ...] = ()
    decisions: tuple[Decision, ...] = ()
    earlier: tuple[EarlierPayer, ...] = ()
    happened: tuple[Entry, ...] = ()
    raised: tuple[FollowUp, ...] = ()

    @property
    def encounter_id(self) -> UUID:
        return self.coded.encounter_id

    @property
    def patient_id(self) -> UUID:
        return self.coded.patient_id

    @property
    def payer_id(self) -> str | None:
        """Whom the primary coverage in force names, known to the practice or not."""
        coverage = self.snapshot.coverage if self.snapshot else None
        return coverage.payer_id if coverage else None

    @property
    def attempt(self) -> int:
        """How many submissions there were; the number of the current one."""
        return len(self.submissions)

    @property
    def current(self) -> Submission:
        """The newest submission. Raises IndexError before the first."""
        return self.submissions[-1]

    @property
    def owner(self) -> Owner:
        return STAGES[self.status].owner

    @property
    def next_frequency(self) -> str:
        """CLM05-3 of the next submission.

        What the payer has decided on is replaced, also after a replacement of it was rejected, or voided when coding
        withdrew it; what was only rejected at the front end is sent again as an original, and so is everything to a
        payer that takes no replacements (rulebook 9.4).
        """
        payer = self.snapshot.payer if self.snapshot else None
        replaceable = payer is not None and payer.takes_frequency_codes
        if self.adjudicated_on is None or not replaceable:
            return ORIGINAL
        return VOID if self.coded.is_withdrawn else REPLACEMENT

    @property
    def next_original_reference(self) -> str | None:
        """REF F8 of the next submission: the payer's own number of what is replaced."""
        return self.payer_claim_number if self.next_frequency != ORIGINAL else None

    @property
    def prior_authorization(self) -> str | None:
        """REF G1 of the claim: the number that was given, or the only one that its lines are under."""
        own = {one.number for one in self._under(SERVICES)}
        return self.authorization_number or (own.pop() if len(own) == 1 else None)

    @property
    def line_authorizations(self) -> Mapping[int, str]:
        """REF G1 of the lines, where the claim has none because they are under several (X222A1, loop 2400)."""
        if self.prior_authorization is not None:
            return {}
        return {one.line: one.number for one in self._under(SERVICES)}

    @property
    def referral(self) -> Taken | None:
        """What it takes of the referral that the visit is under: its number is REF 9F."""
        return next(self._under(REFERRAL), None)

    def _under(self, kind: str) -> Iterator[Taken]:
        return (one for one in self.authorized if (one.kind, one.payer_id) == (kind, self.payer_id))

    @property
    def spent(self) -> tuple[Taken, ...]:
        """What it used of authorizations of payers that have done with it: that stays used."""
        covers = (earlier.snapshot.coverage for earlier in self.earlier)
        payers = {cover.payer_id for cover in covers if cover} - {self.payer_id}
        return tuple(one for one in self.authorized if one.payer_id in payers)

    @property
    def filing_window(self) -> tuple[date, date]:
        """First and last day to send it: from the date of service, or from the decision that it follows.

        That is the payer's own for a correction, and for a later payer the one before's (rulebook 9.3).
        """
        if self.adjudicated_on is not None:
            return self.denial_window
        payer = self.snapshot.payer if self.snapshot else None
        days = payer.filing_limit_days if payer else DEFAULT_FILING_DAYS
        first = self.earlier[-1].decided_on if self.earlier else self.coded.date_of_service
        return first, first + timedelta(days=days)

    @property
    def denial_window(self) -> tuple[date, date]:
        """First and last day to correct or appeal the payer's decision."""
        payer = self.snapshot.payer if self.snapshot else None
        days = payer.denial_window_days if payer else DEFAULT_DENIAL_WINDOW_DAYS
        decided = self.adjudicated_on or self.since.date()
        return decided, decided + timedelta(days=days)

    def submission_of(self, control_number: str) -> Submission | None:
        return next((sent for sent in self.submissions if sent.control_number == control_number), None)

    def move(self, fact: Fact, now: datetime, facts: Mapping[str, str], *, reason: Phi[str] | None = None) -> Claim:
        """The claim after `fact`, with the entry for its history and its new deadline.

        Raises FactOutOfPlace when the table knows no such fact in this status.
        """
        status = after(self.status, fact)
        if status is None:
            raise FactOutOfPlace(claim_id=self.id, status=self.status.value, fact=fact.value)
        entry = Entry(now, fact.value, self.status, status, self.attempt, facts, reason)
        moved = replace(self, happened=(*self.happened, entry))
        if not self.moves(fact):
            return moved
        moved = replace(moved, status=status, since=now)
        return replace(moved, deadline=deadline_of(moved, now))

    def note(self, fact: str, now: datetime, facts: Mapping[str, str], *, reason: Phi[str] | None = None) -> Claim:
        """The claim with an entry that moves nothing."""
        entry = Entry(now, fact, self.status, self.status, self.attempt, facts, reason)
        return replace(self, happened=(*self.happened, entry))

    def refuse(self, fact: Fact, now: datetime, facts: Mapping[str, str]) -> Claim:
        """The claim with a fact that came when it could not be acted on: kept, and given to a person to look at."""
        told = {**facts, "fact": fact.value, "status": self.status.value}
        return self.note(f"{fact.value}_refused", now, facts).flag(f"{fact.value}_refused", now, told)

    def flag(self, reason: str, now: datetime, facts: Mapping[str, str]) -> Claim:
        """The claim with a follow-up raised."""
        return replace(self, raised=(*self.raised, FollowUp(reason, now, facts)))

    def allows(self, fact: Fact) -> bool:
        """Whether `fact` can happen to it, if only to be kept."""
        return after(self.status, fact) is not None

    def moves(self, fact: Fact) -> bool:
        """Whether `fact` would be more than kept."""
        return (self.status, fact) in TRANSITIONS


def started(claim_id: UUID, number: str, coded: CodedEncounter, now: datetime) -> Claim:
    """A claim at the very beginning, waiting for what `patients` knows."""
    claim = Claim(
        id=claim_id,
        number=number,
        coded=coded,
        status=Status.ASSEMBLING,
        since=now,
        deadline=None,
        version=0,
        lines=coded.lines,
        charge=Money.zero(),
    )
    facts = {"encounter_id": str(coded.encounter_id), "revision": str(coded.revision)}
    return replace(claim.note("coded", now, facts), deadline=deadline_of(claim, now))


def deadline_of(claim: Claim, now: datetime) -> Deadline | None:
    """What the claim waits for in its status, from `now`."""
    wait = STAGES[claim.status].wait
    if wait is None:
        return None
    if wait in LENGTHS:
        return Deadline(wait, now + LENGTHS[wait], now + LENGTHS[wait])
    if wait is Wait.DECISION:
        due = claim.decision_due or claim.denial_window[1]
        return Deadline(wait, _end_of(due), _end_of(due))
    first, last = claim.filing_window if wait is Wait.FILING_LIMIT else claim.denial_window
    warned = first + timedelta(days=(last - first).days * WARN_AT // 100)
    return Deadline(wait, _end_of(last), _end_of(warned))


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, tzinfo=UTC)
