"""Whether a loop is without fault, told in one pass; every doubt is left to the exact check."""

from dataclasses import dataclass

from x12.elementcheck import ElementJudge, applies, remember
from x12.guides.spec import LoopSpec, SegmentSpec
from x12.guides.syntax import Note, broken
from x12.model.segments import element
from x12.patterns import SEPARATOR, Watched, pattern_of
from x12.reader import OpenLoop
from x12.tokens import Elements


class _Known:
    """One segment of a loop's table: its place in the order, its bit, and (made when first needed) its
    pattern.
    """

    __slots__ = ("bit", "match", "noted_from", "notes", "rank", "single", "spec", "watched")

    def __init__(self, spec: SegmentSpec, rank: int, bit: int) -> None:
        self.spec = spec
        self.rank = rank
        self.bit = bit
        self.single = spec.repeat == 1
        self.match = None
        self.watched: tuple[Watched, ...] = ()
        self.notes: tuple[Note, ...] = ()
        self.noted_from = 1_000

    def prepare(self) -> None:
        made = pattern_of(self.spec)
        self.match = made.expression.fullmatch
        self.watched, self.notes, self.noted_from = made.watched, made.notes, made.noted_from


@dataclass(slots=True)
class _Table:
    """The segments of a loop by identifier and, where qualifiers tell them apart, by qualifier."""

    plain: dict[str, _Known]
    qualified: dict[str, tuple[int, dict[str, _Known]]]
    required: int
    needed_loops: tuple[str, ...]
    limited_loops: dict[str, int]
    places: dict[str, int]


_TABLES: dict[LoopSpec, _Table] = {}


def _table(spec: LoopSpec) -> _Table:
    table = _TABLES.get(spec)
    if table is None:
        table = _TABLES[spec] = _made(spec)
    return table


def _made(spec: LoopSpec) -> _Table:
    plain: dict[str, _Known] = {}
    qualified: dict[str, tuple[int, dict[str, _Known]]] = {}
    required = 0
    bit = 1
    for identifier, ranked in spec.ranks.items():
        for item, rank in ranked:
            known = _Known(item, rank, bit)
            required |= bit if item.usage == "R" else 0
            bit <<= 1
            if item.qualifiers:
                by = qualified.setdefault(identifier, (item.qualifier, {}))[1]
                for code in item.qualifiers:
                    by.setdefault(code, known)
            else:
                plain.setdefault(identifier, known)
    return _Table(
        plain, qualified, required,
        tuple(inner.id for inner in spec.loops if inner.usage == "R"),
        {inner.id: inner.repeat for inner in spec.loops if inner.repeat},
        {inner.id: place for place, inner in enumerate(spec.loops)},
    )  # fmt: skip


class QuickCheck:
    """Answers for the loops of one set. What it calls clean the exact check finds nothing in."""

    def __init__(self, judge: ElementJudge) -> None:
        self._judge = judge

    def clean(self, loop: OpenLoop) -> bool:
        """Whether the loop's own segments and the number and order of its inner loops are without fault."""
        table = _table(loop.spec)
        seen = last = 0
        counts: dict[int, int] | None = None
        for segment in loop.segments:
            known = _known(table, segment)
            if known is None or known.rank < last:
                return False
            if seen & known.bit:
                if known.single:
                    return False
                if known.spec.repeat:
                    counts = counts or {}
                    counts[known.bit] = counts.get(known.bit, 1) + 1
                    if counts[known.bit] > known.spec.repeat:
                        return False
            seen |= known.bit
            last = known.rank
            if known.spec.elements and not self._right(known, segment):
                return False
        if seen & table.required != table.required:
            return False
        return _loops_in_order(loop, table)

    def _right(self, known: _Known, segment: Elements) -> bool:
        if known.match is None:
            known.prepare()
        found = known.match(SEPARATOR.join(segment))  # pyright: ignore[reportOptionalCall]
        if found is None:
            return next(self._judge.complaints(known.spec, segment), None) is None
        if len(segment) > known.noted_from:
            present = [bool(text) for text in segment]
            if any(broken(note, present) for note in known.notes):
                return next(self._judge.complaints(known.spec, segment), None) is None
        for item in known.watched:
            text = found[item.group]
            if text and not self._looked_up(item, text, segment, known.spec):
                return False
        return True

    def _looked_up(self, item: Watched, text: str, segment: Elements, spec: SegmentSpec) -> bool:
        judge = self._judge
        if item.composite is not None:
            right = judge.right_composites[id(item.composite)]
            if text in right:
                return True
            if next(judge.complaints(spec, segment), None) is not None:
                return False
            remember(right, text)
            return True
        for code_set in item.code_sets:
            if text not in judge.right_codes[code_set.kind] and applies(code_set, segment):
                return next(judge.complaints(spec, segment), None) is None
        return True


def _known(table: _Table, segment: Elements) -> _Known | None:
    identifier = segment[0]
    told = table.qualified.get(identifier)
    if told is not None:
        text = element(segment, told[0])
        known = told[1].get(text) or told[1].get(text.partition("\x1f")[0])
        if known is not None:
            return known
    return table.plain.get(identifier)


def _loops_in_order(loop: OpenLoop, table: _Table) -> bool:
    counts = loop.counts
    for name in table.needed_loops:
        if name not in counts:
            return False
    for name, count in counts.items():
        if count > 1 and count > table.limited_loops.get(name, count):
            return False
    last = 0
    for inner in loop.loops:
        place = table.places[inner.spec.id]
        if place < last:
            return False
        last = place
    return True
