"""The FHIR Bundle of a request, and of an inquiry about one (Da Vinci PAS), made of the same question as the 278.

The same question gives the same bytes, so that asking again under one key is asking the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import x12
from authorizations.domain.counting import CertifiedService

Resource = dict[str, Any]

EXTENSIONS = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"
X12_CODES = "https://codesystem.x12.org/005010/"
TRACES = "https://dermbill.org/fhir/NamingSystem/authorization-trace"
MEMBERS = "https://dermbill.org/fhir/NamingSystem/member-id"
PAYERS = "https://dermbill.org/fhir/NamingSystem/payer-id"
NPI = "http://hl7.org/fhir/sid/us-npi"
CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
PLACES = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
TEMPORARY = "http://hl7.org/fhir/us/davinci-pas/CodeSystem/PASTempCodes"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
_GENDERS: Mapping[str, str] = {"F": "female", "M": "male"}
_CANCEL = "3"
_EARLIER_NUMBER, _EVENT_DATE = "BB", "AAH"


def bundle_of(question: x12.AuthorizationRequest) -> str:
    """The body of `Claim/$submit`: the Claim first, then everything that it refers to."""
    return _bundle(question, "profile-pas-request-bundle", _request(question))


def inquiry_of(question: x12.AuthorizationRequest) -> str:
    """The body of `Claim/$inquire`: the same patient, payer, services and trace number, and what holds of them now."""
    claim = _claim(question, "profile-claim-inquiry") | {"item": list(_items(question, with_details=False))}
    return _bundle(question, "profile-pas-inquiry-request-bundle", claim)


def _bundle(question: x12.AuthorizationRequest, profile: str, claim: Resource) -> str:
    entries = [{"fullUrl": _url(question, "claim"), "resource": claim}, *_others(question)]
    bundle = {
        "resourceType": "Bundle",
        "id": _id(question, profile),
        "meta": {"profile": [EXTENSIONS + profile]},
        "identifier": {"system": TRACES, "value": question.head.reference},
        "type": "collection",
        "timestamp": _moment(question.head.created),
        "entry": entries,
    }
    return json.dumps(bundle, ensure_ascii=False, separators=(",", ":"))


def _claim(question: x12.AuthorizationRequest, profile: str) -> Resource:
    urgency = question.event.review.urgency if question.event and question.event.review else ""
    level = [_extension("levelOfServiceCode", valueCodeableConcept=_concept(X12_CODES + "1338", urgency))]
    return {
        "resourceType": "Claim",
        "id": _id(question, "claim"),
        "meta": {"profile": [EXTENSIONS + profile]},
        **({"extension": level} if urgency else {}),
        "identifier": [{"system": TRACES, "value": question.trace}],
        "status": "active",
        "type": _concept(TERMINOLOGY + "claim-type", "professional"),
        "use": "preauthorization",
        "patient": _reference(question, "patient"),
        "created": _moment(question.head.created),
        "insurer": _reference(question, "insurer"),
        "provider": _reference(question, "requester"),
        "priority": _concept(TERMINOLOGY + "processpriority", "stat" if urgency else "normal"),
        "insurance": [{"sequence": 1, "focal": True, "coverage": _reference(question, "coverage")}],
    }


def _request(question: x12.AuthorizationRequest) -> Resource:
    event = question.event or x12.PatientEvent()
    team = [
        {
            "extension": [_extension("careTeamClaimScope", valueBoolean=True)],
            "sequence": place,
            "provider": _reference(question, f"practitioner-{place}"),
            "role": _concept(X12_CODES + "98", each.role),
        }
        for place, each in enumerate(event.providers, start=1)
    ]
    diagnoses = [
        {"sequence": place, "diagnosisCodeableConcept": _concept(ICD_10_CM, _dotted(each.code))}
        for place, each in enumerate(event.diagnoses, start=1)
    ]
    reports = [_report(place, each) for place, each in enumerate(event.attachments, start=1)]
    told = {"careTeam": team, "diagnosis": diagnoses, "supportingInfo": reports}
    claim = _claim(question, "profile-claim") | {name: each for name, each in told.items() if each}
    return claim | {"item": list(_items(question))}


def _report(place: int, attachment: x12.Attachment) -> Resource:
    """A report that goes with the request, as PWK has it."""
    parts = [
        {"url": "reportTypeCode", "valueCodeableConcept": _concept(X12_CODES + "755", attachment.report_type)},
        {"url": "transmissionMethod", "valueCodeableConcept": _concept(X12_CODES + "756", attachment.transmission)},
        {"url": "controlNumber", "valueString": attachment.control_number},
    ]
    return {
        "extension": [_extension("documentInformation", extension=parts)],
        "sequence": place,
        "category": _concept(TEMPORARY, "additionalInformation"),
    }


def _items(question: x12.AuthorizationRequest, *, with_details: bool = True) -> Iterator[Resource]:
    event = question.event or x12.PatientEvent()
    review = event.review or x12.Review("HS")
    told = [
        _extension("serviceItemRequestType", valueCodeableConcept=_concept(X12_CODES + "1525", review.category)),
        _extension("certificationType", valueCodeableConcept=_concept(X12_CODES + "1322", review.certification)),
    ]
    earlier = [each.value for each in event.references if each.qualifier == _EARLIER_NUMBER]
    told += [_extension("authorizationNumber", valueString=number) for number in earlier]
    dates = next((each for each in event.dates if each.qualifier == _EVENT_DATE), None)
    details: Resource = {}
    if with_details:
        pointers = {
            "careTeamSequence": list(range(1, len(event.providers) + 1)),
            "diagnosisSequence": list(range(1, len(event.diagnoses) + 1)),
        }
        details = {name: each for name, each in pointers.items() if each}
        details |= {"locationCodeableConcept": _concept(PLACES, review.place)} if review.place else {}
    if review.certification == _CANCEL:
        url = EXTENSIONS + "modifierextension-infoCancelled"
        details["modifierExtension"] = [{"url": url, "valueBoolean": True}]
    for place, line in enumerate(services_of(question), start=1):
        yield {
            "extension": told,
            "sequence": place,
            "productOrService": _concept(CPT if line.code[:1].isdigit() else HCPCS, line.code),
            **details,
            **(_served(dates) if dates else {}),
            **({"quantity": {"value": line.units}} if line.units is not None else {}),
        }


def services_of(question: x12.AuthorizationRequest) -> list[CertifiedService]:
    """What is asked for, in the order of the items' sequence numbers."""
    services = question.event.services if question.event else ()
    lines = [each.line for each in services if each.line is not None]
    return [
        CertifiedService(line.procedure.code, int(line.quantity) if line.quantity is not None else None)
        for line in lines
        if line.procedure is not None
    ]


def _others(question: x12.AuthorizationRequest) -> Iterator[Resource]:
    payer, requester = question.payer.party, question.requester.party
    yield _entry(question, "requester", _organization(requester, NPI, "1P", "profile-requestor"))
    yield _entry(question, "insurer", _organization(payer, PAYERS, "PR", "profile-insurer"))
    yield _entry(question, "coverage", _coverage(question))
    yield _entry(question, "patient", _patient(question.patient, "profile-beneficiary"))
    if question.dependent is not None:
        yield _entry(question, "subscriber", _patient(question.subscriber, "profile-subscriber"))
    for place, each in enumerate(question.event.providers if question.event else (), start=1):
        practitioner = {
            "resourceType": "Practitioner",
            "meta": {"profile": [EXTENSIONS + "profile-practitioner"]},
            "identifier": [{"system": NPI, "value": each.party.id}],
        }
        yield _entry(question, f"practitioner-{place}", practitioner)


def _coverage(question: x12.AuthorizationRequest) -> Resource:
    """The relationship is told where it is known: the patient is the subscriber, or another."""
    own = question.dependent is None
    relationship = {
        "coding": [
            {"system": TERMINOLOGY + "subscriber-relationship", "code": "self"},
            {"system": X12_CODES + "1069", "code": "18"},
        ]
    }
    return {
        "resourceType": "Coverage",
        "meta": {"profile": [EXTENSIONS + "profile-coverage"]},
        "status": "active",
        "subscriber": _reference(question, "patient" if own else "subscriber"),
        "subscriberId": question.subscriber.person.party.id,
        "beneficiary": _reference(question, "patient"),
        **({"relationship": relationship} if own else {}),
        "payor": [_reference(question, "insurer")],
    }


def _patient(member: x12.Member, profile: str) -> Resource:
    person = member.person
    party = person.party
    given = [name for name in (party.first, party.middle) if name]
    return {
        "resourceType": "Patient",
        "meta": {"profile": [EXTENSIONS + profile]},
        **({"identifier": [{"system": MEMBERS, "value": party.id}]} if party.id else {}),
        "name": [{"family": party.name, **({"given": given} if given else {})}],
        "gender": _GENDERS.get(person.sex, "unknown"),
        **({"birthDate": person.birth_date.isoformat()} if person.birth_date else {}),
    }


def _organization(party: x12.Party, system: str, kind: str, profile: str) -> Resource:
    return {
        "resourceType": "Organization",
        "meta": {"profile": [EXTENSIONS + profile]},
        "identifier": [{"system": system, "value": party.id}],
        "active": True,
        "type": [_concept(X12_CODES + "98", kind)],
        "name": party.name,
    }


def _entry(question: x12.AuthorizationRequest, part: str, resource: Resource) -> Resource:
    named = {"resourceType": resource["resourceType"], "id": _id(question, part), **resource}
    return {"fullUrl": _url(question, part), "resource": named}


def _served(dates: x12.DatedEvent) -> Resource:
    if dates.end is None:
        return {"servicedDate": dates.start.isoformat()}
    return {"servicedPeriod": {"start": dates.start.isoformat(), "end": dates.end.isoformat()}}


def _id(question: x12.AuthorizationRequest, part: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{TRACES}/{question.trace}/{part}"))


def _url(question: x12.AuthorizationRequest, part: str) -> str:
    return f"urn:uuid:{_id(question, part)}"


def _reference(question: x12.AuthorizationRequest, part: str) -> Resource:
    return {"reference": _url(question, part)}


def _concept(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def _extension(name: str, **value: Any) -> Resource:
    return {"url": f"{EXTENSIONS}extension-{name}", **value}


def _dotted(code: str) -> str:
    """A 278 has the codes of ICD-10-CM without their point, FHIR with it, after the third character."""
    return f"{code[:3]}.{code[3:]}" if len(code) > 3 else code


def _moment(moment: datetime) -> str:
    return moment.replace(tzinfo=UTC).isoformat()
