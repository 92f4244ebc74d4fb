"""Excision of hidradenitis 11450 to 11471: by region, and by how the wound was closed (rulebook 3.19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from codes import cpt
from coding.domain.completeness import missing
from coding.domain.diagnoses import starts
from coding.domain.findings import Finding, Flag, ask, note
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, diagnosis_of, service_for
from coding.domain.sites import Site
from coding.domain.visit import Visit

_HIDRADENITIS = ("L73.2",)
# (simple or intermediate closure, complex closure), by the noun of the site.
_BY_NOUN: Mapping[str, tuple[str, str]] = {
    "axilla": ("11450", "11451"),
    "groin": ("11462", "11463"),
    **dict.fromkeys(("perianal", "perineum", "umbilicus", "anal", "anus"), ("11470", "11471")),
}
_BOTH_SIDES = "1"


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """A line for each region."""
    chosen = Chosen()
    for lesion in lesions:
        chosen += _one(visit, lesion)
    return chosen


def _one(visit: Visit, lesion: Lesion) -> Chosen:
    procedure = lesion.procedure
    questions = missing(lesion, "problem_ref", "site") + _supported(visit, lesion)
    regions = {_BY_NOUN.get(site.noun) for site in lesion.sites or ()}
    if lesion.sites is not None and (len(regions) != 1 or None in regions):
        says = "Was it the axilla, the groin, or the perianal, perineal or umbilical skin? Record each apart."
        questions += (ask(Flag.MISSING_SITE, f"{procedure.path}.site", says),)
    if questions:
        return Chosen(findings=questions)
    plain, complex_closure = next(filter(None, regions))
    number = complex_closure if procedure.complex_closure else plain
    reason = because("HIDRADENITIS", site=procedure.site, complex_closure=procedure.complex_closure)
    service = service_for(visit, number, 1, [lesion], reason)
    findings = (note(Flag.PA_CHECK, "Payers usually want this surgery authorized; is it?", "authorization"),)
    if not _both_sides(procedure.bilateral, lesion.sites or ()):
        return Chosen((service,), findings=findings)
    code = cpt.lookup(number)
    if code is None or code.bilateral != _BOTH_SIDES:
        says = f"Both sides of {number}: how does this payer take it?"
        return Chosen((service,), findings=(*findings, ask(Flag.NO_CODE, f"{procedure.path}.bilateral", says)))
    return Chosen((service.modified("50", reason=because("BOTH-SIDES", code=number)),), findings=findings)


def _both_sides(said: bool | None, sites: Sequence[Site]) -> bool:
    return said is True or {site.side for site in sites} == {"left", "right"}


def _supported(visit: Visit, lesion: Lesion) -> tuple[Finding, ...]:
    dx = diagnosis_of(visit, lesion.procedure)
    if dx is None or starts(dx, _HIDRADENITIS):
        return ()
    says = f"{dx} is not hidradenitis; which diagnosis was treated?"
    return (ask(Flag.DX_MISMATCH, f"{lesion.procedure.path}.problem_ref", says),)
