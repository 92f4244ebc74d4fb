"""Two codings of one visit beside one another: line by line what is the same, new, gone or different.

One comparison serves whoever shows a difference: an EHR's proposal beside what the engine found, an encounter before
and after late facts, a coder's lines beside the engine's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from coding.domain.coded_visit import CodedLine, CodedVisit
from common.money import Money


@dataclass(frozen=True, slots=True)
class BilledLine:
    """What a line bills, without its reasons. `dx` first the one it was mainly for; `self_pay`: no payer sees it.

    `charge` is the practice's for the whole line, None where none is known.
    """

    cpt: str
    units: int
    modifiers: tuple[str, ...] = ()
    dx: tuple[str, ...] = ()
    self_pay: bool = False
    charge: Money | None = None


class Standing(StrEnum):
    """Where a line stands in the second coding when it is looked at from the first."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Aspect(StrEnum):
    """In what two lines of one code may differ."""

    UNITS = "units"
    MODIFIERS = "modifiers"
    DIAGNOSES = "diagnoses"
    PAYS = "pays"
    CHARGE = "charge"


@dataclass(frozen=True, slots=True)
class Sides:
    """How the two codings are called in a sentence, and what is compared."""

    first: str = "before"
    second: str = "now"
    compared: tuple[Aspect, ...] = tuple(Aspect)


@dataclass(frozen=True, slots=True)
class Difference:
    """One line on both sides; None where a side does not have it. `says` are sentences to staff."""

    standing: Standing
    first: BilledLine | None
    second: BilledLine | None
    aspects: tuple[Aspect, ...] = ()
    says: tuple[str, ...] = ()

    @property
    def cpt(self) -> str:
        line = self.second or self.first
        return line.cpt if line else ""


def billed(coded: CodedVisit) -> tuple[BilledLine, ...]:
    """Every line of a coded visit, the payer's first, then what the patient pays alone."""
    own = tuple(_billed(line, self_pay=True) for line in coded.self_pay_lines)
    return tuple(_billed(line) for line in coded.lines) + own


def compare(
    first: Sequence[BilledLine], second: Sequence[BilledLine], sides: Sides | None = None
) -> tuple[Difference, ...]:
    """Every line of both, in the order of the second, then what only the first has.

    Lines of one code are paired by likeness, those alike in most aspects first. Modifiers have no order here, and
    diagnoses do.
    """
    called = sides or Sides()
    pairs = _pairs(first, second, called.compared)
    told = [
        _difference(first[pairs[place]] if place in pairs else None, line, called) for place, line in enumerate(second)
    ]
    paired = set(pairs.values())
    gone = [_difference(line, None, called) for place, line in enumerate(first) if place not in paired]
    return (*told, *gone)


def changes(first: Sequence[BilledLine], second: Sequence[BilledLine]) -> tuple[Difference, ...]:
    """Only what is not the same."""
    return tuple(found for found in compare(first, second) if found.standing is not Standing.SAME)


_ASPECTS: Mapping[Aspect, Callable[[BilledLine], object]] = {
    Aspect.UNITS: lambda line: line.units,
    Aspect.MODIFIERS: lambda line: tuple(sorted(line.modifiers)),
    Aspect.DIAGNOSES: lambda line: line.dx,
    Aspect.PAYS: lambda line: line.self_pay,
    Aspect.CHARGE: lambda line: line.charge,
}
# What an EHR proposes says nothing of the practice's charges.
CODES_ALONE = tuple(aspect for aspect in Aspect if aspect is not Aspect.CHARGE)
_SHOWN: Mapping[Aspect, Callable[[BilledLine], str]] = {
    Aspect.UNITS: lambda line: str(line.units),
    Aspect.MODIFIERS: lambda line: " ".join(line.modifiers) or "none",
    Aspect.DIAGNOSES: lambda line: " ".join(line.dx) or "none",
    Aspect.PAYS: lambda line: "the patient" if line.self_pay else "a payer",
    Aspect.CHARGE: lambda line: "none" if line.charge is None else str(line.charge),
}


def _pairs(first: Sequence[BilledLine], second: Sequence[BilledLine], compared: Sequence[Aspect]) -> dict[int, int]:
    """Places in the second and, for each, its partner in the first."""
    close = sorted(
        (len(_aspects(old, new, compared)), place, partner)
        for place, new in enumerate(second)
        for partner, old in enumerate(first)
        if old.cpt == new.cpt
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, place, partner in close:
        if place not in pairs and partner not in taken:
            pairs[place] = partner
            taken.add(partner)
    return pairs


def _aspects(old: BilledLine, new: BilledLine, compared: Sequence[Aspect]) -> tuple[Aspect, ...]:
    return tuple(aspect for aspect in compared if _ASPECTS[aspect](old) != _ASPECTS[aspect](new))


def _difference(old: BilledLine | None, new: BilledLine | None, sides: Sides) -> Difference:
    if old is None:
        return Difference(Standing.ADDED, None, new)
    if new is None:
        return Difference(Standing.REMOVED, old, None)
    aspects = _aspects(old, new, sides.compared)
    if not aspects:
        return Difference(Standing.SAME, old, new)
    return Difference(Standing.CHANGED, old, new, aspects, tuple(_sentences(old, new, aspects, sides)))


def _sentences(old: BilledLine, new: BilledLine, aspects: Sequence[Aspect], sides: Sides) -> Iterator[str]:
    for aspect in aspects:
        shown = _SHOWN[aspect]
        yield f"{aspect.capitalize()}: {sides.first} {shown(old)}, {sides.second} {shown(new)}."


def _billed(line: CodedLine, *, self_pay: bool = False) -> BilledLine:
    return BilledLine(line.cpt, line.units, line.modifiers, line.dx, self_pay, line.charge)
