"""The form of a guide table, and the short text it is written in.

An element is written `usage type/low-high codes`, for example `R ID/2-3 41|40`, `S AN/1-60`, `N` for not used, and
`R AN/1-30 @procedure` where a code set outside the guide applies (see `x12.code_sets`); `@npi?8=XX` says that it
applies when the element (in a composite, the component) 8 is XX, `?1=ABK/ABF` for any of several, and `&` joins
several code sets. A composite is written `R <R AN/1-2; R ID/1-1 B>`. Usage is R required, S situational, N not
used. Types are those of X12, and M for an amount of money (R with at most two decimals); `ID*` may be repeated.
"""

from dataclasses import dataclass, field, replace

from x12.model.segments import COMPONENT

UNBOUNDED = 0

QUALIFIED_BY = {
    "NM1": 1,
    "N1": 1,
    "HL": 3,
    "REF": 1,
    "DTP": 1,
    "DTM": 1,
    "AMT": 1,
    "QTY": 1,
    "CRC": 1,
    "PER": 1,
    "HI": 1,
    "NTE": 1,
    "PWK": 1,
}
"""Which element tells apart segments of the same identifier within a loop, or loops that begin alike."""


@dataclass(frozen=True, slots=True)
class CodeSet:
    """A code set outside the guide; it applies when the sibling `decided_by` (0: always) is one of
    `deciding`.
    """

    kind: str
    decided_by: int = 0
    deciding: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ElementSpec:
    """One element or component."""

    usage: str
    type: str = ""
    low: int = 0
    high: int = 0
    codes: frozenset[str] = frozenset()
    code_sets: tuple[CodeSet, ...] = ()
    components: tuple["ElementSpec", ...] = ()
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class SegmentSpec:
    """One segment: usage, how often (0 = without bound), and its elements; none given means not looked
    into.

    `qualifier` is the element that tells it from others of its identifier; of a composite its first
    component.
    """

    id: str
    usage: str
    repeat: int
    elements: tuple[ElementSpec, ...]
    qualifier: int
    qualifiers: frozenset[str]

    def covers(self, segment: tuple[str, ...] | list[str]) -> bool:
        """Whether the segment is this one, by identifier and qualifier."""
        if segment[0] != self.id:
            return False
        if not self.qualifiers:
            return True
        if self.qualifier >= len(segment):
            return False
        text = segment[self.qualifier]
        return text in self.qualifiers or text.partition(COMPONENT)[0] in self.qualifiers


@dataclass(eq=False, slots=True)
class LoopSpec:
    """One loop. The first of `segments` opens it; `tail` segments come after its inner loops.

    A `streamed` loop is handed out and forgotten when it closes; any other stays with the loop around it.
    """

    id: str
    usage: str
    repeat: int
    segments: tuple[SegmentSpec, ...]
    loops: tuple["LoopSpec", ...] = ()
    tail: tuple[SegmentSpec, ...] = ()
    streamed: bool = False
    moves: dict[str, list["Move"]] = field(default_factory=lambda: _no_moves())
    ranks: dict[str, list[tuple[SegmentSpec, int]]] = field(default_factory=lambda: _no_ranks())

    @property
    def trigger(self) -> SegmentSpec:
        """The segment that opens the loop."""
        return self.segments[0]


@dataclass(frozen=True, slots=True)
class Move:
    """A segment leads out of a loop: up so many loops, then into `into`, or, when None, back to that
    loop's tail.
    """

    up: int
    segment: SegmentSpec
    into: LoopSpec | None


@dataclass(frozen=True, slots=True)
class Guide:
    """One transaction: ST01, the versions it covers (a prefix), GS01, and its loops from the set
    downwards. `purposes` are the BHT02 that tell it from others of its version, none where it stands alone.
    """

    kind: str
    version: str
    functional_id: str
    root: LoopSpec
    purposes: frozenset[str] = frozenset()


def _no_moves() -> dict[str, list[Move]]:
    return {}


def _no_ranks() -> dict[str, list[tuple[SegmentSpec, int]]]:
    return {}


def element_spec(text: str) -> ElementSpec:
    """Read one element as written in a table."""
    usage, _, rest = text.strip().partition(" ")
    if usage == "N":
        return ElementSpec("N")
    if rest.startswith("<"):
        parts = rest.strip("<>").split(";")
        return ElementSpec(usage, "composite", components=tuple(element_spec(part) for part in parts))
    kind, _, values = rest.partition(" ")
    name, _, lengths = kind.partition("/")
    low, _, high = lengths.partition("-")
    repeats, name = name.endswith("*"), name.removesuffix("*")
    if not values.startswith("@"):
        codes = frozenset(values.split("|")) if values else frozenset[str]()
        return ElementSpec(usage, name, int(low), int(high), codes, repeats=repeats)
    sets = tuple(_code_set(part) for part in values[1:].split("&"))
    return ElementSpec(usage, name, int(low), int(high), code_sets=sets)


def _code_set(text: str) -> CodeSet:
    kind, _, condition = text.partition("?")
    place, _, deciding = condition.partition("=")
    return CodeSet(kind, int(place or 0), frozenset(deciding.split("/")) if condition else frozenset())


def seg(name: str, *elements: str, only: str = "") -> SegmentSpec:
    """A segment written as `ID usage repeat` and its elements.

    `only` gives the qualifiers (`A|B`) where the elements are not listed.
    """
    identifier, usage, repeat = name.split()
    specs = tuple(element_spec(text) for text in elements)
    place = QUALIFIED_BY.get(identifier, 0)
    values = frozenset(only.split("|")) if only else frozenset[str]()
    if not values and place and len(specs) >= place:
        chosen = specs[place - 1]
        values = chosen.components[0].codes if chosen.components else chosen.codes
    return SegmentSpec(identifier, usage, _repeat(repeat), specs, place, values)


def loop(
    name: str,
    *segments: SegmentSpec,
    loops: tuple[LoopSpec, ...] = (),
    tail: tuple[SegmentSpec, ...] = (),
    streamed: bool = False,
) -> LoopSpec:
    """A loop written as `ID usage repeat`, its segments in order, and the loops inside it."""
    identifier, usage, repeat = name.split()
    return LoopSpec(identifier, usage, _repeat(repeat), segments, loops, tail, streamed)


def guide(kind: str, version: str, functional_id: str, root: LoopSpec, purposes: str = "") -> Guide:
    """A guide with its moves worked out; `purposes` as `A|B`."""
    own = _copy(root)
    _prepare(own, ())
    return Guide(kind, version, functional_id, own, frozenset(purposes.split("|")) if purposes else frozenset())


def _repeat(text: str) -> int:
    return UNBOUNDED if text == ">1" else int(text)


def _copy(spec: LoopSpec) -> LoopSpec:
    """A loop that a table uses in two places (2300 under 2000B and 2000C) becomes two: moves depend on the
    place.
    """
    return replace(spec, loops=tuple(_copy(inner) for inner in spec.loops), moves={}, ranks={})


def _prepare(spec: LoopSpec, above: tuple[LoopSpec, ...]) -> None:
    """Work out, for a loop in its place, where each segment leads. The nearest loop that can take it wins."""
    for up, place in enumerate((spec, *reversed(above))):
        for inner in place.loops:
            _add(spec, Move(up, inner.trigger, inner))
        for segment in place.tail:
            _add(spec, Move(up, segment, None))
    rank = 0
    last = ""
    for segment in (*spec.segments, *spec.tail):
        rank += segment.id != last
        last = segment.id
        spec.ranks.setdefault(segment.id, []).append((segment, rank))
    for inner in spec.loops:
        _prepare(inner, (*above, spec))


def _add(spec: LoopSpec, move: Move) -> None:
    spec.moves.setdefault(move.segment.id, []).append(move)
