"""MLLP: a message between VT and FS CR on a stream (HL7 MLLP release 1, block format)."""

from __future__ import annotations

from hl7v2.tree import LARGEST

START, END = b"\x0b", b"\x1c\r"
# A few bytes between frames are forgiven (some systems end a frame with CR LF); more is another protocol.
MOST_STRAY = 64


class FrameFault(Exception):
    """The stream is not MLLP, or a frame is too large; nothing after it can be trusted."""


def framed(message: bytes) -> bytes:
    """The message as one frame."""
    return START + message + END


class Frames:
    """Takes a stream in pieces of any size and gives the messages in it; holds at most one frame of `largest` bytes."""

    def __init__(self, largest: int = LARGEST) -> None:
        self._largest = largest
        self._held = bytearray()
        self._within = False
        self._looked = 0

    @property
    def idle(self) -> bool:
        """Whether no frame has begun that has not ended."""
        return not self._within

    def take(self, piece: bytes) -> list[bytes]:
        """The messages that `piece` completes, in order. Raises FrameFault; the connection is then of no more use."""
        self._held += piece
        messages: list[bytes] = []
        while (message := self._next()) is not None:
            messages.append(message)
        return messages

    def _next(self) -> bytes | None:
        if not self._within and not self._begin():
            return None
        # The end may be split between two pieces: look again at the last byte that was looked at.
        ends = self._held.find(END, max(0, self._looked - 1))
        if ends < 0:
            self._looked = len(self._held)
            if len(self._held) > self._largest + len(END):
                raise FrameFault("A frame is larger than a message may be.")
            return None
        if ends > self._largest:
            raise FrameFault("A frame is larger than a message may be.")
        message = bytes(self._held[:ends])
        del self._held[: ends + len(END)]
        self._within, self._looked = False, 0
        return message

    def _begin(self) -> bool:
        start = self._held.find(START)
        stray = bytes(self._held if start < 0 else self._held[:start])
        if stray.strip(b"\r\n \x00") or len(stray) > MOST_STRAY:
            raise FrameFault("What was sent is not in MLLP frames.")
        if start < 0:
            return False
        del self._held[: start + 1]
        self._within, self._looked = True, 0
        return True
