"""Streams too large to hold, read in a process of their own: prints its greatest memory (MB) and how it ended."""

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.x12.seeded_bases import CLAIMS

import x12

_HEADERS = b"~".join(CLAIMS.file.split(b"~")[:4]) + b"~"


def many_segments(name: str) -> Iterator[bytes]:
    """A million segments, either in a thousand interchanges or in one set that never ends."""
    part = b"REF*EI*123456789~NTE*ADD*WORDS~" * 500
    yield _HEADERS
    for _ in range(1_000):
        yield part
        if name == "a-million-segments":
            yield b"SE*1002*0001~GE*1*1~IEA*1*000000001~" + _HEADERS


def one_line() -> Iterator[bytes]:
    """200 MB that hold no delimiter."""
    yield _HEADERS + b"NTE*ADD*"
    part = b"A" * 65_536
    for _ in range(3_200):
        yield part


def stream(name: str) -> Iterator[bytes]:
    """The stream of that name."""
    return one_line() if name == "one-line-of-200-MB" else many_segments(name)


def main(name: str) -> None:
    """Read, judge and print."""
    outcome = "read"
    for look in (x12.read_events, partial(x12.read_claims, report=_heard), x12.validate):
        try:
            for _ in look(stream(name)):
                pass
        except x12.LimitExceeded:
            outcome = "LimitExceeded"
    sys.stdout.write(f"{_greatest_memory()} {outcome}\n")


def _greatest_memory() -> int:
    """MB at most resident since this program began; `getrusage` would count the parent it was forked from."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) // 1024


def _heard(_: x12.Finding) -> None:
    """Findings are not kept here."""


if __name__ == "__main__":
    main(sys.argv[1])
