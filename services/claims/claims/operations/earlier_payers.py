"""What an 837P says of the payers that have done with the claim: loops 2320, 2330 and 2430 (rulebook 9.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

import x12
from claims.domain.coding import ServiceLine
from claims.domain.decisions import EarlierPayer
from claims.domain.events import LineAdjustment
from claims.domain.parties import Coverage, Payer
from x12.model.party import MEMBER_ID, PAYER_ID, PERSON

PATIENT = "PR"
ITS_CLAIM_NUMBER = "F8"


def other_coverage(earlier: EarlierPayer) -> x12.OtherCoverage:
    """The coverage of an earlier payer, and its decision as far as that is not about one line.

    Raises ValueError for a payer that was never billed.
    """
    coverage, payer = _billed(earlier)
    by_line = any(one.lines for one in earlier.decisions)
    taken = [item for one in earlier.decisions for item in one.adjustments]
    number = earlier.payer_claim_number
    subscriber = coverage.subscriber
    return x12.OtherCoverage(
        responsibility=coverage.responsibility,
        insured=x12.Party(
            name=subscriber.last_name.reveal(),
            kind=PERSON,
            first=subscriber.first_name.reveal(),
            middle=subscriber.middle_name.reveal(),
            id_qualifier=MEMBER_ID,
            id=coverage.member_id.reveal(),
        ),
        payer=x12.Party(
            name=payer.name,
            id_qualifier=PAYER_ID,
            id=payer.payer_id,
            references=(x12.Reference(ITS_CLAIM_NUMBER, number),) if number else (),
        ),
        relationship=coverage.relationship,
        group_number=coverage.group_number.reveal(),
        filing_code=payer.filing_indicator,
        adjustments=_adjustments(taken),
        paid=earlier.paid.amount,
        remaining=None if by_line else _patients(taken),
        decided=None if by_line else earlier.decided_on,
    )


def adjudications_of(line: ServiceLine, earlier: EarlierPayer) -> Iterator[x12.LineAdjudication]:
    """What an earlier payer decided about one of our lines."""
    _, payer = _billed(earlier)
    for decision in earlier.decisions:
        for decided in decision.lines:
            if decided.number == line.number:
                yield x12.LineAdjudication(
                    payer_id=payer.payer_id,
                    paid=decided.paid.amount,
                    procedure=x12.Procedure(line.cpt, line.modifiers),
                    units=Decimal(line.units),
                    adjustments=_adjustments(decided.adjustments),
                    decided=decision.decided_on,
                    remaining=_patients(decided.adjustments),
                )


def _billed(earlier: EarlierPayer) -> tuple[Coverage, Payer]:
    coverage, payer = earlier.snapshot.coverage, earlier.snapshot.payer
    if coverage is None or payer is None:
        raise ValueError("an earlier payer was billed under a coverage")
    return coverage, payer


def _adjustments(items: Iterable[LineAdjustment]) -> tuple[x12.Adjustment, ...]:
    return tuple(x12.Adjustment(item.group, item.carc, item.amount.amount) for item in items)


def _patients(items: Iterable[LineAdjustment]) -> Decimal:
    return sum((item.amount.amount for item in items if item.group == PATIENT), Decimal("0.00"))
