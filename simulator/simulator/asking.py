"""What a desk is given that answers questions."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass

from simulator.clock import Clock
from simulator.questions import AskedSet, read_sets
from simulator.records import Route
from simulator.store import Store


@dataclass(frozen=True, slots=True)
class Question:
    """An interchange that asks; `day` is the simulated one, `route` where answers go.

    `accepted` are the group and set control numbers that the 999 did not reject.
    """

    store: Store
    clock: Clock
    day: float
    content: bytes
    route: Route
    accepted: Set[tuple[str, str]]

    def sets(self, kind: str = "") -> Iterator[AskedSet]:
        """The sets that are to be answered, of one kind or of all."""
        for asked in read_sets(self.content):
            if asked.control in self.accepted and kind in ("", asked.kind):
                yield asked
