"""Medicare's advance notice: a denial for necessity that was expected, and who then pays (rulebook 7.2)."""

from __future__ import annotations

from collections.abc import Sequence

from coding.domain.findings import Finding, Flag, ask, note
from coding.domain.necessity import Necessity, of_benign
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, Service, diagnosis_of
from coding.domain.visit import Kind, Notice, PayerType, Visit

_BENIGN_REMOVALS = frozenset({Kind.DESTRUCTION, Kind.EXCISION, Kind.SHAVE_REMOVAL})
_BILL, _DO_NOT_BILL = 1, 2


def expects_denial(visit: Visit) -> bool:
    """Whether Medicare was expected to find the service unnecessary, so that the record alone does not decide."""
    return visit.payer.type is PayerType.MEDICARE and visit.abn is not None and visit.abn.type == "mandatory"


def apply(visit: Visit, lesions: Sequence[Lesion], services: tuple[Service, ...]) -> Chosen:
    """The services with GA or GZ on those the notice is about; the patient's own when no claim is wished."""
    notice = visit.abn
    if notice is None:
        return Chosen(services)
    if visit.payer.type is not PayerType.MEDICARE:
        says = "The notice is Medicare's form: this payer needs a consent of its own that names service and price."
        return Chosen(services, findings=(note(Flag.ABN, says, "abn"),))
    if notice.type != "mandatory":
        return Chosen(services, findings=_voluntary(notice))
    if not services:
        says = "What is excluded by statute needs no mandatory notice: the patient pays either way."
        return Chosen(services, findings=(note(Flag.ABN, says, "abn"),))
    about = _about(visit, lesions, services)
    if not about:
        says = "Which service does the notice cover, and was its denial expected?"
        return Chosen(services, findings=(ask(Flag.ABN, "abn", says),))
    return _mandatory(notice, services, about)


def _voluntary(notice: Notice) -> tuple[Finding, ...]:
    if notice.type is None:
        return (ask(Flag.ABN, "abn.type", "Was the notice mandatory, or voluntary for an excluded service?"),)
    return (note(Flag.ABN, "The voluntary notice tells the patient the price of an excluded service.", "abn"),)


def _about(visit: Visit, lesions: Sequence[Lesion], services: Sequence[Service]) -> list[Service]:
    """The lines whose necessity nobody documented; else those of the visit's only procedure."""
    doubtful = {lesion.id for lesion in lesions if _is_doubtful(visit, lesion)}
    treated = [service for service in services if service.lesions]
    found = [service for service in treated if service.lesions <= doubtful]
    if found or len(lesions) != 1:
        return found
    return treated


def _is_doubtful(visit: Visit, lesion: Lesion) -> bool:
    procedure, dx = lesion.procedure, diagnosis_of(visit, lesion.procedure)
    return (
        procedure.kind in _BENIGN_REMOVALS
        and procedure.lesion_type in ("benign", None)
        and of_benign(procedure, dx or "") is Necessity.UNDOCUMENTED
    )


def _mandatory(notice: Notice, services: tuple[Service, ...], about: list[Service]) -> Chosen:
    if notice.signed is None or (notice.signed and notice.option not in (_BILL, _DO_NOT_BILL)):
        says = "Was the notice signed, and which option did the patient choose?"
        return Chosen(services, findings=(ask(Flag.ABN, "abn", says),))
    if notice.signed and notice.option == _DO_NOT_BILL:
        says = "The patient chose to pay and asked for no claim."
        others = tuple(service for service in services if service not in about)
        return Chosen(others, self_pay=tuple(about), findings=(note(Flag.ABN, says, "abn"),))
    modifier = "GA" if notice.signed else "GZ"
    reason = because("NOTICE", signed=notice.signed, option=notice.option)
    says = "The patient pays if Medicare denies." if notice.signed else "Without a signed notice nobody can be charged."
    marked = tuple(service.modified(modifier, reason=reason) if service in about else service for service in services)
    return Chosen(marked, findings=(note(Flag.ABN, says, "abn"),))
