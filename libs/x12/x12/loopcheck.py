"""One loop held against its guide: what is missing, unexpected, out of order, too often, or not of its
type.
"""

from collections.abc import Callable, Iterator

from x12 import values
from x12.errors import Position
from x12.findings import Finding, Level, Scope
from x12.guides.spec import UNBOUNDED, ElementSpec, Guide, LoopSpec, SegmentSpec
from x12.model.segments import COMPONENT, REPETITION, element
from x12.reader import OpenLoop
from x12.tokens import Elements

CheckCode = Callable[[str, str], str | None]

# IK304 codes of the 999.
UNRECOGNIZED = "1"
UNEXPECTED = "2"
MISSING = "3"
TOO_MANY_LOOPS = "4"
TOO_MANY = "5"
OUT_OF_ORDER = "7"
LOOP_MISSING = "I7"
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
NOT_USED = "I10"

PAIRS = {"NM1": ((8, 9),), "N1": ((3, 4),), "PER": ((3, 4), (5, 6), (7, 8))}
"""Elements that come together or not at all."""
_UNITS = {"CLM": ("CLM01", 1), "CLP": ("CLP01", 1)}


class Inspector:
    """Checks the loops of one set as they close."""

    def __init__(self, guide: Guide, position: Position, check_code: CheckCode | None) -> None:
        self._position = position
        self._check_code = check_code
        self._known = _identifiers(guide.root)
        self._levels = 0
        self._misnumbered: list[int] = []

    def watch(self, segments: Iterator[Elements]) -> Iterator[Elements]:
        """Pass segments on, noting HL numbers that do not run 1, 2, 3."""
        for number, segment in enumerate(segments, start=2):
            if segment[0] == "HL":
                self._levels += 1
                if element(segment, 1) != str(self._levels):
                    self._misnumbered.append(number)
            yield segment

    def findings(self, loop: OpenLoop) -> Iterator[Finding]:
        """What is wrong with a closed loop and the loops kept inside it."""
        unit = _unit(loop)
        yield from self._loop(loop, unit)
        if loop.around is None:
            for number in self._misnumbered:
                yield self._found(loop, "element", CODE, "HL is not numbered in order", number, "HL", 1, level="syntax")

    def _loop(self, loop: OpenLoop, unit: tuple[str, str] | None) -> Iterator[Finding]:
        counts: dict[SegmentSpec, int] = {}
        last = 0
        for number, segment in zip(loop.positions, loop.segments, strict=True):
            spec, rank = _spec_for(loop.spec, segment)
            if spec is None:
                code = UNEXPECTED if segment[0] in self._known else UNRECOGNIZED
                message = "The segment is not expected here" if code == UNEXPECTED else "The segment is not known"
                yield self._found(loop, "segment", code, message, number, segment[0], unit=unit)
                continue
            counts[spec] = counts.get(spec, 0) + 1
            if spec.repeat != UNBOUNDED and counts[spec] == spec.repeat + 1:
                message = "The segment occurs more often than allowed"
                yield self._found(loop, "segment", TOO_MANY, message, number, segment[0], unit=unit)
            if rank < last:
                message = "The segment is out of order"
                yield self._found(loop, "segment", OUT_OF_ORDER, message, number, segment[0], unit=unit)
            last = max(last, rank)
            yield from self._segment(loop, spec, segment, number, unit)
        yield from self._absent(loop, counts, unit)
        yield from _hierarchy(self, loop)
        for inner in loop.loops:
            yield from self._loop(inner, unit)

    def _absent(
        self, loop: OpenLoop, counts: dict[SegmentSpec, int], unit: tuple[str, str] | None
    ) -> Iterator[Finding]:
        end = (loop.positions[-1] if loop.positions else 1) + 1
        for spec in (*loop.spec.segments, *loop.spec.tail):
            if spec.usage == "R" and spec not in counts:
                message = "A required segment is missing"
                yield self._found(loop, "segment", MISSING, message, end, spec.id, unit=unit)
        for inner in loop.spec.loops:
            count = loop.counts.get(inner.id, 0)
            if inner.usage == "R" and not count:
                message = f"Required loop {inner.id} is missing"
                yield self._found(loop, "segment", LOOP_MISSING, message, end, inner.trigger.id, unit=unit)
            if inner.repeat != UNBOUNDED and count > inner.repeat:
                message = f"Loop {inner.id} occurs more often than allowed"
                yield self._found(loop, "segment", TOO_MANY_LOOPS, message, end, inner.trigger.id, unit=unit)

    def _segment(
        self, loop: OpenLoop, spec: SegmentSpec, segment: Elements, number: int, unit: tuple[str, str] | None
    ) -> Iterator[Finding]:
        for place, component, code, message, level in self._complaints(spec, segment):
            yield self._found(
                loop, "element", code, message, number, segment[0], place, component, unit=unit, level=level
            )

    def _complaints(self, spec: SegmentSpec, segment: Elements) -> Iterator[tuple[int, int, str, str, Level]]:
        """Element, component, IK403 code, words and level of everything wrong with a segment's elements."""
        if not spec.elements:
            return
        for place, item in enumerate(spec.elements, start=1):
            for component, code, message, level in self._element(item, element(segment, place)):
                yield place, component, code, message, level
        for place in range(len(spec.elements) + 1, len(segment)):
            if segment[place]:
                yield place, 0, EXTRA, "The segment has more elements than the guide", "guide"
        for one, other in PAIRS.get(segment[0], ()):
            if bool(element(segment, one)) != bool(element(segment, other)):
                missing = other if element(segment, one) else one
                yield missing, 0, CONDITIONAL, "The element must come with its pair", "guide"
        if segment[0] in ("DTP", "DMG"):
            at = 2 if segment[0] == "DTP" else 1
            if not _dated(element(segment, at), element(segment, at + 1)):
                yield at + 1, 0, DATE, "The element is not a date of its format", "guide"

    def _element(self, spec: ElementSpec, text: str) -> Iterator[tuple[int, str, str, Level]]:
        if spec.usage == "N":
            if text:
                yield 0, NOT_USED, "The element is not used by the guide", "guide"
            return
        if not text.strip(COMPONENT):
            if spec.usage == "R":
                yield 0, REQUIRED, "A required element is missing", "guide"
            return
        if not spec.components:
            for code, message, level in self._simple(spec, text):
                yield 0, code, message, level
            return
        parts = text.split(COMPONENT)
        if len(parts) > len(spec.components):
            yield len(parts), EXTRA, "The composite has more components than the guide", "guide"
        for number, component in enumerate(spec.components, start=1):
            part = parts[number - 1] if number <= len(parts) else ""
            for _, code, message, level in self._element(component, part):
                yield number, code, message, level

    def _simple(self, spec: ElementSpec, text: str) -> Iterator[tuple[str, str, Level]]:
        if COMPONENT in text or REPETITION in text:
            yield EXTRA, "The element is not made of components or repetitions", "guide"
            return
        if spec.type in _TYPES:
            code, right = _TYPES[spec.type]
            if not right(text):
                yield code, "The element is not of its type", "guide"
                return
        size = len(text.lstrip("-").replace(".", "")) if spec.type == "R" else len(text)
        if size < spec.low:
            yield SHORT, "The element is too short", "guide"
        if spec.high and size > spec.high:
            yield LONG, "The element is too long", "guide"
        if spec.codes and text not in spec.codes:
            yield CODE, "The element is not one of the guide's codes", "guide"
        if spec.code_set and self._check_code is not None:
            complaint = self._check_code(spec.code_set, text)
            if complaint:
                yield CODE, complaint, "code"

    def _found(
        self,
        loop: OpenLoop,
        scope: Scope,
        code: str,
        message: str,
        number: int,
        segment: str,
        place: int = 0,
        component: int = 0,
        *,
        unit: tuple[str, str] | None = None,
        level: Level = "guide",
    ) -> Finding:
        at = Position(self._position.interchange, self._position.group, self._position.set, number)
        return Finding("error", level, scope, code, message, at, loop.id, segment, place, component, unit)

    def wrong_level(self, loop: OpenLoop, place: int, message: str) -> Finding:
        """A finding about an HL segment, the first of its loop."""
        return self._found(loop, "element", CODE, message, loop.start, "HL", place, level="syntax")


def _hierarchy(inspector: Inspector, loop: OpenLoop) -> Iterator[Finding]:
    """HL02 names the level above, HL04 says whether levels follow below."""
    head = loop.segments[0] if loop.segments else []
    if not head or head[0] != "HL":
        return
    above = loop.around.segments[0] if loop.around and loop.around.segments else []
    parent = element(above, 1) if above and above[0] == "HL" else ""
    if element(head, 2) != parent:
        yield inspector.wrong_level(loop, 2, "HL does not name the level above it")
    below = any(loop.counts.get(inner.id) for inner in loop.spec.loops if inner.trigger.id == "HL")
    if element(head, 4) not in ("", "1" if below else "0"):
        yield inspector.wrong_level(loop, 4, "HL does not say truly whether levels follow below it")


def _identifiers(spec: LoopSpec) -> frozenset[str]:
    own = {segment.id for segment in (*spec.segments, *spec.tail)}
    return frozenset(own.union(*(_identifiers(inner) for inner in spec.loops)))


def _unit(loop: OpenLoop) -> tuple[str, str] | None:
    head = loop.segments[0] if loop.segments else []
    if not head or head[0] not in _UNITS:
        return None
    name, place = _UNITS[head[0]]
    return name, element(head, place)


def _spec_for(spec: LoopSpec, segment: Elements) -> tuple[SegmentSpec | None, int]:
    for known, rank in spec.ranks.get(segment[0], ()):
        if known.covers(segment):
            return known, rank
    return None, 0


def _dated(form: str, text: str) -> bool:
    if form not in ("D8", "RD8"):
        return True
    try:
        values.days(form, text)
    except ValueError:
        return False
    return True


def _decimal(text: str) -> bool:
    try:
        values.decimal(text)
    except ValueError:
        return False
    return True


def _whole(text: str) -> bool:
    return text.removeprefix("-").isdigit() and text.isascii()


def _day(text: str) -> bool:
    return _dated("D8", text)


def _time(text: str) -> bool:
    try:
        values.moment("20000101", text)
    except ValueError:
        return False
    return True


_TYPES: dict[str, tuple[str, Callable[[str], bool]]] = {
    "R": (CHARACTER, _decimal),
    "N0": (CHARACTER, _whole),
    "DT": (DATE, _day),
    "TM": (TIME, _time),
}
