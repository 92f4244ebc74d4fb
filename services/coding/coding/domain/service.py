"""A code on its way to becoming a line, with what the later steps need to know about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from coding.domain.findings import Finding
from coding.domain.reasons import Reason
from coding.domain.sites import Site, read_sites
from coding.domain.visit import Kind, Procedure, Visit


@dataclass(frozen=True, slots=True)
class Service:
    """One code for some lesions. `lesions` are lesion ids, `sites` the places, None when not understood.

    `problems` are the refs it treats; `dx` the diagnoses in the clinician's order.
    """

    cpt: str
    units: int
    dx: tuple[str, ...]
    reasons: tuple[Reason, ...]
    problems: frozenset[str] = frozenset()
    lesions: frozenset[int] = frozenset()
    sites: tuple[Site, ...] | None = None
    modifiers: frozenset[str] = frozenset()

    def modified(self, *modifiers: str, reason: Reason) -> Service:
        marked, reasons = self.modifiers.union(modifiers), (*self.reasons, reason)
        return Service(self.cpt, self.units, self.dx, reasons, self.problems, self.lesions, self.sites, marked)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a family made of its procedures: lines, what the patient pays alone, and findings."""

    services: tuple[Service, ...] = ()
    self_pay: tuple[Service, ...] = ()
    findings: tuple[Finding, ...] = ()

    def __add__(self, other: Chosen) -> Chosen:
        return Chosen(self.services + other.services, self.self_pay + other.self_pay, self.findings + other.findings)


@dataclass(frozen=True, slots=True)
class Lesion:
    """A procedure with its lesion's id: procedures marked as the same lesion share one."""

    procedure: Procedure
    id: int
    sites: tuple[Site, ...] | None = field(default=None)


def lesions_of(visit: Visit) -> tuple[Lesion, ...]:
    """Each procedure with its lesion: `same_lesion_as_next` ties it to the one that follows on the form.

    A flap closes the wound of the one surgery that shares its problem and place, and so is that lesion's.
    """
    found: list[Lesion] = []
    current = 0
    for procedure in visit.procedures:
        found.append(Lesion(procedure, current, read_sites(procedure.site)))
        if not procedure.same_lesion_as_next:
            current += 1
    return tuple(
        replace(lesion, id=_wound_of_flap(lesion, found)) if lesion.procedure.kind is Kind.ATT else lesion
        for lesion in found
    )


def _wound_of_flap(lesion: Lesion, lesions: Sequence[Lesion]) -> int:
    wounds = {
        other.id
        for other in lesions
        if other.procedure.kind in (Kind.EXCISION, Kind.MOHS)
        and other.procedure.problem_ref == lesion.procedure.problem_ref
        and other.sites == lesion.sites
    }
    return next(iter(wounds)) if len(wounds) == 1 else lesion.id


def diagnosis_of(visit: Visit, procedure: Procedure) -> str | None:
    """The pathology report's diagnosis when it is back, else the problem's; None when no problem is linked."""
    if procedure.pathology_icd10:
        return procedure.pathology_icd10
    return visit.problem(procedure.problem_ref).icd10 if procedure.problem_ref else None


def service_for(visit: Visit, cpt: str, units: int, lesions: Iterable[Lesion], *reasons: Reason) -> Service:
    """A service for these lesions, with their diagnoses in the order the clinician listed the problems."""
    treated = [lesion for lesion in lesions if lesion.procedure.problem_ref]
    if len(treated) > 1:
        treated.sort(
            key=lambda lesion: (
                visit.problem_order(str(lesion.procedure.problem_ref)),
                lesion.procedure.site or "",
                diagnosis_of(visit, lesion.procedure) or "",
            )
        )
    dx = dict.fromkeys(d for lesion in treated if (d := diagnosis_of(visit, lesion.procedure)))
    unread = any(lesion.sites is None for lesion in treated)
    return Service(
        cpt=cpt,
        units=units,
        dx=tuple(dx),
        reasons=reasons,
        problems=frozenset(str(lesion.procedure.problem_ref) for lesion in treated),
        lesions=frozenset(lesion.id for lesion in treated),
        sites=None if unread else tuple(site for lesion in treated for site in lesion.sites or ()),
    )
