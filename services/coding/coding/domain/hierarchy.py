"""One lesion, one service: the most definitive one holds the others (rulebook section 2, step 5)."""

from __future__ import annotations

from collections.abc import Sequence

from coding.domain.mohs_ground import is_ground_for_mohs
from coding.domain.service import Lesion
from coding.domain.visit import Kind

# Most definitive first. Closures are no rival: they are settled by wound. Mohs leaves a flap its own code.
_RANK: tuple[Kind, ...] = (
    Kind.MOHS,
    Kind.ATT,
    Kind.EXCISION,
    Kind.DESTRUCTION,
    Kind.INCISION_DRAINAGE,
    Kind.SKIN_TAG_REMOVAL,
    Kind.SHAVE_REMOVAL,
    Kind.BIOPSY,
    Kind.PARING,
)
_CLOSURES = frozenset({Kind.REPAIR, Kind.ATT, Kind.GRAFT})


def definitive(lesions: Sequence[Lesion]) -> tuple[tuple[Lesion, ...], tuple[Lesion, ...]]:
    """(what is billed, what another service on the same lesion holds), each in the form's order."""
    kept: list[Lesion] = []
    held: list[Lesion] = []
    for lesion in lesions:
        rivals = [other for other in lesions if other.id == lesion.id and other is not lesion]
        (held if any(_holds(rival, lesion) for rival in rivals) else kept).append(lesion)
    return tuple(kept), tuple(held)


def _holds(one: Lesion, other: Lesion) -> bool:
    first, second = one.procedure.kind, other.procedure.kind
    if first is Kind.MOHS and is_ground_for_mohs(other.procedure):
        return False
    if first not in _RANK or second not in _RANK or (first is Kind.MOHS and second in _CLOSURES):
        return False
    return _RANK.index(first) < _RANK.index(second)
