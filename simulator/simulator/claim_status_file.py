"""The 277CA: what the clearinghouse or a payer says about the claims of one interchange."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby

import x12
from simulator.records import ClaimRecord, Said
from x12.model.party import PERSON

Speaker = tuple[str, str, str]
"""Entity (AY clearinghouse, PR payer), name and identifier."""

SPEAKER = "SIMCLEARING"
CLEARINGHOUSE: Speaker = ("AY", "SIMULATED CLEARINGHOUSE", SPEAKER)


def render(records: Sequence[ClaimRecord], speaker: Speaker, created: datetime, reference: str) -> str:
    """The body of one 277CA over the claims of one 837 set; the last thing said about each is what it reports."""
    return x12.render_claim_acks_body(_parts(records, speaker, created, reference))


def render_unreadable(claims: Sequence[x12.JudgedClaim], created: datetime, reference: str) -> str:
    """The body of the clearinghouse's 277CA over claims of one 837 set of which no more is known than what is wrong."""
    source = _source(CLEARINGHOUSE, created, reference)
    return x12.render_claim_acks_body(x12.acknowledge_claims(claims, source, created.date()))


def _parts(
    records: Sequence[ClaimRecord], speaker: Speaker, created: datetime, reference: str
) -> Iterator[x12.LevelAck | x12.ClaimAck]:
    source = _source(speaker, created, reference)
    receiver = _receiver(records, source, created)
    yield receiver
    for _, members in groupby(records, key=lambda record: record.claim.billing):
        some = list(members)
        provider = _provider(some, source, receiver, created)
        yield provider
        for record in some:
            yield _claim(record, source, receiver, provider, created)


def _source(speaker: Speaker, created: datetime, reference: str) -> x12.AckSource:
    entity, name, identifier = speaker
    who = x12.Party(name=name, id_qualifier="PI" if entity == "PR" else "46", id=identifier)
    day = created.date()
    return x12.AckSource(reference, created, who, entity, reference, received=day, processed=day)


def _receiver(records: Sequence[ClaimRecord], source: x12.AckSource, created: datetime) -> x12.LevelAck:
    sender = records[0].route.group_sender or records[0].route.sender
    taken = [record for record in records if record.said[-1].accepted]
    refused = [record for record in records if not record.said[-1].accepted]
    return x12.LevelAck(
        "receiver",
        source,
        x12.Party(name=sender, id_qualifier="46", id=sender),
        trace=records[0].route.reference,
        reports=(_report(Said("clearinghouse", "A1", "19", source.entity), created, _charge(records)),),
        accepted_count=_count(taken),
        rejected_count=_count(refused),
        accepted_amount=_charge(taken) if taken else None,
        rejected_amount=_charge(refused) if refused else None,
    )


def _provider(
    records: Sequence[ClaimRecord], source: x12.AckSource, receiver: x12.LevelAck, created: datetime
) -> x12.LevelAck:
    billing = records[0].claim.billing
    party = x12.Party(name=billing.name, id_qualifier="XX", id=billing.npi)
    return x12.LevelAck("provider", source, party, receiver, trace="0")


def _claim(
    record: ClaimRecord,
    source: x12.AckSource,
    receiver: x12.LevelAck,
    provider: x12.LevelAck,
    created: datetime,
) -> x12.ClaimAck:
    claim = record.claim
    days = sorted(line.service_on for line in claim.lines)
    return x12.ClaimAck(
        control_number=claim.control_number,
        reports=(_report(record.said[-1], created, claim.charge),),
        source=source,
        receiver=receiver,
        provider=provider,
        patient=x12.Party(
            name=claim.patient.last_name,
            first=claim.patient.first_name,
            kind=PERSON,
            id_qualifier="MI",
            id=claim.member_id,
        ),
        payer_control_number=record.payer_number if source.entity == "PR" else "",
        clearinghouse_trace=f"{record.id:012d}",
        service_from=days[0] if days else None,
        service_to=days[-1] if len(set(days)) > 1 else None,
    )


def _report(said: Said, created: datetime, charge: Decimal) -> x12.StatusReport:
    action = "WQ" if said.accepted else "U"
    return x12.StatusReport((x12.Status(said.category, said.status, said.entity),), created.date(), action, charge)


def _count(records: Sequence[ClaimRecord]) -> Decimal | None:
    return Decimal(len(records)) if records else None


def _charge(records: Sequence[ClaimRecord]) -> Decimal:
    return sum((record.claim.charge for record in records), Decimal(0))
