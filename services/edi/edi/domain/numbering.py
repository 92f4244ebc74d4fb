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


def latest(interchanges: int, groups: int) -> ControlNumbers:
    """The numbers of the latest of so many interchanges and groups that a partner was ever sent.

    The counts only grow; the numbers wrap. After 999999999 comes 1: zero is no control number, and a partner compares
    numbers with recent ones only.
    """
    return ControlNumbers(interchanges, wrapped(interchanges), wrapped(groups))


def wrapped(ordinal: int) -> int:
    """The control number of the `ordinal`-th in a series, from 1."""
    return (ordinal - 1) % LARGEST + 1
