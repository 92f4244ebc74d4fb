"""One segment held against its table: every element that is missing, not used, too long, of another type or
not one of its codes.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from x12 import values
from x12.code_sets import FORMS
from x12.findings import Level, Severity
from x12.guides.spec import CodeSet, ElementSpec, SegmentSpec
from x12.guides.syntax import NOTES, broken
from x12.model.segments import COMPONENT, REPETITION, element
from x12.tokens import Elements

CheckCode = Callable[[str, str], str | None]

# IK403 codes.
REQUIRED = "1"
CONDITIONAL = "2"
EXTRA = "3"
SHORT = "4"
LONG = "5"
CHARACTER = "6"
CODE = "7"
DATE = "8"
TIME = "9"
EXCLUDED = "10"
REPEATED = "12"
COMPONENTS = "13"
NOT_USED = "I10"

FORMATTED = {"DTP": (2, 3), "DMG": (1, 2), "PAT": (5, 6)}
"""Where a segment says in what form the element after it is dated."""
_MOST_DIGITS_OF_MONEY = 10
_MOST_REMEMBERED = 20_000


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with one element (or component; 0 for the whole), by its IK403 code."""

    place: int
    component: int
    code: str
    message: str
    level: Level = "guide"
    severity: Severity = "error"


class ElementJudge:
    """Judges segments, remembering the codes and composites that were found right."""

    def __init__(self, check_code: CheckCode | None) -> None:
        self._check_code = check_code
        self.right_codes: dict[str, set[str]] = defaultdict(set)
        self.right_composites: dict[int, set[str]] = defaultdict(set)

    def complaints(self, spec: SegmentSpec, segment: Elements) -> Iterator[Complaint]:
        """Everything wrong with a segment's elements, in order of the elements."""
        if not spec.elements:
            return
        if not any(segment[1:]):
            yield Complaint(1, 0, REQUIRED, "The segment holds no element")
            return
        for place, item in enumerate(spec.elements, start=1):
            yield from self._element(place, item, element(segment, place), segment)
        for place in range(len(spec.elements) + 1, len(segment)):
            if segment[place]:
                yield Complaint(place, 0, EXTRA, "The segment has more elements than the guide")
        yield from _by_notes(spec, segment)
        yield from _by_format(segment)

    def _element(self, place: int, spec: ElementSpec, text: str, segment: Elements) -> Iterator[Complaint]:
        if spec.usage == "N":
            if text:
                yield Complaint(place, 0, NOT_USED, "The element is not used by the guide")
        elif not text.strip(COMPONENT + " "):
            if spec.usage == "R":
                yield Complaint(place, 0, REQUIRED, "A required element is missing")
        elif REPETITION in text and spec.repeats:
            for part in text.split(REPETITION):
                yield from self._element(place, spec, part, segment)
        elif REPETITION in text:
            yield Complaint(place, 0, REPEATED, "The element is repeated where it may occur once")
        elif spec.components:
            yield from self._composite(place, spec, text)
        elif COMPONENT in text:
            yield Complaint(place, 0, COMPONENTS, "The element is not made of components")
        else:
            yield from _typed(place, 0, spec, text)
            yield from self._coded(place, 0, spec, text, segment)

    def _composite(self, place: int, spec: ElementSpec, text: str) -> Iterator[Complaint]:
        parts = ["", *text.split(COMPONENT)]
        if len(parts) - 1 > len(spec.components):
            yield Complaint(place, len(parts) - 1, COMPONENTS, "The composite has more components than the guide")
        for number, item in enumerate(spec.components, start=1):
            part = element(parts, number)
            if item.usage == "N":
                if part:
                    yield Complaint(place, number, NOT_USED, "The component is not used by the guide")
            elif not part.strip():
                if item.usage == "R":
                    yield Complaint(place, number, REQUIRED, "A required component is missing")
            else:
                yield from _typed(place, number, item, part)
                yield from self._coded(place, number, item, part, parts)

    def _coded(
        self, place: int, component: int, spec: ElementSpec, text: str, siblings: Elements
    ) -> Iterator[Complaint]:
        if spec.codes and text not in spec.codes:
            yield Complaint(place, component, CODE, "The element is not one of the guide's codes")
        for item in spec.code_sets:
            if applies(item, siblings) and text not in self.right_codes[item.kind]:
                complaint = self._judged(item.kind, text)
                if complaint is None:
                    remember(self.right_codes[item.kind], text)
                else:
                    message, severity = complaint
                    yield Complaint(place, component, CODE, message, "code", severity)

    def _judged(self, kind: str, text: str) -> tuple[str, Severity] | None:
        complaint = self._check_code(kind, text) if self._check_code is not None else None
        if complaint:
            return complaint, "error"
        form = FORMS.get(kind)
        return (form.complaint, form.severity) if form is not None and not form.fits(text) else None


def applies(code_set: CodeSet, siblings: Elements) -> bool:
    """Whether the code set is the one for an element, by the sibling that decides."""
    return not code_set.decided_by or element(siblings, code_set.decided_by) in code_set.deciding


def remember(known: set[str], text: str) -> None:
    """Keep a text in a set that does not grow past a bound."""
    if len(known) >= _MOST_REMEMBERED:
        known.clear()
    known.add(text)


def _typed(place: int, component: int, spec: ElementSpec, text: str) -> Iterator[Complaint]:
    if spec.type in _TYPES:
        code, right = _TYPES[spec.type]
        if not right(text):
            yield Complaint(place, component, code, "The element is not of its type")
            return
    elif spec.type != "B" and not text.isprintable():
        yield Complaint(place, component, CHARACTER, "The element holds a character that X12 does not allow")
    size = len(text.lstrip("-").replace(".", "")) if spec.type in ("R", "M") else len(text.lstrip("-"))
    if size < spec.low:
        yield Complaint(place, component, SHORT, "The element is too short")
    if spec.high and size > spec.high:
        yield Complaint(place, component, LONG, "The element is too long")
    elif spec.type == "M" and size > _MOST_DIGITS_OF_MONEY:
        message = "The amount has more than the ten digits that HIPAA allows"
        yield Complaint(place, component, LONG, message, severity="warning")
    if spec.type == "M" and len(text.partition(".")[2].rstrip("0")) > 2:
        yield Complaint(place, component, CHARACTER, "The amount has parts of a cent")


def _by_notes(spec: SegmentSpec, segment: Elements) -> Iterator[Complaint]:
    notes = NOTES.get(spec.id, ())
    present = [bool(text) for text in segment]
    for note in notes:
        place = broken(note, present)
        usage = spec.elements[place - 1].usage if 0 < place <= len(spec.elements) else "N"
        # What the guide requires or forbids has been said already.
        if place and usage == "S":
            code, message = (
                (EXCLUDED, "The element must not come with another") if note.kind == "E"
                else (CONDITIONAL, "The element must come with its pair")
            )  # fmt: skip
            yield Complaint(place, 0, code, message)


def _by_format(segment: Elements) -> Iterator[Complaint]:
    if segment[0] not in FORMATTED:
        return
    form, place = (element(segment, FORMATTED[segment[0]][0]), FORMATTED[segment[0]][1])
    text = element(segment, place)
    if text and form in _FORMS and not _FORMS[form](text):
        yield Complaint(place, 0, DATE, "The element is not a date of its format")


def _reads(read: Callable[[str], object]) -> Callable[[str], bool]:
    def right(text: str) -> bool:
        try:
            read(text)
        except ValueError:
            return False
        return True

    return right


def _whole(text: str) -> int:
    return values.integer(text.removeprefix("-"))


_FORMS: dict[str, Callable[[str], bool]] = {
    "D8": _reads(values.day),
    "RD8": _reads(lambda text: values.days("RD8", text)),
    "DT": _reads(lambda text: values.moment(text[:8], text[8:] if len(text) == 12 else "none")),
    "TM": _reads(lambda text: values.moment("20000101", text if text else "none")),
}
_TYPES: dict[str, tuple[str, Callable[[str], bool]]] = {
    "R": (CHARACTER, _reads(values.decimal)),
    "M": (CHARACTER, _reads(values.decimal)),
    "N0": (CHARACTER, _reads(_whole)),
    "DT": (DATE, _reads(values.day)),
    "TM": (TIME, _reads(lambda text: values.moment("20000101", text))),
}
