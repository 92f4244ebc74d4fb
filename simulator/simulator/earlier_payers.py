"""What a claim says of the payers before: loops 2320, 2330B and 2430 (rulebook 9.5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from simulator.adjudication.claim import EarlierPayer, LeftOver
from simulator.adjudication.decision import PATIENT, ZERO
from x12 import Claim837P
from x12.model.segments import Loop, Segment, element

_RANKS = "PSTABCDEFGH"
_PAYER_PAID, _DECIDED_ON = "D", "573"


def earlier_payer(sent: Claim837P) -> EarlierPayer | None:
    """The payer right before the one that the claim is for, with what it left; None when the claim names none."""
    own = _rank(sent.subscriber.responsibility)
    before = [loop for loop in sent.loops if loop.id == "2320" and 0 <= _rank(_responsibility(loop)) < own]
    if own <= 0 or not before:
        return None
    last = max(before, key=lambda loop: _rank(_responsibility(loop)))
    payer_id = _payer_id(last)
    lines = [(line.number, loop) for line in sent.lines for loop in line.loops if loop.id == "2430"]
    told = [(number, loop) for number, loop in lines if element(_first(loop, "SVD"), 1) == payer_id]
    left_over = tuple(LeftOver(number, _patient(loop.segments)) for number, loop in told)
    patient = _patient(last.segments) + sum((one.patient for one in left_over), ZERO)
    paid = sum((_paid(loop) for loop in before), ZERO)
    return EarlierPayer(payer_id, paid, patient, left_over, _decided_on(last, [loop for _, loop in told]))


def _rank(responsibility: str) -> int:
    return _RANKS.find(responsibility) if responsibility else -1


def _responsibility(loop: Loop) -> str:
    return element(_first(loop, "SBR"), 1)


def _first(loop: Loop, name: str) -> Segment:
    return next((segment for segment in loop.segments if segment[0] == name), ())


def _payer_id(loop: Loop) -> str:
    inner = next((one for one in loop.loops if one.id == "2330B"), Loop("2330B"))
    return element(_first(inner, "NM1"), 9)


def _paid(loop: Loop) -> Decimal:
    amounts = (one for one in loop.segments if one[0] == "AMT" and element(one, 1) == _PAYER_PAID)
    return sum((_amount(element(one, 2)) for one in amounts), ZERO)


def _patient(segments: Iterable[Segment]) -> Decimal:
    """What the CAS segments leave to the patient."""
    return sum((amount for group, amount in _reasons(segments) if group == PATIENT), ZERO)


def _reasons(segments: Iterable[Segment]) -> Iterator[tuple[str, Decimal]]:
    for segment in segments:
        if segment[0] == "CAS":
            for place in range(3, len(segment), 3):
                yield element(segment, 1), _amount(segment[place])


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return ZERO


def _decided_on(payer: Loop, lines: list[Loop]) -> date | None:
    inner = [one for one in payer.loops if one.id == "2330B"]
    for loop in (*inner, *lines):
        for segment in loop.segments:
            if segment[0] == "DTP" and element(segment, 1) == _DECIDED_ON:
                return _day(element(segment, 3))
    return None


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 - an X12 date has no zone
    except ValueError:
        return None
