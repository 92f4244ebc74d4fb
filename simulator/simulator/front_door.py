"""What clearinghouse and payer say before a claim is decided, when they make trouble: sometimes not the same."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.adjudication.claim import Claim
from simulator.adjudication.payer import Payer
from simulator.records import ClaimRecord, Said

NOT_ON_ROSTER = Said("payer", "A7", "33", "IL")
SILENCE, REJECTED, REJECTED_BY_PAYER = "silence", "rejected_at_clearinghouse", "rejected_by_payer"
REFUSED_BUT_TAKEN, TAKEN_AFTER_REFUSAL = "refused_but_taken", "taken_after_refusal"
# The second word of a payer that contradicts itself comes this long after the first: six hours.
SECOND_THOUGHTS = 0.25

_REFUSES = Said("clearinghouse", "A7", "562", "82")
CLEARINGHOUSE_WORDS: Mapping[str, Said] = {REJECTED: _REFUSES, REFUSED_BUT_TAKEN: _REFUSES}
PAYER_WORDS: Mapping[str, Said] = {
    REJECTED_BY_PAYER: NOT_ON_ROSTER,
    TAKEN_AFTER_REFUSAL: NOT_ON_ROSTER,
}

# Status codes of what a payer asks for: 252 authorization number, 48 referral; 21 information missing.
_WANTED: Mapping[str, str] = {"G1": "252", "9F": "48", "X4": "21"}


def clearinghouse_word(record: ClaimRecord) -> Said | None:
    """What the drawn trouble makes the clearinghouse say, if anything."""
    return next((CLEARINGHOUSE_WORDS[kind] for kind in record.troubles if kind in CLEARINGHOUSE_WORDS), None)


def payer_word(record: ClaimRecord) -> Said | None:
    """What the drawn trouble makes the payer say; nothing once it has said it."""
    word = next((PAYER_WORDS[kind] for kind in record.troubles if kind in PAYER_WORDS), None)
    return None if word in record.said else word


def missing_reference(payer: Payer, claim: Claim) -> Said | None:
    """The first REF that this payer's claims must carry and this one does not."""
    carried = {"G1": any(map(claim.authorization_of, claim.lines)), "9F": claim.referral, "X4": claim.clia_number}
    missing = next((one for one in payer.required_references if not carried[one]), None)
    return None if missing is None else Said("payer", "A6", _WANTED[missing])
