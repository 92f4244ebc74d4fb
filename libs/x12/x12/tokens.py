"""Bytes to segments, as a stream: ISA headers and, after each, its segments as lists of elements."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from x12.binary import BinaryHeads, allowed_size, binary_elements
from x12.delimiters import LONGEST_ISA, Delimiters, Header, find_header
from x12.errors import LimitExceeded, NotX12, Position
from x12.model.segments import COMPONENT, REPETITION

Source = bytes | BinaryIO | Iterable[bytes]
Elements = list[str]
"""A segment while it is read: identifier first, so that index 3 is element 03. Treat as read-only."""
Rows = list[Elements]
"""Segments that follow one another, as many as a chunk of the source holds."""

CHUNK = 16_384
"""Small, so that what is made of a chunk stays in the processor's cache: twice as fast as 64 KB."""
SEGMENT, ELEMENT = "\x1c", "\x1d"
"""What stands between segments and between elements of a `Block`, whatever the file's own delimiters were."""
_EMPTY = SEGMENT + SEGMENT
_SUBSTITUTE = 0x1A
_BLANK = b" \t\r\n\x00\x1a"
_BETWEEN = b" \r\n"
_MARKS = (b"\xef\xbb\xbf",)


@dataclass(frozen=True, slots=True)
class Limits:
    """What the reader is willing to hold: characters of an element and of a segment, segments of a loop,
    sets and groups remembered of an interchange, bytes of one BIN or BDS.
    """

    element: int = 32_768
    segment: int = 65_536
    loop: int = 10_000
    sets: int = 100_000
    binary: int = 8_388_608


DEFAULT_LIMITS = Limits()


def read_tokens(source: Source, limits: Limits = DEFAULT_LIMITS) -> Iterator[Header | Elements]:
    """Split a source into `Header` objects and segments, one by one. Raises as `read_texts`."""
    for item in read_texts(source, limits):
        if isinstance(item, Header):
            yield item
        else:
            yield from split_rows(item.text)


@dataclass(frozen=True, slots=True)
class Block:
    """Whole segments that follow one another, at least one, with SEGMENT between two and ELEMENT between elements.
    When `plain`, none of them opens or closes a set, a group or an interchange.
    """

    text: str
    plain: bool


def split_rows(text: str) -> Rows:
    """The segments of the text of a `Block`."""
    return [segment.split(ELEMENT) for segment in text.split(SEGMENT)]


def read_texts(source: Source, limits: Limits = DEFAULT_LIMITS) -> Iterator[Header | Block]:
    """Split a source into `Header` objects and blocks of segments.

    Delimiters are found anew in each ISA. Components come joined by `COMPONENT`, repetitions by
    `REPETITION`. A segment is UTF-8, or Latin-1 where it is not; the data of BIN and BDS are hexadecimal digits. Raises
    NotX12, BadDelimiters, LimitExceeded, and, where binary data are not as long as they say, EnvelopeBroken or
    BadElement.
    """
    feed = _Feed(_chunks(source))
    ordinal = 0
    while feed.skip_blank():
        ordinal += 1
        header = find_header(feed.peek(LONGEST_ISA), Position(interchange=ordinal, segment=1))
        feed.drop(header.end)
        yield header
        yield from _segments(feed, header.delimiters, limits, ordinal)
    if ordinal == 0:
        raise NotX12("The input is empty")


def _chunks(source: Source) -> Iterator[bytes]:
    """Chunks of about CHUNK bytes, whatever the source hands out."""
    if isinstance(source, bytes):
        for start in range(0, len(source), CHUNK):
            yield source[start : start + CHUNK]
        return
    read = getattr(source, "read", None)
    parts: Iterable[object] = iter(lambda: read(CHUNK), b"") if read else source
    held: list[bytes] = []
    size = 0
    for part in parts:
        if not isinstance(part, bytes):
            raise NotX12("The input is text or something else that is not bytes")
        held.append(part)
        size += len(part)
        if size >= CHUNK:
            yield b"".join(held)
            held, size = [], 0
    yield b"".join(held)


class _Feed:
    """The part of the source not yet read into segments."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.buffer = b""
        self.ended = False

    def more(self) -> bool:
        return self.more_after(self.buffer)

    def more_after(self, kept: bytes) -> bool:
        """Make the buffer what is kept of it and the next chunk; False at the end of the source."""
        for chunk in self._chunks:
            if chunk:
                self.buffer = kept + chunk
                return True
        self.ended = True
        return False

    def peek(self, size: int) -> bytes:
        while len(self.buffer) < size and self.more():
            pass
        return self.buffer[:size]

    def drop(self, size: int) -> None:
        self.buffer = self.buffer[size:]

    def take(self, size: int) -> bytes:
        """Remove so many bytes, fewer at the end of the source."""
        parts, held = [self.buffer], len(self.buffer)
        while held < size and self.more_after(b""):
            parts.append(self.buffer)
            held += len(self.buffer)
        whole = b"".join(parts)
        self.buffer = whole[size:]
        return whole[:size]

    def skip_blank(self) -> bool:
        """Pass white space, fillers and byte order marks; False when nothing else is left."""
        while True:
            self.peek(len(_MARKS[0]))
            before = len(self.buffer)
            self.buffer = self.buffer.lstrip(_BLANK)
            for mark in _MARKS:
                self.buffer = self.buffer.removeprefix(mark)
            if not self.buffer and self.ended:
                return False
            if self.buffer and len(self.buffer) == before:
                return True


def _segments(feed: _Feed, delimiters: Delimiters, limits: Limits, ordinal: int) -> Iterator[Block]:
    table, deleted = _translation(delimiters)
    terminator = delimiters.segment.encode()
    marks = _Marks(delimiters, deleted)
    heads = BinaryHeads(delimiters)
    while True:
        plain = marks.absent(feed.buffer)
        binary = None if plain else heads.find(feed.buffer)
        cut = binary.start("head") if binary else feed.buffer.rfind(terminator) + 1
        if not cut and not binary:
            if len(feed.buffer) > limits.segment:
                raise LimitExceeded("A segment is longer than the limit", Position(interchange=ordinal))
            if feed.more():
                continue
            cut = len(feed.buffer)
        block = feed.buffer[:cut]
        stop, finished = (cut, False) if plain else marks.stop(block)
        feed.drop(stop)
        text = _text(block[:stop].translate(table, deleted), limits, ordinal, plain)
        if text:
            yield Block(text, plain)
        if binary and not finished:
            yield Block(_binary(feed, binary, delimiters, limits, ordinal), True)
        if finished or (feed.ended and not feed.buffer):
            return


def _binary(feed: _Feed, found: re.Match[bytes], delimiters: Delimiters, limits: Limits, ordinal: int) -> str:
    place = Position(interchange=ordinal)
    size = allowed_size(found, limits.binary, place)
    feed.drop(len(found["head"]))
    return ELEMENT.join(binary_elements(found, feed.take(size + 1), delimiters, place))


class _Marks:
    """Finds, in the bytes of one interchange, what is more than a segment after a segment: headers and trailers, binary
    data, blanks before a segment, empty segments. One search for all of it, because nearly every block has none.
    """

    def __init__(self, delimiters: Delimiters, breaks: bytes) -> None:
        self._terminator = delimiters.segment.encode()
        end, apart = re.escape(self._terminator), re.escape(delimiters.element.encode())
        # A file may be wrapped at any column.
        gap = b"[" + breaks + b"]*" if breaks else b""

        def spelled(names: str) -> bytes:
            return (
                b"(?:"
                + b"|".join(gap.join(bytes([letter]) for letter in name.encode()) for name in names.split())
                + b")"
            )

        odd = gap + b"(?:" + end + b"| |" + spelled("ISA IEA GS GE ST SE TA1 BIN BDS") + gap + b"(?![A-Za-z0-9]))"
        first = b"(?=[" + re.escape(breaks) + end + b" IGSTB])"
        self._at_start = re.compile(odd)
        self._inside = re.compile(end + first + odd)
        self._closing = re.compile(spelled("IEA") + gap + apart)
        self._opening = re.compile(spelled("ISA") + gap + b"[^A-Za-z0-9 ]")

    def absent(self, block: bytes) -> bool:
        """Whether there is none of it in a block that begins with a segment."""
        return self._at_start.match(block) is None and self._inside.search(block) is None

    def stop(self, block: bytes) -> tuple[int, bool]:
        """How much of the block belongs to this interchange, and whether the interchange ends there."""
        end = self._segment(block, self._closing)
        if end != -1:
            after = block.find(self._terminator, end)
            end = len(block) if after == -1 else after + 1
        following = self._segment(block, self._opening)
        if following != -1 and (end == -1 or following < end):
            return following, True
        return (len(block), False) if end == -1 else (end, True)

    def _segment(self, block: bytes, head: re.Pattern[bytes]) -> int:
        return next((found.start() for found in head.finditer(block) if self._begins(block, found.start())), -1)

    def _begins(self, block: bytes, at: int) -> bool:
        """Whether a segment begins there: after a terminator or, as every block begins with a segment, at its
        beginning, with nothing but blanks between.
        """
        while at and block[at - 1] in _BETWEEN:
            at -= 1
            if block[at : at + 1] == self._terminator:
                return True
        return at == 0 or block[at - 1 : at] == self._terminator


def _translation(delimiters: Delimiters) -> tuple[bytes, bytes]:
    table = bytearray(range(256))
    # Our own marks, where they are not this file's delimiters, are control characters that no X12 character
    # set has.
    for mark in (SEGMENT, ELEMENT, COMPONENT, REPETITION):
        table[ord(mark)] = _SUBSTITUTE
    table[ord(delimiters.segment)] = ord(SEGMENT)
    table[ord(delimiters.element)] = ord(ELEMENT)
    table[ord(delimiters.component)] = ord(COMPONENT)
    table[ord(delimiters.repetition)] = ord(REPETITION)
    deleted = bytes(mark for mark in b"\r\n" if chr(mark) not in (delimiters.segment, delimiters.element))
    return bytes(table), deleted


def _text(block: bytes, limits: Limits, ordinal: int, plain: bool) -> str:
    try:
        text = block.decode()
    except UnicodeDecodeError:
        text = SEGMENT.join(map(_decoded, block.split(SEGMENT.encode())))
    if len(text) > limits.element:
        _check_lengths(text.split(SEGMENT), limits, ordinal)
    text = text.strip(SEGMENT)
    if plain:
        return text
    if SEGMENT + " " in text or text[:1] == " ":
        text = SEGMENT.join(segment.lstrip(" ") for segment in text.split(SEGMENT)).strip(SEGMENT)
    while _EMPTY in text:
        text = text.replace(_EMPTY, SEGMENT)
    return text


def _decoded(segment: bytes) -> str:
    """One segment at a time, so that it does not depend on chunks which segments are read as Latin-1."""
    try:
        return segment.decode()
    except UnicodeDecodeError:
        return segment.decode("latin-1")


def _check_lengths(segments: list[str], limits: Limits, ordinal: int) -> None:
    for segment in segments:
        name = segment.partition(ELEMENT)[0][:3]
        if len(segment) > limits.segment:
            raise LimitExceeded("A segment is longer than the limit", Position(interchange=ordinal), segment=name)
        if max(map(len, segment.split(ELEMENT))) > limits.element:
            raise LimitExceeded("An element is longer than the limit", Position(interchange=ordinal), segment=name)
