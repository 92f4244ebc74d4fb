"""Skin tags 11200 and 11201: counted, whatever the method, and cosmetic unless they trouble (rulebook 3.13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coding.domain.completeness import missing
from coding.domain.findings import Flag, ask, note
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, Service, service_for
from coding.domain.visit import PayerType, Visit

_FIRST, _STEP = 15, 10
# Stands first when a statutory denial is asked for (rulebook 7.2).
_COSMETIC_DX = "Z41.1"


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """Tags that trouble are counted for the payer, the others for the patient."""
    questions = tuple(q for lesion in lesions for q in missing(lesion, "problem_ref", "site", "count"))
    questions += tuple(
        ask(Flag.MED_NEC_DOC, f"{lesion.procedure.path}.symptoms", "Did the tags bleed, hurt or catch, or not?")
        for lesion in lesions
        if lesion.procedure.symptoms is None
    )
    if questions:
        return Chosen(findings=questions)
    troubling = [lesion for lesion in lesions if lesion.procedure.symptoms]
    cosmetic = [lesion for lesion in lesions if not lesion.procedure.symptoms]
    chosen = Chosen()
    if troubling:
        need = note(Flag.MED_NEC_DOC, "The symptoms must stand in the note of this visit.")
        chosen += Chosen(_counted(visit, troubling), findings=(need,))
    if cosmetic:
        chosen += _wished(visit, cosmetic, charge=not troubling)
    return chosen


def _counted(visit: Visit, lesions: Sequence[Lesion]) -> tuple[Service, ...]:
    count = sum(lesion.procedure.count or 0 for lesion in lesions)
    reason = because("TAGS-COUNT", tags=count)
    services = [service_for(visit, "11200", 1, lesions, reason)]
    if count > _FIRST:
        services.append(service_for(visit, "11201", -(-(count - _FIRST) // _STEP), lesions, reason))
    return tuple(services)


def _wished(visit: Visit, lesions: Sequence[Lesion], *, charge: bool) -> Chosen:
    """The patient pays, unless Medicare's denial was asked for; nothing when a covered unit holds them already."""
    findings = (note(Flag.COSMETIC, "Tags without symptoms are the patient's own wish."),)
    services = _counted(visit, lesions)
    denial = any(lesion.procedure.patient_requests_medicare_denial for lesion in lesions)
    if denial and visit.payer.type is PayerType.MEDICARE:
        voluntary = visit.abn is not None and visit.abn.type == "voluntary" and bool(visit.abn.signed)
        modifiers = ("GX", "GY") if voluntary else ("GY",)
        reason = because("COSMETIC", denial_requested=True)
        billed = tuple(
            replace(service.modified(*modifiers, reason=reason), dx=(_COSMETIC_DX, *service.dx)) for service in services
        )
        return Chosen(billed, findings=findings)
    return Chosen(self_pay=services if charge else (), findings=findings)
