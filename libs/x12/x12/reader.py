"""Segments to loops: a set is walked along its guide and each streamed loop is handed out when it closes."""

from collections.abc import Iterable, Iterator

from x12.errors import LimitExceeded, Position
from x12.guides.spec import Guide, LoopSpec, Move
from x12.model.segments import Loop
from x12.tokens import DEFAULT_LIMITS, Elements, Limits


class OpenLoop:
    """A loop as it was sent: its segments and their positions in the set, and the loops kept inside it.

    `around` is the loop it stands in; `counts` says how many loops of each id it held, kept or handed out.
    `value` is room for a typed reading of the loop, made once and shared by everything below it.
    """

    __slots__ = ("around", "base", "counts", "loops", "positions", "segments", "spec", "value")

    def __init__(self, spec: LoopSpec, around: "OpenLoop | None", base: Position) -> None:
        self.spec = spec
        self.base = base
        self.around = around
        self.segments: list[Elements] = []
        self.positions: list[int] = []
        self.loops: list[OpenLoop] = []
        self.counts: dict[str, int] = {}
        self.value: object = None

    @property
    def id(self) -> str:
        """The guide's name of the loop."""
        return self.spec.id

    @property
    def start(self) -> int:
        """The position of the first segment, 1 (ST) for a loop without any."""
        return self.positions[0] if self.positions else 1

    def position(self, segment: Elements | None = None) -> Position:
        """Where a segment of this loop stands in the file; without one, where the loop begins."""
        at = self.start
        if segment is not None:
            at = next((n for n, item in zip(self.positions, self.segments, strict=True) if item is segment), at)
        return Position(self.base.interchange, self.base.group, self.base.set, at)

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


def walk(
    segments: Iterable[Elements], guide: Guide, position: Position, limits: Limits = DEFAULT_LIMITS
) -> Iterator[OpenLoop]:
    """Hand out the streamed loops of one set as they close, innermost first, and the set's own loop last.

    `segments` are those between ST and SE. A segment the guide does not know stays in the loop that was
    open. Raises LimitExceeded when a loop holds more segments than allowed.
    """
    loop = OpenLoop(guide.root, None, position)
    moves = loop.spec.moves
    for number, segment in enumerate(segments, start=2):
        ways = moves.get(segment[0])
        move = _choose(ways, segment) if ways else None
        if move is not None:
            for _ in range(move.up):
                if loop.spec.streamed:
                    yield loop
                loop = loop.around or loop
            if move.into is not None:
                loop = _enter(move.into, loop)
            moves = loop.spec.moves
        loop.segments.append(segment)
        loop.positions.append(number)
        if len(loop.segments) > limits.loop or len(loop.loops) > limits.loop:
            raise LimitExceeded("A loop holds more segments than the limit", position, loop=loop.spec.id)
    while loop.around is not None:
        if loop.spec.streamed:
            yield loop
        loop = loop.around
    yield loop


def _choose(ways: list[Move], segment: Elements) -> Move | None:
    for move in ways:
        if move.segment.covers(segment):
            return move
    return None


def _enter(spec: LoopSpec, around: OpenLoop) -> OpenLoop:
    around.counts[spec.id] = around.counts.get(spec.id, 0) + 1
    inner = OpenLoop(spec, around, around.base)
    if not spec.streamed:
        around.loops.append(inner)
    return inner
