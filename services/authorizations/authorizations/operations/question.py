"""The 278 of a request (005010X217), and what is read from the payer's answer to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypedDict

import x12
from authorizations.domain.authorization import Authorization
from authorizations.domain.clocks import Urgency
from authorizations.domain.counting import CertifiedService
from authorizations.domain.registers import AskingProvider, Clinician, Payer
from authorizations.domain.request import Certification
from authorizations.domain.said import Rejection, Said, ServiceWord
from authorizations.domain.wish import Kind, Wish
from authorizations.operations.patient_facts import Coverage, Home, PatientFacts, Person

_CATEGORIES = {Kind.SERVICES: "HS", Kind.REFERRAL: "SC"}
_URGENCIES = {Urgency.STANDARD: "", Urgency.URGENT: "U", Urgency.EMERGENCY: "03"}
# BHT02: a cancellation and the rest.
_CANCEL, _REQUEST = "01", "13"
_SELF = "self"
# INS02 of the patient to the subscriber.
_RELATIONS = {"spouse": "01", "child": "19"}
_OTHER_RELATION = "G8"
_PATIENT_NUMBER, _TAX_NUMBER = "EJ", "EI"
# PRV01 of who treats and who refers.
_DOES = {"SJ": "PE", "DN": "RF"}
# HSD01.
_VISITS = "VS"
_EVENT_DATE, _EARLIER_NUMBER, _ADMINISTRATIVE_NUMBER = "AAH", "BB", "NT"
_SERVICE_PROVIDER, _REFERRING = "SJ", "DN"
_PERSON = "1"


class CannotHear(Exception):
    """The answer cannot be used; `code` says why: answer-unreadable, answer-not-ours."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def question_of(
    one: Authorization,
    facts: PatientFacts,
    coverage: Coverage,
    payer: Payer,
    asking: AskingProvider,
    clinicians: Mapping[str, Clinician],
    now: datetime,
) -> x12.AuthorizationRequest:
    """What is asked: payer, requester, subscriber, the dependent where the patient is one, and the patient event.

    `clinicians` has the names of those who are in the register; the others go by their NPI alone.
    """
    assert one.request is not None
    is_self = coverage.relationship == _SELF or coverage.subscriber is None
    member_id = coverage.member_id.reveal()
    holder = coverage.subscriber or facts.patient
    subscriber = x12.Member(_person(facts.patient if is_self else holder, member_id))
    cancels = one.request.certification is Certification.CANCELLATION
    written = now.astimezone(UTC).replace(tzinfo=None, second=0, microsecond=0)
    return x12.AuthorizationRequest(
        head=x12.TransactionHead(one.trace, written, "0007", _CANCEL if cancels else _REQUEST),
        payer=x12.InformationSource(x12.Party(payer.name, id_qualifier="PI", id=payer.payer_id), "X3"),
        requester=x12.InformationReceiver(_requester(asking), "1P"),
        subscriber=subscriber,
        dependent=None if is_self else _dependent(one, facts.patient, coverage.relationship),
        event=_event(one, asking, clinicians),
    )


def _requester(asking: AskingProvider) -> x12.Party:
    office, contact = asking.office, asking.contact
    address = x12.Address(office.line1, office.line2, office.city, office.state, office.zip) if office else None
    return x12.Party(
        asking.name,
        id_qualifier="XX",
        id=asking.npi,
        address=address,
        contacts=(x12.Contact("IC", contact.name, (("TE", contact.phone),)),) if contact else (),
        references=(x12.Reference(_TAX_NUMBER, asking.tin),) if asking.tin else (),
    )


def _dependent(one: Authorization, patient: Person, relationship: str) -> x12.Member:
    """The member id is the subscriber's: the patient goes by a number of ours."""
    person = _person(patient, "")
    number = x12.Reference(_PATIENT_NUMBER, one.wish.patient_id.hex)
    numbered = replace(person, party=replace(person.party, references=(number,)))
    return x12.Member(numbered, "QC", "N", _RELATIONS.get(relationship, _OTHER_RELATION))


def _event(one: Authorization, asking: AskingProvider, clinicians: Mapping[str, Clinician]) -> x12.PatientEvent:
    assert one.request is not None
    wish = one.asked
    roles = [(_SERVICE_PROVIDER, wish.rendering_npi), (_REFERRING, wish.requester_npi)]
    return x12.PatientEvent(
        review=x12.Review(
            _CATEGORIES[wish.kind],
            one.request.certification.value,
            "",
            wish.place,
            urgency=_URGENCIES[wish.urgency],
            delay=(wish.delay or "") if one.request.retroactive else "",
        ),
        traces=(x12.Trace(one.trace, "1", f"9{asking.npi[:9]}"),),
        references=tuple(
            x12.Reference(qualifier, number)
            for qualifier, number in (
                (_EARLIER_NUMBER, one.decided.number),
                (_ADMINISTRATIVE_NUMBER, one.decided.administrative),
            )
            if number
        ),
        dates=(x12.DatedEvent(_EVENT_DATE, wish.first, wish.last),),
        diagnoses=tuple(
            x12.EventDiagnosis("ABK" if place == 0 else "ABF", code.replace(".", ""))
            for place, code in enumerate(wish.diagnoses)
        ),
        deliveries=(x12.Delivery(_VISITS, Decimal(wish.visits)),) if wish.visits else (),
        attachments=tuple(x12.Attachment(each.report, each.by, each.control) for each in wish.attachments),
        providers=tuple(_clinician(role, npi, _known(npi, wish, clinicians)) for role, npi in roles if npi),
        services=tuple(_service(service) for service in wish.services),
    )


def _known(npi: str, wish: Wish, clinicians: Mapping[str, Clinician]) -> Clinician | None:
    """The clinician of the register, or who refers as the request names them."""
    by = wish.referring
    named = Clinician(npi, by.last_name, by.first_name) if by and by.last_name and by.npi == npi else None
    return clinicians.get(npi, named)


def _clinician(role: str, npi: str, known: Clinician | None) -> x12.EventParty:
    party = x12.Party("", _PERSON, id_qualifier="XX", id=npi)
    if known is not None:
        told = {"taxonomy": known.taxonomy, "provider_role": _DOES[role]} if known.taxonomy else {}
        party = replace(party, name=known.last_name.upper(), first=(known.first_name or "").upper(), **told)
    return x12.EventParty(role, party)


def _service(service: CertifiedService) -> x12.ServiceReview:
    units = Decimal(service.units) if service.units is not None else None
    return x12.ServiceReview(x12.ReviewLine(x12.Procedure(service.code), units, "UN" if units is not None else ""))


def _person(person: Person, member_id: str) -> x12.Person:
    name = person.name
    party = x12.Party(
        name.family.reveal().upper(),
        _PERSON,
        name.given.reveal().upper(),
        name.middle.reveal().upper() if name.middle else "",
        id_qualifier="MI" if member_id else "",
        id=member_id,
        address=_home(person.address),
    )
    return x12.Person(party, person.birth_date.reveal(), person.sex)


def _home(home: Home | None) -> x12.Address | None:
    if home is None:
        return None
    line2 = home.line2.reveal().upper() if home.line2 else ""
    return x12.Address(home.line1.reveal().upper(), line2, home.city.reveal().upper(), home.state, home.zip.reveal())


def answers_in(content: bytes) -> list[x12.AuthorizationDecision]:
    """Every answer of an interchange. Raises CannotHear."""
    try:
        return [received.value for received in x12.read_authorization_decisions(content)]
    except x12.X12Error:
        raise CannotHear("answer-unreadable") from None


def answer_to(trace: str, answers: list[x12.AuthorizationDecision]) -> x12.AuthorizationDecision:
    """The answer that repeats our trace number, or the only one there is that carries none. Raises CannotHear."""
    ours = [answer for answer in answers if trace in traces_of(answer)]
    if len(ours) == 1:
        return ours[0]
    if len(answers) == 1 and not traces_of(answers[0]):
        return answers[0]
    raise CannotHear("answer-not-ours")


def traces_of(answer: x12.AuthorizationDecision) -> set[str]:
    """TRN02 of the patient event."""
    return {trace.number for trace in answer.event.traces} if answer.event else set()


def heard(answer: x12.AuthorizationDecision) -> Said:
    """What the answer says, in the terms of the rules."""
    decision = answer.decision
    return Said(
        action=decision.action if decision else "",
        number=answer.certification_number or (decision.number if decision else ""),
        reasons=decision.reasons if decision else (),
        services=tuple(_words(answer)),
        valid_from=answer.effective,
        valid_to=answer.expires,
        rejections=tuple(_rejections(answer)),
        administrative=_administrative(answer),
        **_visits(answer),
    )


class _Visits(TypedDict):
    visits: int | None
    visits_unclear: bool


def _visits(answer: x12.AuthorizationDecision) -> _Visits:
    """The visits of HSD: of the event, or else of its services. How often is no number of visits."""
    event = answer.event
    if event is None:
        return _Visits(visits=None, visits_unclear=False)
    every = [*event.deliveries, *(each for service in event.services for each in service.deliveries)]
    said = [each for each in every if each.quantity_qualifier == _VISITS and each.quantity is not None]
    plain = [int(each.quantity or 0) for each in said if not (each.unit or each.sampling or each.time_period)]
    return _Visits(visits=plain[0] if plain else None, visits_unclear=bool(said) and not plain)


def _administrative(answer: x12.AuthorizationDecision) -> str:
    levels = [answer.event, *answer.event.services] if answer.event else []
    numbers = (each.value for level in levels for each in level.references if each.qualifier == _ADMINISTRATIVE_NUMBER)
    return next(numbers, "")


def _words(answer: x12.AuthorizationDecision) -> Iterator[ServiceWord]:
    for service in answer.event.services if answer.event else ():
        line = service.line
        if line is None or line.procedure is None:
            continue
        units = int(line.quantity) if line.quantity is not None and line.unit in ("", "UN", "VS") else None
        said = service.decision
        yield ServiceWord(line.procedure.code, units, said.action if said else "", said.reasons if said else ())


def _rejections(answer: x12.AuthorizationDecision) -> Iterator[Rejection]:
    levels = (
        ("payer", answer.payer.rejections),
        ("requester", answer.requester.rejections if answer.requester else ()),
        ("subscriber", answer.subscriber.rejections if answer.subscriber else ()),
        ("dependent", answer.dependent.rejections if answer.dependent else ()),
    )
    named = [(level, each) for level, rejections in levels for each in rejections]
    inner = [each for each in answer.rejections if all(each is not other for _, other in named)]
    yield from (Rejection(level, each.reason, each.follow_up) for level, each in named)
    yield from (Rejection("event", each.reason, each.follow_up) for each in inner)
