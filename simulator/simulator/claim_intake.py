"""From the 837P to the claim that a payer decides."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from simulator.adjudication.claim import Claim, Line, Person, Provider
from simulator.earlier_payers import earlier_payer
from simulator.records import Route, Said
from x12 import Claim837P, Envelope, JudgedClaim, Party, ServiceLine
from x12.rejections import statuses_of

_SEPARATORS = re.compile(r"[*:^~|>\x00-\x1f\x7f]")


def claim_of(sent: Claim837P, received_on: date) -> Claim:
    """What the payer keeps; the rendering provider is the billing one when none is named (rulebook 9.1).

    Characters that separate elements in some payer's files become blanks, so that every answer can be written.
    """
    holder = sent.subscriber.party
    patient = sent.patient.party if sent.patient else holder
    billing = sent.billing_provider
    return Claim(
        control_number=_plain(sent.control_number),
        payer_id=_plain(sent.payer.id),
        subscriber=_person(holder, holder.id),
        patient=_person(patient, holder.id),
        billing=Provider(_plain(billing.party.npi), _plain(billing.party.name), _plain(billing.tax_id)),
        lines=tuple(_line(sent, line) for line in sent.lines),
        charge=sent.charge,
        received_on=received_on,
        place_of_service=_plain(sent.place_of_service),
        frequency=_plain(sent.frequency),
        original_reference=_plain(sent.original_reference),
        authorization=sent.prior_authorization,
        referral=sent.referral_number,
        clia_number=sent.clia_number,
        relationship=sent.patient.relationship if sent.patient else "18",
        responsibility=sent.subscriber.responsibility,
        earlier=earlier_payer(sent),
    )


def said_of(judged: JudgedClaim) -> Iterator[Said]:
    """What a clearinghouse says of what was found against the guide; nothing of a claim that is right."""
    for status in statuses_of(judged.findings):
        yield Said("clearinghouse", status.category, status.code, status.entity)


def route_of(envelope: Envelope, reference: str) -> Route:
    """Where the answers to what came in this envelope go."""
    isa, gs = envelope.interchange, envelope.group
    return Route(
        isa.sender_qualifier, isa.sender, isa.receiver_qualifier, isa.receiver, _plain(gs.sender), _plain(gs.receiver),
        isa.usage, _plain(reference),
    )  # fmt: skip


def _plain(text: str) -> str:
    return _SEPARATORS.sub(" ", text).strip()


def _person(party: Party, member_id: str) -> Person:
    return Person(_plain(party.name), _plain(party.first), _plain(member_id))


def _line(claim: Claim837P, line: ServiceLine) -> Line:
    rendering = line.rendering or claim.rendering or claim.billing_provider.party
    reached = [number for number in line.pointers if 1 <= number <= len(claim.diagnoses)]
    return Line(
        number=line.number,
        cpt=_plain(line.procedure.code),
        charge=line.charge,
        units=line.units,
        service_on=line.service_from,
        modifiers=tuple(map(_plain, line.procedure.modifiers)),
        diagnoses=tuple(claim.diagnoses[number - 1].code.replace(".", "") for number in reached),
        place_of_service=line.place_of_service or claim.place_of_service,
        rendering_npi=_plain(rendering.npi),
        control_number=_plain(line.control_number),
        authorization=line.prior_authorization,
    )
