"""What claims and service lines say besides their own segment: dates, notes, references, diagnoses."""

from decimal import Decimal

from x12 import values
from x12.fields import amount, dated, frozen, in_days, longer, reference
from x12.model.claim import Attachment, DatedEvent, Diagnosis, Note, RelatedCauses
from x12.model.party import Reference
from x12.model.segments import COMPONENT, Segment, element
from x12.reader import OpenLoop
from x12.tokens import Elements, Rows

DIAGNOSES = frozenset({"ABK", "ABF", "BK", "BF"})
"""HI qualifiers of a diagnosis: ICD-10-CM, and ICD-9-CM as once."""


class Rest:
    """Collects what the segments of a claim or a line say, and keeps what no field holds."""

    def __init__(self, loop: OpenLoop) -> None:
        self.loop = loop
        self.extra: list[Segment] = []
        self.dates: list[DatedEvent] = []
        self.notes: list[Note] = []
        self.references: list[Reference] = []

    def take(self, segment: Elements) -> None:
        """Sort one segment in. Raises BadElement."""
        match segment[0]:
            case "DTP" if in_days(segment) and not longer(segment, 3):
                self.dates.append(dated(self.loop, segment))
            case "NTE" if not longer(segment, 2):
                self.notes.append(Note(element(segment, 1), element(segment, 2)))
            case "REF" if (read := reference(segment)) is not None:
                self.references.append(read)
            case _:
                self.extra.append(frozen(segment))

    def pick(self, qualifier: str) -> str:
        """Take the first reference of that qualifier out, for a field of its own."""
        for item in self.references:
            if item.qualifier == qualifier and not item.description:
                self.references.remove(item)
                return item.value
        return ""


class ClaimRest(Rest):
    """The same for loop 2300, which also has diagnoses, attachments and what the patient paid."""

    def __init__(self, loop: OpenLoop, rows: Rows) -> None:
        super().__init__(loop)
        self.diagnoses: tuple[Diagnosis, ...] = ()
        self.attachments: list[Attachment] = []
        self.paid: Decimal | None = None
        for row in rows:
            self.take(row)

    def take(self, segment: Elements) -> None:
        """Sort one segment in. Raises BadElement."""
        match segment[0]:
            case "HI" if not self.diagnoses and (read := diagnoses_of(segment)):
                self.diagnoses = read
            case "AMT" if self.paid is None and element(segment, 1) == "F5" and not longer(segment, 2):
                self.paid = amount(self.loop, segment, 2)
            case "PWK" if plain_attachment(segment):
                self.attachments.append(Attachment(segment[1], element(segment, 2), element(segment, 6)))
            case _:
                super().take(segment)


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
