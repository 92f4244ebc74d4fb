"""Drugs the practice bought: billing units from the dose, and what was thrown away (rulebook 3.16, 3.18 and 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from math import ceil

from codes import drugs
from coding.domain.completeness import missing
from coding.domain.findings import Finding, Flag, ask, note
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, service_for
from coding.domain.visit import PayerType, Procedure, Visit


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """A line for each drug, and for Medicare's single-dose containers what became of the rest."""
    chosen = Chosen()
    for lesion in lesions:
        chosen += _one(visit, lesion)
    return chosen


def _one(visit: Visit, lesion: Lesion) -> Chosen:
    procedure = lesion.procedure
    questions = missing(lesion, "problem_ref")
    drug = drugs.lookup(procedure.hcpcs or "")
    if drug is None:
        says = "Which drug was given? Its HCPCS code has no billing unit here."
        return Chosen(findings=(*questions, ask(Flag.NO_CODE, f"{procedure.path}.hcpcs", says)))
    amount = _amount(procedure, drug)
    if amount is None:
        says = f"What dose of {drug.code} was given? It is billed by {drug.unit_size} {drug.unit}."
        questions += (ask(Flag.MISSING_COUNT, f"{procedure.path}.{_FACT[drug.unit]}", says),)
    if questions or amount is None:
        return Chosen(findings=questions)
    units = ceil(amount / drug.unit_size)
    reason = because("DRUG-UNITS", dose=amount, unit=drug.unit, billed_by=drug.unit_size)
    service = replace(service_for(visit, drug.code, units, [lesion], reason), lesions=frozenset())
    ndc = note(Flag.NDC_REQUIRED, "The package's NDC, quantity and unit go on the claim.", f"{procedure.path}.hcpcs")
    if not _tells_waste(visit, procedure):
        return Chosen((service,), findings=(ndc,))
    if procedure.wasted_units is None:
        says = "How many billing units of the single-dose container were discarded? 0 if none."
        return Chosen((service,), findings=(ndc, ask(Flag.MISSING_COUNT, f"{procedure.path}.wasted_units", says)))
    wasted = ceil(procedure.wasted_units)
    why = because("DRUG-WASTE", discarded_units=wasted)
    if not wasted:
        return Chosen((service.modified("JZ", reason=why),), findings=(ndc,))
    discarded = replace(service, units=wasted, reasons=()).modified("JW", reason=why)
    return Chosen((service, discarded), findings=(ndc, *_overlap(procedure, units + wasted)))


_FACT = {"mg": "dose_mg", "unit": "dose_units", "stick": "sticks"}


def _amount(procedure: Procedure, drug: drugs.Drug) -> Decimal | None:
    """The dose in the drug's own measure; `dose_units` are billing units, which hold for every drug."""
    if procedure.dose_units is not None:
        return procedure.dose_units * drug.unit_size
    if drug.unit == "stick":
        return None if procedure.sticks is None else Decimal(procedure.sticks)
    return procedure.dose_mg if drug.unit == "mg" else None


def _tells_waste(visit: Visit, procedure: Procedure) -> bool:
    """JW and JZ are for single-dose containers, for Medicare and for payers that copy it."""
    wanted = visit.payer.drug_waste_modifiers
    if wanted is None:
        wanted = visit.payer.type is PayerType.MEDICARE
    package = (procedure.package or "").lower()
    return wanted and "single" in package


def _overlap(procedure: Procedure, billed: int) -> tuple[Finding, ...]:
    """Rounding up a dose already bills a part of what was discarded: both may not be billed (rulebook 5)."""
    if procedure.vial_units is None or billed <= procedure.vial_units:
        return ()
    says = "Given and discarded together are more than the container held; what was discarded after rounding?"
    return (ask(Flag.MUE_EXCEEDED, f"{procedure.path}.wasted_units", says),)
