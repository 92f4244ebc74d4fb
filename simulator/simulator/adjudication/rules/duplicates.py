"""Exact duplicates (OA-18): the key of rulebook 9.2, within the claim and against what was decided before."""

from collections.abc import Iterator

from simulator.adjudication.case import Case, Denial, PriorLine
from simulator.adjudication.claim import Line

Key = tuple[object, ...]


def find(case: Case) -> Iterator[Denial]:
    """A line that was unprocessable before may come again; any other decided line may not."""
    seen = {_key(line) for line in case.history if not line.unprocessable}
    for line in case.lines:
        key = _key(line)
        if key in seen:
            yield Denial(line.number, "18", "the same service was decided before", group="OA")
        seen.add(key)


def _key(line: Line | PriorLine) -> Key:
    return (
        line.rendering_npi,
        line.service_on,
        line.cpt,
        tuple(sorted(line.modifiers)),
        line.units,
        line.charge,
    )
