"""Claim payments of the usual shape, read from their text in a few steps; anything else is left to the exact reader.

The shape is that of `x12.guides.remittance` in its own order. What fits is read as `x12.remittance_loops` reads it,
to the same models; the least doubt is answered with None. Texts have a SEGMENT before each segment, and payments in
them are told by where they begin. What files say over and over (fees and what is taken off them, providers, days) is
read once and remembered.
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


def _person(role: str) -> str:
    return f"(?:{SEGMENT}NM1{ELEMENT}{role}{ELEMENT}({_REST}))?+"


_AFTER = f"(?={SEGMENT}(?:SVC|CLP){ELEMENT}|\\Z)"
_PAYMENT = re.compile(
    f"{SEGMENT}CLP" + _elements(9) + _END + _segments("CAS")
    + _person("QC") + _person("IL") + _person("82")
    + f"(?:{SEGMENT}(MOA{ELEMENT}{_REST}))?+"
    + _segments("REF|DTM|AMT|QTY|PER")
    + _AFTER
)  # fmt: skip
_OTHER_NUMBERS = f"((?:{SEGMENT}REF{ELEMENT}(?!6R{ELEMENT}){_REST})*+)"
_SERVICE = re.compile(
    f"{SEGMENT}SVC{_elements(1)}{ELEMENT}({_TEXT}{ELEMENT}{_REST})"
    f"(?:{SEGMENT}DTM{ELEMENT}472{_elements(1)}{_END})?+"
    f"(?:{SEGMENT}DTM{ELEMENT}150{_elements(1)}{SEGMENT}DTM{ELEMENT}151{_elements(1)}{_END})?+"
    + _segments("CAS")
    + _OTHER_NUMBERS
    + f"(?:{SEGMENT}REF{ELEMENT}6R{ELEMENT}([^{SEGMENT}{ELEMENT}]++){_END})?+"
    + _OTHER_NUMBERS
    + f"(?:{SEGMENT}AMT{ELEMENT}B6{_elements(1)}{_END})?+"
    f"((?:{SEGMENT}(?:AMT{ELEMENT}(?!B6{ELEMENT})|QTY{ELEMENT}){_REST})*+)"
    f"((?:{SEGMENT}LQ{ELEMENT}HE{ELEMENT}{_TEXT}{_END})*+)" + _AFTER
)
_NEXT_SERVICE = f"{SEGMENT}SVC{ELEMENT}"
_BLANK = [""] * 8


def _party(text: str) -> Party:
    """NM102-09. Raises ValueError when more was sent."""
    row = text.split(ELEMENT)
    if len(row) != 8:
        if any(row[8:]):
            raise ValueError("says more than a name")
        row = (row + _BLANK)[:8]
    kind, last, first, middle, prefix, suffix, qualifier, identifier = row
    return _make_party(last, kind, first, middle, prefix, suffix, qualifier, identifier)


def _outpatient(text: str) -> Segment:
    return frozen(text.split(ELEMENT))


def _adjusted(text: str) -> tuple[Adjustment, ...]:
    """CAS segments. Raises ValueError."""
    found: list[Adjustment] = []
    for segment in text[1:].split(SEGMENT):
        _, group, *told = segment.split(ELEMENT)
        _add(found, group, told)
    return tuple(found)


def _add(found: list[Adjustment], group: str, told: Elements) -> None:
    if any(told[18:]):
        raise ValueError("has more than six reasons")
    told = told + [""] * 2
    for at in range(0, len(told) - 2, 3):
        reason, taken, quantity = told[at : at + 3]
        if reason or taken or quantity:
            if not reason:
                raise ValueError("has an amount but no reason")
            amount = _amounts[quantity] if quantity else None
            found.append(_make_adjustment(group, reason, _amounts[taken], amount))


_Told = tuple[tuple[DatedEvent, ...], tuple[Reference, ...], Decimal | None, tuple[Segment, ...]]


def _sorted_out(text: str) -> _Told:
    """Dates, references, AMT AU and all else of some segments. Raises ValueError."""
    dates: list[DatedEvent] = []
    references: list[Reference] = []
    extra: list[Segment] = []
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
    return tuple(dates), tuple(references), allowed, tuple(extra)


_Fee = tuple[Decimal, Decimal, str, Decimal | None, Procedure | None, Decimal | None]


def _fee(text: str) -> _Fee:
    """SVC02-07. Raises ValueError."""
    charge, paid, *further = text.split(ELEMENT)
    revenue, units, original, original_units = (further + _BLANK)[:4]
    return (
        values.decimal(charge), values.decimal(paid), revenue, values.decimal(units) if units else None,
        procedure(original) if original else None, values.decimal(original_units) if original_units else None,
    )  # fmt: skip


def _remarked(text: str) -> tuple[str, ...]:
    """The codes of LQ HE segments."""
    return tuple(item.split(ELEMENT)[2] for item in text[1:].split(SEGMENT))


_procedures: Memo[Procedure] = Memo(procedure)
_amounts: Memo[Decimal] = Memo(values.decimal, 16_384)
_days: Memo[date] = Memo(values.day, 16_384)
_parties = Memo(_party)
_outpatients = Memo(_outpatient)
_adjustments = Memo(_adjusted, 8_192)
_facts = Memo(_sorted_out)
_fees = Memo(_fee, 8_192)
_remarks = Memo(_remarked)
_NO_FACTS: _Told = ((), (), None, ())


def payment_of(
    text: str, at: int, group_number: str, group_extra: tuple[Segment, ...]
) -> tuple[ClaimPayment, int] | None:
    """The payment (loop 2100) that begins there and where it ends, or None when it is not usual.

    Raises ValueError, X12Error for what cannot be read.
    """
    found = _PAYMENT.match(text, at)
    if found is None:
        return None
    (
        control, status, charge, paid, owed, filing, payer_number, place, frequency, cas, patient, subscriber,
        rendering, moa, rest,
    ) = found.groups()  # fmt: skip
    services: list[ServicePayment] = []
    at = found.end()
    while text.startswith(_NEXT_SERVICE, at):
        line = _SERVICE.match(text, at)
        if line is None:
            return None
        services.append(_service(line))
        at = line.end()
    dates, references, allowed, extra = _facts[rest] if rest else _NO_FACTS
    return _make_payment(
        control, status, _amounts[charge], _amounts[paid], _amounts[owed] if owed else None, filing, payer_number,
        place, frequency, None if patient is None else _party(patient),
        None if subscriber is None else _parties[subscriber], None if rendering is None else _parties[rendering],
        _adjustments[cas] if cas else (), tuple(services), dates, references, allowed,
        _outpatients[moa] if moa else (), (), group_number, group_extra, extra,
    ), at  # fmt: skip


def _service(line: re.Match[str]) -> ServicePayment:
    service, fee, day, start, stop, cas, before, control, after, allowed, more, remarks = line.groups()
    charge, paid, revenue, units, original, original_units = _fees[fee]
    if day and start:
        raise ValueError("has a day and a range")
    references: tuple[Reference, ...] = ()
    extra: tuple[Segment, ...] = ()
    if before or after:
        _, references, _, extra = _sorted_out(before + after)
    if more:
        extra = (*extra, *(frozen(row) for row in split_rows(more[1:])))
    return _make_service(
        _procedures[service], charge, paid, revenue, units, original, original_units,
        _days[day or start] if day or start else None, _days[stop] if stop else None, control or "",
        _amounts[allowed] if allowed is not None else None, _adjustments[cas] if cas else (), references,
        _remarks[remarks] if remarks else (), extra,
    )  # fmt: skip
