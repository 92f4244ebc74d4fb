"""What the business of claims says no to."""

from __future__ import annotations

from common.refusal import Refusal


class FactOutOfPlace(Refusal):
    code = "fact-out-of-place"
    sentence = "Claim {claim_id} is {status}; {fact} cannot happen to it."
    mend = "Look at the claim's history; act on the claim from a status that allows it."


class FindingNotThere(Refusal):
    code = "finding-not-there"
    sentence = "Claim {claim_id} has no finding {finding} at {where}."
    mend = "Read the claim again: its findings may have changed since."
    status = 404


class FindingNotOverridable(Refusal):
    code = "finding-not-overridable"
    sentence = "{finding} at {where} is content without which no payer takes a claim; a reason cannot replace it."
    mend = "Mend what the finding names and rebuild the claim."


class AlreadySubmitted(Refusal):
    code = "already-submitted"
    sentence = "Claim {claim_id} has been submitted; only a claim that no payer has seen can be voided here."
    mend = "Send a replacement by way of the denial case, or ask the payer to void it."


class UnreadableAcknowledgement(Refusal):
    code = "unreadable-acknowledgement"
    sentence = "Interchange {interchange_id} cannot be read as a 277CA: {fault} at segment {segment}."
    mend = "Ask the clearinghouse for the file again, then restart this reading."
    status = 422


class FollowUpSettled(Refusal):
    code = "follow-up-settled"
    sentence = "Follow-up {follow_up_id} was settled before."
    mend = "Nothing is left to do for it."
