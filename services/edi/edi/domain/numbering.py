"""Control numbers: ISA13 and GS06, one series of each per partner, without gaps or repeats."""

from __future__ import annotations

from dataclasses import dataclass

LARGEST = 999_999_999
"""ISA13 has nine digits."""


@dataclass(frozen=True, slots=True)
class ControlNumbers:
    """What one interchange takes: its `ordinal` in the partner's series, its ISA13 and the GS06 of its group."""

    ordinal: int
    interchange: int
    group: int

    @property
    def interchange_text(self) -> str:
        """ISA13 as it stands in the file, nine digits."""
        return f"{self.interchange:09d}"

    @property
    def group_text(self) -> str:
        """GS06 as it stands in the file, without leading zeros."""
        return str(self.group)


@dataclass(frozen=True, slots=True)
class Counter:
    """How many interchanges and groups a partner was ever sent. The counts only grow; the numbers wrap.

    After 999999999 comes 1: zero is no control number, and a partner compares numbers with recent ones only.
    """

    interchanges: int = 0
    groups: int = 0

    def take(self) -> tuple[Counter, ControlNumbers]:
        """The counter after one more interchange of one group, and the numbers for it."""
        after = Counter(self.interchanges + 1, self.groups + 1)
        return after, after.last

    @property
    def last(self) -> ControlNumbers:
        """The numbers of the latest interchange and group that were counted."""
        return ControlNumbers(self.interchanges, wrapped(self.interchanges), wrapped(self.groups))


def wrapped(ordinal: int) -> int:
    """The control number of the `ordinal`-th in a series, from 1."""
    return (ordinal - 1) % LARGEST + 1
