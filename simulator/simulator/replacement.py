"""Replacing and voiding an earlier claim (frequency 7 and 8; rulebook 9.4 and 11)."""

from __future__ import annotations

from dataclasses import replace

from simulator.adjudication.claim import ORIGINAL, Claim
from simulator.adjudication.member import Member
from simulator.adjudication.payer import Payer
from simulator.records import ClaimRecord, Said
from simulator.store import Store

_REPORTED = frozenset({"decided", "remitted"})


def earlier_claim(store: Store, payer: Payer, claim: Claim) -> ClaimRecord | Said | None:
    """The claim that this one replaces or voids; None for an original; what to answer when there is none such.

    REF F8 has to name a claim of the same member that was decided and not replaced before.
    """
    if claim.frequency == ORIGINAL:
        return None
    if not payer.takes_replacements:
        return Said("payer", "A7", "535")
    found = store.claim_by_payer_number(payer.id, claim.original_reference)
    known = (
        found is not None
        and found.status in _REPORTED
        and found.replaced_by is None
        and not found.voids
        and found.claim.member_id == claim.member_id
    )
    return found if known else Said("payer", "A7", "464")


def must_be_reversed(earlier: ClaimRecord) -> bool:
    """A claim that was denied whole moved no money, unless the patient was to bear the denial."""
    decision = earlier.decision
    return decision is not None and (not decision.denied or decision.patient_responsibility != 0)


def restored(member: Member, earlier: ClaimRecord) -> Member:
    """The member with the deductible that the earlier claim took given back."""
    if earlier.decision is None:
        return member
    given_back = member.deductible_remaining + earlier.decision.deductible_applied
    return replace(member, deductible_remaining=given_back)
