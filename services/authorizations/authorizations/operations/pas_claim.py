"""The Claim of a request over FHIR, and what of it changed since the one before (PAS Claim and Claim Update)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import x12
from authorizations.domain.counting import CertifiedService
from authorizations.domain.service_types import CONSULTATION, service_type
from authorizations.domain.wish import Course
from authorizations.operations.pas_parties import Parties
from authorizations.operations.pas_words import (
    ICD_10_CM,
    INFO_CANCELLED,
    KINDS,
    ORIGINATORS,
    PLACES,
    REPORTS,
    TAXONOMY,
    TEMPORARY,
    TERMINOLOGY,
    TRACES,
    X12_CODES,
    Entries,
    Resource,
    claim_id,
    concept,
    counted,
    dotted,
    extension,
    moment,
    procedure,
    profile,
    reference,
)

CANCEL = "3"
_REFERRAL = "SC"
_EARLIER_NUMBER, _ADMINISTRATIVE_NUMBER, _EVENT_DATE = "BB", "NT", "AAH"
_VISITS = "VS"
_CHANGED, _ADDED = "changed", "added"


def services_of(question: x12.AuthorizationRequest) -> list[CertifiedService]:
    """What is asked for, in the order of the items' sequence numbers."""
    services = question.event.services if question.event else ()
    lines = [each.line for each in services if each.line is not None]
    return [
        CertifiedService(line.procedure.code, int(line.quantity) if line.quantity is not None else None)
        for line in lines
        if line.procedure is not None
    ]


def head_of(question: x12.AuthorizationRequest, parties: Parties, name: str) -> Resource:
    """What every Claim says, whatever it is for."""
    urgency = question.event.review.urgency if question.event and question.event.review else ""
    level = [extension("levelOfServiceCode", valueCodeableConcept=concept(X12_CODES + "1338", urgency))]
    return {
        "resourceType": "Claim",
        "id": claim_id(question.trace),
        "meta": profile(name),
        **({"extension": level} if urgency else {}),
        "identifier": [_number(question)],
        "status": "active",
        "type": concept(TERMINOLOGY + "claim-type", "professional"),
        "use": "preauthorization",
        "patient": parties.patient,
        "created": moment(question.head.created),
        "insurer": parties.insurer,
        "provider": parties.requester,
        "priority": concept(TERMINOLOGY + "processpriority", "stat" if urgency else "normal"),
        "insurance": [{"sequence": 1, "focal": True, "coverage": parties.coverage}],
    }


def _number(question: x12.AuthorizationRequest) -> Resource:
    """TRN: our number of the request, and who gives it (TRN03)."""
    traces = question.event.traces if question.event else ()
    originator = traces[0].originator if traces else ""
    assigner = {"assigner": {"identifier": {"system": ORIGINATORS, "value": originator}}} if originator else {}
    return {"system": TRACES, "value": question.trace, **assigner}


def request_of(
    question: x12.AuthorizationRequest, parties: Parties, entries: Entries, course: Course | None
) -> Resource:
    """The Claim of a request as such."""
    event = question.event or x12.PatientEvent()
    told = {
        "careTeam": [
            _member(place, *each) for place, each in enumerate(zip(event.providers, parties.team, strict=True), 1)
        ],
        "diagnosis": [_diagnosis(place, each) for place, each in enumerate(event.diagnoses, start=1)],
        "supportingInfo": list(_information(event, event.attachments)),
    }
    claim = head_of(question, parties, "profile-claim") | {name: each for name, each in told.items() if each}
    pointers = {
        "careTeamSequence": _sequences(claim.get("careTeam", ())),
        "diagnosisSequence": _sequences(claim.get("diagnosis", ())),
        "informationSequence": _sequences(claim.get("supportingInfo", ())),
    }
    pointed = {name: each for name, each in pointers.items() if each}
    claim["item"] = [
        {**item, **pointed, "extension": [*item["extension"], _ordered(question, line, parties, entries, course)]}
        for item, line in zip(items_of(question), lines_of(question), strict=True)
    ]
    return claim


def update_of(
    question: x12.AuthorizationRequest, earlier: x12.AuthorizationRequest, claim: Resource, before: Resource
) -> Resource:
    """The same Claim as a change of the one `before`, which the payer took: what is new, other, or to be no more."""
    known = [item["productOrService"] for item in before["item"]]
    asked = [item["productOrService"] for item in claim["item"]]
    items = [_changing(item, _CHANGED if item["productOrService"] in known else _ADDED) for item in claim["item"]]
    gone = [item for item in before["item"] if item["productOrService"] not in asked]
    items += [_cancelled(question, item, sequence) for sequence, item in enumerate(gone, start=len(claim["item"]) + 1)]
    prior = {
        "claim": reference(claim_id(earlier.trace)),
        "relationship": concept(TERMINOLOGY + "ex-relatedclaimrelationship", "prior"),
    }
    information = _informed(claim.get("supportingInfo", ()), before.get("supportingInfo", ()))
    return {
        **claim,
        "meta": profile("profile-claim-update"),
        "related": [prior],
        **({"supportingInfo": information} if information else {}),
        "item": items,
    }


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is asked for: the product, its kind (data element 1365) and its units; `code` where it has one."""

    product: Resource
    kind: str
    units: int | None
    code: str = ""


def lines_of(question: x12.AuthorizationRequest) -> list[Line]:
    """The services; or, of a referral that names none, the visits."""
    event = question.event or x12.PatientEvent()
    referral = event.review is not None and event.review.category == _REFERRAL
    lines = [
        Line(procedure(each.code), service_type(each.code, referral=referral), each.units, each.code)
        for each in services_of(question)
    ]
    if lines:
        return lines
    visits = [each.quantity for each in event.deliveries if each.quantity_qualifier == _VISITS and each.quantity]
    return [Line(concept(KINDS, CONSULTATION), CONSULTATION, int(visits[0]) if visits else None)]


def items_of(question: x12.AuthorizationRequest) -> Iterator[Resource]:
    """One item for each service, as far as inquiries and requests say the same of it."""
    event = question.event or x12.PatientEvent()
    review = event.review or x12.Review("HS")
    dates = next((each for each in event.dates if each.qualifier == _EVENT_DATE), None)
    for place, line in enumerate(lines_of(question), start=1):
        item: Resource = {
            "extension": list(_about(question, event, review, place)),
            "sequence": place,
            "category": concept(KINDS, line.kind),
            "productOrService": line.product,
            **({"locationCodeableConcept": concept(PLACES, review.place)} if review.place else {}),
            **(_days("serviced", dates) if dates else {}),
            **({"quantity": counted(line.units)} if line.units is not None else {}),
        }
        if review.certification == CANCEL:
            item["modifierExtension"] = [{"url": INFO_CANCELLED, "valueBoolean": True}]
        yield item


def _about(
    question: x12.AuthorizationRequest, event: x12.PatientEvent, review: x12.Review, place: int
) -> Iterator[Resource]:
    """Our own number of the item, what is asked of the payer, and the numbers that it gave before."""
    number = {"system": TRACES, "value": f"{question.trace}-{place}"}
    yield extension("itemTraceNumber", valueIdentifier=number)
    yield extension("serviceItemRequestType", valueCodeableConcept=concept(X12_CODES + "1525", review.category))
    yield extension("certificationType", valueCodeableConcept=concept(X12_CODES + "1322", review.certification))
    for each in event.references:
        if each.qualifier == _EARLIER_NUMBER:
            yield extension("authorizationNumber", valueString=each.value)
        elif each.qualifier == _ADMINISTRATIVE_NUMBER:
            yield extension("administrationReferenceNumber", valueString=each.value)


def _ordered(
    question: x12.AuthorizationRequest,
    line: Line,
    parties: Parties,
    entries: Entries,
    course: Course | None,
) -> Resource:
    """What the clinician orders: a drug that is given in a course, or a service."""
    event = question.event or x12.PatientEvent()
    clinician = parties.clinicians[0] if parties.clinicians else parties.requester
    if course is not None and course.drug == line.code:
        order = _prescribed(question, line, parties.patient, clinician, course)
    else:
        dates = next((each for each in event.dates if each.qualifier == _EVENT_DATE), None)
        order: Resource = {
            "resourceType": "ServiceRequest",
            "meta": profile("profile-servicerequest"),
            "status": "active",
            "intent": "order",
            "code": line.product,
            **({"quantityQuantity": counted(line.units)} if line.units is not None else {}),
            "subject": parties.patient,
            **(_days("occurrence", dates) if dates else {}),
            "requester": clinician,
        }
    return extension("requestedService", valueReference=entries.add(order))


def _prescribed(
    question: x12.AuthorizationRequest,
    line: Line,
    patient: Resource,
    clinician: Resource,
    course: Course,
) -> Resource:
    timing = {"repeat": {"frequency": 1, "period": course.every_days, "periodUnit": "d"}}
    quantity = {"dispenseRequest": {"quantity": counted(line.units)}} if line.units is not None else {}
    return {
        "resourceType": "MedicationRequest",
        "meta": profile("profile-medicationrequest"),
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": procedure(course.drug),
        "subject": patient,
        "authoredOn": moment(question.head.created),
        "requester": clinician,
        "dosageInstruction": [{"text": course.dose, "timing": timing}],
        **quantity,
    }


def _member(place: int, each: x12.EventParty, role: Resource) -> Resource:
    return {
        "extension": [extension("careTeamClaimScope", valueBoolean=True)],
        "sequence": place,
        "provider": role,
        "role": concept(X12_CODES + "98", each.role),
        **({"qualification": concept(TAXONOMY, each.party.taxonomy)} if each.party.taxonomy else {}),
    }


def _diagnosis(place: int, each: x12.EventDiagnosis) -> Resource:
    principal = {"type": [concept(TEMPORARY, "principal")]} if each.qualifier == "ABK" else {}
    return {"sequence": place, "diagnosisCodeableConcept": concept(ICD_10_CM, dotted(each.code)), **principal}


def _information(event: x12.PatientEvent, attachments: Sequence[x12.Attachment]) -> Iterator[Resource]:
    """The days of the event, and the reports that go with it."""
    dates = next((each for each in event.dates if each.qualifier == _EVENT_DATE), None)
    if dates is not None:
        yield {"sequence": 1, "category": concept(TEMPORARY, "patientEvent"), **_days("timing", dates)}
    for place, each in enumerate(attachments, start=1 if dates is None else 2):
        yield _report(place, each)


def _report(place: int, attachment: x12.Attachment) -> Resource:
    """A report that goes with the request, as PWK has it; it is known by its control number."""
    parts = [
        {"url": "reportTypeCode", "valueCodeableConcept": concept(X12_CODES + "755", attachment.report_type)},
        {"url": "transmissionMethod", "valueCodeableConcept": concept(X12_CODES + "756", attachment.transmission)},
        {"url": "controlNumber", "valueString": attachment.control_number},
    ]
    number = {"system": REPORTS, "value": attachment.control_number}
    return {
        "extension": [extension("documentInformation", extension=parts)],
        "sequence": place,
        "category": concept(TEMPORARY, "additionalInformation"),
        "valueReference": {"type": "DocumentReference", "identifier": number},
    }


def _informed(now: Collection[Resource], before: Collection[Resource]) -> list[Resource]:
    """What goes with an update: what is new or other is marked, and what was sent before stays."""
    known = [_unnumbered(each) for each in before]
    kinds = [each["category"] for each in before]
    told: list[Resource] = []
    for each in now:
        if _unnumbered(each) in known:
            told.append(each)
        else:
            of_the_event = "valueReference" not in each and each["category"] in kinds
            told.append(_changing(each, _CHANGED if of_the_event else _ADDED))
    said = [_unnumbered(each) for each in now]
    stays = [each for each in before if "valueReference" in each and _unnumbered(each) not in said]
    return told + [each | {"sequence": place} for place, each in enumerate(stays, start=len(told) + 1)]


def _cancelled(question: x12.AuthorizationRequest, item: Resource, sequence: int) -> Resource:
    """An item of the earlier Claim that is asked for no more; what it pointed at stands in that Claim."""
    pointers = ("careTeamSequence", "diagnosisSequence", "informationSequence")
    kept = {name: each for name, each in item.items() if name not in pointers}
    event = question.event or x12.PatientEvent()
    review = event.review or x12.Review("HS")
    about = list(_about(question, event, x12.Review(review.category, CANCEL), sequence))
    return _changing({**kept, "extension": about, "sequence": sequence}, _CHANGED) | {
        "modifierExtension": [{"url": INFO_CANCELLED, "valueBoolean": True}]
    }


def _changing(part: Resource, how: str) -> Resource:
    return {**part, "extension": [*part.get("extension", ()), extension("infoChanged", valueCode=how)]}


def _unnumbered(part: Resource) -> Resource:
    return {name: value for name, value in part.items() if name != "sequence"}


def _sequences(parts: Collection[Resource]) -> list[int]:
    return list(range(1, len(parts) + 1))


def _days(name: str, dates: x12.DatedEvent) -> Resource:
    """A day or a span, in the choice of types that FHIR has for it."""
    if dates.end is None:
        if name == "occurrence":
            return {"occurrenceDateTime": dates.start.isoformat()}
        return {f"{name}Date": dates.start.isoformat()}
    return {f"{name}Period": {"start": dates.start.isoformat(), "end": dates.end.isoformat()}}
