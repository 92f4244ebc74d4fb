"""Segments and loops kept as they came, for whatever a typed model has no field for."""

from x12.model.record import record

Segment = tuple[str, ...]
"""Identifier, then elements, so that `segment[3]` is element 03. Trailing empty elements may be absent.

Inside an element, components are joined by `COMPONENT` and repetitions by `REPETITION` whatever the file's
own delimiters were, so that data may hold any printable character and a kept segment can be written again.
"""

COMPONENT = "\x1f"
REPETITION = "\x1e"


@record
class Loop:
    """A loop of the guide that no typed field covers: its id, its own segments, and the loops inside it."""

    id: str
    segments: tuple[Segment, ...] = ()
    loops: tuple["Loop", ...] = ()


def element(segment: tuple[str, ...] | list[str], number: int) -> str:
    """Element `number` (1 = the first after the identifier), or the empty string when it was not sent."""
    return segment[number] if number < len(segment) else ""
