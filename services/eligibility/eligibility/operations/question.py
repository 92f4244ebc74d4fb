"""The 270 of a check, and what makes two questions equal."""

from __future__ import annotations

from datetime import UTC, datetime

import x12
from common.phi import Phi
from eligibility.domain.check import CoverageCheck
from eligibility.domain.registers import AskingProvider, Payer
from eligibility.operations.patient_facts import Coverage, PatientFacts, Person

# INS02 of a dependent (loop 2100D); anything else that a patient can be to a subscriber is G8.
RELATIONSHIPS = {"spouse": "01", "child": "19"}
OTHER_RELATIONSHIP = "G8"
SELF = "self"
SERVICE_DATE = "291"
PERSON = "1"


def question_of(
    check: CoverageCheck, facts: PatientFacts, coverage: Coverage, payer: Payer, asking: AskingProvider, now: datetime
) -> x12.EligibilityInquiry:
    """What is asked (005010X279A1): payer, asking provider, subscriber, the dependent where the patient is one."""
    is_self = coverage.relationship == SELF or coverage.subscriber is None
    patient = x12.Member(
        _person(facts.patient, coverage.member_id if is_self else None),
        entity="IL" if is_self else "03",
        is_subscriber="" if is_self else "N",
        relationship="" if is_self else RELATIONSHIPS.get(coverage.relationship, OTHER_RELATIONSHIP),
        traces=(x12.Trace(trace_of(check), "1", f"9{asking.npi[:9]}"),),
        dates=(x12.DatedEvent(SERVICE_DATE, check.on),),
    )
    subscriber = patient if is_self else x12.Member(_person(coverage.subscriber or facts.patient, coverage.member_id))
    return x12.EligibilityInquiry(
        head=x12.TransactionHead(
            check.id.hex, now.astimezone(UTC).replace(tzinfo=None, second=0, microsecond=0), "0022", "13"
        ),
        source=x12.InformationSource(x12.Party(payer.name, id_qualifier="PI", id=payer.payer_id)),
        receiver=x12.InformationReceiver(x12.Party(asking.name, id_qualifier="XX", id=asking.npi)),
        subscriber=subscriber,
        dependent=None if is_self else patient,
        services=(x12.ServiceInquiry(check.service_types),),
    )


def trace_of(check: CoverageCheck) -> str:
    """TRN02: the payer repeats it, and so the answer is known to be of this question."""
    return check.id.hex


def facets(
    facts: PatientFacts, coverage: Coverage, check: CoverageCheck, services: tuple[str, ...]
) -> tuple[object, ...]:
    """What two equal questions have in common: payer, member, patient, day and service types."""
    patient = facts.patient
    return (
        coverage.payer_id,
        coverage.member_id,
        patient.name.family,
        patient.name.given,
        patient.birth_date,
        patient.sex,
        check.on.isoformat(),
        " ".join(sorted(services)),
    )


def _person(person: Person, member_id: Phi[str] | None) -> x12.Person:
    name = person.name
    party = x12.Party(
        name.family.reveal().upper(),
        PERSON,
        name.given.reveal().upper(),
        name.middle.reveal().upper() if name.middle else "",
        id_qualifier="MI" if member_id else "",
        id=member_id.reveal() if member_id else "",
    )
    return x12.Person(party, person.birth_date.reveal(), person.sex)
