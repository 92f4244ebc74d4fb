"""Synthetic requests for authorization and decisions: strategies that vary every field, and plain ones to build on."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

import x12

from . import inquiries as made

MAYBE, WORDS, DAYS, AMOUNTS, UNKNOWN = made.MAYBE, made.WORDS, made.DAYS, made.AMOUNTS, made.UNKNOWN
REVIEWS = st.builds(
    x12.Review, st.sampled_from(["HS", "AR", "SC", "IN"]), st.sampled_from(["I", "R", "3", "4"]),
    st.sampled_from(["", "3", "DG"]), st.sampled_from(["", "11", "22"]), st.just("B"),
    st.sampled_from([(), ("AA",), ("AA", "", "", "IL")]), st.sampled_from(["", "03", "U"]), MAYBE, MAYBE,
    st.sampled_from(["", "Y"]), MAYBE,
)  # fmt: skip
DECISIONS = st.builds(
    x12.ReviewDecision, st.sampled_from(["A1", "A2", "A3", "A4", "A6", "C", "CT", "NA"]), MAYBE,
    st.lists(st.sampled_from(["0U", "35"]), max_size=3).map(tuple), st.sampled_from(["", "Y", "N"]),
)  # fmt: skip
DIAGNOSES = st.lists(
    st.builds(x12.EventDiagnosis, st.sampled_from(["ABK", "ABF"]), st.sampled_from(["L400", "L570"]), st.none() | DAYS),
    max_size=4,
).map(tuple)  # fmt: skip
ATTACHMENTS = st.lists(
    st.builds(x12.Attachment, st.just("OZ"), st.sampled_from(["EL", "FX"]), MAYBE), max_size=2
).map(tuple)  # fmt: skip


def parties(*roles):
    entity = st.builds(x12.EventParty, st.sampled_from(roles), made.parties("XX", "24"), made.REJECTIONS)
    return st.lists(entity, max_size=2).map(tuple)


@st.composite
def lines(draw):
    kind = draw(st.sampled_from(["SV1", "SV2", "SV3"]))
    numbered = kind == "SV1"
    return x12.ReviewLine(
        x12.Procedure("J1745", draw(st.sampled_from([(), ("JZ",)]))), draw(st.none() | AMOUNTS),
        "" if kind == "SV3" else draw(st.sampled_from(["", "UN"])), kind, draw(st.sampled_from(["", "J1746"])),
        draw(st.sampled_from(["", "0636"])) if kind == "SV2" else "", draw(st.none() | AMOUNTS),
        draw(made.POINTERS) if numbered else (), draw(st.sampled_from(["", "10"])) if kind == "SV3" else "",
    )  # fmt: skip


@st.composite
def told(draw, kind, *, decided, **fields):
    """An event or a service with what both say."""
    return kind(
        review=draw(st.none() | REVIEWS), decision=draw(st.none() | DECISIONS) if decided else None,
        traces=tuple(draw(st.lists(made.TRACES, max_size=2))), references=draw(made.references("BB", "NT")),
        dates=tuple(draw(st.lists(made.dated(["472", "AAH"]), max_size=2))),
        deliveries=tuple(draw(st.lists(made.DELIVERIES, max_size=2))), attachments=draw(ATTACHMENTS),
        messages=tuple(draw(st.lists(WORDS, max_size=2))), rejections=draw(made.REJECTIONS) if decided else (),
        extra=draw(UNKNOWN), **{name: draw(strategy) for name, strategy in fields.items()},
    )  # fmt: skip


def events(*, decided):
    services = st.lists(
        told(x12.ServiceReview, decided=decided, line=st.none() | lines(), providers=parties("SJ", "FA")), max_size=3
    ).map(tuple)
    return told(
        x12.PatientEvent, decided=decided, diagnoses=DIAGNOSES, providers=parties("SJ", "71"),
        stops=parties("PW", "R3"), services=services,
    )  # fmt: skip


@st.composite
def _levels(draw):
    payers = st.builds(x12.InformationSource, made.parties("PI"), st.just("X3"), made.REJECTIONS, UNKNOWN)
    askers = st.builds(x12.InformationReceiver, made.parties("XX"), st.just("1P"), made.REJECTIONS, UNKNOWN)
    made_levels = (payers, askers, made.members("IL"), made.members("QC"))
    return tuple(draw(st.lists(level, min_size=1, max_size=2)) for level in made_levels)


@st.composite
def requests(draw):
    head = replace(draw(made.HEADS), structure="0007", purpose=draw(st.sampled_from(["13", "01", "28", "CN"])))
    payers, askers, subscribers, dependents = map(st.sampled_from, draw(_levels()))
    asked = st.builds(
        x12.AuthorizationRequest, st.just(head), payers, askers, subscribers, st.none() | dependents,
        events(decided=False),
    )  # fmt: skip
    return draw(st.lists(asked, min_size=1, max_size=4))


@st.composite
def decisions(draw):
    head = replace(draw(made.HEADS), structure="0007", purpose="11")
    payers, askers, subscribers, dependents = map(st.sampled_from, draw(_levels()))
    said = st.builds(
        x12.AuthorizationDecision, st.just(head), payers, askers, subscribers, st.none() | dependents,
        st.none() | events(decided=True),
    )  # fmt: skip
    refused = st.builds(x12.AuthorizationDecision, st.just(head), payers, st.none() | askers)
    return draw(st.lists(said | refused, min_size=1, max_size=4))


def request(number: int) -> x12.AuthorizationRequest:
    """A biologic asked for one subscriber, the number told in the member id."""
    asked = made.inquiry(number)
    infusion = x12.ServiceReview(
        x12.ReviewLine(x12.Procedure("J1745"), Decimal(40), "UN", pointers=(1,)),
        dates=(x12.DatedEvent("472", date(2026, 3, 9)),),
    )
    event = x12.PatientEvent(
        x12.Review("HS", "I", "78", "11"), traces=(x12.Trace(f"T{number}", "1", "9877281234"),),
        dates=(x12.DatedEvent("AAH", date(2026, 3, 9), date(2026, 9, 8)),),
        diagnoses=(x12.EventDiagnosis("ABK", "L400"),), services=(infusion,),
        providers=(x12.EventParty("SJ", x12.Party("SMITH", "1", "ALEX", id_qualifier="XX", id="1245319599")),),
    )  # fmt: skip
    return x12.AuthorizationRequest(
        replace(asked.head, structure="0007"), replace(asked.source, entity="X3"), asked.receiver,
        replace(asked.subscriber, traces=()), event=event,
    )  # fmt: skip


def certified(asked: x12.AuthorizationRequest) -> x12.AuthorizationDecision:
    """The request certified in total for half a year."""
    assert asked.event is not None
    said = x12.ReviewDecision("A1", "AUTH0001")
    services = tuple(replace(item, decision=said) for item in asked.event.services)
    traces = tuple(replace(item, kind="2") for item in asked.event.traces)
    event = replace(asked.event, decision=said, services=services, traces=traces)
    return x12.AuthorizationDecision(
        replace(asked.head, purpose="11", kind="18"), asked.payer, asked.requester, asked.subscriber, event=event
    )
