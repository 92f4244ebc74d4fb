"""What can go wrong, as types: every failure of this library is an `X12Error`.

No message holds the value of an element, so an error may be logged.
"""

from typing import ClassVar

from x12.model.record import record


@record
class Position:
    """Where in a file: ordinals from 1; `segment` counts from ST = 1 inside a set, from ISA = 1 outside one.

    Zero means that the level was not reached yet.
    """

    interchange: int = 0
    group: int = 0
    set: int = 0
    segment: int = 0

    def __str__(self) -> str:
        return f"interchange {self.interchange}, group {self.group}, set {self.set}, segment {self.segment}"


START = Position()


class X12Error(Exception):
    """Base of all errors: where (`position`), what is wrong (`what`) and how to mend it (`mend`)."""

    mend: ClassVar[str] = "Ask the sender for a corrected file."

    def __init__(self, what: str, position: Position = START, *, loop: str = "", segment: str = "", element: int = 0):
        super().__init__(what)
        self.what = what
        self.position = position
        self.loop = loop
        self.segment = segment
        self.element = element

    def __str__(self) -> str:
        place = f"{self.segment}{self.element:02d}" if self.element else self.segment
        where = " ".join(part for part in (f"loop {self.loop}" if self.loop else "", place) if part)
        return f"{self.what} ({where + '; ' if where else ''}{self.position}). {self.mend}"


class NotX12(X12Error):
    """The input does not begin with an ISA segment."""

    mend = "Check that the file is X12, not compressed, encrypted or cut at its beginning."


class BadDelimiters(X12Error):
    """The ISA segment does not give four different, printable-or-control, non-alphanumeric delimiters."""

    mend = "Send an ISA segment of 106 characters whose delimiters are distinct and occur in no data."


class LimitExceeded(X12Error):
    """An element, segment, loop or set is larger than the reader was told to hold."""

    mend = "Split the file, or raise the limit if the sender is trusted."


class EnvelopeBroken(X12Error):
    """ISA/GS/ST and IEA/GE/SE do not nest, do not match, or count wrongly; also a file cut short."""

    mend = "Ask the sender for the whole file again; do not act on a part of it."


class BadElement(X12Error):
    """An element that must be read (an amount, a date, a number) is missing or not of its type."""

    mend = "Correct the element at the place named and send the transaction again."


class MissingSegment(X12Error):
    """A segment without which the loop has no meaning is absent."""

    mend = "Add the segment to the loop named and send the transaction again."


class WriteRefused(X12Error):
    """What was asked to be written cannot be written truthfully."""

    mend = "Correct the value before it is written."


class DelimiterInData(WriteRefused):
    """An element holds a delimiter or a control character, which would change the meaning of the segment."""

    mend = "Remove the character from the data, or write with other delimiters."
