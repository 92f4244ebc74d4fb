"""Closures: simple, intermediate and complex, summed within a class and site group (rulebook 3.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from math import ceil

from codes import cpt
from codes.edits import Edits
from coding.domain.completeness import missing
from coding.domain.findings import Finding, Flag, ask, bundled, note
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, Service, service_for
from coding.domain.sites import Group, group_of
from coding.domain.visit import Visit

FAMILY: Mapping[str, str] = {
    "simple": "simple-repair", "intermediate": "intermediate-repair", "complex": "complex-repair",
}  # fmt: skip
# Any one of these makes a layered closure complex; limited undermining does not.
_CRITERIA = (
    "extensive undermining", "exposed bone", "exposed cartilage", "exposed tendon", "exposed neurovascular",
    "debridement of wound edges", "debridement of edges", "free margin", "retention sutures",
)  # fmt: skip
# At or below this a complex closure is reported as an intermediate one.
_SMALLEST_COMPLEX = Decimal("1.0")
_ADD_ON_FROM, _ADD_ON_STEP = Decimal("7.5"), Decimal(5)


def choose(
    visit: Visit, repairs: Sequence[Lesion], surgery: Sequence[Lesion], services: Sequence[Service], edits: Edits
) -> Chosen:
    """The closures to bill: those that the surgery of the same wound already holds are left out.

    `surgery` are the visit's other procedures and `services` what they were coded as: whether a code holds
    its own closure is read from the edit table (11440 does, 11642 does not).
    """
    findings: list[Finding] = []
    separate: list[Lesion] = []
    for repair in repairs:
        questions = _questions(repair)
        wound, doubts = _wound(repair, surgery)
        findings += (*questions, *doubts)
        if questions or doubts:
            continue
        alone = _alone(visit, repair)
        if alone is None:
            path = f"{repair.procedure.path}.site"
            findings.append(ask(Flag.MISSING_SITE, path, "Which one place on the body?"))
            continue
        holder = _held_by(visit, alone, wound, services, edits)
        if holder:
            findings.append(bundled(alone, f"The closure is part of {holder} for the same wound."))
        else:
            separate.append(replace(repair, id=repair.id if wound is None else wound))
    chosen = Chosen(findings=tuple(findings))
    for (family, group), wounds in sorted(_summed(separate).items()):
        chosen += _sum(visit, family, group, wounds)
    return chosen


def _alone(visit: Visit, repair: Lesion) -> str | None:
    """The code of this closure if it were the only one."""
    for family, group in _summed([repair]):
        length = min(_length([repair]), _ADD_ON_FROM) if family == "complex-repair" else _length([repair])
        code = cpt.in_band(family, group, length, visit.date)
        return code.number if code else None
    return None


def _summed(repairs: Sequence[Lesion]) -> dict[tuple[str, Group], list[Lesion]]:
    """The closures by class and site group; complex ones too short for a code join the intermediate ones."""
    by_class: dict[tuple[str, Group], list[Lesion]] = {}
    for repair in repairs:
        family = FAMILY[str(repair.procedure.complexity)]
        group = group_of(family, repair.sites)
        if group is not None:
            by_class.setdefault((family, group), []).append(repair)
    for key in [key for key in by_class if key[0] == "complex-repair"]:
        if _length(by_class[key]) <= _SMALLEST_COMPLEX:
            for repair in by_class.pop(key):
                group = group_of("intermediate-repair", repair.sites)
                if group is not None:
                    by_class.setdefault(("intermediate-repair", group), []).append(repair)
    return by_class


def _questions(repair: Lesion) -> tuple[Finding, ...]:
    questions = missing(repair, "problem_ref", "site", "complexity", "length_cm")
    if repair.procedure.complexity != "complex":
        return questions
    given = [criterion.lower() for criterion in repair.procedure.complex_criteria or ()]
    if any(known in criterion for criterion in given for known in _CRITERIA):
        return questions
    path = f"{repair.procedure.path}.complex_criteria"
    says = f"Which criterion makes the closure complex? One of: {', '.join(_CRITERIA)}."
    return (*questions, ask(Flag.MISSING_TECHNIQUE, path, says))


def _wound(repair: Lesion, surgery: Sequence[Lesion]) -> tuple[int | None, tuple[Finding, ...]]:
    """The lesion whose wound this closes: the same problem and, of several, the same place."""
    same_problem = [o for o in surgery if o.procedure.problem_ref == repair.procedure.problem_ref]
    ids = {other.id for other in same_problem}
    if len(ids) > 1:
        ids = {other.id for other in same_problem if other.sites == repair.sites}
    if len(ids) == 1 or not same_problem:
        return next(iter(ids), None), ()
    says = "Which wound does this close? Several lesions share its problem."
    return None, (ask(Flag.ASK_DISTINCT, f"{repair.procedure.path}.problem_ref", says),)


def _length(wounds: Sequence[Lesion]) -> Decimal:
    return cpt.rounded(sum((wound.procedure.length_cm or Decimal(0) for wound in wounds), Decimal(0)))


def _held_by(visit: Visit, closure: str, wound: int | None, services: Sequence[Service], edits: Edits) -> str | None:
    for service in services:
        if wound in service.lesions and edits.edit(service.cpt, closure, visit.date):
            return service.cpt
    return None


def _sum(visit: Visit, family: str, group: Group, wounds: Sequence[Lesion]) -> Chosen:
    length = _length(wounds)
    reasons = [because("REPAIR-SUM", length_cm=length, wounds=len(wounds), site_group=group)]
    criteria = sorted({c for wound in wounds for c in wound.procedure.complex_criteria or ()})
    if criteria:
        reasons.append(because("REPAIR-COMPLEX", criteria=", ".join(criteria), length_cm=length))
    ceiling = min(length, _ADD_ON_FROM) if family == "complex-repair" else length
    code = cpt.in_band(family, group, ceiling, visit.date)
    if code is None:
        return Chosen(findings=(ask(Flag.NO_CODE, wounds[0].procedure.path, "No closure code holds this length."),))
    services = [service_for(visit, code.number, 1, wounds, *reasons)]
    add_on = cpt.add_on_of(code.number, family)
    if add_on and length > _ADD_ON_FROM:
        units = ceil((length - _ADD_ON_FROM) / _ADD_ON_STEP)
        services.append(service_for(visit, add_on.number, units, wounds, *reasons))
    summed = note(Flag.REPAIR_SUM, f"{len(wounds)} closures of one class and site group are one line.")
    return Chosen(tuple(services), findings=(summed,) if len(wounds) > 1 else ())
