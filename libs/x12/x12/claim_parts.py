"""What claims and service lines say besides their own segment: dates, notes, references, diagnoses."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, ClassVar

from x12 import values
from x12.fields import amount, dated, frozen, in_days, longer, reference
from x12.model.claim import Attachment, DatedEvent, Diagnosis, Drug, Note, RelatedCauses
from x12.model.party import Reference
from x12.model.segments import COMPONENT, Segment, element
from x12.reader import OpenLoop
from x12.tokens import Elements, Rows

DIAGNOSES = frozenset({"ABK", "ABF", "BK", "BF"})
"""HI qualifiers of a diagnosis: ICD-10-CM, and ICD-9-CM as once."""

Takers = Mapping[str, Callable[[Any, Elements], bool]]


class Rest:
    """Collects what the segments of a claim or a line say, and keeps what no field holds."""

    __slots__ = ("dates", "extra", "loop", "notes", "references")

    def __init__(self, loop: OpenLoop) -> None:
        self.loop = loop
        self.extra: list[Segment] = []
        self.dates: list[DatedEvent] = []
        self.notes: list[Note] = []
        self.references: list[Reference] = []

    def take(self, segment: Elements) -> None:
        """Sort one segment in. Raises BadElement."""
        taken = self.takers.get(segment[0])
        if taken is None or not taken(self, segment):
            self.extra.append(frozen(segment))

    def pick(self, qualifier: str) -> str:
        """Take the first reference of that qualifier out, for a field of its own."""
        for item in self.references:
            if item.qualifier == qualifier and item.value and not item.description:
                self.references.remove(item)
                return item.value
        return ""

    def date(self, segment: Elements) -> bool:
        """Take a DTP, if it is of days; so the others: False when the segment says more than a field holds."""
        if not in_days(segment) or longer(segment, 3):
            return False
        self.dates.append(dated(self.loop, segment))
        return True

    def note(self, segment: Elements) -> bool:
        """Take an NTE."""
        if longer(segment, 2):
            return False
        self.notes.append(Note(element(segment, 1), element(segment, 2)))
        return True

    def reference(self, segment: Elements) -> bool:
        """Take a REF."""
        read = reference(segment)
        if read is not None:
            self.references.append(read)
        return read is not None

    takers: ClassVar[Takers] = {"DTP": date, "NTE": note, "REF": reference}
    """What takes a segment, by its identifier."""


class ClaimRest(Rest):
    """The same for loop 2300, which also has diagnoses, attachments and what the patient paid."""

    __slots__ = ("attachments", "diagnoses", "paid")

    def __init__(self, loop: OpenLoop, rows: Rows) -> None:
        super().__init__(loop)
        self.diagnoses: tuple[Diagnosis, ...] = ()
        self.attachments: list[Attachment] = []
        self.paid: Decimal | None = None
        for row in rows:
            self.take(row)

    def codes(self, segment: Elements) -> bool:
        """Take the first HI that holds nothing but diagnoses."""
        read = () if self.diagnoses else diagnoses_of(segment)
        self.diagnoses = read or self.diagnoses
        return bool(read)

    def patient_paid(self, segment: Elements) -> bool:
        """Take the first AMT F5."""
        if self.paid is not None or element(segment, 1) != "F5" or longer(segment, 2):
            return False
        self.paid = amount(self.loop, segment, 2)
        return True

    def attachment(self, segment: Elements) -> bool:
        """Take a PWK."""
        plain = plain_attachment(segment)
        if plain:
            self.attachments.append(Attachment(segment[1], element(segment, 2), element(segment, 6)))
        return plain

    takers: ClassVar[Takers] = {
        **Rest.takers,
        "HI": codes,
        "AMT": patient_paid,
        "PWK": attachment,
    }


Numbers = tuple[str, str, str, str, tuple[Reference, ...]]
NO_NUMBERS: Numbers = ("", "", "", "", ())
_OWN_NUMBERS = frozenset({"G1", "9F", "F8", "X4"})
"""REF01 of prior authorization, referral, original reference and CLIA number."""


def numbers_of(references: Sequence[Reference]) -> Numbers:
    """The numbers of a claim that have fields of their own, the first of each kind, and all other references."""
    if not references:
        return NO_NUMBERS
    own: dict[str, str] = {}
    others: list[Reference] = []
    for item in references:
        if item.qualifier in _OWN_NUMBERS and item.qualifier not in own and item.value and not item.description:
            own[item.qualifier] = item.value
        else:
            others.append(item)
    if not own:
        return "", "", "", "", tuple(others)
    return own.get("G1", ""), own.get("9F", ""), own.get("F8", ""), own.get("X4", ""), tuple(others)


def diagnoses_of(segment: Elements) -> tuple[Diagnosis, ...]:
    """The codes of an HI segment that holds nothing but diagnoses; none when it holds anything else."""
    pairs = [part.split(COMPONENT) for part in frozen(segment)[1:]]
    if any(len(pair) != 2 or pair[0] not in DIAGNOSES for pair in pairs):
        return ()
    return tuple(Diagnosis(qualifier, code) for qualifier, code in pairs)


def plain_attachment(segment: Elements) -> bool:
    """Whether a PWK says no more than an `Attachment` holds."""
    if len(segment) < 2 or any(segment[3:5]) or longer(segment, 6):
        return False
    return (element(segment, 5) == "AC") == bool(element(segment, 6)) and element(segment, 5) in ("", "AC")


def causes(text: str) -> RelatedCauses | None:
    """CLM11."""
    if not text:
        return None
    parts = [*text.split(COMPONENT), "", "", "", "", ""][:5]
    return RelatedCauses(tuple(cause for cause in parts[:3] if cause), parts[3], parts[4])


def pointers(text: str) -> tuple[int, ...]:
    """SV107. Raises ValueError."""
    return tuple(values.integer(part) for part in text.split(COMPONENT) if part)


def drug_of(loop: OpenLoop) -> Drug | None:
    """Loop 2410, or None (the loop is then kept as it came) when it does not say how much of what, or says more.

    Raises BadElement.
    """
    item = loop.segments[0]
    measured = next((segment for segment in loop.segments if segment[0] == "CTP"), None)
    if measured is None or COMPONENT in element(measured, 5) or any(measured[1:4]) or longer(measured, 5):
        return None
    if element(item, 1) or longer(item, 3):
        return None
    number = next((segment for segment in loop.segments[1:] if segment[0] == "REF" and not longer(segment, 2)), None)
    return Drug(
        element(item, 3),
        amount(loop, measured, 4),
        element(measured, 5),
        element(item, 2),
        element(number or [], 2),
        element(number or [], 1) if number else "XZ",
        tuple(frozen(item) for item in loop.segments[1:] if item is not measured and item is not number),
    )
