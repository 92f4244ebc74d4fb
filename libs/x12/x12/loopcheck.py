"""One loop held against its guide: what is missing, unexpected, out of order, too often, or wrong in itself."""

from collections import Counter
from collections.abc import Iterator

from x12.elementcheck import CODE, CheckCode, Complaint, ElementJudge
from x12.errors import Position
from x12.findings import Finding, Level, Scope, Severity
from x12.guides.situational import rules_of
from x12.guides.spec import UNBOUNDED, Guide, LoopSpec, SegmentSpec
from x12.model.segments import element
from x12.quickcheck import QuickCheck
from x12.reader import OpenLoop
from x12.situations import Rule, lengths
from x12.tokens import Elements

__all__ = ["CheckCode", "Inspector"]

# IK304 codes of the 999.
UNRECOGNIZED = "1"
UNEXPECTED = "2"
MISSING = "3"
TOO_MANY_LOOPS = "4"
TOO_MANY = "5"
OUT_OF_ORDER = "7"
LOOP_MISSING = "I7"

_UNITS = {"CLM": ("CLM01", 1), "CLP": ("CLP01", 1)}
Unit = tuple[str, str] | None


class Inspector:
    """Checks the loops of one set as they close."""

    def __init__(self, guide: Guide, position: Position, check_code: CheckCode | None) -> None:
        self._position = position
        self._judge = ElementJudge(check_code)
        self._quick = QuickCheck(self._judge)
        self._known = _identifiers(guide.root)
        self._rules = rules_of(guide)
        self._levels = 0
        self._misnumbered: set[int] = set()

    def watch(self, number: int, segment: Elements) -> None:
        """Look at an HL segment as it passes: HL01 runs 1, 2, 3."""
        self._levels += 1
        if element(segment, 1) != str(self._levels):
            self._misnumbered.add(number)

    def findings(self, loop: OpenLoop) -> tuple[Finding, ...]:
        """What is wrong with a closed loop and the loops kept inside it."""
        if not self._misnumbered and self._clean(loop):
            return ()
        return tuple(self._all(loop))

    def _clean(self, loop: OpenLoop) -> bool:
        """Whether nothing is wrong, told quickly."""
        if not self._quick.clean(loop) or self._broken_rules(loop):
            return False
        if loop.spec.trigger.id == "HL" and _wrong_levels(loop):
            return False
        for inner in loop.loops:  # noqa: SIM110 (a generator costs more than what it would run)
            if not self._clean(inner):
                return False
        return True

    def _all(self, loop: OpenLoop) -> Iterator[Finding]:
        unit = _unit(loop)
        yield from self._loop(loop, unit)
        if self._misnumbered:
            yield from self._misnumbered_in(loop)
        if loop.around is None:
            for number in sorted(self._misnumbered):
                yield self._found(loop, "element", CODE, "HL is not numbered in order", number, "HL", 1, level="syntax")

    def _misnumbered_in(self, loop: OpenLoop) -> Iterator[Finding]:
        """Of this level and those kept inside it (the services of a 278)."""
        if loop.start in self._misnumbered and loop.segments[0][0] == "HL":
            self._misnumbered.discard(loop.start)
            yield self._wrong_level(loop, 1, "HL is not numbered in order")
        for inner in loop.loops:
            yield from self._misnumbered_in(inner)

    def _loop(self, loop: OpenLoop, unit: Unit) -> Iterator[Finding]:
        if not self._quick.clean(loop):
            yield from self._exact(loop, unit)
        for place, message in _wrong_levels(loop):
            yield self._wrong_level(loop, place, message, "warning" if _beside(loop, place) else "error")
        for rule in self._broken_rules(loop):
            yield self._by_rule(loop, rule, unit)
        for inner in loop.loops:
            yield from self._loop(inner, unit)

    def _broken_rules(self, loop: OpenLoop) -> list[Rule]:
        rules = self._rules.get(loop.spec.id)
        if not rules:
            return []
        there = lengths(loop.segments)
        return [rule for rule in rules if there.get(rule.gate[0], 0) > rule.gate[1] and rule.broken(loop)]

    def _exact(self, loop: OpenLoop, unit: Unit) -> Iterator[Finding]:
        counts: Counter[int] = Counter()
        last = 0
        for number, segment in zip(loop.positions, loop.segments, strict=True):
            spec, rank = _spec_for(loop.spec, segment)
            if spec is None:
                yield self._unexpected(loop, segment, number, unit)
                continue
            counts[id(spec)] += 1
            if spec.repeat != UNBOUNDED and counts[id(spec)] == spec.repeat + 1:
                message = "The segment occurs more often than allowed"
                yield self._found(loop, "segment", TOO_MANY, message, number, segment[0], unit=unit)
            if rank < last:
                message = "The segment is out of order"
                yield self._found(loop, "segment", OUT_OF_ORDER, message, number, segment[0], unit=unit)
            last = max(last, rank)
            for complaint in self._judge.complaints(spec, segment):
                yield self._complained(loop, complaint, number, segment[0], unit)
        yield from self._absent(loop, counts, unit)
        yield from self._out_of_order(loop, unit)

    def _unexpected(self, loop: OpenLoop, segment: Elements, number: int, unit: Unit) -> Finding:
        """A segment that no table of the loop covers: by its qualifier, by its place, or at all."""
        alike = [spec for spec, _ in loop.spec.ranks.get(segment[0], ())]
        alike += [move.segment for move in loop.spec.moves.get(segment[0], ())]
        if alike and all(spec.qualifiers for spec in alike):
            place = alike[0].qualifier
            message = "The qualifier is not one that the guide has for this segment here"
            return self._found(loop, "element", CODE, message, number, segment[0], place, unit=unit)
        code = UNEXPECTED if segment[0] in self._known else UNRECOGNIZED
        message = "The segment is not expected here" if code == UNEXPECTED else "The segment is not known"
        return self._found(loop, "segment", code, message, number, segment[0], unit=unit)

    def _absent(self, loop: OpenLoop, counts: Counter[int], unit: Unit) -> Iterator[Finding]:
        end = (loop.positions[-1] if loop.positions else 1) + 1
        for spec in (*loop.spec.segments, *loop.spec.tail):
            if spec.usage == "R" and not counts[id(spec)]:
                message = f"A required segment is missing{_which(spec)}"
                yield self._found(loop, "segment", MISSING, message, end, spec.id, unit=unit)
        for inner in loop.spec.loops:
            count = loop.counts.get(inner.id, 0)
            if inner.usage == "R" and not count:
                message = f"Required loop {inner.id} is missing{_which(inner.trigger)}"
                yield self._found(loop, "segment", LOOP_MISSING, message, end, inner.trigger.id, unit=unit, of=inner.id)
            if inner.repeat != UNBOUNDED and count > inner.repeat:
                message = f"Loop {inner.id} occurs more often than allowed"
                extra = [item.start for item in loop.loops if item.spec.id == inner.id][inner.repeat :]
                at = extra[0] if extra else end
                yield self._found(
                    loop, "segment", TOO_MANY_LOOPS, message, at, inner.trigger.id, unit=unit, of=inner.id
                )

    def _out_of_order(self, loop: OpenLoop, unit: Unit) -> Iterator[Finding]:
        """Inner loops come in the order of the guide. Loops that begin with the same segment share a place
        in the standard, so that their order among themselves is only worth a warning.
        """
        places = {inner.id: place for place, inner in enumerate(loop.spec.loops)}
        last: OpenLoop | None = None
        for inner in loop.loops:
            if last is not None and places[inner.spec.id] < places[last.spec.id]:
                alike = inner.spec.trigger.id == last.spec.trigger.id
                yield self._found(
                    loop, "segment", OUT_OF_ORDER, f"Loop {inner.spec.id} is out of order", inner.start,
                    inner.spec.trigger.id, unit=unit, of=inner.spec.id, severity="warning" if alike else "error",
                )  # fmt: skip
            else:
                last = inner

    def _by_rule(self, loop: OpenLoop, rule: Rule, unit: Unit) -> Finding:
        number = rule.number(loop)
        scope: Scope = "element" if rule.element else "segment"
        return self._found(
            loop, scope, rule.code, rule.words, number, rule.segment, rule.element, rule.component, unit=unit,
            level="situation", of=rule.place, severity=rule.severity,
        )  # fmt: skip

    def _complained(self, loop: OpenLoop, complaint: Complaint, number: int, segment: str, unit: Unit) -> Finding:
        return self._found(
            loop, "element", complaint.code, complaint.message, number, segment, complaint.place,
            complaint.component, unit=unit, level=complaint.level, severity=complaint.severity,
        )  # fmt: skip

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
        unit: Unit = None,
        level: Level = "guide",
        of: str = "",
        severity: Severity = "error",
    ) -> Finding:
        at = Position(self._position.interchange, self._position.group, self._position.set, number)
        return Finding(severity, level, scope, code, message, at, of or loop.id, segment, place, component, unit)

    def _wrong_level(self, loop: OpenLoop, place: int, message: str, severity: Severity = "error") -> Finding:
        """A finding about an HL segment, the first of its loop."""
        return self._found(loop, "element", CODE, message, loop.start, "HL", place, level="syntax", severity=severity)


def _wrong_levels(loop: OpenLoop) -> list[tuple[int, str]]:
    """HL02 names the level above, HL04 says whether levels follow below: the element and the complaint."""
    if not loop.segments or loop.segments[0][0] != "HL":
        return []
    head = loop.segments[0]
    above = loop.around.segments[0] if loop.around and loop.around.segments else []
    found: list[tuple[int, str]] = []
    if element(head, 2) != (element(above, 1) if above and above[0] == "HL" else ""):
        found.append((2, "HL does not name the level above it"))
    said = element(head, 4)
    if said and said != ("1" if _below(loop) else "0") and not (said == "1" and _turned_away(loop)):
        found.append((4, "HL does not say truly whether levels follow below it"))
    return found


def _beside(loop: OpenLoop, place: int) -> bool:
    """Whether HL02 of a service of a 278 names the service before it instead of the event, which X12's own example of a
    request for transportation does.
    """
    if place != 2 or loop.id != "2000F" or loop.around is None:
        return False
    siblings = [item for item in loop.around.loops if item.id == loop.id]
    before = siblings.index(loop) - 1 if loop in siblings else -1
    return before >= 0 and element(loop.segments[0], 2) == element(siblings[before].segments[0], 1)


def _below(loop: OpenLoop) -> bool:
    return any(loop.counts.get(inner.id) for inner in loop.spec.loops if inner.trigger.id == "HL")


def _turned_away(loop: OpenLoop) -> bool:
    """Whether a payer refused the level (AAA); the answer then may keep HL04 of the question (X12's own example)."""
    return any(segment[0] == "AAA" for item in (loop, *loop.loops) for segment in item.segments)


def _identifiers(spec: LoopSpec) -> frozenset[str]:
    own = {segment.id for segment in (*spec.segments, *spec.tail)}
    return frozenset(own.union(*(_identifiers(inner) for inner in spec.loops)))


def _unit(loop: OpenLoop) -> Unit:
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


def _which(spec: SegmentSpec) -> str:
    """The guide's own qualifiers, when there are few, so that the reader knows which of several is meant."""
    return f" ({spec.id} {' or '.join(sorted(spec.qualifiers))})" if 0 < len(spec.qualifiers) <= 3 else ""
