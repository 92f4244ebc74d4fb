"""A regular expression for each segment of a guide, so that a segment without fault is known at once.

The expression may refuse what is right (the exact check of `x12.elementcheck` then has the word), but it
accepts nothing that is wrong, except where a code has to be looked up: those elements it hands out.
"""

import re
from dataclasses import dataclass

from x12.elementcheck import FORMATTED
from x12.guides.spec import CodeSet, ElementSpec, SegmentSpec
from x12.guides.syntax import NOTES, Note
from x12.model.segments import COMPONENT

SEPARATOR = "\x1d"
"""Joins the elements of a segment for its expression; never occurs inside an element."""
_DAY = "(?:19|20)[0-9]{2}(?:(?:0[1-9]|1[0-2])(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])(?:29|30)|(?:0[13578]|1[02])31)"
_TIME = "(?:[01][0-9]|2[0-3])[0-5][0-9]"
_FIRST, _NEXT = r"[!-~\xa1-\xff]", r"[ -~\xa1-\xff]"
_NEVER = "(?!)"
_SOMETHING = f"(?={SEPARATOR}+[^{SEPARATOR}])"
"""Where no element is required, the segment still has to hold one."""


@dataclass(frozen=True, slots=True)
class Watched:
    """An element to be looked up: its group in the expression, and its code sets; of a composite that holds
    codes, the composite itself.
    """

    group: int
    code_sets: tuple[CodeSet, ...]
    composite: ElementSpec | None
    place: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """The expression of one segment, what is to be looked up in it, and the syntax notes to be held against
    segments that have more than `noted_from` parts.
    """

    expression: re.Pattern[str]
    watched: tuple[Watched, ...]
    notes: tuple[Note, ...]
    noted_from: int


def pattern_of(spec: SegmentSpec) -> Pattern:
    """Make the pattern of a segment whose elements are given."""
    written = _Written()
    form, dated = FORMATTED.get(spec.id, (0, 0))
    pieces: list[str] = []
    for place, item in enumerate(spec.elements, start=1):
        if place == dated:
            pieces.append(_optional(item, written.date(spec.elements[form - 1])))
        else:
            pieces.append(_optional(item, written.element(place, item)))
    last = max((place for place, item in enumerate(spec.elements, start=1) if item.usage == "R"), default=0)
    notes = _open_notes(spec)
    something = "" if last else _SOMETHING
    return Pattern(
        re.compile(re.escape(spec.id) + something + _joined(pieces, last, SEPARATOR)),
        tuple(written.watched),
        notes,
        min((_threshold(note) for note in notes), default=1_000),
    )


def _joined(pieces: list[str], last: int, separator: str) -> str:
    """Pieces after their separators; those after the last required one may be left off."""
    text = ""
    for place in range(len(pieces), 0, -1):
        text = f"{separator}{pieces[place - 1]}{text}"
        if place > last:
            text = f"(?:{text})?"
    return text


def _optional(spec: ElementSpec, pattern: str) -> str:
    if spec.usage == "N":
        return ""
    return f"(?:{pattern})" if spec.usage == "R" else f"(?:{pattern})?"


class _Written:
    """Writes elements, counting the groups that are looked up."""

    def __init__(self) -> None:
        self.groups = 0
        self.watched: list[Watched] = []

    def element(self, place: int, spec: ElementSpec) -> str:
        if spec.usage == "N":
            return ""
        if spec.components:
            if any(item.code_sets for item in spec.components):
                return self._watch(place, f"[^{SEPARATOR}]+", (), spec)
            return _composite(spec)
        if spec.code_sets:
            return self._watch(place, _simple(spec), spec.code_sets, None)
        return _simple(spec)

    def _watch(self, place: int, text: str, sets: tuple[CodeSet, ...], composite: ElementSpec | None) -> str:
        self.groups += 1
        self.watched.append(Watched(self.groups, sets, composite, place))
        return f"({text})"

    def date(self, form: ElementSpec) -> str:
        """A date in the form that the element before it names; a range only when it is of one day."""
        if form.codes == frozenset({"D8"}):
            return _DAY
        if form.codes == frozenset({"D8", "RD8"}):
            self.groups += 1
            return f"(?<={SEPARATOR}D8{SEPARATOR}){_DAY}|(?<=RD8{SEPARATOR})({_DAY})-\\{self.groups}"
        return _NEVER


def _composite(spec: ElementSpec) -> str:
    pieces = [_optional(item, _simple(item)) for item in spec.components]
    last = max((place for place, item in enumerate(spec.components, start=1) if item.usage == "R"), default=1)
    return _joined(pieces, last, COMPONENT).removeprefix(COMPONENT)


def _simple(spec: ElementSpec) -> str:
    if spec.codes:
        return "(?:" + "|".join(re.escape(code) for code in sorted(spec.codes, key=len, reverse=True)) + ")"
    match spec.type:
        case "R":
            whole = max(1, spec.high - 4)
            return f"-?[0-9]{{1,{whole}}}(?:\\.[0-9]{{1,4}})?" if spec.high > 4 else f"[0-9]{{1,{spec.high}}}"
        case "M":
            return "-?[0-9]{1,8}(?:\\.[0-9]{1,2})?"
        case "N0":
            return f"[0-9]{{{spec.low},{spec.high}}}"
        case "DT":
            return _DAY if spec.low <= 8 <= spec.high else _NEVER
        case "TM":
            return f"{_TIME}(?:[0-5][0-9]){{0,1}}" if spec.high >= 6 else _TIME
        case "B":
            return f"[^{SEPARATOR}]{{{spec.low},{spec.high}}}"
        case _:
            return f"{_FIRST}{_NEXT}{{{max(spec.low - 1, 0)},{max(spec.high - 1, 0)}}}"


def _open_notes(spec: SegmentSpec) -> tuple[Note, ...]:
    """The notes that the guide's own usage does not settle."""

    def usage(place: int) -> str:
        return spec.elements[place - 1].usage if place <= len(spec.elements) else "N"

    return tuple(note for note in NOTES.get(spec.id, ()) if any(usage(place) == "S" for place in note.places))


def _threshold(note: Note) -> int:
    """A note cannot be broken by a segment with no more parts than this."""
    match note.kind:
        case "R":
            return 0
        case "E":
            return sorted(note.places)[1]
        case "C" | "L":
            return note.places[0]
        case _:
            return min(note.places)
