"""Who is in a request over FHIR: the payer, who asks, whose coverage it is, the patient, and the clinicians."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import x12
from authorizations.operations.pas_words import (
    MEMBERS,
    NPI,
    PATIENTS,
    PAYERS,
    TAX_NUMBERS,
    TAXONOMY,
    TERMINOLOGY,
    X12_CODES,
    Entries,
    Resource,
    concept,
    profile,
)

_GENDERS: Mapping[str, str] = {"F": "female", "M": "male"}
_SERVICE_PROVIDER = "SJ"
_TAX_NUMBER, _PATIENT_NUMBER, _TELEPHONE = "EI", "EJ", "TE"
# INS02 and the words of FHIR for it.
_OWN = "18"
_RELATIONSHIPS: Mapping[str, str] = {_OWN: "self", "01": "spouse", "19": "child"}
_COUNTRY = "US"


@dataclass(frozen=True, slots=True)
class Parties:
    """References to who is in a request; `team` in the order of the event's providers."""

    requester: Resource
    insurer: Resource
    coverage: Resource
    patient: Resource
    team: tuple[Resource, ...]
    clinicians: tuple[Resource, ...]


def parties_of(question: x12.AuthorizationRequest, entries: Entries) -> Parties:
    """Put everybody among the entries of a Bundle."""
    requester = entries.add(_requester(question.requester.party))
    insurer = entries.add(_organization(question.payer.party, PAYERS, "PR", "profile-insurer"))
    patient = entries.add(_person(question.patient, "profile-beneficiary"))
    subscriber = patient
    if question.dependent is not None:
        subscriber = entries.add(_person(question.subscriber, "profile-subscriber"))
    coverage = entries.add(_coverage(question, patient, subscriber, insurer))
    providers = question.event.providers if question.event else ()
    clinicians = tuple(entries.add(_practitioner(each.party)) for each in providers)
    practice = question.requester.party
    here: Resource = {"organization": requester, **_reached(practice)}
    if practice.address is not None:
        here["location"] = [entries.add(_office(practice))]
    team = tuple(
        entries.add(_role(each, clinician, here)) for each, clinician in zip(providers, clinicians, strict=True)
    )
    return Parties(requester, insurer, coverage, patient, team, clinicians)


def _coverage(
    question: x12.AuthorizationRequest, patient: Resource, subscriber: Resource, insurer: Resource
) -> Resource:
    """The relationship is told where it is known."""
    relation = _OWN if question.dependent is None else question.dependent.relationship
    codings = [
        {"system": TERMINOLOGY + "subscriber-relationship", "code": _RELATIONSHIPS.get(relation, "other")},
        {"system": X12_CODES + "1069", "code": relation},
    ]
    member_id = question.subscriber.person.party.id
    return {
        "resourceType": "Coverage",
        "meta": profile("profile-coverage"),
        "identifier": [{"type": concept(TERMINOLOGY + "v2-0203", "MB"), "system": MEMBERS, "value": member_id}],
        "status": "active",
        "subscriber": subscriber,
        "subscriberId": member_id,
        "beneficiary": patient,
        **({"relationship": {"coding": codings}} if relation else {}),
        "payor": [insurer],
    }


def _person(member: x12.Member, kind: str) -> Resource:
    person, party = member.person, member.person.party
    given = [name for name in (party.first, party.middle) if name]
    number = party.reference(_PATIENT_NUMBER)
    identifiers = [{"system": MEMBERS, "value": party.id}] if party.id else []
    identifiers += [{"system": PATIENTS, "value": number}] if number else []
    return {
        "resourceType": "Patient",
        "meta": profile(kind),
        **({"identifier": identifiers} if identifiers else {}),
        "name": [{"family": party.name, **({"given": given} if given else {})}],
        "gender": _GENDERS.get(person.sex, "unknown"),
        **({"birthDate": person.birth_date.isoformat()} if person.birth_date else {}),
        **_located(party.address),
    }


def _requester(party: x12.Party) -> Resource:
    told = _organization(party, NPI, "1P", "profile-requestor")
    tax_number = party.reference(_TAX_NUMBER)
    if tax_number:
        told["identifier"].append({"system": TAX_NUMBERS, "value": tax_number})
    phones = _phones(party)
    if phones:
        told["contact"] = [{"name": {"text": name}, "telecom": [phone]} for name, phone in phones]
    return told | _reached(party) | _located(party.address)


def _office(party: x12.Party) -> Resource:
    """Where the practice is; the place of service stands at each item."""
    located = _located(party.address)
    [address] = located["address"]
    return {"resourceType": "Location", "meta": profile("profile-location"), "name": party.name, "address": address}


def _phones(party: x12.Party) -> list[tuple[str, Resource]]:
    """Whom to ask, and by which number."""
    return [
        (contact.name, {"system": "phone", "value": number, "use": "work"})
        for contact in party.contacts
        for kind, number in contact.numbers
        if kind == _TELEPHONE
    ]


def _reached(party: x12.Party) -> Resource:
    phones = [phone for _, phone in _phones(party)]
    return {"telecom": phones} if phones else {}


def _organization(party: x12.Party, system: str, kind: str, name: str) -> Resource:
    return {
        "resourceType": "Organization",
        "meta": profile(name),
        "identifier": [{"system": system, "value": party.id}],
        "active": True,
        "type": [concept(X12_CODES + "98", kind)],
        "name": party.name,
    }


def _practitioner(party: x12.Party) -> Resource:
    """Without a name where the register of clinicians has none for the NPI."""
    name = {"family": party.name, **({"given": [party.first]} if party.first else {})}
    return {
        "resourceType": "Practitioner",
        "meta": profile("profile-practitioner"),
        "identifier": [{"system": NPI, "value": party.id}],
        **({"name": [name]} if party.name else {}),
    }


def _role(each: x12.EventParty, clinician: Resource, here: Resource) -> Resource:
    """Who treats does so for the practice that asks; who refers is of another."""
    return {
        "resourceType": "PractitionerRole",
        "meta": profile("profile-practitionerrole"),
        "practitioner": clinician,
        **(here if each.role == _SERVICE_PROVIDER else {}),
        **({"specialty": [concept(TAXONOMY, each.party.taxonomy)]} if each.party.taxonomy else {}),
    }


def _located(address: x12.Address | None) -> Resource:
    if address is None:
        return {}
    return {
        "address": [
            {
                "line": [line for line in (address.line1, address.line2) if line],
                "city": address.city,
                "state": address.state,
                "postalCode": address.postal_code,
                "country": _COUNTRY,
            }
        ]
    }
