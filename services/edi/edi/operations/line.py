"""A partner's mailbox, whatever wire it is on: what can be handed over, and what can be picked up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from common.failpoints import named
from common.http import RemoteRefusal
from edi.domain.core import CODE_PREFIX

LARGEST_FILE = 50 * 1024 * 1024
CALL_SECONDS = 30.0
"""The longest that one call to a partner may take; a timer's lease is longer."""

TOO_LARGE = "too-large"
UNFINISHED = "unfinished-file"
DAMAGED = "damaged-download"

UPLOADED = named("edi.uploaded", "the whole file is at the partner under a name for the time being; that is not noted")
STAGED = named("edi.staged", "it is noted that the whole file is there; it does not have its own name yet")
HANDED_OVER = named("edi.handed-over", "the partner has the file; it has not been noted as sent")

FETCHED = named("edi.fetched", "a file of a mailbox was read; nothing of it is kept")
TAKEN_IN = named("edi.taken-in", "a file is in the archive; at the partner nothing has changed")
CLEARED = named("edi.cleared", "a file that we have is out of the mailbox")

Staged = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Parcel:
    """An interchange to be handed over, in its `attempt`-th attempt. `id` is the same in each of them.

    `staged` is the attempt that is known to have brought the whole file to the partner under a name of its own for the
    time being; only a wire that works in two steps has it.
    """

    id: UUID
    kind: str
    sender: str
    control: str
    content: bytes
    sha256: str
    attempt: int
    staged: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A file in the mailbox, as the listing describes it; `changed_at` in seconds of the partner's clock, `kind` as the
    wire names it.
    """

    name: str
    kind: str = ""
    size: int | None = None
    changed_at: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    files: tuple[Listed, ...]
    next: str | None = None


def refusal_word(refusal: RemoteRefusal) -> str:
    """CORE's word for what was wrong with a call, where it has one, else the status."""
    return refusal.code if refusal.code.startswith(CODE_PREFIX) else f"http-{refusal.status}"


class Line(Protocol):
    """A partner's mailbox, open.

    Every call raises RemoteUnavailable when it may succeed later and RemoteRefusal when it will not. `keeps`: the far
    side deletes nothing and goes by cursors; otherwise what was taken is cleared away.
    """

    @property
    def keeps(self) -> bool: ...

    async def hand_over(self, parcel: Parcel, staged: Staged) -> None:
        """Bring the parcel there once, however many attempts it takes: whoever tries again asks first.

        Calls `staged` where the wire works in two steps, between them. Raises ControlNumberTaken when the partner has
        something else under that number.
        """
        ...

    async def listing(self, after: str | None, limit: int) -> Listing:
        """The files for us after a cursor, oldest first."""
        ...

    async def read(self, listed: Listed) -> bytes:
        """The file. The reason of RemoteUnavailable is TOO_LARGE or DAMAGED where what comes is not to be used."""
        ...

    async def clear(self, listed: Listed) -> None:
        """Take a file that we have out of the mailbox, unless it changed since it was listed."""
        ...
