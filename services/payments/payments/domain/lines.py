"""Which of our lines a payer's line speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from common.money import Money
from payments.domain.remittance import PaidLine

NO_LINE = 0
_LAST_NUMBER = re.compile(r"(\d{1,4})$")


@dataclass(frozen=True, slots=True)
class BilledLine:
    """A line as it was submitted; `number` counts from 1."""

    number: int
    cpt: str
    modifiers: tuple[str, ...]
    charge: Money


Sameness = Callable[[BilledLine, PaidLine], bool]

# From the surest to the weakest. A payer that reorders modifiers or drops one still speaks of the same line.
SAMENESS: tuple[Sameness, ...] = (
    lambda ours, theirs: (
        (ours.cpt, ours.modifiers, ours.charge) == (theirs.procedure, theirs.modifiers, abs(theirs.charge))
    ),
    lambda ours, theirs: (ours.cpt, ours.charge) == (theirs.procedure, abs(theirs.charge)),
    lambda ours, theirs: ours.cpt == theirs.procedure,
)


def numbered(paid: Sequence[PaidLine], billed: Sequence[BilledLine]) -> tuple[int, ...]:
    """Our line's number for each paid line; `NO_LINE` when it is none of ours.

    REF 6R decides; several lines may name the same one when the payer splits it. Without it, each of our lines is
    taken once, the best fit first.
    """
    found = [_named(line, billed) for line in paid]
    for same in SAMENESS:
        for index, line in enumerate(paid):
            if not found[index]:
                free = (ours for ours in billed if ours.number not in found)
                found[index] = next((ours.number for ours in free if same(ours, line)), NO_LINE)
    return tuple(found)


def _named(line: PaidLine, billed: Sequence[BilledLine]) -> int:
    match = _LAST_NUMBER.search(line.control_number)
    number = int(match[1]) if match else NO_LINE
    return number if any(ours.number == number for ours in billed) else NO_LINE
