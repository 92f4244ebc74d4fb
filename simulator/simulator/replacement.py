"""Replacing and voiding an earlier claim (frequency 7 and 8; rulebook 9.4 and 11)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from simulator.adjudication.claim import ORIGINAL, Claim
from simulator.adjudication.decision import Decision
from simulator.adjudication.member import Member
from simulator.adjudication.payer import Payer
from simulator.course import SENT_ON
from simulator.records import ClaimRecord, Payable, Said
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


def restored(member: Member, earlier: ClaimRecord) -> Member:
    """The member with what the earlier claim took from the accumulators given back."""
    decision = earlier.decision
    if decision is None:
        return member
    return member.charged(-decision.deductible_applied, -decision.out_of_pocket_applied)


def to_be_reversed(payables: Iterable[Payable], payer: Payer) -> tuple[Payable, ...]:
    """What this payer paid or will pay on a claim and has not taken back itself."""
    own = [one for one in payables if one.payer_id == payer.id and one.decision is not None and not one.control_number]
    taken = {one.reverses for one in own if one.reverses}
    return tuple(
        one
        for one in own
        if not one.reverses and one.part not in taken and one.status != SENT_ON and _moved_money(one.decision)
    )


def _moved_money(decision: Decision | None) -> bool:
    """A claim that was denied whole moved no money, unless the patient was to bear the denial."""
    return decision is not None and (not decision.denied or decision.patient_responsibility != 0)


def reversals(payables: Iterable[Payable], ripe_at: float) -> tuple[Payable, ...]:
    """Their contras; none comes before what it takes back."""
    return tuple(
        replace(
            one,
            part=f"reversal of {one.part}",
            decision=one.decision.reversed(),
            ripe_at=max(ripe_at, one.ripe_at),
            status="",
            reverses=one.part,
            levels=(),
            interest=one.interest * 0,
            apart="",
            timing="",
            repeated_after=0.0,
            cheque=None,
            trace="",
        )
        for one in payables
        if one.decision is not None
    )
