"""BIN and BDS: bytes of any value inside a segment, as many as the element before them says.

While segments are text, the bytes stand in their element as hexadecimal digits, which no delimiter can be.
"""

import re

from x12.delimiters import Delimiters
from x12.errors import BadElement, EnvelopeBroken, LimitExceeded, Position, WriteRefused

_SIZE_PLACE = {"BIN": 1, "BDS": 2}


class BinaryHeads:
    """Finds where binary data begins in the bytes of one interchange."""

    __slots__ = ("_pattern",)

    def __init__(self, delimiters: Delimiters) -> None:
        apart, end = re.escape(delimiters.element.encode()), re.escape(delimiters.segment.encode())
        size = b"(?P<size>[0-9]{1,12})" + apart
        self._pattern = re.compile(
            b"(?:\\A|" + end + b")[ \r\n]*(?P<head>(?:BIN|BDS" + apart + b"[A-Za-z0-9]{0,3})" + apart + size + b")"
        )

    def find(self, block: bytes) -> re.Match[bytes] | None:
        """The first BIN or BDS with a readable length in a block that begins with a segment. Without either, this
        costs two searches for letters (which is quicker than for letters and a delimiter).
        """
        if b"BIN" not in block and b"BDS" not in block:
            return None
        return self._pattern.search(block)


def allowed_size(found: re.Match[bytes], limit: int, place: Position) -> int:
    """How many bytes of data follow the head. Raises LimitExceeded."""
    size = int(found["size"])
    if size > limit:
        name = found["head"][:3].decode()
        raise LimitExceeded("Binary data is longer than the limit", place, segment=name, element=_SIZE_PLACE[name])
    return size


def binary_elements(found: re.Match[bytes], data: bytes, delimiters: Delimiters, place: Position) -> list[str]:
    """The elements of the segment whose head was found; `data` is what was sent from its data to its terminator.

    Raises EnvelopeBroken when the file ends within them, BadElement when the length is not that of the data.
    """
    head = found["head"].decode("latin-1").split(delimiters.element)[:-1]
    if len(data) <= int(found["size"]):
        raise EnvelopeBroken("The file ends inside binary data, or their length is wrong", place, segment=head[0])
    if data[-1:] != delimiters.segment.encode():
        raise BadElement(
            "The length of binary data does not lead to the end of their segment", place,
            segment=head[0], element=_SIZE_PLACE[head[0]],
        )  # fmt: skip
    return [*head, data[:-1].hex()]


def encoded(text: str, delimiters: Delimiters, line_break: str) -> bytes:
    """The text of an interchange as bytes, `line_break` after every segment, and in BIN and BDS the bytes that their
    hexadecimal digits stand for. Raises WriteRefused when these do not agree with the length before them.
    """
    if not any(f"{delimiters.segment}{name}{delimiters.element}" in text for name in _SIZE_PLACE):
        return _broken(text, delimiters, line_break)
    apart, end = re.escape(delimiters.element), re.escape(delimiters.segment)
    within = f"[^{apart}{end}]*"
    written = re.compile(
        f"(?<={end})((BIN|BDS{apart}{within}){apart}([0-9]{{1,12}}))(?:{apart}({within}))?{end}", re.ASCII
    )
    parts: list[bytes] = []
    done = 0
    for found in written.finditer(text):
        parts.append(_broken(text[done : found.start()], delimiters, line_break))
        parts.append(f"{found[1]}{delimiters.element}".encode())
        parts.append(_data(found[4] or "", int(found[3]), found[2][:3]))
        parts.append(f"{delimiters.segment}{line_break}".encode())
        done = found.end()
    parts.append(_broken(text[done:], delimiters, line_break))
    return b"".join(parts)


def _broken(text: str, delimiters: Delimiters, line_break: str) -> bytes:
    return (text.replace(delimiters.segment, delimiters.segment + line_break) if line_break else text).encode()


def _data(digits: str, size: int, name: str) -> bytes:
    try:
        data = bytes.fromhex(digits)
    except ValueError:
        data = None
    if data is None or len(data) != size:
        raise WriteRefused("Binary data do not agree with their length", segment=name, element=_SIZE_PLACE[name])
    return data
