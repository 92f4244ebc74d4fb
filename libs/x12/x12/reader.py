"""Segments to loops: a set is walked along its guide and each streamed loop is handed out when it closes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from x12.errors import LimitExceeded, Position
from x12.guides.spec import Guide, LoopSpec, Move
from x12.model.segments import COMPONENT, Loop
from x12.tokens import DEFAULT_LIMITS, Elements, Limits, Rows

_RUN = 256
_NO_SEGMENTS: Rows = []
_NO_LOOPS: "list[OpenLoop]" = []
_NO_COUNTS: dict[str, int] = {}


class OpenLoop:
    """A loop as it was sent: its segments and their positions in the set, and the loops kept inside it.

    `around` is the loop it stands in; `start` is the position of its first segment, 1 (ST) for a loop without
    any. `value` is room for a typed reading of the loop, made once and shared by everything below it.
    Treat `segments` and `loops` as read-only: the empty ones are shared.
    """

    __slots__ = ("_handed", "_late", "around", "base", "loops", "segments", "spec", "start", "value")

    def __init__(self, spec: LoopSpec, around: "OpenLoop | None", base: Position) -> None:
        self.spec = spec
        self.base = base
        self.around = around
        self.segments = _NO_SEGMENTS
        self.start = 1
        self.loops: Sequence[OpenLoop] = _NO_LOOPS
        self.value: object = None
        self._late: list[int] | None = None
        self._handed = _NO_COUNTS

    @property
    def id(self) -> str:
        """The guide's name of the loop."""
        return self.spec.id

    @property
    def positions(self) -> Sequence[int]:
        """The position in the set of each segment."""
        return range(self.start, self.start + len(self.segments)) if self._late is None else self._late

    @property
    def counts(self) -> Mapping[str, int]:
        """How many loops of each id it held, kept or handed out."""
        if not self.loops:
            return self._handed
        counts = dict(self._handed)
        for item in self.loops:
            counts[item.spec.id] = counts.get(item.spec.id, 0) + 1
        return counts

    def position(self, segment: Elements | None = None) -> Position:
        """Where a segment of this loop stands in the file; without one, where the loop begins."""
        at = self.start
        if segment is not None:
            at = next((n for n, item in zip(self.positions, self.segments, strict=True) if item is segment), at)
        base = self.base
        return Position(base.interchange, base.group, base.set, at)

    def inner(self, loop_id: str) -> "OpenLoop | None":
        """The first kept loop of that id."""
        for item in self.loops:
            if item.spec.id == loop_id:
                return item
        return None

    def enclosing(self, loop_id: str) -> "OpenLoop | None":
        """The loop of that id around this one, or this one."""
        at: OpenLoop | None = self
        while at is not None and at.spec.id != loop_id:
            at = at.around
        return at

    def kept(self) -> Loop:
        """The loop as a frozen thing, for the models that have no field for it."""
        return Loop(self.spec.id, tuple(map(tuple, self.segments)), tuple(item.kept() for item in self.loops))

    def take(self, rows: Rows, position: int) -> None:
        """Add segments of which the first stands at that position."""
        if not self.segments:
            self.segments, self.start = rows, position
            return
        if self._late is None and position != self.start + len(self.segments):
            # A tail segment stands after inner loops, so that the positions are no longer one run.
            self._late = list(self.positions)
        if self._late is not None:
            self._late += range(position, position + len(rows))
        self.segments = self.segments + rows

    def pass_by(self, loop_id: str) -> None:
        """Count an inner loop that is handed out."""
        if self._handed is _NO_COUNTS:
            self._handed = {}
        self._handed[loop_id] = self._handed.get(loop_id, 0) + 1

    def enter(self, spec: LoopSpec) -> "OpenLoop":
        """Open a loop inside this one."""
        inner = OpenLoop(spec, self, self.base)
        if spec.streamed:
            self.pass_by(spec.id)
        elif isinstance(self.loops, list) and self.loops:
            self.loops.append(inner)
        else:
            self.loops = [inner]
        return inner


class _Ways:
    """Where a segment of one identifier leads out of one loop: by its qualifier, or whatever that is."""

    __slots__ = ("by_qualifier", "otherwise", "place")

    def __init__(self, moves: Sequence[Move]) -> None:
        self.place = moves[0].segment.qualifier
        self.by_qualifier: dict[str, Move] = {}
        self.otherwise: Move | None = None
        for move in moves:
            if not move.segment.qualifiers:
                self.otherwise = move
                break
            for code in move.segment.qualifiers:
                self.by_qualifier.setdefault(code, move)

    def choose(self, row: Elements) -> Move | None:
        if self.place < len(row):
            text = row[self.place]
            found = self.by_qualifier.get(text)
            if found is None and COMPONENT in text:
                found = self.by_qualifier.get(text.partition(COMPONENT)[0])
            return found or self.otherwise
        return self.otherwise


_WAYS: dict[LoopSpec, dict[str, _Ways]] = {}


def _ways_from(spec: LoopSpec) -> dict[str, _Ways]:
    found = _WAYS.get(spec)
    if found is None:
        found = _WAYS[spec] = {identifier: _Ways(moves) for identifier, moves in spec.moves.items()}
    return found


def walk(
    segments: Iterable[Elements], guide: Guide, position: Position, limits: Limits = DEFAULT_LIMITS
) -> Iterator[OpenLoop]:
    """Hand out the streamed loops of one set as they close, innermost first, and the set's own loop last.

    `segments` are those between ST and SE. A segment the guide does not know stays in the loop that was
    open. Raises LimitExceeded when a loop holds more segments than allowed.
    """
    stream = iter(segments)
    return walk_rows(iter(lambda: list(islice(stream, _RUN)), []), guide, position, limits)


def walk_rows(
    runs: Iterable[Rows], guide: Guide, position: Position, limits: Limits = DEFAULT_LIMITS
) -> Iterator[OpenLoop]:
    """The same for segments that come in runs (`x12.envelope.read_runs`), which is faster."""
    walker = Walker(guide, position, limits)
    for rows in runs:
        yield from walker.feed(rows)
    yield from walker.finish()


class Walker:
    """A walk through one set that is fed with its segments. `loop` is the one that is open, `number` the position
    of the next segment.
    """

    __slots__ = ("_limits", "loop", "number")

    def __init__(self, guide: Guide, position: Position, limits: Limits) -> None:
        self.loop = OpenLoop(guide.root, None, position)
        self.number = 2
        self._limits = limits

    def feed(self, rows: Rows) -> Iterator[OpenLoop]:
        """Take segments; the streamed loops that they close come out."""
        loop, number = self.loop, self.number
        ways_from = _ways_from(loop.spec)
        begin = 0
        for at, row in enumerate(rows):
            ways = ways_from.get(row[0])
            move = ways.choose(row) if ways is not None else None
            if move is None:
                continue
            if at > begin:
                loop.take(rows[begin:at], number + begin)
                begin = at
                _check(loop, self._limits)
            for _ in range(move.up):
                if loop.spec.streamed:
                    self.loop = loop
                    yield loop
                loop = loop.around or loop
            if move.into is not None:
                loop = loop.enter(move.into)
            ways_from = _ways_from(loop.spec)
        if begin < len(rows):
            loop.take(rows[begin:], number + begin)
            _check(loop, self._limits)
        self.loop, self.number = loop, number + len(rows)

    def close(self, loop_id: str) -> Iterator[OpenLoop]:
        """Close the open loops inside the loop of that id, which must be open."""
        while self.loop.spec.id != loop_id and self.loop.around is not None:
            if self.loop.spec.streamed:
                yield self.loop
            self.loop = self.loop.around

    def finish(self) -> Iterator[OpenLoop]:
        """Close what is open; the set's own loop comes last."""
        yield from self.close("")
        yield self.loop


def _check(loop: OpenLoop, limits: Limits) -> None:
    outer = loop.around
    if len(loop.segments) > limits.loop or (outer is not None and len(outer.loops) > limits.loop):
        raise LimitExceeded("A loop holds more segments than the limit", loop.base, loop=loop.spec.id)
