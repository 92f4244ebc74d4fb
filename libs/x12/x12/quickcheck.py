"""Whether a loop is without fault, told in one pass; every doubt is left to the exact check."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from x12.elementcheck import ElementJudge, applies, remember
from x12.guides.spec import LoopSpec, SegmentSpec
from x12.guides.syntax import Note, broken
from x12.model.segments import COMPONENT
from x12.patterns import Watched, pattern_of
from x12.reader import OpenLoop
from x12.tokens import Elements


class _Known:
    """One segment of a loop's table: its place in the order, its bit, and (made when first needed) its
    pattern. A segment that no pattern describes is only counted.
    """

    __slots__ = ("bit", "made", "match", "noted_from", "notes", "rank", "repeat", "spec", "watched")

    def __init__(self, spec: SegmentSpec, rank: int, bit: int) -> None:
        self.spec = spec
        self.rank = rank
        self.bit = bit
        self.repeat = spec.repeat
        self.made = not spec.elements
        self.match: Callable[[str], re.Match[str] | None] = _ANYTHING
        self.watched: tuple[Watched, ...] = ()
        self.notes: tuple[Note, ...] = ()
        self.noted_from = 100_000

    def prepare(self) -> None:
        """Make the pattern."""
        pattern = pattern_of(self.spec)
        self.match = pattern.expression.fullmatch
        self.watched, self.notes, self.noted_from = pattern.watched, pattern.notes, pattern.noted_from
        self.made = True


_ANYTHING = re.compile("(?s).*").fullmatch
_Qualified = tuple[int, dict[str, _Known], "_Known | None"]
"""Which element tells segments of one identifier apart, each by its qualifier, and the one for any other."""


@dataclass(slots=True)
class _Table:
    """The segments of a loop by identifier, what it needs, and its inner loops."""

    known: dict[str, "_Known | _Qualified"]
    required: int
    needed_loops: tuple[str, ...]
    limited_loops: dict[str, int]
    places: dict[str, int]


_TABLES: dict[LoopSpec, _Table] = {}


def _made(spec: LoopSpec) -> _Table:
    known: dict[str, _Known | _Qualified] = {}
    required = 0
    bit = 1
    for identifier, ranked in spec.ranks.items():
        by: dict[str, _Known] = {}
        plain: _Known | None = None
        for item, rank in ranked:
            one = _Known(item, rank, bit)
            required |= bit if item.usage == "R" else 0
            bit <<= 1
            if not item.qualifiers:
                plain = plain or one
            for code in item.qualifiers:
                by.setdefault(code, one)
        known[identifier] = plain if plain is not None and not by else (ranked[0][0].qualifier, by, plain)
    return _Table(
        known, required,
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
        table = _TABLES.get(loop.spec)
        if table is None:
            table = _TABLES[loop.spec] = _made(loop.spec)
        entries = table.known
        seen = last = 0
        counts: dict[int, int] = {}
        for segment in loop.segments:
            known = entries.get(segment[0])
            if known.__class__ is tuple:
                known = _chosen(known, segment)  # pyright: ignore[reportArgumentType]
            if not isinstance(known, _Known) or known.rank < last:
                return False
            bit = known.bit
            if seen & bit and known.repeat:
                counts[bit] = counts.get(bit, 1) + 1
                if counts[bit] > known.repeat:
                    return False
            seen |= bit
            last = known.rank
            if not known.made:
                known.prepare()
            found = known.match("\x1d".join(segment))
            if found is None or len(segment) > known.noted_from:
                if not self._right(known, segment, found):
                    return False
            elif known.watched and not self._looked_up(known, found, segment):
                return False
        if seen & table.required != table.required:
            return False
        return _loops_in_order(loop, table)

    def _right(self, known: _Known, segment: Elements, found: re.Match[str] | None) -> bool:
        """A segment that its pattern does not settle."""
        if found is not None:
            present = [bool(text) for text in segment]
            if not any(broken(note, present) for note in known.notes):
                return self._looked_up(known, found, segment)
        return next(self._judge.complaints(known.spec, segment), None) is None

    def _looked_up(self, known: _Known, found: re.Match[str], segment: Elements) -> bool:
        """Whether the codes in a segment are known to be right."""
        judge = self._judge
        for item in known.watched:
            text = found[item.group]
            if not text:
                continue
            if item.composite is not None:
                right = judge.right_composites[id(item.composite)]
                if text not in right:
                    if next(judge.complaints(known.spec, segment), None) is not None:
                        return False
                    remember(right, text)
                continue
            for code_set in item.code_sets:
                if text not in judge.right_codes[code_set.kind] and applies(code_set, segment):
                    return next(judge.complaints(known.spec, segment), None) is None
        return True


def _chosen(told: _Qualified, segment: Elements) -> _Known | None:
    place, by, plain = told
    text = segment[place] if place < len(segment) else ""
    return by.get(text) or by.get(text.partition(COMPONENT)[0]) or plain


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
