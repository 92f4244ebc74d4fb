"""Biopsies of places that have a code of their own: lip, ear, lid margin, genitals, nose, mouth, nail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coding.domain.digits import digit, lid
from coding.domain.findings import Finding, Flag, ask
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, Service, service_for
from coding.domain.sites import Part, Site
from coding.domain.visit import Visit

_GENITAL = {
    **dict.fromkeys(("penis", "glans", "foreskin"), "54100"),
    **dict.fromkeys(("vulva", "labia", "perineum"), "56605"),
    # The scrotum has no code of its own.
    "scrotum": None,
}
_MUCOSAL = {"intranasal": "30100", "vestibule": "40808"}
_FIRST_AND_FURTHER = {"56605": "56606"}
_ANATOMIC = {"67810": lid, "11755": digit}

Answer = tuple[str | None, tuple[Finding, ...]]


def own_code(lesion: Lesion) -> Answer:
    """The site's own biopsy code, or None when the site has none; with a question when it cannot be told."""
    sites = lesion.sites or ()
    answers = [_at(site, lesion) for site in sites]
    doubts = tuple(doubt for _, found in answers for doubt in found)
    codes = {code for code, _ in answers}
    if doubts:
        return None, doubts
    if len(codes) > 1:
        return None, (_unclear(lesion, "Record each site's biopsies as their own procedure."),)
    return next(iter(codes), None), ()


def _at(site: Site, lesion: Lesion) -> Answer:
    if site.part is Part.LIP:
        return _lip(site, lesion)
    if site.part is Part.EYELID:
        return _eyelid(lesion)
    if site.part is Part.GENITALIA:
        if site.noun not in _GENITAL:
            return None, (_unclear(lesion, "Which part of the genitals?"),)
        return _GENITAL[site.noun], ()
    if site.part is Part.NOSE and lesion.procedure.mucosal:
        return "30100", ()
    if site.part is Part.MUCOSA:
        return _mucosa(site, lesion)
    if site.part is Part.ANUS:
        return None, (ask(Flag.NO_CODE, f"{lesion.procedure.path}.site", "Anal biopsies are not coded here."),)
    return {Part.EAR: "69100", Part.NAIL: "11755"}.get(site.part), ()


def _lip(site: Site, lesion: Lesion) -> Answer:
    if lesion.procedure.mucosal or {"vermilion", "mucosal", "red"} & set(site.exact):
        return "40490", ()
    if lesion.procedure.mucosal is False or {"cutaneous", "skin"} & set(site.exact):
        return None, ()
    return None, (ask(Flag.MISSING_SITE, f"{lesion.procedure.path}.mucosal", "Red or inner lip, or lip skin?"),)


def _eyelid(lesion: Lesion) -> Answer:
    margin = lesion.procedure.includes_lid_margin
    if margin is None:
        path = f"{lesion.procedure.path}.includes_lid_margin"
        return None, (ask(Flag.MISSING_SITE, path, "Was the lid margin included?"),)
    return ("67810" if margin else None), ()


def _mucosa(site: Site, lesion: Lesion) -> Answer:
    if site.noun == "tongue" and "anterior" in site.exact:
        return "41100", ()
    code = _MUCOSAL.get(site.noun)
    return (code, ()) if code else (None, (_unclear(lesion, "Which part of the mouth or nose?"),))


def _unclear(lesion: Lesion, question: str) -> Finding:
    return ask(Flag.MISSING_SITE, f"{lesion.procedure.path}.site", question)


def services_at_sites(visit: Visit, entries: Sequence[tuple[str, int, Lesion]]) -> Chosen:
    """A line for each place, and for vulvar lesions one first and the others as its add-on."""
    services: list[Service] = []
    findings: list[Finding] = []
    for first, further in _FIRST_AND_FURTHER.items():
        counted = [(count, lesion) for code, count, lesion in entries if code == first]
        if counted:
            services += _first_and_further(visit, first, further, counted)
    for code, count, lesion in entries:
        if code in _FIRST_AND_FURTHER:
            continue
        service = service_for(visit, code, count, [lesion], because("BX-SITE", site=lesion.procedure.site))
        if code in _ANATOMIC:
            modifiers = {_ANATOMIC[code](site) for site in lesion.sites or ()}
            if None in modifiers or len(modifiers) != 1:
                findings.append(_unclear(lesion, "Which side, and which lid, finger or toe?"))
                continue
            service = replace(service, modifiers=frozenset(filter(None, modifiers)))
        services.append(service)
    return Chosen(tuple(services), findings=tuple(findings))


def _first_and_further(visit: Visit, first: str, further: str, counted: Sequence[tuple[int, Lesion]]) -> list[Service]:
    total = sum(count for count, _ in counted)
    lesions = [lesion for _, lesion in counted]
    services = [service_for(visit, first, 1, lesions, because("BX-SITE", lesions=total))]
    if total > 1:
        services.append(service_for(visit, further, total - 1, lesions, because("BX-SITE", lesions=total)))
    return services
