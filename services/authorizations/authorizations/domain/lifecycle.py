"""The life of an authorization as a table: status and fact give the next status; anything else is a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Status(StrEnum):
    """What holds now. What is on its way to the payer is told apart from it: an approval stays one while its extension
    is asked for.
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PENDED = "pended"
    CALL = "call"
    REJECTED = "rejected"
    FAILED = "failed"
    APPROVED = "approved"
    PARTIAL = "partial"
    MODIFIED = "modified"
    NOT_REQUIRED = "not_required"
    DENIED = "denied"
    APPEALED = "appealed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"


class Fact(StrEnum):
    """What can happen to an authorization; the value completes "it cannot ..."."""

    SUBMIT = "be submitted"
    AMEND = "be extended, renewed or revised"
    CANCEL = "be cancelled"
    CERTIFY = "be certified in total"
    CERTIFY_PART = "be certified in part"
    MODIFY = "be certified with changes"
    DENY = "be denied"
    PEND = "be pended"
    ASK_TO_CALL = "be left to a call"
    NEED_NONE = "need no authorization"
    REJECT = "be turned away"
    GIVE_UP = "be given up"
    APPEAL = "be appealed"
    EXPIRE = "expire"
    EXHAUST = "be used up"


OPEN = frozenset({Status.SUBMITTED, Status.PENDED, Status.CALL, Status.APPEALED})
IN_FORCE = frozenset({Status.APPROVED, Status.PARTIAL, Status.MODIFIED})
# Something was certified under the number, now or until it ended.
CERTIFIED = IN_FORCE | {Status.EXPIRED, Status.EXHAUSTED}
_UNDECIDED = OPEN | {Status.DRAFT, Status.REJECTED, Status.FAILED}
# A payer may change its mind, and a person may write down what it said by telephone: a decision is taken from
# wherever it finds the request, but not after the practice cancelled it.
_MAY_BE_DECIDED = _UNDECIDED | IN_FORCE | {Status.DENIED, Status.NOT_REQUIRED, Status.EXPIRED, Status.EXHAUSTED}

DECISIONS: Mapping[Fact, Status] = {
    Fact.CERTIFY: Status.APPROVED,
    Fact.CERTIFY_PART: Status.PARTIAL,
    Fact.MODIFY: Status.MODIFIED,
    Fact.DENY: Status.DENIED,
    Fact.NEED_NONE: Status.NOT_REQUIRED,
}

# What was used up is what the payer had decided again, once units are given back.
DECIDED_BY: Mapping[Status, Fact] = {status: fact for fact, status in DECISIONS.items()}

TRANSITIONS: Mapping[tuple[Status, Fact], Status] = {
    (Status.DRAFT, Fact.SUBMIT): Status.SUBMITTED,
    (Status.REJECTED, Fact.SUBMIT): Status.SUBMITTED,
    (Status.FAILED, Fact.SUBMIT): Status.SUBMITTED,
    (Status.DENIED, Fact.SUBMIT): Status.SUBMITTED,
    **{(status, Fact.AMEND): status for status in CERTIFIED},
    **{(status, Fact.CANCEL): Status.CANCELLED for status in _UNDECIDED | CERTIFIED | {Status.DENIED}},
    **{(status, fact): to for status in _MAY_BE_DECIDED for fact, to in DECISIONS.items()},
    **{(status, Fact.PEND): Status.PENDED for status in OPEN},
    **{(status, Fact.ASK_TO_CALL): Status.CALL for status in OPEN},
    **{(status, Fact.REJECT): Status.REJECTED for status in OPEN},
    **{(status, Fact.GIVE_UP): Status.FAILED for status in OPEN},
    (Status.DENIED, Fact.APPEAL): Status.APPEALED,
    # What was certified holds while the rest is appealed.
    (Status.PARTIAL, Fact.APPEAL): Status.PARTIAL,
    (Status.MODIFIED, Fact.APPEAL): Status.MODIFIED,
    **{(status, Fact.EXPIRE): Status.EXPIRED for status in IN_FORCE | {Status.EXHAUSTED}},
    **{(status, Fact.EXHAUST): Status.EXHAUSTED for status in IN_FORCE},
}


def next_status(status: Status, fact: Fact) -> Status | None:
    """Where `fact` leads from `status`, or None where the table does not allow it."""
    return TRANSITIONS.get((status, fact))
