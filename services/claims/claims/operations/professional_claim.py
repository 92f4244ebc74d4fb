"""A claim as an 837P (005010X222A1), from nothing but what is frozen on it: a batch always gives the same text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import x12
from claims.domain.batches import Batch
from claims.domain.claim import Claim, Submission
from claims.domain.coding import ServiceLine
from claims.domain.facility import facility_npi, service_facility
from claims.domain.facts import Referring
from claims.domain.numbering import set_reference
from claims.domain.parties import Address, Coverage, Location, Person, Practice, RenderingProvider, Snapshot
from claims.operations.earlier_payers import adjudications_of, other_coverage
from x12.model.party import ELECTRONIC_TRANSMITTER, MEMBER_ID, NPI, ORGANIZATION, PAYER_ID, PERSON

SELF = "18"
PRINCIPAL, FURTHER = "ABK", "ABF"
# Codes of tests that a laboratory certificate (CLIA) has to stand behind (rulebook 9.1).
LABORATORY = "8"


def render_batch(batch: Batch, claims: Sequence[Claim]) -> list[str]:
    """The bodies of the batch's transaction sets in the order of their numbers.

    Raises x12.WriteRefused when something frozen on a claim cannot be written.
    """
    sets: dict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        sets[_submission(claim, batch.id).set_number].append(claim)
    return [_render_set(batch, number, sets[number]) for number in sorted(sets)]


def _render_set(batch: Batch, number: int, claims: Sequence[Claim]) -> str:
    if batch.reference is None or batch.intended_at is None:
        raise ValueError(f"batch {batch.id} has not departed")
    snapshot = _snapshot(claims[0])
    submission = x12.Submission(
        reference=set_reference(batch.reference, number),
        created=batch.intended_at,
        submitter=_submitter(_practice(snapshot)),
        receiver=_payer(snapshot, ELECTRONIC_TRANSMITTER),
    )
    return x12.render_claims_body([_claim(claim, batch.id) for claim in claims], submission)


def _claim(claim: Claim, batch_id: UUID) -> x12.Claim837P:
    snapshot = _snapshot(claim)
    coverage, practice = _coverage(snapshot), _practice(snapshot)
    submission = _submission(claim, batch_id)
    laboratory = any(line.cpt.startswith(LABORATORY) for line in claim.lines)
    return x12.Claim837P(
        billing_provider=_billing_provider(practice),
        subscriber=_subscriber(snapshot, coverage),
        payer=_payer(snapshot, PAYER_ID),
        patient=_patient(snapshot.patient, coverage),
        control_number=submission.control_number,
        charge=submission.charge.amount,
        place_of_service=claim.coded.place_of_service,
        diagnoses=_diagnoses(claim.coded.diagnoses),
        lines=tuple(_line(claim, submission, line) for line in claim.lines),
        frequency=submission.frequency,
        original_reference=submission.original_reference or "",
        prior_authorization=claim.prior_authorization or "",
        referral_number=claim.referral.number if claim.referral else "",
        clia_number=practice.clia_number if laboratory else "",
        rendering=_rendering(snapshot.rendering, practice),
        service_facility=_facility(service_facility(snapshot, claim.coded.place_of_service), practice),
        referring=_referring(claim.referral.referring if claim.referral else None),
        other_coverages=tuple(map(other_coverage, claim.earlier)),
    )


def _line(claim: Claim, submission: Submission, line: ServiceLine) -> x12.ServiceLine:
    return x12.ServiceLine(
        number=line.number,
        procedure=x12.Procedure(line.cpt, line.modifiers),
        charge=line.charge.amount,
        units=Decimal(line.units),
        service_from=claim.coded.date_of_service,
        pointers=line.pointers,
        control_number=f"{submission.control_number}-{line.number}",
        prior_authorization=claim.line_authorizations.get(line.number, ""),
        adjudications=tuple(one for earlier in claim.earlier for one in adjudications_of(line, earlier)),
    )


def _diagnoses(codes: Sequence[str]) -> tuple[x12.Diagnosis, ...]:
    return tuple(
        x12.Diagnosis(FURTHER if place else PRINCIPAL, code.replace(".", "")) for place, code in enumerate(codes)
    )


def _submitter(practice: Practice) -> x12.Party:
    contact = x12.Contact(name=practice.contact_name, numbers=(("TE", practice.contact_phone),))
    return x12.Party(name=practice.name, id_qualifier=ELECTRONIC_TRANSMITTER, id=practice.tax_id, contacts=(contact,))


def _billing_provider(practice: Practice) -> x12.BillingProvider:
    return x12.BillingProvider(
        party=x12.Party(
            name=practice.name,
            kind=ORGANIZATION,
            id_qualifier=NPI,
            id=practice.npi,
            address=_address(practice.address),
        ),
        tax_id=practice.tax_id,
        tax_id_qualifier=practice.tax_id_kind,
        taxonomy=practice.taxonomy,
    )


def _subscriber(snapshot: Snapshot, coverage: Coverage) -> x12.Subscriber:
    """Address, birth date and sex stand here only when the subscriber is the patient (loop 2010BA)."""
    is_patient = coverage.relationship == SELF
    person = snapshot.patient if is_patient else coverage.subscriber
    return x12.Subscriber(
        party=_person(person, MEMBER_ID, coverage.member_id.reveal(), with_address=is_patient),
        responsibility=coverage.responsibility,
        relationship=SELF if is_patient else "",
        group_number=coverage.group_number.reveal(),
        filing_code=snapshot.payer.filing_indicator if snapshot.payer else "",
        birth_date=_birth_date(person) if is_patient else None,
        sex=person.sex if is_patient else "",
    )


def _patient(patient: Person, coverage: Coverage) -> x12.Patient | None:
    if coverage.relationship == SELF:
        return None
    return x12.Patient(
        party=_person(patient, "", "", with_address=True),
        relationship=coverage.relationship,
        birth_date=_birth_date(patient),
        sex=patient.sex,
    )


def _person(person: Person, qualifier: str, id: str, *, with_address: bool) -> x12.Party:
    return x12.Party(
        name=person.last_name.reveal(),
        kind=PERSON,
        first=person.first_name.reveal(),
        middle=person.middle_name.reveal(),
        id_qualifier=qualifier,
        id=id,
        address=_address(person.address.reveal()) if with_address and person.address else None,
    )


def _birth_date(person: Person) -> date | None:
    return person.birth_date.reveal() if person.birth_date else None


def _payer(snapshot: Snapshot, qualifier: str) -> x12.Party:
    if snapshot.payer is None:
        raise ValueError("a claim without a payer cannot be rendered")
    return x12.Party(name=snapshot.payer.name, id_qualifier=qualifier, id=snapshot.payer.payer_id)


def _rendering(provider: RenderingProvider | None, practice: Practice) -> x12.Party | None:
    """Loop 2310B, only when it is not the billing provider."""
    if provider is None or provider.npi == practice.npi:
        return None
    return x12.Party(
        name=provider.last_name,
        kind=PERSON,
        first=provider.first_name,
        id_qualifier=NPI,
        id=provider.npi,
        taxonomy=provider.taxonomy,
    )


def _referring(clinician: Referring | None) -> x12.Party | None:
    """Loop 2310A, where the referral names the clinician: without a last name (NM103) there is none to write."""
    if clinician is None or not clinician.last_name:
        return None
    return x12.Party(
        name=clinician.last_name,
        kind=PERSON,
        first=clinician.first_name or "",
        id_qualifier=NPI,
        id=clinician.npi,
    )


def _facility(location: Location | None, practice: Practice) -> x12.Party | None:
    """Loop 2310C."""
    if location is None:
        return None
    npi = facility_npi(location, practice.npi)
    return x12.Party(
        name=location.name,
        kind=ORGANIZATION,
        id_qualifier=NPI if npi else "",
        id=npi,
        address=_address(location.address),
    )


def _address(address: Address) -> x12.Address:
    return x12.Address(
        line1=address.line1,
        line2=address.line2,
        city=address.city,
        state=address.state,
        postal_code=address.zip,
    )


def _submission(claim: Claim, batch_id: UUID) -> Submission:
    return next(one for one in claim.submissions if one.batch_id == batch_id)


def _snapshot(claim: Claim) -> Snapshot:
    if claim.snapshot is None:
        raise ValueError(f"claim {claim.id} was never assembled")
    return claim.snapshot


def _practice(snapshot: Snapshot) -> Practice:
    if snapshot.practice is None:
        raise ValueError("a claim without a billing provider cannot be rendered")
    return snapshot.practice


def _coverage(snapshot: Snapshot) -> Coverage:
    if snapshot.coverage is None:
        raise ValueError("a claim without a coverage cannot be rendered")
    return snapshot.coverage
