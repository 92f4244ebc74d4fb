"""Which codes may stand together on one day: NCCI pairs, repeats, add-on parents, unit limits (rulebook 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from codes import cpt, modifiers, mue
from codes.edits import Edits
from codes.ncci import Edit
from coding.domain.findings import Finding, Flag, ask, bundled, note
from coding.domain.reasons import because
from coding.domain.service import Chosen, Service
from coding.domain.sites import surely_apart


@dataclass(frozen=True, slots=True)
class Habit:
    """How the payer takes the word "distinct"."""

    x_modifiers: bool

    @property
    def other_lesion(self) -> str:
        return "XS" if self.x_modifiers else "59"


def settle(services: Sequence[Service], habit: Habit, on: date, edits: Edits) -> Chosen:
    """The services after every edit, with the modifiers that their facts prove and the questions left."""
    ordered = sorted(services, key=_order)
    unbundled = _pairs(ordered, habit, on, edits)
    repeated = _repeats(unbundled.services, habit)
    findings = unbundled.findings + repeated.findings
    findings += (
        _parents(repeated.services, edits) + _units(repeated.services, on, edits) + _conflicts(repeated.services)
    )
    return Chosen(repeated.services, findings=findings)


def _order(service: Service) -> tuple[object, ...]:
    """An order that does not depend on the form's: the same visit always gives the same lines."""
    sites = tuple(sorted(" ".join((s.side or "", *s.exact)) for s in service.sites or ()))
    facts = tuple(reason.facts for reason in service.reasons)
    return service.cpt, tuple(sorted(service.problems)), sites, service.units, service.dx, facts


def _pairs(services: Sequence[Service], habit: Habit, on: date, edits: Edits) -> Chosen:
    kept = dict(enumerate(services))
    findings: list[Finding] = []
    for first in range(len(services)):
        for second in range(len(services)):
            if first == second or first not in kept or second not in kept:
                continue
            edit = edits.edit(kept[first].cpt, kept[second].cpt, on)
            if edit is None:
                continue
            passed, finding = _pair(kept[first], kept[second], habit, edit)
            if finding:
                findings.append(finding)
            if passed is None:
                del kept[second]
            else:
                kept[second] = passed
    return Chosen(tuple(kept.values()), findings=tuple(findings))


def _pair(column1: Service, column2: Service, habit: Habit, edit: Edit) -> tuple[Service | None, Finding | None]:
    """What becomes of column 2 beside column 1: itself, itself with a modifier, or None when it is held."""
    if edit.modifier_allowed and (_passing(column2) or _other_digit(column1, column2)):
        return column2, None
    if not edit.modifier_allowed or _same_lesion(column1, column2):
        return None, bundled(column2.cpt, f"{column2.cpt} is part of {column1.cpt}.")
    code = cpt.lookup(column2.cpt)
    if code is not None and code.is_evaluation:
        says = f"Which separate problem was {column2.cpt} for, beside {column1.cpt}?"
        return column2, ask(Flag.MOD25_DOC, "em.em_problem_refs", says)
    if distinct(column1, column2):
        reason = because("DISTINCT", column1=column1.cpt, column2=column2.cpt, edition=edit.edition)
        return column2.modified(habit.other_lesion, reason=reason), None
    says = f"{column1.cpt} holds {column2.cpt} unless they were for lesions at different places; were they?"
    return column2, ask(Flag.ASK_DISTINCT, None, says)


def _other_digit(one: Service, other: Service) -> bool:
    """Anatomic modifiers that name different places pass an edit by themselves: 59 is for where none fits."""
    first, second = _anatomic(one), _anatomic(other)
    return bool(first and second) and not first & second


def _anatomic(service: Service) -> frozenset[str]:
    return frozenset(m for m in service.modifiers if modifiers.TABLE[m].rank is modifiers.Rank.ANATOMIC)


def _passing(service: Service) -> frozenset[str]:
    """The modifiers that pass an edit for this line.

    On surgery only "distinct" does: 58 and 79 tell of surgery on an earlier day.
    """
    code = cpt.lookup(service.cpt)
    if code is not None and code.is_evaluation:
        return frozenset(m for m in service.modifiers if modifiers.TABLE[m].passes_ncci)
    return service.modifiers & modifiers.DISTINCT


def _same_lesion(one: Service, other: Service) -> bool:
    return bool(one.lesions & other.lesions) or bool(one.modifiers & other.modifiers & modifiers.DIGITS)


def distinct(one: Service, other: Service) -> bool:
    """True when the facts prove other lesions at other places (rulebook section 2)."""
    if _same_lesion(one, other) or not one.sites or not other.sites:
        return False
    return all(surely_apart(a, b) for a in one.sites for b in other.sites)


def _repeats(services: Sequence[Service], habit: Habit) -> Chosen:
    """The second and further lines of one code are marked as another lesion's, when the record shows that."""
    done: list[Service] = []
    findings: list[Finding] = []
    for service in services:
        before = [other for other in done if other.cpt == service.cpt]
        anatomic = _anatomic(service)
        told_apart = bool(anatomic) and not any(anatomic & other.modifiers for other in before)
        if not before or told_apart or _counted(service) or service.modifiers & modifiers.DISTINCT:
            done.append(service)
        elif all(distinct(other, service) or not other.problems & service.problems for other in before):
            reason = because("REPEATED", code=service.cpt)
            done.append(service.modified(habit.other_lesion, reason=reason))
        else:
            done.append(service)
            says = f"{service.cpt} stands twice for one problem and place; were these different lesions?"
            findings.append(ask(Flag.ASK_DISTINCT, None, says))
    return Chosen(tuple(done), findings=tuple(findings))


def _counted(service: Service) -> bool:
    """Specimens and drug units are counts, not lesions: a second line of theirs needs no word of distinctness."""
    code = cpt.lookup(service.cpt)
    return code is not None and code.family in ("pathology", "drug")


def _parents(services: Sequence[Service], edits: Edits) -> tuple[Finding, ...]:
    present = {service.cpt for service in services}
    return tuple(
        ask(Flag.ADDON_NO_PRIMARY, None, f"{number} needs one of {', '.join(sorted(parents))} beside it.")
        for number in sorted(present)
        if (parents := edits.parents_of(number)) and not present & parents
    )


def _units(services: Sequence[Service], on: date, edits: Edits) -> tuple[Finding, ...]:
    units: Counter[str] = Counter()
    for service in services:
        units[service.cpt] += service.units
    return tuple(
        _beyond(number, count, limit)
        for number, count in sorted(units.items())
        if (limit := edits.limit(number, on)) and count > limit.units
    )


def _beyond(number: str, count: int, limit: mue.Limit) -> Finding:
    """An absolute limit is never paid above; a clinical one may be, on appeal, with the record."""
    says = f"{number}: {count} units, where a day allows {limit.units}."
    if limit.adjudication is mue.Adjudication.CLINICAL:
        return note(Flag.MUE_EXCEEDED, f"{says} More is paid only on appeal with the record.")
    return ask(Flag.MUE_EXCEEDED, None, f"{says} Is the count right?")


def _conflicts(services: Sequence[Service]) -> tuple[Finding, ...]:
    return tuple(
        ask(Flag.ASK_DISTINCT, None, f"{service.cpt}: {says}")
        for service in services
        if (code := cpt.lookup(service.cpt))
        for says in modifiers.conflicts(service.modifiers, evaluation=code.is_evaluation)
    )
