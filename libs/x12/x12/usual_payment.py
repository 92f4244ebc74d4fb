"""Claim payments of the usual shape, read from their text in a few steps; anything else is left to the exact reader.

The shape is that of `x12.guides.remittance` in its own order. What fits is read as `x12.remittance_reader` reads it,
to the same models; the least doubt is answered with None.
"""

import re
from datetime import date
from decimal import Decimal

from x12 import values
from x12.fields import frozen, longer, procedure, reference
from x12.memo import Memo
from x12.model.adjustment import Adjustment
from x12.model.claim import DatedEvent
from x12.model.party import Party, Reference
from x12.model.procedure import Procedure
from x12.model.record import maker
from x12.model.remittance import ClaimPayment, ServicePayment
from x12.model.segments import Segment, element
from x12.tokens import ELEMENT, SEGMENT, Elements, split_rows

_make_party, _make_adjustment = maker(Party), maker(Adjustment)
_make_service, _make_payment = maker(ServicePayment), maker(ClaimPayment)

_TEXT = f"[^{SEGMENT}{ELEMENT}]*+"
_REST = f"[^{SEGMENT}]*+"
_END = f"(?={SEGMENT}|\\Z)"


def _elements(count: int) -> str:
    return f"{ELEMENT}({_TEXT})" * count


def _segments(names: str) -> str:
    return f"((?:{SEGMENT}(?:{names}){ELEMENT}{_REST})*+)"


_PERSON = f"(?:{SEGMENT}NM1{ELEMENT}{{role}}{_elements(8)}{_END})?+"
_PAYMENT = re.compile(
    f"({_TEXT})" + _elements(8) + _END + _segments("CAS")
    + _PERSON.format(role="QC") + _PERSON.format(role="IL") + _PERSON.format(role="82")
    + f"(?:{SEGMENT}(MOA{ELEMENT}{_REST}))?+"
    + _segments("REF|DTM|AMT|QTY|PER")
    + f"(?={SEGMENT}SVC{ELEMENT}|\\Z)"
)  # fmt: skip
_OTHER_NUMBERS = f"((?:{SEGMENT}REF{ELEMENT}(?!6R{ELEMENT}){_REST})*+)"
_SERVICE = re.compile(
    f"{SEGMENT}SVC{_elements(3)}(?:{ELEMENT}({_REST}))?+"
    f"(?:{SEGMENT}DTM{ELEMENT}472{_elements(1)}{_END})?+"
    f"(?:{SEGMENT}DTM{ELEMENT}150{_elements(1)}{SEGMENT}DTM{ELEMENT}151{_elements(1)}{_END})?+"
    + _segments("CAS")
    + _OTHER_NUMBERS
    + f"(?:{SEGMENT}REF{ELEMENT}6R{ELEMENT}([^{SEGMENT}{ELEMENT}]++){_END})?+"
    + _OTHER_NUMBERS
    + f"(?:{SEGMENT}AMT{ELEMENT}B6{_elements(1)}{_END})?+"
    + f"((?:{SEGMENT}(?:AMT{ELEMENT}(?!B6{ELEMENT})|QTY{ELEMENT}){_REST})*+)"
    f"((?:{SEGMENT}LQ{ELEMENT}HE{ELEMENT}{_TEXT}{_END})*+)"
    f"(?={SEGMENT}SVC{ELEMENT}|\\Z)"
)

_procedures: Memo[Procedure] = Memo(procedure)
_amounts: Memo[Decimal] = Memo(values.decimal, 16_384)
_days: Memo[date] = Memo(values.day, 16_384)


def _outpatient(text: str) -> Segment:
    return frozen(text.split(ELEMENT))


_outpatients: Memo[Segment] = Memo(_outpatient)


def payment_of(text: str, group_number: str, group_extra: tuple[Segment, ...]) -> ClaimPayment | None:
    """The payment of a loop 2100 (its text after `CLP*`), or None when it is not usual.

    Raises ValueError, X12Error for what cannot be read.
    """
    found = _PAYMENT.match(text)
    if found is None:
        return None
    told = found.groups()
    control, status, charge, paid, owed, filing, payer_number, place, frequency, cas = told[:10]
    moa, rest = told[34:]
    services: list[ServicePayment] = []
    at, end = found.end(), len(text)
    while at < end:
        line = _SERVICE.match(text, at)
        if line is None:
            return None
        services.append(_service(line))
        at = line.end()
    dates: list[DatedEvent] = []
    references: list[Reference] = []
    extra: list[Segment] = []
    allowed = _sorted_out(rest, dates, references, extra) if rest else None
    return _make_payment(
        control, status, _amounts[charge], _amounts[paid], _amounts[owed] if owed else None, filing, payer_number,
        place, frequency, _person(told[10:18]), _person(told[18:26]), _person(told[26:34]), _adjustments(cas),
        tuple(services), tuple(dates), tuple(references), allowed, _outpatients[moa] if moa else (), (),
        group_number, group_extra, tuple(extra),
    )  # fmt: skip


def _person(told: tuple[str, ...]) -> Party | None:
    kind, last, first, middle, prefix, suffix, qualifier, identifier = told
    if kind is None:  # pyright: ignore[reportUnnecessaryComparison]
        return None
    return _make_party(last, kind, first, middle, prefix, suffix, qualifier, identifier)


def _sorted_out(
    text: str, dates: list[DatedEvent], references: list[Reference], extra: list[Segment]
) -> Decimal | None:
    """Sort references, dates and amounts of a claim in; the answer is AMT AU."""
    allowed: Decimal | None = None
    for row in split_rows(text[1:]):
        identifier = row[0]
        if identifier == "DTM" and not longer(row, 2):
            dates.append(DatedEvent(element(row, 1), _days[element(row, 2)]))
        elif identifier == "REF" and (read := reference(row)) is not None:
            references.append(read)
        elif identifier == "AMT" and allowed is None and element(row, 1) == "AU" and not longer(row, 2):
            allowed = _amounts[element(row, 2)]
        else:
            extra.append(frozen(row))
    return allowed


def _adjustments(text: str) -> tuple[Adjustment, ...]:
    if not text:
        return ()
    found: list[Adjustment] = []
    for segment in text[1:].split(SEGMENT):
        _, group, *told = segment.split(ELEMENT)
        _add(found, group, told)
    return tuple(found)


def _add(found: list[Adjustment], group: str, told: Elements) -> None:
    if len(told) == 2:
        found.append(_make_adjustment(group, _reason(told[0]), _amounts[told[1]]))
        return
    if len(told) > 18 and any(told[18:]):
        raise ValueError("has more than six reasons")
    told = told + [""] * 2
    for at in range(0, len(told) - 2, 3):
        reason, taken, quantity = told[at : at + 3]
        if reason or taken or quantity:
            amount = _amounts[quantity] if quantity else None
            found.append(_make_adjustment(group, _reason(reason), _amounts[taken], amount))


def _reason(text: str) -> str:
    if not text:
        raise ValueError("has an amount but no reason")
    return text


def _service(line: re.Match[str]) -> ServicePayment:
    service, charge, paid, tail, day, start, stop, cas, before, control, after, allowed, more, remarks = line.groups()
    told = tail.split(ELEMENT) if tail else _NO_TAIL
    revenue, units, original, original_units = told if len(told) == 4 else (told + _NO_TAIL)[:4]
    if day and start:
        raise ValueError("has a day and a range")
    references: list[Reference] = []
    extra: list[Segment] = []
    if before or after:
        _sorted_out(before + after, [], references, extra)
    if more:
        extra.extend(frozen(row) for row in split_rows(more[1:]))
    return _make_service(
        _procedures[service], _amounts[charge], _amounts[paid], revenue, _amounts[units] if units else None,
        _procedures[original] if original else None, _amounts[original_units] if original_units else None,
        _days[day or start] if day or start else None, _days[stop] if stop else None, control or "",
        _amounts[allowed] if allowed is not None else None, _adjustments(cas), tuple(references),
        tuple(item.split(ELEMENT)[2] for item in remarks[1:].split(SEGMENT)) if remarks else (), tuple(extra),
    )  # fmt: skip


_NO_TAIL = ["", "", "", ""]
