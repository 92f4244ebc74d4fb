"""A payer takes up a claim: known member, known earlier claim, then the decision and the day of its cheque."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from simulator import replacement
from simulator.adjudication.adjudicate import decide
from simulator.adjudication.case import Case, Denial, PriorLine
from simulator.adjudication.claim import Claim
from simulator.adjudication.decision import Decision
from simulator.adjudication.downcoding import downcoded
from simulator.adjudication.member import Member
from simulator.adjudication.payer import Payer
from simulator.clock import Clock
from simulator.course import Situation, planned
from simulator.front_door import NOT_ON_ROSTER, TAKEN_AFTER_REFUSAL, missing_reference, payer_word
from simulator.records import ClaimRecord, Payable, Said, Scenario
from simulator.store import Store
from simulator.tables import CODEBOOK
from simulator.telling import told
from simulator.troubles import DENIALS, KINDS, Stage, need_money

CHEQUE_STEP = "cheque"
_ACCEPTED = Said("payer", "A2", "20")
_SEQUESTRATION = Decimal("0.02")
_DECIDED = frozenset({"decided", "remitted", "silent"})
# A whole day that a float missed by less than this is still that day.
_EPSILON = 1e-9


def consider(store: Store, clock: Clock, day: float, payer: Payer, record: ClaimRecord) -> ClaimRecord:
    """Accept and decide the claim, or refuse it; the record with all that followed, saved.

    A payer that will think better of its refusal leaves the claim forwarded, for its second word.
    """
    refused = _refusal(record.scenario) or payer_word(record) or missing_reference(payer, record.claim)
    member = _member(store, payer, record.claim)
    earlier = replacement.earlier_claim(store, payer, record.claim)
    if refused is None and member is None:
        refused = NOT_ON_ROSTER
    if refused is None and isinstance(earlier, Said):
        refused = earlier
    if refused is not None or member is None or isinstance(earlier, Said):
        again = TAKEN_AFTER_REFUSAL in record.troubles and refused not in record.said
        record = replace(
            record,
            said=(*record.said, refused or NOT_ON_ROSTER),
            status="forwarded" if again else "rejected_by_payer",
        )
    else:
        record = _decided(store, clock, day, payer, record, member, earlier)
    store.save_claim(record)
    return record


def _refusal(scenario: Scenario | None) -> Said | None:
    if scenario is None or scenario.action != "reject" or scenario.level != "payer":
        return None
    return Said("payer", scenario.category, scenario.status, scenario.entity)


def _member(store: Store, payer: Payer, claim: Claim) -> Member | None:
    found = store.member(payer.id, claim.member_id)
    if found is None and payer.walk_in is not None:
        return replace(payer.walk_in, member_id=claim.member_id)
    return found


def _decided(
    store: Store,
    clock: Clock,
    day: float,
    payer: Payer,
    record: ClaimRecord,
    member: Member,
    earlier: ClaimRecord | None,
) -> ClaimRecord:
    moment = clock.moment(day)
    before: tuple[Payable, ...] = ()
    if earlier is not None:
        member = replacement.restored(member, earlier)
        before = replacement.to_be_reversed(store.payables_of(earlier.id), payer)
        store.save_claim(replace(earlier, replaced_by=record.id))
    record = replace(
        record,
        said=(*record.said, _ACCEPTED),
        payer_number=f"{payer.payer_number_prefix}{moment:%y%j}{store.next_number('payer claim'):07d}",
        decided_on=moment.date().isoformat(),
        replaces=None if earlier is None else earlier.id,
        restores=bool(before),
        finalised_at=_finalised_at(store, payer, record, earlier),
        status="decided",
    )
    reversals = replacement.reversals(before, record.finalised_at or 0.0)
    if record.voids:
        store.save_member(payer.id, member)
        _put_on_cheques(store, reversals)
        return record if reversals else replace(record, status="remitted")
    case = Case(record.claim, payer, member, CODEBOOK, record.claim.lines, _history(store, payer, record, earlier))
    record, payables = _planned(store, payer, record, case)
    standing = record.decision
    if standing is not None:
        member = member.charged(standing.deductible_applied, standing.out_of_pocket_applied)
    store.save_member(payer.id, member)
    if record.scenario is not None and record.scenario.action == "silence":
        return replace(record, status="silent")
    _put_on_cheques(store, (*reversals, *payables))
    return record


def _planned(store: Store, payer: Payer, record: ClaimRecord, case: Case) -> tuple[ClaimRecord, tuple[Payable, ...]]:
    """The claim decided, in the course and the shape of the trouble it drew; it keeps the kinds that took effect."""
    kinds = record.troubles
    ordered = (*_ordered(record), *_drawn_denials(record.claim, kinds))
    case, decision, priced = _priced(case, ordered, kinds)
    at = Situation(
        record.id, payer, record.payer_number, case, ordered, decision, record.finalised_at or 0.0,
        store.troubles().gap_days, _another(store, payer),
    )  # fmt: skip
    plan, course = planned(at, kinds)
    payables, shaped = told(plan.payables, record.claim, kinds)
    here = {kind for kind in kinds if KINDS[kind].stage is Stage.FRONT} | {*priced, *course, *shaped}
    here |= {kind for kind in kinds if kind in DENIALS}
    record = replace(record, decision=plan.standing, troubles=tuple(kind for kind in kinds if kind in here))
    return record, payables


def _drawn_denials(claim: Claim, kinds: tuple[str, ...]) -> Iterator[Denial]:
    for kind in kinds:
        refusal = DENIALS.get(kind)
        if refusal is None:
            continue
        whole = refusal.whole and not need_money(kinds)
        for line in claim.lines if whole else claim.lines[-1:]:
            yield Denial(line.number, refusal.carc, f"trouble: {kind}", refusal.group, refusal.remarks)


def _priced(case: Case, ordered: tuple[Denial, ...], kinds: tuple[str, ...]) -> tuple[Case, Decision, tuple[str, ...]]:
    """The decision under the price trouble that was drawn, if it takes effect."""
    if "sequestration" in kinds:
        contract = replace(case.payer.contract, sequestration=_SEQUESTRATION)
        case = replace(case, payer=replace(case.payer, contract=contract))
        decision = decide(case, ordered)
        held_back = any(one.carc == "253" for one in decision.all_adjustments)
        return case, decision, ("sequestration",) if held_back else ()
    lower = downcoded(case, ordered) if "downcoded" in kinds else None
    if lower is not None:
        return case, lower, ("downcoded",)
    return case, decide(case, ordered), ()


def _another(store: Store, payer: Payer) -> Payer | None:
    return next((one for one in store.payers().values() if one.id != payer.id), None)


def _put_on_cheques(store: Store, payables: Iterable[Payable]) -> None:
    payers = store.payers()
    for payable in payables:
        kept = store.add_payable(payable)
        store.schedule(cheque_day(payers[kept.payer_id], kept.ripe_at), CHEQUE_STEP, kept.payer_id)


def _ordered(record: ClaimRecord) -> Iterator[Denial]:
    scenario = record.scenario
    if scenario is None or scenario.action != "deny":
        return
    for line in record.claim.lines:
        if not scenario.lines or line.number in scenario.lines:
            yield Denial(line.number, scenario.carc, "a scenario asked for it", scenario.group, scenario.remarks)


def _history(store: Store, payer: Payer, record: ClaimRecord, earlier: ClaimRecord | None) -> tuple[PriorLine, ...]:
    replaced = None if earlier is None else earlier.id
    return tuple(
        line
        for prior in store.claims_of_member(payer.id, record.claim.member_id)
        if prior.id not in (record.id, replaced)
        and prior.status in _DECIDED
        and prior.replaced_by is None
        and prior.claim.patient == record.claim.patient
        for line in _prior_lines(prior)
    )


def _prior_lines(prior: ClaimRecord) -> Iterator[PriorLine]:
    if prior.decision is None:
        return
    for line, decided in zip(prior.claim.lines, prior.decision.lines, strict=True):
        yield PriorLine(
            line.cpt,
            line.modifiers,
            line.units,
            line.charge,
            line.service_on,
            line.rendering_npi,
            allowed=not decided.denied,
            unprocessable=any(one.carc == "16" for one in decided.adjustments),
            billing_npi=prior.claim.billing.npi,
        )


def _finalised_at(store: Store, payer: Payer, record: ClaimRecord, earlier: ClaimRecord | None) -> float:
    """A correction never overtakes the claim it corrects."""
    seed = f"{store.meta('seed')}:{record.claim.control_number}"
    # Not for secrets: the same seed and claim give the same delay.
    jitter = random.Random(seed).random() * payer.delays.jitter  # noqa: S311
    own = record.received_at + payer.delays.remittance + jitter
    return max(own, earlier.finalised_at or 0.0) if earlier else own


def cheque_day(payer: Payer, ripe_at: float) -> float:
    interval = payer.delays.cheque_interval
    return math.ceil(ripe_at / interval - _EPSILON) * interval
