"""From facts to lines, in the order of rulebook section 2."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from codes import cpt, modifiers
from codes.edits import STARTER, Edits
from coding.domain import (
    aftercare,
    biopsies,
    botulinum,
    conventions,
    cosmetic,
    destruction,
    drugs,
    evaluation,
    excisions,
    flaps,
    global_periods,
    grafts,
    hidradenitis,
    incision_drainage,
    intralesional,
    light,
    mohs,
    mohs_ground,
    nails,
    notice,
    paring,
    patch_tests,
    pathology,
    patient_fit,
    photodynamic,
    reasons,
    repairs,
    shave_removal,
    skin_tags,
)
from coding.domain.coded_visit import CodedLine, CodedVisit, Disposition
from coding.domain.diagnoses import unusable
from coding.domain.edits import Habit, settle
from coding.domain.findings import Finding, Flag, ask, bundled
from coding.domain.hierarchy import definitive
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, Service, lesions_of
from coding.domain.specificity import vaguer_than_the_record
from coding.domain.visit import Kind, PayerType, Visit

Family = Callable[[Visit, Sequence[Lesion]], Chosen]

FAMILIES: Mapping[Kind, Family] = {
    Kind.BIOPSY: biopsies.choose,
    Kind.SHAVE_REMOVAL: shave_removal.choose,
    Kind.EXCISION: excisions.choose,
    Kind.DESTRUCTION: destruction.choose,
    Kind.MOHS: mohs.choose,
    Kind.ATT: flaps.choose,
    Kind.SKIN_TAG_REMOVAL: skin_tags.choose,
    Kind.PARING: paring.choose,
    Kind.INJECTION_INTRALESIONAL: intralesional.choose,
    Kind.INCISION_DRAINAGE: incision_drainage.choose,
    Kind.HIDRADENITIS_EXCISION: hidradenitis.choose,
    Kind.GRAFT: grafts.choose,
    Kind.NAIL: nails.choose,
    Kind.PHOTOTHERAPY: light.choose_ultraviolet,
    Kind.EXCIMER: light.choose_excimer,
    Kind.PDT: photodynamic.choose,
    Kind.PATCH_TEST: patch_tests.choose,
    Kind.BOTULINUM_HYPERHIDROSIS: botulinum.choose,
    Kind.PATHOLOGY: pathology.choose,
    Kind.DRUG: drugs.choose,
    Kind.COSMETIC: cosmetic.choose,
    Kind.SUTURE_REMOVAL: aftercare.choose,
}


def code_visit(visit: Visit, edits: Edits = STARTER) -> CodedVisit:
    """The visit's lines, each with its reasons, or what must be asked first. Never guesses and never upcodes.

    `edits` are the pairs, unit limits and add-on parents in force on the visit's date.
    """
    lesions = lesions_of(visit)
    kept, held = definitive(lesions)
    surgery = _by_family(visit, kept)
    grounded = mohs_ground.mark(visit, kept, surgery.services)
    surgery = Chosen(grounded.services, surgery.self_pay, surgery.findings + grounded.findings)
    closures = repairs.choose(
        visit, _of(kept, Kind.REPAIR), [o for o in kept if o.procedure.kind is not Kind.REPAIR], surgery.services, edits
    )
    procedures = surgery + closures
    related = global_periods.relate(visit, procedures.services)
    visits = evaluation.choose(visit, related.services, edits)
    settled = settle((*visits.services, *related.services), Habit(visit.payer.x_modifiers), visit.date, edits)
    noticed = notice.apply(visit, kept, settled.services)
    ordered = conventions.in_order(visit, noticed.services)
    findings_so_far = settled.findings + noticed.findings + ordered.findings
    chosen = Chosen(ordered.services, procedures.self_pay + noticed.self_pay, findings_so_far)
    findings = (
        *_gate(visit),
        *_same_lesion(visit, held),
        *procedures.findings,
        *related.findings,
        *visits.findings,
        *chosen.findings,
        *_about_diagnoses(visit, (*chosen.services, *chosen.self_pay)),
        *vaguer_than_the_record(visit, kept),
        *_ranking(visit, chosen.services),
    )
    return _answer(visit, chosen.services, chosen.self_pay, findings)


def _of(lesions: Sequence[Lesion], kind: Kind) -> list[Lesion]:
    return [lesion for lesion in lesions if lesion.procedure.kind is kind]


def _by_family(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    chosen = Chosen()
    present = {lesion.procedure.kind for lesion in lesions}
    for kind, family in FAMILIES.items():
        if kind in present:
            chosen += family(visit, _of(lesions, kind))
    return chosen


def _same_lesion(visit: Visit, held: Sequence[Lesion]) -> tuple[Finding, ...]:
    """BUNDLED for each code that another service on the same lesion holds."""
    if not held:
        return ()
    codes = {service.cpt for service in _by_family(visit, held).services}
    found = [bundled(code, "Another service on the same lesion includes it.") for code in sorted(codes)]
    # Without a report of the last 60 days the sample may be the ground for Mohs and paid apart (rulebook 3.12).
    says = "No earlier report is recorded: was this sample, and its frozen section, the ground for surgery?"
    found += [
        ask(Flag.NO_PRIOR_PATH_DOC, f"{lesion.procedure.path}.prior_pathology_within_60_days", says)
        for lesion in held
        if lesion.procedure.prior_pathology_within_60_days is False
        and lesion.procedure.frozen_section_read_before_mohs is None
    ]
    return tuple(found)


def _gate(visit: Visit) -> tuple[Finding, ...]:
    """What holds a visit whatever its lines are."""
    found: list[Finding] = []
    if visit.date < reasons.IN_FORCE_FROM:
        says = f"These rules begin with services of {reasons.IN_FORCE_FROM}; a coder must code earlier ones."
        found.append(ask(Flag.NO_CODE, "date", says))
    if not visit.procedures and visit.em is None:
        found.append(ask(Flag.NO_CODE, "em", "Neither a visit nor a procedure is documented; what was done?"))
    split = visit.component in ("professional", "technical")
    if split and not any(procedure.kind is Kind.PATHOLOGY for procedure in visit.procedures):
        found.append(ask(Flag.NO_CODE, "component", "Only pathology is split into components; what was split?"))
    if visit.authorization and visit.authorization.required and not visit.authorization.number:
        found.append(ask(Flag.PA_REQUIRED, "authorization.number", "What is the authorization's number?"))
    return tuple(found)


def _about_diagnoses(visit: Visit, services: Sequence[Service]) -> tuple[Finding, ...]:
    used = sorted({dx for service in services for dx in service.dx})
    unknown = tuple(question for dx in used if (question := unusable(dx, visit.date, "problems")))
    return unknown + patient_fit.of(visit.patient, used)


def _ranking(visit: Visit, services: Sequence[Service]) -> tuple[Finding, ...]:
    """A payer that wants 51 wants it by rank of value, which needs that payer's own fee schedule."""
    reduced = [s.cpt for s in services if (code := cpt.lookup(s.cpt)) and code.multiple_procedure == "2"]
    if not visit.payer.wants_51 or len(reduced) < 2:
        return ()
    says = f"This payer wants 51 on all but the dearest of {', '.join(reduced)}; a coder must rank them."
    return (ask(Flag.NO_CODE, "payer.wants_51", says),)


def _answer(
    visit: Visit, services: Sequence[Service], self_pay: Sequence[Service], findings: tuple[Finding, ...]
) -> CodedVisit:
    if visit.payer.type is PayerType.SELF_PAY:
        reason = because("SELF-PAY", payer=visit.payer.type)
        own = [Service(s.cpt, s.units, s.dx, (*s.reasons, reason)) for s in (*services, *self_pay)]
        services, self_pay = (), own
    lines = tuple(_line(service) for service in sorted(services, key=_claim_order))
    own_lines = tuple(_line(service) for service in sorted(self_pay, key=_claim_order))
    unique = tuple(dict.fromkeys(findings))
    return CodedVisit(_disposition(services, self_pay, unique), lines, own_lines, unique)


def _disposition(services: Sequence[Service], self_pay: Sequence[Service], findings: Sequence[Finding]) -> Disposition:
    if any(finding.holds for finding in findings):
        return Disposition.HOLD
    if self_pay and not services:
        return Disposition.PATIENT_ONLY
    if not services or evaluation.is_aftercare(services):
        return Disposition.NO_CHARGE
    return Disposition.READY


def _claim_order(service: Service) -> tuple[object, ...]:
    code = cpt.lookup(service.cpt)
    facts = tuple(reason.facts for reason in service.reasons)
    return not (code and code.is_evaluation), service.cpt, len(service.modifiers), service.dx, facts


def _line(service: Service) -> CodedLine:
    return CodedLine(service.cpt, service.units, modifiers.in_order(service.modifiers), service.dx, service.reasons)
