"""The life of an enrollment as a table: stage and act give the next stage; anything else is a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Stage(StrEnum):
    NOT_STARTED = "not_started"
    IN_PREPARATION = "in_preparation"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    INFORMATION_REQUESTED = "information_requested"
    APPROVED = "approved"
    EFFECTIVE = "effective"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"
    TERMINATED = "terminated"


class Act(StrEnum):
    """What can happen to an enrollment; the value completes "it cannot ..."."""

    PREPARE = "be prepared"
    SUBMIT = "be submitted"
    REVIEW = "come under review"
    ASK = "have more information asked"
    ANSWER = "have the payer's question answered"
    COMMITTEE = "be put before the committee"
    APPROVE = "be approved"
    DATE = "be given effective dates"
    CONTRACT = "have its contract recorded"
    TAKE_EFFECT = "take effect"
    DENY = "be denied"
    WITHDRAW = "be withdrawn"
    CALL = "be called for renewal"
    FILE_RENEWAL = "have its renewal filed"
    RENEW = "be renewed"
    LAPSE = "lapse"
    REINSTATE = "be reinstated"
    TERMINATE = "be terminated"


# Acts by stage. A payer may decide, and ask, at any point after it has the application.
TRANSITIONS: Mapping[tuple[Stage, Act], Stage] = {
    (Stage.NOT_STARTED, Act.PREPARE): Stage.IN_PREPARATION,
    (Stage.IN_PREPARATION, Act.SUBMIT): Stage.SUBMITTED,
    (Stage.IN_PREPARATION, Act.WITHDRAW): Stage.WITHDRAWN,
    (Stage.SUBMITTED, Act.REVIEW): Stage.IN_REVIEW,
    (Stage.SUBMITTED, Act.ASK): Stage.INFORMATION_REQUESTED,
    (Stage.SUBMITTED, Act.COMMITTEE): Stage.IN_REVIEW,
    (Stage.SUBMITTED, Act.APPROVE): Stage.APPROVED,
    (Stage.SUBMITTED, Act.DENY): Stage.DENIED,
    (Stage.SUBMITTED, Act.WITHDRAW): Stage.WITHDRAWN,
    (Stage.IN_REVIEW, Act.ASK): Stage.INFORMATION_REQUESTED,
    (Stage.IN_REVIEW, Act.COMMITTEE): Stage.IN_REVIEW,
    (Stage.IN_REVIEW, Act.APPROVE): Stage.APPROVED,
    (Stage.IN_REVIEW, Act.DENY): Stage.DENIED,
    (Stage.IN_REVIEW, Act.WITHDRAW): Stage.WITHDRAWN,
    (Stage.INFORMATION_REQUESTED, Act.ASK): Stage.INFORMATION_REQUESTED,
    (Stage.INFORMATION_REQUESTED, Act.ANSWER): Stage.IN_REVIEW,
    (Stage.INFORMATION_REQUESTED, Act.APPROVE): Stage.APPROVED,
    (Stage.INFORMATION_REQUESTED, Act.DENY): Stage.DENIED,
    (Stage.INFORMATION_REQUESTED, Act.WITHDRAW): Stage.WITHDRAWN,
    (Stage.APPROVED, Act.DATE): Stage.APPROVED,
    (Stage.APPROVED, Act.CONTRACT): Stage.APPROVED,
    (Stage.APPROVED, Act.TAKE_EFFECT): Stage.EFFECTIVE,
    (Stage.APPROVED, Act.TERMINATE): Stage.TERMINATED,
    # With other dates it is approved anew, and takes effect at once where they have come.
    (Stage.EFFECTIVE, Act.DATE): Stage.APPROVED,
    (Stage.EFFECTIVE, Act.CONTRACT): Stage.EFFECTIVE,
    (Stage.EFFECTIVE, Act.CALL): Stage.EFFECTIVE,
    (Stage.EFFECTIVE, Act.FILE_RENEWAL): Stage.EFFECTIVE,
    (Stage.EFFECTIVE, Act.RENEW): Stage.EFFECTIVE,
    (Stage.EFFECTIVE, Act.LAPSE): Stage.LAPSED,
    (Stage.EFFECTIVE, Act.TERMINATE): Stage.TERMINATED,
    (Stage.LAPSED, Act.REINSTATE): Stage.APPROVED,
    (Stage.LAPSED, Act.TERMINATE): Stage.TERMINATED,
    # A new application to the same payer goes on with the same enrollment: its earlier dates stay true.
    (Stage.LAPSED, Act.PREPARE): Stage.IN_PREPARATION,
    (Stage.TERMINATED, Act.PREPARE): Stage.IN_PREPARATION,
    (Stage.TERMINATED, Act.REINSTATE): Stage.APPROVED,
    (Stage.DENIED, Act.PREPARE): Stage.IN_PREPARATION,
    # An appeal or a reconsideration that was won.
    (Stage.DENIED, Act.APPROVE): Stage.APPROVED,
    (Stage.WITHDRAWN, Act.PREPARE): Stage.IN_PREPARATION,
}


def next_stage(stage: Stage, act: Act) -> Stage | None:
    """Where `act` leads from `stage`, or None where the table does not allow it."""
    return TRANSITIONS.get((stage, act))
