"""The four delimiters of an interchange, as its own ISA segment declares them."""

from dataclasses import dataclass

from x12.errors import BadDelimiters, NotX12, Position

ISA_ELEMENTS = 16
LONGEST_ISA = 512
"""An ISA is 106 characters; a sender that does not pad or that breaks lines is still read within this."""


@dataclass(frozen=True, slots=True)
class Delimiters:
    """Element, component, segment and repetition separators, one character each."""

    element: str = "*"
    component: str = ":"
    segment: str = "~"
    repetition: str = "^"

    def __post_init__(self) -> None:
        """Refuse delimiters that could stand in data or for one another. Raises BadDelimiters."""
        marks = (self.element, self.component, self.segment, self.repetition)
        if len(set(marks)) != len(marks):
            raise BadDelimiters("Two delimiters are the same character", segment="ISA")
        for mark in marks:
            if len(mark) != 1 or not mark.isascii() or mark.isalnum() or mark == " ":
                raise BadDelimiters("A delimiter is alphanumeric, a space or not one ASCII character", segment="ISA")


CANONICAL = Delimiters()


@dataclass(frozen=True, slots=True)
class Header:
    """A sniffed ISA: its delimiters, its elements (index = element number), its length, and where the data
    goes on.
    """

    delimiters: Delimiters
    elements: tuple[str, ...]
    length: int
    end: int


def find_header(head: bytes, position: Position) -> Header:
    """Read the ISA at the start of `head` (white space and byte order mark already removed).

    Line breaks inside the ISA (a file wrapped at 80 columns) are skipped. Raises NotX12, BadDelimiters.
    """
    at = 0
    for letter in b"ISA":
        at = _skip_breaks(head, at)
        if head[at : at + 1] != bytes([letter]):
            raise NotX12("The input does not begin with ISA", position)
        at += 1
    at = _skip_breaks(head, at)
    if at >= len(head):
        raise NotX12("The input does not begin with ISA", position)
    separator = head[at]
    places: list[int] = []
    while len(places) < ISA_ELEMENTS and at != -1:
        places.append(at)
        at = head.find(separator, at + 1, LONGEST_ISA)
    if len(places) < ISA_ELEMENTS:
        raise NotX12("The ISA segment does not hold sixteen elements", position, segment="ISA")
    component_at = _skip_breaks(head, places[-1] + 1)
    terminator_at = component_at + 1
    if terminator_at >= len(head):
        raise NotX12("The input ends inside the ISA segment", position, segment="ISA")
    text = head[: terminator_at + 1].decode("latin-1")
    elements = tuple(
        text[start + 1 : stop].replace("\r", "").replace("\n", "")
        for start, stop in zip(places, [*places[1:], terminator_at], strict=True)
    )
    delimiters = _delimiters(text[places[0]], text[component_at], text[terminator_at], elements[10], position)
    length = 4 + sum(len(item) + 1 for item in elements)
    return Header(delimiters, ("ISA", *elements), length, terminator_at + 1)


def _skip_breaks(head: bytes, at: int) -> int:
    while head[at : at + 1] in (b"\r", b"\n"):
        at += 1
    return at


def _delimiters(element: str, component: str, segment: str, repetition: str, position: Position) -> Delimiters:
    # Before version 00402, ISA11 was the letter U (a standards identifier): nothing was repeated.
    if len(repetition) != 1 or repetition.isalnum() or repetition == " ":
        repetition = "\x1e" if "\x1e" not in (element, component, segment) else "\x1f"
    try:
        return Delimiters(element, component, segment, repetition)
    except BadDelimiters as error:
        raise BadDelimiters(error.what, position, segment="ISA") from None
