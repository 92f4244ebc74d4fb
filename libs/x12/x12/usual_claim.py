"""Claims of the usual shape, read from their text in a few steps; anything else is left to the exact reader.

The shape is that of `x12.guides.claim` in its own order, for the segments that nearly every claim is made of. What
fits is read as `x12.claim_loops` reads it, to the same models; the least doubt is answered with None. Texts have a
SEGMENT before each segment, and levels in them are told by where they begin. What files say over and over (codes,
fees, providers, days) is read once and remembered.
"""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from x12 import values
from x12.claim_parts import DIAGNOSES, NO_NUMBERS, ClaimRest, Numbers, Rest, causes, drug_of, numbers_of, pointers
from x12.coordination_reader import adjudication_of, coverage_of
from x12.errors import START
from x12.fields import party_of, procedure
from x12.guides.claim import GUIDE
from x12.guides.spec import LoopSpec
from x12.memo import Memo
from x12.model.claim import (
    Attachment,
    BillingProvider,
    Claim837P,
    DatedEvent,
    Diagnosis,
    Drug,
    Note,
    Patient,
    RelatedCauses,
    ServiceLine,
    Subscriber,
)  # fmt: skip
from x12.model.coordination import LineAdjudication, OtherCoverage
from x12.model.party import Address, Party, Reference
from x12.model.procedure import Procedure
from x12.model.record import maker
from x12.model.segments import COMPONENT, Segment
from x12.reader import OpenLoop
from x12.tokens import ELEMENT, SEGMENT, Rows, split_rows

_make_party, _make_address, _make_reference = maker(Party), maker(Address), maker(Reference)
_make_subscriber, _make_line, _make_claim = maker(Subscriber), maker(ServiceLine), maker(Claim837P)

_TEXT = f"[^{SEGMENT}{ELEMENT}]*+"
_REST = f"[^{SEGMENT}]*+"
_SOME = f"[^{SEGMENT}]++"
_END = f"(?={SEGMENT}|\\Z)"
_LEVEL = f"{SEGMENT}HL{ELEMENT}{_TEXT}{ELEMENT}{_TEXT}{ELEMENT}"
_NEXT_LEVEL = f"{_LEVEL}2[023](?![^{SEGMENT}{ELEMENT}])"


def _segments(names: str) -> str:
    """Any number of segments with these identifiers, as one group."""
    return f"((?:{SEGMENT}(?:{names}){ELEMENT}{_REST})*+)"


def _loop(role: str, names: str) -> str:
    """A loop that NM1 opens, as one group, or nothing."""
    return f"({SEGMENT}NM1{ELEMENT}{role}{ELEMENT}{_REST}(?:{SEGMENT}(?:{names}){ELEMENT}{_REST})*+)?+"


def _elements(count: int) -> str:
    return f"{ELEMENT}({_TEXT})" * count


_SUBSCRIBER = re.compile(
    f"{_LEVEL}22(?:{ELEMENT}{_TEXT})?+"
    f"{SEGMENT}SBR{ELEMENT}({_REST})"
    f"{SEGMENT}NM1{ELEMENT}IL{_elements(8)}{_END}"
    f"(?:{SEGMENT}N3{ELEMENT}({_TEXT})(?:{ELEMENT}({_TEXT}))?+{SEGMENT}N4{_elements(3)})?+"
    f"(?:{SEGMENT}DMG{ELEMENT}D8{_elements(2)})?+"
    f"({SEGMENT}NM1{ELEMENT}PR{ELEMENT}{_REST}(?:{SEGMENT}(?:N3|N4|REF){ELEMENT}{_REST})*+){_END}"
)
_DEPENDENT = re.compile(
    f"{_LEVEL}23(?:{ELEMENT}{_TEXT})?+"
    f"{SEGMENT}PAT{ELEMENT}({_TEXT})"
    f"({SEGMENT}NM1{ELEMENT}QC{ELEMENT}{_REST}(?:{SEGMENT}(?:N3|N4|DMG|REF|PER){ELEMENT}{_REST})*+){_END}"
)
_CLAIM = re.compile(
    f"{SEGMENT}CLM{_elements(2)}{ELEMENT}{ELEMENT}{ELEMENT}({_REST})"
    + _segments("DTP|PWK|CN1|AMT|REF|K3|NTE|CRC")
    + f"{SEGMENT}HI{ELEMENT}({_SOME})"
    + _loop("DN", "REF")
    + _loop("82", "PRV|REF")
    + _loop("77", "N3|N4|REF|PER")
    + _loop("DQ", "REF")
    + f"((?:{SEGMENT}SBR{ELEMENT}{_REST}(?:{SEGMENT}(?:CAS|AMT|OI|MOA){ELEMENT}{_REST})*+"
    f"{SEGMENT}NM1{ELEMENT}IL{ELEMENT}{_REST}(?:{SEGMENT}(?:N3|N4|REF){ELEMENT}{_REST})*+"
    f"{SEGMENT}NM1{ELEMENT}PR{ELEMENT}{_REST}(?:{SEGMENT}(?:N3|N4|DTP|REF){ELEMENT}{_REST})*+)*+)"
    f"(?={SEGMENT}LX{ELEMENT})"
)
_LINE = re.compile(
    f"{SEGMENT}LX{_elements(1)}"
    f"{SEGMENT}SV1{_elements(1)}{ELEMENT}({_TEXT}{ELEMENT}{_TEXT}{ELEMENT}{_TEXT}{ELEMENT}{_TEXT}){ELEMENT}"
    f"{ELEMENT}({_REST})"
    f"{SEGMENT}DTP{ELEMENT}472{ELEMENT}({_TEXT}{ELEMENT}{_TEXT})"
    f"(?:{SEGMENT}REF{ELEMENT}6R{ELEMENT}([^{SEGMENT}{ELEMENT}]++){_END})?+"
    + _segments("DTP|REF|AMT|K3|NTE")
    + f"({SEGMENT}LIN{ELEMENT}{_REST}(?:{SEGMENT}(?:CTP|REF){ELEMENT}{_REST})*+)?+"
    + _loop("82", "PRV|REF")
    + f"((?:{SEGMENT}SVD{ELEMENT}{_REST}(?:{SEGMENT}(?:CAS|DTP|AMT){ELEMENT}{_REST})*+)*+)"
    f"(?={SEGMENT}(?:LX|CLM){ELEMENT}|{_NEXT_LEVEL}|\\Z)"
)
_LEVEL_FOLLOWS = re.compile(_NEXT_LEVEL)
_REFERENCE = f"{SEGMENT}REF"
_NEXT_CLAIM, _NEXT_LINE = f"{SEGMENT}CLM{ELEMENT}", f"{SEGMENT}LX{ELEMENT}"
_NO_FLAGS = [""] * 9


def _coverage(text: str) -> tuple[str, str, str, str, str, str] | None:
    """SBR01-05 and 09, or None when something else was sent."""
    row = text.split(ELEMENT)
    row += [""] * (9 - len(row))
    return None if any(row[5:8]) or any(row[9:]) else (row[0], row[1], row[2], row[3], row[4], row[8])


_Terms = tuple[str, str, str, str, str, str, str, str, RelatedCauses | None, str, str]


def _terms(text: str) -> _Terms | None:
    """CLM05 in three parts, CLM06-12 and 20, or None when CLM ends before 09."""
    row = text.split(ELEMENT)
    if len(row) < 5:
        return None
    place, signature, assignment, benefits, release, source, related, special, *further = (row + [""] * 16)[:16]
    parts = [*place.split(COMPONENT), "", ""]
    return (
        parts[0], parts[1], parts[2], signature, assignment, benefits, release, source, causes(related), special,
        further[7],
    )  # fmt: skip


def _codes(text: str) -> tuple[Diagnosis, ...] | None:
    """The diagnoses of an HI, or None when it holds anything else."""
    read = [found for code in text.split(ELEMENT) if (found := _diagnoses[code]) is not None]
    return tuple(read) if len(read) > text.count(ELEMENT) else None


def _diagnosis(text: str) -> Diagnosis | None:
    qualifier, found, code = text.partition(COMPONENT)
    return Diagnosis(qualifier, code) if found and COMPONENT not in code and qualifier in DIAGNOSES else None


def _fee(text: str) -> tuple[Decimal, str, Decimal, str]:
    """SV102-05. Raises ValueError."""
    charge, unit, units, place = text.split(ELEMENT)
    return values.decimal(charge), unit, values.decimal(units), place


def _flags(text: str) -> tuple[tuple[int, ...], str, str, str, str]:
    """SV107, 09, 11, 12 and 15. Raises ValueError."""
    row = text.split(ELEMENT) + _NO_FLAGS
    return pointers(row[0]), row[2], row[4], row[5], row[8]


def _days(text: str) -> tuple[date, date | None]:
    """DTP02-03. Raises ValueError."""
    form, _, told = text.partition(ELEMENT)
    return values.days(form, told)


def _party(text: str) -> Party:
    """A loop that NM1 opens."""
    rows = split_rows(text[1:])
    return party_of(rows, rows[0])


def _loop_of(spec: LoopSpec, rows: Rows) -> OpenLoop:
    """A loop as the walk along the guide would have made it. Errors of a usual text are never shown: the exact reader
    then tells where they are.
    """
    loop = OpenLoop(spec, None, START)
    loop.segments = rows
    return loop


def _specs() -> dict[str, LoopSpec]:
    found: dict[str, LoopSpec] = {}
    waiting = [GUIDE.root]
    for spec in waiting:
        found[spec.id] = spec
        waiting += spec.loops
    return found


_SPECS = _specs()
_NOWHERE = _loop_of(GUIDE.root, [])


def _drug(text: str) -> Drug | None:
    """A loop 2410. Raises BadElement."""
    return drug_of(_loop_of(_SPECS["2410"], split_rows(text[1:])))


def _adjudicated(text: str) -> tuple[LineAdjudication, ...] | None:
    """Loops 2430, or None when one of them says more than a model holds. Raises BadElement."""
    found = [adjudication_of(_loop_of(_SPECS["2430"], rows)) for rows in _each(text, "SVD")]
    return tuple(item for item in found if item is not None) if None not in found else None


def _covered(text: str) -> tuple[OtherCoverage, ...] | None:
    """Loops 2320 with 2330A and 2330B, or None when one of them says more than a model holds. Raises BadElement."""
    found: list[OtherCoverage] = []
    for rows in _each(text, "SBR"):
        insured, payer = (at for at, row in enumerate(rows) if row[0] == "NM1")
        loop = _loop_of(_SPECS["2320"], rows[:insured])
        loop.loops = [_loop_of(_SPECS["2330A"], rows[insured:payer]), _loop_of(_SPECS["2330B"], rows[payer:])]
        read = coverage_of(loop)
        if read is None:
            return None
        found.append(read)
    return tuple(found)


def _each(text: str, name: str) -> Iterator[Rows]:
    """The segments of loops that follow one another, each from the segment of that name."""
    opening = f"{SEGMENT}{name}{ELEMENT}"
    for part in text.split(opening)[1:]:
        yield split_rows(f"{name}{ELEMENT}{part}")


_coverages = Memo(_coverage)
_claim_terms = Memo(_terms)
_diagnoses = Memo(_diagnosis)
_code_lists = Memo(_codes, 8_192)
_numbers = Memo(values.integer)
_fees = Memo(_fee)
_line_flags = Memo(_flags)
_procedures: Memo[Procedure] = Memo(procedure)
_amounts: Memo[Decimal] = Memo(values.decimal)
_service_days = Memo(_days)
_parties = Memo(_party, 2_048)
_drugs = Memo(_drug)
_adjudications = Memo(_adjudicated, 8_192)

Insured = tuple[Subscriber, Party]
"""What one 2000B says: the subscriber and the payer."""
Found = tuple[list[tuple[int, Claim837P]], int]
"""The claims of a level, each with where its CLM begins, and where the level ends."""


def insured_of(text: str, at: int) -> tuple[Insured, int] | None:
    """The subscriber and payer of the level that begins there, and where its claims begin.

    Raises ValueError, X12Error for what cannot be read.
    """
    found = _SUBSCRIBER.match(text, at)
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
    responsibility, relationship, group_number, group_name, insurance, filing = told
    subscriber = _make_subscriber(
        who, responsibility, relationship, group_number, group_name, insurance, filing,
        None if born is None else values.day(born), sex or "",
    )  # fmt: skip
    return (subscriber, _parties[payer]), found.end()


def patient_claims(text: str, at: int, provider: BillingProvider, insured: Insured) -> Found | None:
    """The claims of the dependent whose level begins there, as `claims_of`."""
    found = _DEPENDENT.match(text, at)
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
            born, sex = values.day(row[2]), row[3]
            rows.remove(row)
            break
    patient = Patient(party_of(rows, rows[0]), relationship, born, sex)
    return claims_of(text, found.end(), provider, insured, patient)


def claims_of(text: str, at: int, provider: BillingProvider, insured: Insured, patient: Patient | None) -> Found | None:
    """The claims from `at` on, up to the next level or the end; None when one of them is not usual.

    Raises ValueError, X12Error for what cannot be read.
    """
    claims: list[tuple[int, Claim837P]] = []
    end = len(text)
    while at < end and text.startswith(_NEXT_CLAIM, at):
        head = _CLAIM.match(text, at)
        if head is None:
            return None
        start, at = at, head.end()
        lines: list[ServiceLine] = []
        while at < end and text.startswith(_NEXT_LINE, at):
            found = _LINE.match(text, at)
            if found is None:
                return None
            line = _line(found)
            if line is None:
                return None
            lines.append(line)
            at = found.end()
        claim = _claim(head, provider, insured, patient, tuple(lines))
        if claim is None:
            return None
        claims.append((start, claim))
    if not claims and at < end and not _LEVEL_FOLLOWS.match(text, at):
        return None
    return claims, at


def _claim(
    head: re.Match[str],
    provider: BillingProvider,
    insured: Insured,
    patient: Patient | None,
    lines: tuple[ServiceLine, ...],
) -> Claim837P | None:
    control, charge, told, middle, codes, referring, rendering, facility, supervising, others = head.groups()
    terms, diagnoses = _claim_terms[told], _code_lists[codes]
    coverages = _covered(others) if others else ()
    if terms is None or diagnoses is None or coverages is None:
        return None
    (
        place, facility_qualifier, frequency, signature, assignment, benefits, release, source, related, special, delay,
    ) = terms  # fmt: skip
    numbers, paid, notes, dates, attachments, extra = _facts(middle) if middle else _NO_FACTS
    authorization, referral, original, clia, references = numbers
    subscriber, payer = insured
    return _make_claim(
        provider, subscriber, payer, control, _amounts[charge], place, diagnoses, lines, patient, facility_qualifier,
        frequency, signature, assignment, benefits, release, source, related, special, delay, authorization, referral,
        original, clia, references, paid, notes, dates, attachments,
        None if rendering is None else _parties[rendering], None if facility is None else _parties[facility],
        None if referring is None else _parties[referring], None if supervising is None else _parties[supervising],
        coverages, extra,
    )  # fmt: skip


_Facts = tuple[
    Numbers, Decimal | None, tuple[Note, ...], tuple[DatedEvent, ...], tuple[Attachment, ...], tuple[Segment, ...]
]
_NO_FACTS: _Facts = (NO_NUMBERS, None, (), (), (), ())


def _facts(text: str) -> _Facts:
    """What the segments between CLM and HI say; nearly always that is one number. Raises ValueError, X12Error."""
    row = text.split(ELEMENT)
    if len(row) == 3 and row[0] == _REFERENCE and text.find(SEGMENT, 1) == -1:
        return numbers_of((_make_reference(row[1], row[2]),)), None, (), (), (), ()
    rest = ClaimRest(_NOWHERE, split_rows(text[1:]))
    return (
        numbers_of(rest.references), rest.paid, tuple(rest.notes), tuple(rest.dates), tuple(rest.attachments),
        tuple(rest.extra),
    )  # fmt: skip


def _line(found: re.Match[str]) -> ServiceLine | None:
    number, service, fee, told, days, control, middle, given, rendering, answers = found.groups()
    charge, unit, units, place = _fees[fee]
    pointed, emergency, epsdt, family_planning, copay = _line_flags[told]
    start, stop = _service_days[days]
    drug = None if given is None else _drugs[given]
    decided = _adjudications[answers] if answers else ()
    if decided is None or (given is not None and drug is None):
        return None
    who = None if rendering is None else _parties[rendering]
    if not middle:
        return _make_line(
            _numbers[number], _procedures[service], charge, units, start, pointed, stop, unit, place, emergency, epsdt,
            family_planning, copay, control or "", "", "", drug, (), (), (), who, decided,
        )  # fmt: skip
    rest = Rest(_NOWHERE)
    for row in split_rows(middle[1:]):
        rest.take(row)
    return _make_line(
        _numbers[number], _procedures[service], charge, units, start, pointed, stop, unit, place, emergency, epsdt,
        family_planning, copay, control or rest.pick("6R"), rest.pick("G1"), rest.pick("9F"), drug, tuple(rest.notes),
        tuple(rest.dates), tuple(rest.references), who, decided, tuple(rest.extra),
    )  # fmt: skip
