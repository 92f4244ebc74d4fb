"""Practitioner, Coverage and DocumentReference: who rendered the visit, who pays, and what is not read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codes.npi import is_valid_npi
from coding.domain.form import Complaint, Form, one_of
from coding.domain.visit import PayerType
from coding.fhir import elements
from coding.fhir.elements import COMMON

US_NPI = "http://hl7.org/fhir/sid/us-npi"
PAYER_TYPES = "https://dermbill.org/fhir/CodeSystem/payer-type"
# The register of patients has the card; a visit only needs to know what kind of payer it is coded for.
_CARD = (
    "identifier", "policyHolder", "subscriber", "subscriberId", "dependent", "relationship", "period", "payor", "class",
    "order", "network",
)  # fmt: skip
_DOCUMENT = (
    "masterIdentifier", "identifier", "docStatus", "type", "category", "date", "author", "custodian", "description",
    "content", "context",
)  # fmt: skip


def practitioner(item: Form) -> str | None:
    """The NPI of a clinician, whose name and qualifications are not kept."""
    item.knows(*COMMON, "identifier", "active", "name", "qualification")
    found: list[str | None] = []
    for identifier in item.items("identifier", 1):
        found.append(npi(identifier, "use", "type"))
    if not found:
        item.faults.add(item.at("identifier"), "is needed")
        return None
    return found[0]


def npi(identifier: Form, *beside: str) -> str | None:
    identifier.knows("system", "value", *beside)
    identifier.needs("system", one_of(US_NPI))
    return identifier.needs("value", _read_npi)


def coverage(item: Form, subject: str | None) -> tuple[str | None, str]:
    """The kind of payer, and where it stands."""
    item.knows(*COMMON, "status", "type", "beneficiary", *_CARD)
    item.needs("status", one_of("active"))
    beneficiary = elements.reference(item, "beneficiary", required=True)
    if beneficiary is not None and beneficiary != subject:
        item.faults.add(item.at("beneficiary.reference"), "must be the subject of the Encounter")
    concept = item.child("type", "coding", "text", required=True)
    return (concept and elements.one_code(concept, PAYER_TYPES, *PayerType)), item.at("type.coding[0].code")


def document(item: Form, subject: str | None) -> None:
    """A note or an image: of the patient, accepted and not kept."""
    item.knows(*COMMON, "status", "subject", *_DOCUMENT)
    item.needs("status", one_of("current"))
    whose = elements.reference(item, "subject", required=True)
    if whose is not None and whose != subject:
        item.faults.add(item.at("subject.reference"), "must be the subject of the Encounter")


def with_payer(facts: dict[str, Any], kind: str, path: str, places: dict[str, str], encounter: Form) -> None:
    """Put the kind of payer of a Coverage among the facts of the visit."""
    payer: Mapping[str, Any] = facts.get("payer") or {}
    if payer.get("type") not in (None, kind):
        encounter.faults.add(path, "does not agree with the payer extension of the Encounter")
    facts["payer"] = {**payer, "type": kind}
    places |= {"payer.type": path, "payer": places.get("payer", path)}


def _read_npi(value: Any) -> str:
    if not isinstance(value, str) or not is_valid_npi(value):
        raise Complaint("must be an NPI: ten digits, the last of which checks the others")
    return value
