"""What payments refuses, in words that the person who posts can act on."""

from __future__ import annotations

from common.refusal import Refusal


class PostingUnbalanced(Refusal):
    code = "posting-unbalanced"
    sentence = "The {kind} posting of {entries} entries is off by {off}; a posting must sum to zero."
    mend = "Nothing was posted. Report this: the amounts that led here cannot all be right."
    status = 422


class UnknownAccount(Refusal):
    code = "unknown-account"
    sentence = "There is no account {account} in the chart of accounts."
    mend = "Use an account of the chart; GET /ledger/accounts lists them."
    status = 422


class ClaimUnknown(Refusal):
    code = "claim-unknown"
    sentence = "No claim of this practice was submitted under the control number {control_number}."
    mend = "Match it to its claim by hand. It posts by itself when the claim's submission arrives."


class NumberTaken(Refusal):
    code = "control-number-taken"
    sentence = "The control number {control_number} was submitted for another claim before."
    mend = "Claims gives each submission a number of its own; look there for the two claims that have this one."


class NothingOpen(Refusal):
    code = "nothing-open"
    sentence = "The payer settles {settles} of claim {control_number}, but only {open} is still open with the payer."
    mend = "Look for an earlier payment that the payer did not reverse, or for a charge that was changed."


class ReversalPending(Refusal):
    code = "reversal-pending"
    sentence = "A reversal on {control_number} that is not in the books has to be posted before the {paid} paid here."
    mend = "Find the payment that the reversal takes back; both post by themselves once it is in the books."


class OriginalNotFound(Refusal):
    code = "original-not-found"
    sentence = "The reversal of {charge} charged and {paid} paid on {control_number} matches no posted payment."
    mend = "Find the payment it takes back; it posts once that payment is in the books, or match it by hand."


class WriteOffTooLarge(Refusal):
    code = "write-off-too-large"
    sentence = "{asked} of claim {claim_id} should be written off, but only {denied} is open as denied."
    mend = "Check whether the claim was submitted again or paid since the denial was upheld."


class NotAPayment(Refusal):
    code = "not-a-payment"
    sentence = "A patient's payment must be more than zero; {amount} is not."
    mend = "Record the amount received. A refund is not a negative payment."
    status = 422


class AlreadyClosed(Refusal):
    code = "queue-item-closed"
    sentence = "The queue item {id} was closed before."
    mend = "Read the item again to see how it ended."


class NotMatchable(Refusal):
    code = "not-matchable"
    sentence = "The queue item {id} is a {kind} item; only an unmatched payment can be matched to a claim."
    mend = "Close the item with the reason instead."


class MoneyWaiting(Refusal):
    code = "money-waiting"
    sentence = "The queue item {id} holds a payment of {paid} that is not posted."
    mend = "Match it to a claim. Closing it would leave the money unapplied with nobody to look after it."


class ReferenceReused(Refusal):
    code = "reference-reused"
    sentence = "A payment with this reference is in the books already."
    mend = "Each payment of a processor has its own reference; look the earlier one up before recording another."
