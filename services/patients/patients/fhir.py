"""FHIR R4 in: Patient and Coverage resources become the register's own facts.

The profile is in docs/guides/fhir.md. `fhir.resources` checks the resource against FHIR itself (its R4B models are
those of R4 for these two); what the register needs beyond that is checked by the same models that the REST routes use.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fhir.resources.R4B.coverage import Coverage as FhirCoverage
from fhir.resources.R4B.patient import Patient as FhirPatient
from pydantic import ValidationError

from common.phi import Phi
from common.refusal import Invalid
from common.web import Creates, Today, needs
from patients import operations
from patients.models import CoverageIn, CoverageOut, PatientIn, PatientOut

router = APIRouter(prefix="/fhir/R4", tags=["fhir"])

SEX = {"female": "F", "male": "M"}
RELATIONSHIP = {"self": "self", "spouse": "spouse", "child": "child"}


@router.post("/Patient", status_code=201, dependencies=[needs("patients:write")])
async def patient(resource: dict[str, Any], uow: Creates, today: Today) -> PatientOut:
    """Register the patient of a FHIR R4 Patient resource."""
    body = patient_in(resource)
    registered = await operations.register(
        uow.answering(PatientOut.of),
        record_number=Phi(body.record_number),
        person=body.person(),
        phone=body.told_phone(),
        today=today,
    )
    return PatientOut.of(registered)


@router.post("/Coverage", status_code=201, dependencies=[needs("patients:write")])
async def coverage(resource: dict[str, Any], uow: Creates) -> CoverageOut:
    """Record the coverage of a FHIR R4 Coverage resource whose beneficiary is `Patient/<our id>`."""
    patient_id, body = coverage_in(resource)
    recorded = await operations.record_coverage(uow.answering(CoverageOut.of), patient_id, body.facts())
    return CoverageOut.of(recorded)


def patient_in(resource: dict[str, Any]) -> PatientIn:
    """Raises Invalid naming the element that is missing or wrong, never its value."""
    _checked(FhirPatient, resource)
    name = _first(resource.get("name"), "use", ("official", "usual"))
    address = _first(resource.get("address"), "use", ("home",))
    identifier = _first(resource.get("identifier"), "use", ("usual", "official"))
    phone = next((t for t in resource.get("telecom", ()) if t.get("system") == "phone"), {})
    lines = address.get("line") or [None]
    given = name.get("given") or [None]
    return _fitted(
        PatientIn,
        {
            "record_number": identifier.get("value"),
            "name": {
                "family": name.get("family"),
                "given": given[0],
                "middle": given[1] if given[1:] else None,
            },
            "birth_date": resource.get("birthDate"),
            "sex": SEX.get(resource.get("gender", ""), "U"),
            "address": {
                "line1": lines[0],
                "line2": lines[1] if lines[1:] else None,
                "city": address.get("city"),
                "state": address.get("state"),
                "zip": (address.get("postalCode") or "").replace("-", ""),
            },
            "phone": _digits(phone.get("value")),
        },
    )


def coverage_in(resource: dict[str, Any]) -> tuple[UUID, CoverageIn]:
    """The patient's id and the coverage. Raises Invalid naming the element that is missing or wrong."""
    _checked(FhirCoverage, resource)
    payor = (resource.get("payor") or [{}])[0]
    period = resource.get("period") or {}
    group = next((c.get("value") for c in resource.get("class", ()) if _code(c.get("type")) == "group"), None)
    body = _fitted(
        CoverageIn,
        {
            "payer_id": (payor.get("identifier") or {}).get("value"),
            "member_id": resource.get("subscriberId"),
            "group_number": group,
            "relationship": RELATIONSHIP.get(_code(resource.get("relationship")) or "self", "other"),
            "priority": resource.get("order", 1),
            "effective_from": period.get("start"),
            "effective_to": period.get("end"),
        },
    )
    return _patient_id((resource.get("beneficiary") or {}).get("reference")), body


def _patient_id(reference: str | None) -> UUID:
    try:
        return UUID((reference or "").removeprefix("Patient/"))
    except ValueError:
        raise Invalid(
            what="Coverage.beneficiary does not refer to a patient of this register.",
            how="Register the patient first, then use Patient/<the id you were given>.",
        ) from None


def _checked(model: type[FhirPatient] | type[FhirCoverage], resource: dict[str, Any]) -> None:
    try:
        model.model_validate(resource)
    except ValidationError as fault:
        raise _invalid("It is not a valid FHIR R4 resource", fault) from None


def _fitted(model: Any, values: dict[str, Any]) -> Any:
    try:
        return model.model_validate(values)
    except ValidationError as fault:
        raise _invalid("It lacks what the register needs", fault) from None


def _invalid(what: str, fault: ValidationError) -> Invalid:
    places = ", ".join(sorted({".".join(str(part) for part in error["loc"]) for error in fault.errors()}))
    return Invalid(what=f"{what}: {places}.", how="Correct these elements; docs/guides/fhir.md has the profile.")


def _first(items: Iterable[dict[str, Any]] | None, key: str, preferred: tuple[str, ...]) -> dict[str, Any]:
    found = list(items or ())
    for value in preferred:
        for item in found:
            if item.get(key) == value:
                return item
    return found[0] if found else {}


def _code(concept: dict[str, Any] | None) -> str | None:
    codings = (concept or {}).get("coding") or [{}]
    return codings[0].get("code")


def _digits(value: str | None) -> str | None:
    digits = "".join(character for character in value or "" if character.isdigit())
    return digits[-10:] if len(digits) >= 10 else None
