"""The loops of an 837P to claims and what they stand under."""

from dataclasses import replace
from typing import cast

from x12 import values
from x12.claim_parts import ClaimRest, Rest, causes, drug_of, numbers_of, pointers
from x12.coordination_reader import adjudication_of, coverage_of
from x12.errors import MissingSegment
from x12.fields import (
    amount,
    bad,
    birth,
    enclosing,
    frozen,
    longer,
    needed,
    needed_loop,
    party,
    procedure,
    value,
)  # fmt: skip
from x12.model.claim import (
    BillingProvider,
    Claim837P,
    Patient,
    ServiceLine,
    Submission,
    Subscriber,
)  # fmt: skip
from x12.model.party import Party, Reference
from x12.model.segments import COMPONENT, Loop, Segment, element
from x12.reader import OpenLoop
from x12.usual_claim import Insured


def submission_of(root: OpenLoop) -> Submission:
    """The head of a set, read once for all of its claims. Raises BadElement, MissingSegment."""
    if isinstance(root.value, Submission):
        return root.value
    head = needed(root, "BHT")
    try:
        created = values.moment(element(head, 4), element(head, 5))
    except ValueError as error:
        raise bad(root, head, 4, str(error)) from None
    root.value = Submission(
        element(head, 3),
        created,
        party(needed_loop(root, "1000A", "NM1")),
        party(needed_loop(root, "1000B", "NM1")),
        element(head, 2),
        element(head, 6),
        tuple(frozen(segment) for segment in root.segments if segment is not head),
    )
    return root.value


def provider_of(loop: OpenLoop) -> BillingProvider:
    """The billing provider of a loop 2000A, read once for all of its claims. Raises BadElement, MissingSegment."""
    if isinstance(loop.value, BillingProvider):
        return loop.value
    taxonomy = ""
    extra: list[Segment] = []
    for segment in loop.segments[1:]:
        if segment[0] == "PRV" and segment[1:3] == ["BI", "PXC"] and not taxonomy and not longer(segment, 3):
            taxonomy = element(segment, 3)
        else:
            extra.append(frozen(segment))
    named = needed_loop(loop, "2010AA", "NM1")
    who, tax_id = _with_tax_id(party(named))
    pay_to = loop.inner("2010AB")
    where = party(pay_to) if pay_to else None
    if where is None or where != Party(kind=where.kind, address=where.address) or where.address is None:
        pay_to, where = None, None
    loop.value = BillingProvider(
        who,
        tax_id.value if tax_id else "",
        tax_id.qualifier if tax_id else "EI",
        taxonomy,
        where.address if where else None,
        where.kind if where else "",
        tuple(extra),
        _unread(loop, named, pay_to),
    )
    return loop.value


def _with_tax_id(who: Party) -> tuple[Party, Reference | None]:
    for item in who.references:
        if item.qualifier in ("EI", "SY") and not item.description:
            rest = list(who.references)
            rest.remove(item)
            return replace(who, references=tuple(rest)), item
    return who, None


def _unread(loop: OpenLoop, *read: OpenLoop | None) -> tuple[Loop, ...]:
    return tuple(inner.kept() for inner in loop.loops if not any(inner is item for item in read))


def _insured(loop: OpenLoop) -> Insured:
    if loop.value is not None:
        return cast(Insured, loop.value)
    coverage = needed(loop, "SBR")
    named = needed_loop(loop, "2010BA", "NM1")
    paying = needed_loop(loop, "2010BB", "NM1")
    who, born, sex = _person(named)
    subscriber = Subscriber(
        who, element(coverage, 1), element(coverage, 2), element(coverage, 3), element(coverage, 4),
        element(coverage, 5),
        element(coverage, 9), born, sex,
        tuple(frozen(segment) for segment in loop.segments[1:] if segment is not coverage),
        _unread(loop, named, paying),
    )  # fmt: skip
    insured = subscriber, party(paying)
    loop.value = insured
    return insured


def _person(loop: OpenLoop):
    who = party(loop)
    for segment in loop.segments:
        if segment[0] == "DMG" and element(segment, 1) == "D8" and not longer(segment, 3):
            return who.without(frozen(segment)), birth(loop, segment), element(segment, 3)
    return who, None, ""


def _patient(loop: OpenLoop) -> Patient:
    if isinstance(loop.value, Patient):
        return loop.value
    relation = needed(loop, "PAT")
    named = needed_loop(loop, "2010CA", "NM1")
    who, born, sex = _person(named)
    extra = [frozen(segment) for segment in loop.segments[1:] if segment is not relation]
    if longer(relation, 1):
        extra.append(frozen(relation))
    loop.value = Patient(who, element(relation, 1), born, sex, tuple(extra), _unread(loop, named))
    return loop.value


def claim_of(loop: OpenLoop) -> Claim837P:
    """The claim of a closed loop 2300. Raises BadElement, MissingSegment."""
    head = loop.segments[0]
    rest = ClaimRest(loop, loop.segments[1:])
    subscriber, payer = _insured(enclosing(loop, "2000B", "HL"))
    dependent = loop.enclosing("2000C")
    place = element(head, 5).split(COMPONENT)
    authorization, referral, original, clia, references = numbers_of(rest.references)
    referring = loop.inner("2310A")
    if referring and element(referring.segments[0], 1) != "DN":
        referring = None
    roles = {name: loop.inner(name) for name in ("2310B", "2310C", "2310D")}
    coverages = {inner: coverage_of(inner) for inner in loop.loops if inner.id == "2320"}
    read = [referring, *roles.values(), *(inner for inner in loop.loops if inner.id == "2400" or coverages.get(inner))]
    who = {name: party(inner) if inner else None for name, inner in roles.items()}
    return Claim837P(
        billing_provider=provider_of(enclosing(loop, "2000A", "HL")),
        subscriber=subscriber,
        payer=payer,
        patient=_patient(dependent) if dependent else None,
        control_number=element(head, 1),
        charge=amount(loop, head, 2),
        place_of_service=place[0],
        facility_qualifier=place[1] if len(place) > 1 else "",
        frequency=place[2] if len(place) > 2 else "",
        provider_signature=element(head, 6),
        assignment=element(head, 7),
        benefits_assigned=element(head, 8),
        release=element(head, 9),
        patient_signature_source=element(head, 10),
        related_causes=causes(element(head, 11)),
        special_program=element(head, 12),
        delay_reason=element(head, 20),
        diagnoses=rest.diagnoses,
        prior_authorization=authorization,
        referral_number=referral,
        original_reference=original,
        clia_number=clia,
        references=references,
        patient_paid=rest.paid,
        notes=tuple(rest.notes),
        dates=tuple(rest.dates),
        attachments=tuple(rest.attachments),
        referring=party(referring) if referring else None,
        rendering=who["2310B"],
        service_facility=who["2310C"],
        supervising=who["2310D"],
        other_coverages=tuple(filter(None, coverages.values())),
        lines=tuple(_line(inner) for inner in loop.loops if inner.id == "2400"),
        extra=tuple(rest.extra),
        loops=_unread(loop, *read),
    )


def _line(loop: OpenLoop) -> ServiceLine:
    service = needed(loop, "SV1")
    rest = Rest(loop)
    for segment in loop.segments[1:]:
        if segment is not service:
            rest.take(segment)
    on = next((item for item in rest.dates if item.qualifier == "472"), None)
    if on is None:
        raise MissingSegment("The service line has no date", loop.position(), loop=loop.id, segment="DTP")
    rest.dates.remove(on)
    drug = loop.inner("2410")
    given = drug_of(drug) if drug else None
    rendering = loop.inner("2420A")
    decisions = {inner: adjudication_of(inner) for inner in loop.loops if inner.id == "2430"}
    read = [rendering, drug if given else None, *(inner for inner, decision in decisions.items() if decision)]
    return ServiceLine(
        number=value(loop, loop.segments[0], 1, values.integer),
        procedure=value(loop, service, 1, procedure),
        charge=amount(loop, service, 2),
        unit=element(service, 3),
        units=amount(loop, service, 4),
        place_of_service=element(service, 5),
        pointers=value(loop, service, 7, pointers),
        emergency=element(service, 9),
        epsdt=element(service, 11),
        family_planning=element(service, 12),
        copay_status=element(service, 15),
        service_from=on.start,
        service_to=on.end,
        control_number=rest.pick("6R"),
        prior_authorization=rest.pick("G1"),
        referral_number=rest.pick("9F"),
        drug=given,
        notes=tuple(rest.notes),
        dates=tuple(rest.dates),
        references=tuple(rest.references),
        rendering=party(rendering) if rendering else None,
        adjudications=tuple(filter(None, decisions.values())),
        extra=tuple(rest.extra),
        loops=_unread(loop, *read),
    )
