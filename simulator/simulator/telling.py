"""How a payer words its remittances when it makes trouble of their shape: a table of shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from simulator.adjudication.claim import Claim
from simulator.adjudication.reporting import at_claim_level, with_a_line_cut
from simulator.records import Payable

Shape = Callable[[Payable, Claim], Payable]


def _at_claim_level(payable: Payable, _: Claim) -> Payable:
    decision = payable.decision
    if decision is None or decision.claim_level_only:
        return payable
    return replace(payable, decision=at_claim_level(decision))


def _without_line_numbers(payable: Payable, _: Claim) -> Payable:
    return replace(payable, line_numbers=False) if payable.decision else payable


def _with_a_line_cut(payable: Payable, claim: Claim) -> Payable:
    decision = payable.decision
    units: dict[int, Decimal] = {line.number: line.units for line in claim.lines}
    cut = None if decision is None or decision.claim_level_only else with_a_line_cut(decision, units)
    return payable if cut is None else replace(payable, decision=cut)


SHAPES: Mapping[str, Shape] = {
    "claim_level_only": _at_claim_level,
    "no_line_control": _without_line_numbers,
    "line_cut": _with_a_line_cut,
}


def told(
    payables: Iterable[Payable], claim: Claim, kinds: Iterable[str]
) -> tuple[tuple[Payable, ...], tuple[str, ...]]:
    """The payables in the shapes among `kinds`, and those of them that changed anything."""
    shaped, effective = tuple(payables), list[str]()
    for kind in kinds:
        shape = SHAPES.get(kind)
        if shape is None:
            continue
        changed = tuple(shape(payable, claim) for payable in shaped)
        if changed != shaped:
            effective.append(kind)
        shaped = changed
    return shaped, tuple(effective)
