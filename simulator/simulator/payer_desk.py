"""A payer takes up a claim: known member, known earlier claim, then the decision and the day of its cheque."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from simulator import replacement
from simulator.adjudication.adjudicate import decide
from simulator.adjudication.case import Case, Denial, PriorLine
from simulator.adjudication.claim import Claim
from simulator.adjudication.member import Member
from simulator.adjudication.payer import Payer
from simulator.clock import Clock
from simulator.records import ClaimRecord, Said, Scenario
from simulator.store import Store
from simulator.tables import CODEBOOK

CHEQUE_STEP = "cheque"
_NOT_ON_ROSTER = Said("payer", "A7", "33", "IL")
_ACCEPTED = Said("payer", "A2", "20")
_DECIDED = frozenset({"decided", "remitted", "silent"})
# A whole day that a float missed by less than this is still that day.
_EPSILON = 1e-9


def consider(store: Store, clock: Clock, day: float, payer: Payer, record: ClaimRecord) -> ClaimRecord:
    """Accept and decide the claim, or refuse it; the record with all that followed, saved."""
    refused = _refusal(record.scenario)
    member = _member(store, payer, record.claim)
    earlier = replacement.earlier_claim(store, payer, record.claim)
    if refused is None and member is None:
        refused = _NOT_ON_ROSTER
    if refused is None and isinstance(earlier, Said):
        refused = earlier
    if refused is not None or member is None or isinstance(earlier, Said):
        said = (*record.said, refused or _NOT_ON_ROSTER)
        record = replace(record, said=said, status="rejected_by_payer")
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
    if earlier is not None:
        member = replacement.restored(member, earlier)
        store.save_claim(replace(earlier, replaced_by=record.id))
    record = replace(
        record,
        said=(*record.said, _ACCEPTED),
        payer_number=f"{payer.payer_number_prefix}{moment:%y%j}{store.next_number('payer claim'):07d}",
        decided_on=moment.date().isoformat(),
        replaces=None if earlier is None else earlier.id,
        restores=earlier is not None and replacement.must_be_reversed(earlier),
        finalised_at=_finalised_at(store, payer, record, earlier),
        status="decided",
    )
    if not record.voids:
        case = Case(record.claim, payer, member, CODEBOOK, record.claim.lines, _history(store, payer, record, earlier))
        record = replace(record, decision=decide(case, _ordered(record)))
        applied = record.decision.deductible_applied if record.decision else Decimal(0)
        member = replace(member, deductible_remaining=member.deductible_remaining - applied)
    store.save_member(payer.id, member)
    if record.scenario is not None and record.scenario.action == "silence":
        return replace(record, status="silent")
    store.schedule(_cheque_day(payer, record), CHEQUE_STEP, payer.id)
    return record


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
        )


def _finalised_at(store: Store, payer: Payer, record: ClaimRecord, earlier: ClaimRecord | None) -> float:
    """A correction never overtakes the claim it corrects."""
    seed = f"{store.meta('seed')}:{record.claim.control_number}"
    # Not for secrets: the same seed and claim give the same delay.
    jitter = random.Random(seed).random() * payer.delays.jitter  # noqa: S311
    own = record.received_at + payer.delays.remittance + jitter
    return max(own, earlier.finalised_at or 0.0) if earlier else own


def _cheque_day(payer: Payer, record: ClaimRecord) -> float:
    interval = payer.delays.cheque_interval
    return math.ceil((record.finalised_at or 0.0) / interval - _EPSILON) * interval
