"""One fault at a time, seeded into right files, with the place where it must be found.

Each row reads: what is wrong, how the file is spoiled, and loop, segment and element of the finding that
must name it. `-` for a loop means the envelope.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.x12.bases import Base, recounted, written

Segments = list[str]
Edit = Callable[[Segments], Segments]
ANY = -1


@dataclass(frozen=True, slots=True)
class Fault:
    """A right file, one fault, and where it must be found."""

    name: str
    base: Base
    edit: Edit
    loop: str
    segment: str
    element: int = 0
    counted: bool = True

    @property
    def file(self) -> bytes:
        """The spoiled file; its SE counts truly unless the fault is the count."""
        segments = self.edit(list(self.base.segments))
        assert segments != list(self.base.segments), self.name
        return written(recounted(segments) if self.counted else segments)

    @property
    def label(self) -> str:
        return f"{self.base.kind}: {self.name}"


def at(segments: Segments, start: str, nth: int = 1) -> int:
    places = [place for place, segment in enumerate(segments) if segment.startswith(start)]
    assert len(places) >= nth, start
    return places[nth - 1]


def change(start: str, old: str, new: str, nth: int = 1) -> Edit:
    """In the nth segment that begins so, put `new` for `old`."""

    def edit(segments: Segments) -> Segments:
        place = at(segments, start, nth)
        assert old in segments[place], (start, old)
        segments[place] = segments[place].replace(old, new, 1)
        return segments

    return edit


def become(start: str, new: str, nth: int = 1) -> Edit:
    """The nth segment that begins so is written otherwise."""

    def edit(segments: Segments) -> Segments:
        segments[at(segments, start, nth)] = new
        return segments

    return edit


def drop(*starts: str) -> Edit:
    """The first segments that begin so are left out."""

    def edit(segments: Segments) -> Segments:
        for start in starts:
            del segments[at(segments, start)]
        return segments

    return edit


def cut(start: str, count: int, nth: int = 1) -> Edit:
    """So many segments from the nth that begins so are left out."""

    def edit(segments: Segments) -> Segments:
        place = at(segments, start, nth)
        del segments[place : place + count]
        return segments

    return edit


def before(start: str, *new: str, nth: int = 1) -> Edit:
    """New segments stand before the nth that begins so."""

    def edit(segments: Segments) -> Segments:
        place = at(segments, start, nth)
        segments[place:place] = new
        return segments

    return edit


def move(start: str, count: int, to: str) -> Edit:
    """So many segments from the first that begins so stand before the first that begins with `to`."""

    def edit(segments: Segments) -> Segments:
        place = at(segments, start)
        taken = segments[place : place + count]
        del segments[place : place + count]
        segments[at(segments, to) : at(segments, to)] = taken
        return segments

    return edit


def faults(base: Base, rows: list[tuple[str, Edit, str, str, int]], *, counted: bool = True) -> tuple[Fault, ...]:
    """Faults of one base, from rows."""
    return tuple(
        Fault(name, base, edit, loop, segment, element, counted) for name, edit, loop, segment, element in rows
    )
