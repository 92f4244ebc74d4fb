"""What staff are told when something about an authorization is not possible."""

from __future__ import annotations

from common.refusal import Refusal


class NotPossibleNow(Refusal):
    code = "not-possible-now"
    sentence = "Authorization {authorization_id} is {status}; it cannot {fact}."
    mend = "Read it again and look at its history for what happened since."


class AnotherRequestIsOpen(Refusal):
    code = "another-request-is-open"
    sentence = "Authorization {authorization_id} has a request with the payer that is not decided."
    mend = "Wait for the payer's answer, or record what it said by telephone."


class NothingAsked(Refusal):
    code = "nothing-asked"
    sentence = "An authorization needs at least one service to ask for."
    mend = "Name the codes and units that are planned."
    status = 422


class DatesUnfit(Refusal):
    code = "dates-unfit"
    sentence = "The last day {last} lies before the first day {first}."
    mend = "Give a last day on or after the first one."
    status = 422


class NumberNeeded(Refusal):
    code = "number-needed"
    sentence = "A decision that certifies something needs the payer's number and what it certified."
    mend = "Give `number` and `certified`, as the payer said them."
    status = 422


class NothingToSettle(Refusal):
    code = "nothing-to-settle"
    sentence = "Authorization {authorization_id} asks for nobody's attention."
    mend = "Look at it again; somebody else may have settled it."


class UnreadableAnswers(Refusal):
    code = "unreadable-answers"
    sentence = "Interchange {interchange_id} holds no 278 that can be read."
    mend = "Look at the interchange in edi's archive, and ask the payer to send it again."
