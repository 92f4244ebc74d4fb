"""The words that FHIR Bundles of Da Vinci PAS are made of: systems of codes, and the small parts of resources."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

Resource = dict[str, Any]

EXTENSIONS = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"
X12_CODES = "https://codesystem.x12.org/005010/"
KINDS = X12_CODES + "1365"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
TEMPORARY = "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes"
TRACES = "https://dermbill.org/fhir/NamingSystem/authorization-trace"
MEMBERS = "https://dermbill.org/fhir/NamingSystem/member-id"
PATIENTS = "https://dermbill.org/fhir/NamingSystem/patient-number"
PAYERS = "https://dermbill.org/fhir/NamingSystem/payer-id"
REPORTS = "https://dermbill.org/fhir/NamingSystem/report-control-number"
ORIGINATORS = "https://dermbill.org/fhir/NamingSystem/trace-originator"
NPI = "http://hl7.org/fhir/sid/us-npi"
TAX_NUMBERS = "http://terminology.hl7.org/NamingSystem/USEIN"
TAXONOMY = "http://nucc.org/provider-taxonomy"
CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
PLACES = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
INFO_CANCELLED = EXTENSIONS + "modifierextension-infoCancelled"


class Entries:
    """The resources of one Bundle beside its Claim: what is added twice is there once.

    Addresses are made of the Bundle's trace number and of the resource itself, so that the same question gives the same
    bytes.
    """

    def __init__(self, trace: str) -> None:
        self._trace = trace
        self._resources: dict[str, Resource] = {}

    def add(self, resource: Resource) -> Resource:
        """A reference to it."""
        id = _id(self._trace, json.dumps(resource, sort_keys=True))
        self._resources[id] = {"resourceType": resource["resourceType"], "id": id, **resource}
        return reference(id)

    @property
    def entries(self) -> list[Resource]:
        """In the order in which they were added."""
        return [entry(resource) for resource in self._resources.values()]


def claim_id(trace: str) -> str:
    """The same wherever the request with that trace number is spoken of."""
    return _id(trace, "claim")


def entry(resource: Resource) -> Resource:
    return {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}


def reference(id: str) -> Resource:
    return {"reference": f"urn:uuid:{id}"}


def bundle_id(trace: str, profile: str) -> str:
    return _id(trace, profile)


def concept(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def extension(name: str, **value: Any) -> Resource:
    return {"url": f"{EXTENSIONS}extension-{name}", **value}


def profile(name: str) -> Resource:
    return {"profile": [EXTENSIONS + name]}


def moment(moment: datetime) -> str:
    """A 278 has times in UTC without saying so."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def dotted(code: str) -> str:
    """A 278 has the codes of ICD-10-CM without their point, FHIR with it, after the third character."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


def counted(units: int) -> Resource:
    """Units of service, which UCUM counts in ones."""
    return {"value": units, "unit": "unit", "system": "http://unitsofmeasure.org", "code": "1"}


def procedure(code: str) -> Resource:
    return concept(CPT if code[:1].isdigit() else HCPCS, code)


def _id(trace: str, part: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{TRACES}/{trace}/{part}"))
