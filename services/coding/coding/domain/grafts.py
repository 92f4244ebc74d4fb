"""Skin grafts 15050 to 15278: by kind, area and place (rulebook 3.7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from math import ceil

from codes import cpt
from coding.domain.completeness import missing
from coding.domain.findings import Finding, Flag, ask, note
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, service_for
from coding.domain.sites import Group, group_of
from coding.domain.visit import Visit

Sized = tuple[tuple[str, int], ...]
_FULL: Mapping[Group, tuple[str, str]] = {
    Group.TRUNK: ("15200", "15201"),
    Group.SCALP_LIMBS: ("15220", "15221"),
    Group.FOREHEAD_TO_FEET: ("15240", "15241"),
    Group.FEATURES: ("15260", "15261"),
}
_SPLIT: Mapping[Group, tuple[str, str]] = {
    Group.TRUNK_LIMBS: ("15100", "15101"),
    Group.FACE_SCALP_HANDS_FEET: ("15120", "15121"),
}
# For each place: the pair for less than 100 sq cm, and the pair from 100 on.
_SUBSTITUTE: Mapping[Group, tuple[tuple[str, str], tuple[str, str]]] = {
    Group.TRUNK_LIMBS: (("15271", "15272"), ("15273", "15274")),
    Group.FACE_SCALP_HANDS_FEET: (("15275", "15276"), ("15277", "15278")),
}
_TWENTY, _TWENTY_FIVE, _HUNDRED = Decimal(20), Decimal(25), Decimal(100)


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """A graft for each wound: its first area, and each further area or part."""
    chosen = Chosen()
    for lesion in lesions:
        chosen += _one(visit, lesion)
    return chosen


def _one(visit: Visit, lesion: Lesion) -> Chosen:
    procedure = lesion.procedure
    questions = missing(lesion, "problem_ref", "site", "area_sq_cm")
    if procedure.graft_type is None:
        says = "Was it a full-thickness, split or pinch graft, or a skin substitute?"
        questions += (ask(Flag.MISSING_TECHNIQUE, f"{procedure.path}.graft_type", says),)
    if questions or procedure.area_sq_cm is None or procedure.graft_type is None:
        return Chosen(findings=questions)
    sized = _SIZED[procedure.graft_type](lesion, procedure.area_sq_cm)
    if sized is None:
        return Chosen(findings=(ask(Flag.MISSING_SITE, f"{procedure.path}.site", "Which one place of skin?"),))
    # A donor site closed directly is part of the graft (rulebook 3.7).
    facts = {"area_sq_cm": procedure.area_sq_cm, "graft": procedure.graft_type, "donor": procedure.donor_closure}
    reason = because("GRAFT-AREA", **facts)
    services = tuple(service_for(visit, code, units, [lesion], reason) for code, units in sized)
    return Chosen(services, findings=_product(lesion))


def _product(lesion: Lesion) -> tuple[Finding, ...]:
    if lesion.procedure.graft_type != "skin_substitute":
        return ()
    says = "The product has a Q code of its own, by its area, which the note must support."
    return (note(Flag.MED_NEC_DOC, says, lesion.procedure.path),)


def _first_and_each(pair: tuple[str, str], area: Decimal, step: Decimal) -> Sized:
    first, each = pair
    more = ceil((area - step) / step)
    return ((first, 1), (each, more)) if more > 0 else ((first, 1),)


def _full(lesion: Lesion, area: Decimal) -> Sized | None:
    group = group_of("full-thickness-graft", lesion.sites)
    return _first_and_each(_FULL[group], area, _TWENTY) if group else None


def _split(lesion: Lesion, area: Decimal) -> Sized | None:
    group = group_of("split-graft", lesion.sites)
    return _first_and_each(_SPLIT[group], area, _HUNDRED) if group else None


def _pinch(lesion: Lesion, area: Decimal) -> Sized | None:
    return (("15050", 1),)


def _substitute(lesion: Lesion, area: Decimal) -> Sized | None:
    group = group_of("split-graft", lesion.sites)
    if group is None:
        return None
    small, large = _SUBSTITUTE[group]
    if cpt.rounded(area) < _HUNDRED:
        return _first_and_each(small, area, _TWENTY_FIVE)
    return _first_and_each(large, area, _HUNDRED)


_SIZED: Mapping[str, Callable[[Lesion, Decimal], Sized | None]] = {
    "full_thickness": _full,
    "split": _split,
    "pinch": _pinch,
    "skin_substitute": _substitute,
}
