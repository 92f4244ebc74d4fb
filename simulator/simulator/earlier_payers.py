"""What a claim says of the payers before: loops 2320, 2330B and 2430 (rulebook 9.5)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from simulator.adjudication.claim import EarlierPayer, LeftOver
from simulator.adjudication.decision import PATIENT, ZERO
from x12 import Adjustment, Claim837P, LineAdjudication, OtherCoverage

_RANKS = "PSTABCDEFGH"


def earlier_payer(sent: Claim837P) -> EarlierPayer | None:
    """The payer right before the one that the claim is for, with what it left; None when the claim names none."""
    own = _rank(sent.subscriber.responsibility)
    before = [item for item in sent.other_coverages if 0 <= _rank(item.responsibility) < own]
    if own <= 0 or not before:
        return None
    last = max(before, key=lambda item: _rank(item.responsibility))
    payer_id = last.payer.id
    told = [(line.number, one) for line in sent.lines for one in line.adjudications if one.payer_id == payer_id]
    left_over = tuple(LeftOver(number, _patient(one.adjustments)) for number, one in told)
    patient = _patient(last.adjustments) + sum((one.patient for one in left_over), ZERO)
    paid = sum((item.paid for item in before if item.paid is not None), ZERO)
    return EarlierPayer(payer_id, paid, patient, left_over, _decided_on(last, [one for _, one in told]))


def _rank(responsibility: str) -> int:
    return _RANKS.find(responsibility) if responsibility else -1


def _patient(adjustments: Iterable[Adjustment]) -> Decimal:
    """What the adjustments leave to the patient."""
    return sum((item.amount for item in adjustments if item.group == PATIENT), ZERO)


def _decided_on(payer: OtherCoverage, lines: Iterable[LineAdjudication]) -> date | None:
    return next((day for day in (payer.decided, *(line.decided for line in lines)) if day is not None), None)
