"""Adjacent tissue transfer 14000 to 14302: primary and secondary defect together, by site (rulebook 3.6)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import ceil

from codes import cpt
from coding.domain.completeness import missing
from coding.domain.findings import Flag, ask
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, service_for
from coding.domain.sites import group_of
from coding.domain.visit import Procedure, Visit

FAMILY = "adjacent-tissue-transfer"
_LARGE, _LARGE_FIRST, _STEP = Decimal("30.0"), Decimal("60.0"), Decimal(30)


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """A flap for each defect."""
    chosen = Chosen()
    for lesion in lesions:
        chosen += _one(visit, lesion)
    return chosen


def area_of(procedure: Procedure) -> Decimal | None:
    """The whole area in sq cm, stated or the sum of both defects; None when a part is not documented."""
    if procedure.area_sq_cm is not None:
        return cpt.rounded(procedure.area_sq_cm)
    if procedure.primary_defect_sq_cm is None or procedure.secondary_defect_sq_cm is None:
        return None
    return cpt.rounded(procedure.primary_defect_sq_cm + procedure.secondary_defect_sq_cm)


def _one(visit: Visit, lesion: Lesion) -> Chosen:
    procedure, area = lesion.procedure, area_of(lesion.procedure)
    questions = missing(lesion, "problem_ref", "site")
    if area is None:
        says = "What area had the primary and the secondary defect together, in sq cm?"
        questions += (ask(Flag.MISSING_AREA, f"{procedure.path}.area_sq_cm", says),)
    group = group_of(FAMILY, lesion.sites)
    if lesion.sites is not None and group is None:
        questions += (ask(Flag.MISSING_SITE, f"{procedure.path}.site", "Which one place of skin?"),)
    if questions or area is None or group is None:
        return Chosen(findings=questions)
    reason = because("FLAP-AREA", area_sq_cm=area, site_group=group)
    if area > _LARGE:
        services = [service_for(visit, "14301", 1, [lesion], reason)]
        if area > _LARGE_FIRST:
            units = ceil((area - _LARGE_FIRST) / _STEP)
            services.append(service_for(visit, "14302", units, [lesion], reason))
        return Chosen(tuple(services))
    code = cpt.in_band(FAMILY, group, area, visit.date)
    if code is None:
        return Chosen(findings=(ask(Flag.NO_CODE, procedure.path, "No flap code holds this area."),))
    return Chosen((service_for(visit, code.number, 1, [lesion], reason),))
