"""Claims of the usual shape, read from their text in a few steps; anything else is left to the exact reader.

The shape is that of `x12.guides.claim` in its own order, for the segments that nearly every claim is made of. What
fits is read as `x12.claim_reader` reads it, to the same models; the least doubt is answered with None.
"""

import re
from datetime import date
from decimal import Decimal

from x12 import values
from x12.claim_parts import DIAGNOSES, ClaimRest, Rest, causes, pointers
from x12.errors import START
from x12.fields import party_of, procedure
from x12.guides.claim import GUIDE
from x12.memo import Memo
from x12.model.claim import BillingProvider, Claim837P, Diagnosis, Patient, ServiceLine, Subscriber
from x12.model.party import Address, Party, Reference
from x12.model.procedure import Procedure
from x12.model.record import maker
from x12.model.segments import COMPONENT
from x12.reader import OpenLoop
from x12.tokens import ELEMENT, SEGMENT, split_rows

_make_party, _make_address = maker(Party), maker(Address)
_make_subscriber, _make_line, _make_claim = maker(Subscriber), maker(ServiceLine), maker(Claim837P)

_TEXT = f"[^{SEGMENT}{ELEMENT}]*+"
_REST = f"[^{SEGMENT}]*+"
_SOME = f"[^{SEGMENT}]++"
_END = f"(?={SEGMENT}|\\Z)"


def _segments(names: str) -> str:
    """Any number of segments with these identifiers, as one group."""
    return f"((?:{SEGMENT}(?:{names}){ELEMENT}{_REST})*+)"


def _loop(role: str, names: str) -> str:
    """A loop that NM1 opens, as one group, or nothing."""
    return f"({SEGMENT}NM1{ELEMENT}{role}{ELEMENT}{_REST}(?:{SEGMENT}(?:{names}){ELEMENT}{_REST})*+)?+"


def _elements(count: int) -> str:
    return f"{ELEMENT}({_TEXT})" * count


_SUBSCRIBER = re.compile(
    f"{_TEXT}{ELEMENT}{_TEXT}{ELEMENT}22(?:{ELEMENT}{_TEXT})?+"
    f"{SEGMENT}SBR{ELEMENT}({_REST})"
    f"{SEGMENT}NM1{ELEMENT}IL{_elements(8)}{_END}"
    f"(?:{SEGMENT}N3{ELEMENT}({_TEXT})(?:{ELEMENT}({_TEXT}))?+{SEGMENT}N4{_elements(3)})?+"
    f"(?:{SEGMENT}DMG{ELEMENT}D8{_elements(2)})?+"
    f"({SEGMENT}NM1{ELEMENT}PR{ELEMENT}{_REST}(?:{SEGMENT}(?:N3|N4|REF){ELEMENT}{_REST})*+){_END}"
)
_DEPENDENT = re.compile(
    f"{_TEXT}{ELEMENT}{_TEXT}{ELEMENT}23(?:{ELEMENT}{_TEXT})?+"
    f"{SEGMENT}PAT{ELEMENT}({_TEXT})"
    f"({SEGMENT}NM1{ELEMENT}QC{ELEMENT}{_REST}(?:{SEGMENT}(?:N3|N4|DMG|REF|PER){ELEMENT}{_REST})*+){_END}"
)
_CLAIM = re.compile(
    f"{SEGMENT}CLM{_elements(2)}{ELEMENT}{ELEMENT}{_elements(5)}(?:{ELEMENT}({_REST}))?+"
    + _segments("DTP|PWK|CN1|AMT|REF|K3|NTE|CRC")
    + f"{SEGMENT}HI{ELEMENT}({_SOME})"
    + _loop("DN", "REF")
    + _loop("82", "PRV|REF")
    + _loop("77", "N3|N4|REF|PER")
    + _loop("DQ", "REF")
    + f"(?={SEGMENT}LX{ELEMENT})"
)
_LINE = re.compile(
    f"{SEGMENT}LX{ELEMENT}({_TEXT}){SEGMENT}SV1{_elements(5)}{ELEMENT}{_elements(1)}(?:{ELEMENT}({_REST}))?+"
    f"{SEGMENT}DTP{ELEMENT}472{_elements(2)}(?:{SEGMENT}REF{ELEMENT}6R{ELEMENT}([^{SEGMENT}{ELEMENT}]++){_END})?+"
    + _segments("DTP|REF|AMT|K3|NTE")
    + _loop("82", "PRV|REF")
    + f"(?={SEGMENT}(?:LX|CLM){ELEMENT}|\\Z)"
)


def _coverage(text: str) -> tuple[str, str, str, str, str, str] | None:
    """SBR01-05 and 09, or None when something else was sent."""
    row = text.split(ELEMENT)
    row += [""] * (9 - len(row))
    return None if any(row[5:8]) or any(row[9:]) else (row[0], row[1], row[2], row[3], row[4], row[8])


def _place(text: str) -> tuple[str, str, str]:
    parts = text.split(COMPONENT)
    return parts[0], parts[1] if len(parts) > 1 else "", parts[2] if len(parts) > 2 else ""


def _diagnosis(text: str) -> Diagnosis | None:
    qualifier, found, code = text.partition(COMPONENT)
    return Diagnosis(qualifier, code) if found and COMPONENT not in code and qualifier in DIAGNOSES else None


_coverages = Memo(_coverage)
_places = Memo(_place)
_diagnoses = Memo(_diagnosis)
_numbers = Memo(values.integer)
_pointer_lists = Memo(pointers)
_procedures: Memo[Procedure] = Memo(procedure)
_amounts: Memo[Decimal] = Memo(values.decimal)
_days: Memo[date] = Memo(values.day, 32_768)


def _party(text: str) -> Party:
    """A loop that NM1 opens, from its text with a SEGMENT before each segment."""
    rows = split_rows(text[1:])
    return party_of(rows, rows[0])


_parties = Memo(_party, 2_048)
# Errors of a usual text are never shown: the exact reader then tells where they are.
_NOWHERE = OpenLoop(GUIDE.root, None, START)


class Insured:
    """What one 2000B says: the subscriber and the payer."""

    __slots__ = ("payer", "subscriber")

    def __init__(self, subscriber: Subscriber, payer: Party) -> None:
        self.subscriber = subscriber
        self.payer = payer


def insured_of(text: str) -> tuple[Insured, int] | None:
    """The subscriber and payer of a level (its text after `HL*`) and where its claims begin."""
    found = _SUBSCRIBER.match(text)
    if found is None:
        return None
    (
        coverage, kind, last, first, middle, prefix, suffix, qualifier, member, line1, line2, city, state, postal,
        born, sex, payer,
    ) = found.groups()  # fmt: skip
    told = _coverages[coverage]
    if told is None:
        return None
    home = None if line1 is None else _make_address(line1, line2 or "", city, state, postal)
    who = _make_party(last, kind, first, middle, prefix, suffix, qualifier, member, home)
    birth_date = None if born is None else _days[born]
    return Insured(_make_subscriber(who, *told, birth_date, sex or ""), _parties[payer]), found.end()


def patient_claims(text: str, provider: BillingProvider, insured: Insured) -> list[tuple[int, Claim837P]] | None:
    """The claims of a dependent (its text after `HL*`), as `claims_of`."""
    found = _DEPENDENT.match(text)
    if found is None:
        return None
    relationship, person = found.groups()
    rows = split_rows(person[1:])
    born: date | None = None
    sex = ""
    for row in rows:
        if row[0] == "DMG":
            if len(row) != 4 or row[1] != "D8":
                return None
            born, sex = _days[row[2]], row[3]
            rows.remove(row)
            break
    patient = Patient(party_of(rows, rows[0]), relationship, born, sex)
    return claims_of(text, found.end(), provider, insured, patient)


def claims_of(
    text: str, at: int, provider: BillingProvider, insured: Insured, patient: Patient | None
) -> list[tuple[int, Claim837P]] | None:
    """The claims of a level from `at` on, each with where its CLM begins; None when one of them is not usual.

    Raises ValueError, X12Error for what cannot be read.
    """
    claims: list[tuple[int, Claim837P]] = []
    end = len(text)
    while at < end:
        head = _CLAIM.match(text, at)
        if head is None:
            return None
        start, at = at, head.end()
        lines: list[ServiceLine] = []
        while at < end and not text.startswith(_CLAIM_MARK, at):
            found = _LINE.match(text, at)
            if found is None:
                return None
            lines.append(_line(found))
            at = found.end()
        claim = _claim(head, provider, insured, patient, tuple(lines))
        if claim is None:
            return None
        claims.append((start, claim))
    return claims


_CLAIM_MARK = f"{SEGMENT}CLM{ELEMENT}"


def _claim(
    head: re.Match[str],
    provider: BillingProvider,
    insured: Insured,
    patient: Patient | None,
    lines: tuple[ServiceLine, ...],
) -> Claim837P | None:
    (
        control, charge, place, signature, assignment, benefits, release, tail, middle, codes, referring, rendering,
        facility, supervising,
    ) = head.groups()  # fmt: skip
    diagnoses = [read for code in codes.split(ELEMENT) if (read := _diagnoses[code]) is not None]
    if len(diagnoses) <= codes.count(ELEMENT):
        return None
    more = (tail.split(ELEMENT) + _NO_TAIL) if tail else _NO_TAIL
    rest = ClaimRest(_NOWHERE, split_rows(middle[1:])) if middle else _NOTHING
    if rest.diagnoses:
        return None
    place_of_service, facility_qualifier, frequency = _places[place]
    return _make_claim(
        provider, insured.subscriber, insured.payer, control, _amounts[charge], place_of_service, tuple(diagnoses),
        lines, patient, facility_qualifier, frequency, signature, assignment, benefits, release, more[0],
        causes(more[1]), more[2], more[10], *_numbered(rest), rest.paid, tuple(rest.notes), tuple(rest.dates),
        tuple(rest.attachments),
        None if rendering is None else _parties[rendering], None if facility is None else _parties[facility],
        None if referring is None else _parties[referring], None if supervising is None else _parties[supervising],
        (), tuple(rest.extra),
    )  # pyright: ignore[reportArgumentType]  # fmt: skip


_NO_TAIL = [""] * 11
_NOTHING = ClaimRest(_NOWHERE, [])
_NO_NUMBERS: tuple[str, str, str, str, tuple[Reference, ...]] = ("", "", "", "", ())


def _numbered(rest: Rest) -> tuple[str, str, str, str, tuple[Reference, ...]]:
    """Prior authorization, referral, original reference, CLIA number, and the other references."""
    if not rest.references:
        return _NO_NUMBERS
    return rest.pick("G1"), rest.pick("9F"), rest.pick("F8"), rest.pick("X4"), tuple(rest.references)


def _line(found: re.Match[str]) -> ServiceLine:
    (
        number, service, charge, unit, units, place, pointed, tail, form, days, control, middle, rendering,
    ) = found.groups()  # fmt: skip
    start, stop = (_days[days], None) if form == "D8" else values.days(form, days)
    more = (tail.split(ELEMENT) + _NO_TAIL) if tail else _NO_TAIL
    if not middle:
        return _make_line(
            _numbers[number], _procedures[service], _amounts[charge], _amounts[units], start, _pointer_lists[pointed],
            stop, unit, place, more[1], more[3], more[4], more[7], control or "", None, (), (), (),
            None if rendering is None else _parties[rendering],
        )  # fmt: skip
    rest = Rest(_NOWHERE)
    for row in split_rows(middle[1:]):
        rest.take(row)
    control = control or rest.pick("6R")
    return _make_line(
        _numbers[number], _procedures[service], _amounts[charge], _amounts[units], start, _pointer_lists[pointed],
        stop, unit, place, more[1], more[3], more[4], more[7], control, None, tuple(rest.notes), tuple(rest.dates),
        tuple(rest.references), None if rendering is None else _parties[rendering], (), tuple(rest.extra),
    )  # fmt: skip
