"""The edits in force for dates of service: pairs, unit limits and add-on parents, held in memory.

The starter set is the project's own (2024Q3 facts). A practice that loads CMS's files puts a quarter's tables over
it; `Edits` of that quarter answer for its dates of service without asking a database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from codes import cpt, mue, ncci
from codes.mue import Adjudication, Limit
from codes.ncci import Edit

_CODE, _RECORD = 5, 6
_MOST_KNOWN = 65_536


@dataclass(frozen=True, slots=True)
class Pairs:
    """A quarter's pairs packed by column 1: each column 2 is five characters and its indicator, one after another.

    Ten thousand strings hold 1.7 million pairs in about 12 MB. `partial` are the pairs in force for a part of the
    quarter only. What was looked up is remembered: a practice's visits ask for the same few pairs.
    """

    edition: str
    packed: Mapping[str, str]
    partial: Mapping[tuple[str, str], tuple[Edit, ...]]
    known: dict[tuple[str, str], Edit | None] = field(
        default_factory=dict[tuple[str, str], Edit | None], repr=False, compare=False
    )

    def edit(self, column1: str, column2: str, on: date) -> Edit | None:
        """The pair in force on that day, in this order, or None."""
        pair = (column1, column2)
        for found in self.partial.get(pair, ()):
            if found.is_active_on(on):
                return found
        if pair not in self.known:
            if len(self.known) >= _MOST_KNOWN:
                self.known.clear()
            self.known[pair] = self._throughout(column1, column2)
        return self.known[pair]

    def _throughout(self, column1: str, column2: str) -> Edit | None:
        indicator = self._indicator(column1, column2)
        return None if indicator is None else Edit(column1, column2, indicator == "1", edition=self.edition)

    def _indicator(self, column1: str, column2: str) -> str | None:
        held = self.packed.get(column1)
        if held is None:
            return None
        at = held.find(column2)
        while at != -1 and at % _RECORD:
            at = held.find(column2, at + 1)
        return None if at == -1 else held[at + _CODE]


@dataclass(frozen=True, slots=True)
class Edits:
    """What may stand together on a day, and how often; a table that was not loaded is the starter set's."""

    pairs: Pairs | None = None
    limits: Mapping[str, Limit] | None = None
    parents: Mapping[str, frozenset[str]] | None = None

    def edit(self, column1: str, column2: str, on: date) -> Edit | None:
        """The edit with these codes in these columns on that date of service, or None."""
        if self.pairs is None:
            return ncci.edit(column1, column2, on)
        return self.pairs.edit(column1, column2, on)

    def limit(self, number: str, on: date) -> Limit | None:
        """The unit limit of the code on that date of service, or None when none is known."""
        if self.limits is None:
            return mue.limit(number, on)
        return self.limits.get(number)

    def parents_of(self, number: str) -> frozenset[str]:
        """The codes that the add-on may stand beside; empty for a code that is no add-on, or one that may stand
        beside whatever the contractor says.
        """
        if self.parents is not None:
            return self.parents.get(number, frozenset())
        code = cpt.lookup(number)
        return frozenset(code.parents) if code else frozenset()


STARTER = Edits()
"""The edits of a fresh install."""


def limit_of(number: str, units: int, adjudication: int, edition: str) -> Limit:
    """A loaded limit."""
    return Limit(number, units, Adjudication(adjudication), edition)
