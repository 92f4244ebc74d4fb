"""The life of a claim as a table: (status, fact) -> status, and who must do what by when in each status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Status(StrEnum):
    ASSEMBLING = "assembling"
    HELD = "held"
    READY = "ready"
    SENDING = "sending"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DENIED = "denied"
    CORRECTING = "correcting"
    APPEALED = "appealed"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    CLOSED = "closed"
    VOID = "void"


class Fact(StrEnum):
    """What can happen to a claim.

    PAID_SO_FAR: nothing is denied, and a part of the claim is still to be answered. DENIAL_UNTOUCHED: a remittance
    about the rest of a claim whose denial is being worked, was won or was given up. REVERSED_IN_PART: a reversal that
    leaves a denial of another remittance open.
    """

    RECODED = "recoded"
    WITHDRAWN = "withdrawn"
    ENCOUNTER_HELD = "encounter_held"
    REBUILD_ASKED = "rebuild_asked"
    FOUND_CLEAN = "found_clean"
    FOUND_WANTING = "found_wanting"
    BATCHED = "batched"
    NOT_TAKEN = "not_taken"
    SENT = "sent"
    TRANSMISSION_REJECTED = "transmission_rejected"
    FORWARDED = "forwarded"
    PAYER_ACCEPTED = "payer_accepted"
    FRONT_END_REJECTED = "front_end_rejected"
    PAID_IN_FULL = "paid_in_full"
    PAID_IN_PART = "paid_in_part"
    PAID_SO_FAR = "paid_so_far"
    DENIED = "denied"
    DENIAL_UNTOUCHED = "denial_untouched"
    REVERSED = "reversed"
    REVERSED_IN_PART = "reversed_in_part"
    CORRECTION_REQUESTED = "correction_requested"
    APPEAL_FILED = "appeal_filed"
    DENIAL_OVERTURNED = "denial_overturned"
    DENIAL_UPHELD = "denial_upheld"
    DENIED_PART_UPHELD = "denied_part_upheld"
    NEXT_PAYER_DUE = "next_payer_due"
    VOIDED = "voided"
    VOID_TAKEN = "void_taken"


class Owner(StrEnum):
    """Whose move it is."""

    CLAIMS = "claims"
    BILLER = "biller"
    EDI = "edi"
    PAYER = "payer"
    DENIALS = "denials"
    NOBODY = "nobody"


class Wait(StrEnum):
    """What is being waited for; also the reason of the follow-up when the wait is over."""

    ASSEMBLY = "no-assembly"
    BATCH = "no-batch"
    TRANSMISSION = "no-transmission"
    ACKNOWLEDGEMENT = "no-acknowledgement"
    PAYMENT = "no-payment"
    FILING_LIMIT = "filing-limit"
    DENIAL_WINDOW = "denial-window"
    DECISION = "no-decision"


@dataclass(frozen=True, slots=True)
class Stage:
    """Who owns a claim in a status, and what ends the wait; None where nothing is waited for."""

    owner: Owner
    wait: Wait | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """The wait ends at `due_at`; `remind_at` is when somebody is told, earlier where late means lost."""

    wait: Wait
    due_at: datetime
    remind_at: datetime


STAGES: Mapping[Status, Stage] = {
    Status.ASSEMBLING: Stage(Owner.CLAIMS, Wait.ASSEMBLY),
    Status.HELD: Stage(Owner.BILLER, Wait.FILING_LIMIT),
    Status.READY: Stage(Owner.CLAIMS, Wait.BATCH),
    Status.SENDING: Stage(Owner.EDI, Wait.TRANSMISSION),
    Status.SUBMITTED: Stage(Owner.PAYER, Wait.ACKNOWLEDGEMENT),
    Status.ACCEPTED: Stage(Owner.PAYER, Wait.PAYMENT),
    Status.REJECTED: Stage(Owner.BILLER, Wait.FILING_LIMIT),
    Status.DENIED: Stage(Owner.DENIALS, Wait.DENIAL_WINDOW),
    Status.CORRECTING: Stage(Owner.CLAIMS, Wait.BATCH),
    Status.APPEALED: Stage(Owner.PAYER, Wait.DECISION),
    Status.PARTLY_PAID: Stage(Owner.DENIALS, Wait.DENIAL_WINDOW),
    Status.PAID: Stage(Owner.NOBODY),
    Status.CLOSED: Stage(Owner.NOBODY),
    Status.VOID: Stage(Owner.NOBODY),
}

# Waits of a fixed length; the others end on a date that the claim knows.
LENGTHS: Mapping[Wait, timedelta] = {
    Wait.ASSEMBLY: timedelta(minutes=15),
    Wait.BATCH: timedelta(minutes=15),
    Wait.TRANSMISSION: timedelta(minutes=15),
    Wait.ACKNOWLEDGEMENT: timedelta(days=3),
    Wait.PAYMENT: timedelta(days=30),
}

_WITH_PAYER = (Status.SUBMITTED, Status.ACCEPTED)
_ADJUDICATED = (Status.DENIED, Status.PARTLY_PAID, Status.PAID, Status.CLOSED)
# A payer that speaks of a submission again is believed, whatever it or a clearinghouse said before.
_PAYABLE = (*_WITH_PAYER, Status.REJECTED, Status.APPEALED, *_ADJUDICATED)
CONTESTED = (Status.DENIED, Status.PARTLY_PAID, Status.APPEALED)

# No payer holds it: what coding says anew can still change it.
_IN_OUR_HANDS = (Status.ASSEMBLING, Status.HELD, Status.READY, Status.REJECTED)
# Judged once, and again when something is heard that bears on it.
_JUDGED = (Status.ASSEMBLING, Status.HELD, Status.READY, Status.CORRECTING)
# What is sent from here goes in the place of what the payer decided on.
_TO_BE_REPLACED = (*_ADJUDICATED, Status.CORRECTING)

TRANSITIONS: Mapping[tuple[Status, Fact], Status] = {
    **{(status, Fact.RECODED): Status.ASSEMBLING for status in (*_IN_OUR_HANDS, *_TO_BE_REPLACED, Status.VOID)},
    **{(status, Fact.WITHDRAWN): Status.ASSEMBLING for status in (*_IN_OUR_HANDS, *_TO_BE_REPLACED)},
    **{(status, Fact.VOID_TAKEN): Status.VOID for status in (Status.SUBMITTED, Status.REJECTED)},
    (Status.REJECTED, Fact.VOIDED): Status.VOID,
    **{(status, Fact.ENCOUNTER_HELD): Status.HELD for status in _IN_OUR_HANDS},
    **{(status, Fact.REBUILD_ASKED): Status.ASSEMBLING for status in (Status.HELD, Status.REJECTED)},
    (Status.ASSEMBLING, Fact.FOUND_CLEAN): Status.READY,
    (Status.HELD, Fact.FOUND_CLEAN): Status.READY,
    (Status.CORRECTING, Fact.FOUND_CLEAN): Status.CORRECTING,
    **{(status, Fact.FOUND_WANTING): Status.HELD for status in _JUDGED},
    (Status.READY, Fact.BATCHED): Status.SENDING,
    (Status.CORRECTING, Fact.BATCHED): Status.SENDING,
    (Status.SENDING, Fact.NOT_TAKEN): Status.HELD,
    (Status.SENDING, Fact.SENT): Status.SUBMITTED,
    **{(status, Fact.TRANSMISSION_REJECTED): Status.REJECTED for status in (Status.SENDING, Status.SUBMITTED)},
    **{(status, Fact.PAYER_ACCEPTED): Status.ACCEPTED for status in (Status.SUBMITTED, Status.REJECTED)},
    **{(status, Fact.FRONT_END_REJECTED): Status.REJECTED for status in _WITH_PAYER},
    **{(status, Fact.PAID_IN_FULL): Status.PAID for status in _PAYABLE},
    **{(status, Fact.PAID_IN_PART): Status.PARTLY_PAID for status in _PAYABLE},
    **{(status, Fact.PAID_SO_FAR): Status.ACCEPTED for status in _PAYABLE},
    **{(status, Fact.DENIED): Status.DENIED for status in _PAYABLE},
    **{(status, Fact.REVERSED): Status.ACCEPTED for status in (*_ADJUDICATED, Status.APPEALED)},
    **{(status, Fact.CORRECTION_REQUESTED): Status.CORRECTING for status in (Status.DENIED, Status.PARTLY_PAID)},
    **{(status, Fact.APPEAL_FILED): Status.APPEALED for status in CONTESTED},
    **{(status, Fact.DENIAL_OVERTURNED): Status.ACCEPTED for status in CONTESTED},
    **{(status, Fact.DENIAL_UPHELD): Status.CLOSED for status in CONTESTED},
    **{(status, Fact.DENIED_PART_UPHELD): Status.ACCEPTED for status in CONTESTED},
    **{(status, Fact.NEXT_PAYER_DUE): Status.ASSEMBLING for status in (Status.PAID, Status.CLOSED)},
    **{(status, Fact.VOIDED): Status.VOID for status in (Status.ASSEMBLING, Status.HELD, Status.READY)},
}

# Word from outside that is late, repeated or contradicts a better word: it stands in the history and moves nothing.
KEPT: frozenset[Fact] = frozenset(
    {
        Fact.SENT,
        Fact.TRANSMISSION_REJECTED,
        Fact.FORWARDED,
        Fact.PAYER_ACCEPTED,
        Fact.VOID_TAKEN,
        Fact.FRONT_END_REJECTED,
        Fact.PAID_IN_FULL,
        Fact.PAID_IN_PART,
        Fact.PAID_SO_FAR,
        Fact.DENIED,
        Fact.DENIAL_UNTOUCHED,
        Fact.REVERSED,
        Fact.REVERSED_IN_PART,
        Fact.DENIAL_OVERTURNED,
        Fact.DENIAL_UPHELD,
        Fact.DENIED_PART_UPHELD,
    }
)


def after(status: Status, fact: Fact) -> Status | None:
    """The status that follows, the same one for a fact that is only kept, None when the fact is impossible."""
    return TRANSITIONS.get((status, fact), status if fact in KEPT else None)


def is_open(status: Status) -> bool:
    """Whether somebody still has to do something."""
    return STAGES[status].owner is not Owner.NOBODY
