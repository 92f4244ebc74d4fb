"""How far a partner's mailbox was read, and when to look again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

PAGE = 50
LONGEST_PAUSE = timedelta(minutes=15)
MOST_DOUBLINGS = 6

# A download whose bytes differ from the listing is tried again so often before it is kept as damaged.
DOWNLOADS = 3


# A mailbox whose files are cleared away is emptied by so many at a look, and a file that does not end as X12 does is
# left so many looks long to whoever may still be writing it.
MOST_FILES = 500
LOOKS = 3

_END = re.compile(rb"IEA[^A-Za-z0-9 ][0-9]{1,5}[^A-Za-z0-9 ][0-9]{9}[^A-Za-z0-9]\s*$")


@dataclass(frozen=True, slots=True)
class Place:
    """Read up to `cursor`, and `taken` files of the listing after it.

    The far side deletes nothing, so the listing after a cursor always begins with the same files: the count is exact
    after a crash in the middle of a page, whether or not the far side names a cursor for every file.
    """

    cursor: str | None = None
    taken: int = 0

    def after_one(self, *, listed: int, next_cursor: str | None) -> Place:
        """The place after one more file of a listing of `listed` files that goes on at `next_cursor`."""
        taken = self.taken + 1
        if taken == listed and next_cursor and next_cursor != self.cursor:
            return Place(next_cursor)
        return Place(self.cursor, taken)


def looks_whole(content: bytes) -> bool:
    """Whether the content ends with the end of an interchange (IEA), so that nothing more is to come."""
    return _END.search(content[-64:].rstrip(b"\x00\x1a")) is not None


def pause(interval: timedelta, failures: int) -> timedelta:
    """The interval while all is well; doubled for every failure in a row, up to 64 of it or a quarter of an hour."""
    return max(interval, min(LONGEST_PAUSE, interval * 2 ** min(failures, MOST_DOUBLINGS)))
