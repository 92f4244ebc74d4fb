"""A biopsy of the tumour on the day of its Mohs surgery, paid when no earlier report existed (rulebook 3.12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coding.domain.findings import Flag, note
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, Service, service_for
from coding.domain.visit import Kind, Procedure, Visit

_FROZEN_SECTION = "88331"


def is_ground_for_mohs(procedure: Procedure) -> bool:
    """Whether the record says that no report was 60 days old or less and that this sample decided for surgery."""
    known = procedure.prior_pathology_within_60_days is False and procedure.frozen_section_read_before_mohs is True
    return procedure.kind is Kind.BIOPSY and known


def mark(visit: Visit, lesions: Sequence[Lesion], services: Sequence[Service]) -> Chosen:
    """The services, with the sample that was the ground for Mohs marked as distinct and its frozen section added."""
    tumours = {lesion.id for lesion in lesions if lesion.procedure.kind is Kind.MOHS}
    grounds = [lesion for lesion in lesions if lesion.id in tumours and is_ground_for_mohs(lesion.procedure)]
    if not grounds:
        return Chosen(tuple(services))
    sampled = {lesion.id for lesion in grounds}
    reason = because("MOHS-GROUND", samples=len(grounds))
    modifier = "XU" if visit.payer.x_modifiers else "59"
    marked = [
        service.modified(modifier, reason=reason) if _is_sample(service, sampled) else service for service in services
    ]
    frozen = replace(
        service_for(visit, _FROZEN_SECTION, len(grounds), grounds, reason), modifiers=frozenset({modifier})
    )
    findings = (
        note(Flag.NO_PRIOR_PATH_DOC, "The note must say that no earlier report existed and what the sample showed."),
        note(Flag.CLIA_REQUIRED, "The laboratory's CLIA number goes on the claim."),
    )
    return Chosen((*marked, frozen), findings=findings)


def _is_sample(service: Service, sampled: set[int]) -> bool:
    return bool(service.lesions & sampled) and any(reason.rule.id.startswith("BX-") for reason in service.reasons)
