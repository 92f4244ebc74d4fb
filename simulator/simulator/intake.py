"""An interchange comes in: it is kept, acknowledged at once, and its claims start on their way."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace

import x12
from simulator import claim_intake, claim_status_file
from simulator.adjudication.claim import Claim
from simulator.adjudication.payer import Delays
from simulator.claim_status_file import SPEAKER
from simulator.clock import Clock
from simulator.faults import Fault
from simulator.mailboxes import Outgoing, send_interchange_ack, send_sets
from simulator.records import ClaimRecord, Route, Scenario
from simulator.store import Store
from x12.validate import InterchangeReport

log = logging.getLogger(__name__)

CLEARINGHOUSE_STEP = "clearinghouse"
QUESTIONS_STEP = "questions"
QUESTION_KINDS = frozenset({"270", "276", "278"})
# A batch of questions is answered well before the next business day's morning, as CAQH CORE has it.
BATCH_ANSWERED_AFTER = 0.1
# TA105: unknown receiver, and a control number that was used before (guide of the TA1).
_UNKNOWN_RECEIVER, _DUPLICATE = "008", "025"


def receive(store: Store, clock: Clock, content: bytes) -> None:
    """Take in a file; acknowledgements go to its sender's mailbox. Raises X12Error when no ISA can be read."""
    for report in x12.examine(content):
        _receive_interchange(store, clock, content, report)


def _receive_interchange(store: Store, clock: Clock, content: bytes, report: InterchangeReport) -> None:
    isa, day = report.interchange, clock.now()
    ack = verdict(store, report)
    outcome = "taken" if ack.code != "R" else "duplicate" if ack.note == _DUPLICATE else "rejected"
    kinds = sorted({item.set.kind for group in report.groups for item in group.sets})
    number = store.archive(
        isa.sender, isa.control_number, outcome, ",".join(kinds), clock.moment(day).isoformat(), content
    )
    log.info("interchange %s received: %s, %s", number, ",".join(kinds), outcome)
    route = route_of(report)
    if ack.code == "R":
        answer = Outgoing(route, "TA1", SPEAKER)
        send_interchange_ack(store, day, clock.moment(day), answer, ack)
        return
    accepted = _acknowledge(store, clock, day, report, route)
    _take_claims(store, clock, day, number, content, report, accepted)
    if any(kind in QUESTION_KINDS for kind in kinds):
        subject = json.dumps([number, sorted(accepted), asdict(route)])
        store.schedule(day + BATCH_ANSWERED_AFTER, QUESTIONS_STEP, subject)


def verdict(store: Store, report: InterchangeReport) -> x12.InterchangeAck:
    """The TA1 of an interchange: what is wrong with it, or what a test wants to be wrong."""
    ack = x12.acknowledge_interchange(report)
    isa = report.interchange
    fault = None if ack.code == "R" else store.struck_by({"ta1"}, isa.sender)
    if fault is not None:
        return replace(ack, code="R", note=fault.note)
    if ack.code == "R":
        return ack
    receivers = json.loads(store.meta("receivers") or "[]")
    if receivers and isa.receiver not in receivers:
        return replace(ack, code="R", note=_UNKNOWN_RECEIVER)
    if store.was_taken(isa.sender, isa.control_number):
        return replace(ack, code="R", note=_DUPLICATE)
    return ack


def route_of(report: InterchangeReport) -> Route:
    """Where the answers to an interchange go."""
    isa = report.interchange
    group = report.groups[0].group if report.groups else None
    return Route(
        isa.sender_qualifier, isa.sender, isa.receiver_qualifier, isa.receiver,
        group.sender if group else "", group.receiver if group else "", isa.usage,
    )  # fmt: skip


def _acknowledge(
    store: Store, clock: Clock, day: float, report: InterchangeReport, route: Route
) -> set[tuple[str, str]]:
    """Send the 999 of every group; (group, set) control numbers of the sets that were accepted."""
    acks = acknowledgements(store, report, route)
    if acks:
        send_sets(store, day, clock.moment(day), Outgoing(route, "999", SPEAKER), rendered(acks))
    return accepted_of(acks)


def accepted_of(acks: Sequence[x12.FunctionalAck]) -> set[tuple[str, str]]:
    """Group and set control numbers of what these do not reject."""
    return {(ack.group_control_number, one.control_number) for ack in acks for one in ack.sets if one.code != "R"}


def acknowledgements(store: Store, report: InterchangeReport, route: Route) -> tuple[x12.FunctionalAck, ...]:
    """A 999 for every group, with the outcome that it deserves or that a test wants."""
    acks = tuple(x12.acknowledge(report))
    fault = store.struck_by({"functional_ack"}, route.sender) if acks else None
    return acks if fault is None else tuple(_as_told(ack, fault) for ack in acks)


def rendered(acks: Sequence[x12.FunctionalAck]) -> list[x12.TransactionSet]:
    return [x12.TransactionSet("999", x12.FUNCTIONAL_ACK_VERSION, x12.render_functional_ack_body(ack)) for ack in acks]


def _as_told(ack: x12.FunctionalAck, fault: Fault) -> x12.FunctionalAck:
    """The 999 with the outcome that a test asked for; a set that is rejected names no segment (IK502 code 5 alone)."""
    rejected = range(1, len(ack.sets) + 1) if fault.code == "R" else fault.sets or (1,) if fault.code == "P" else ()
    sets = tuple(
        replace(one, code="R", errors=("5",), segments=()) if ordinal in rejected
        else replace(one, code="E", errors=("5",), segments=()) if fault.code == "E"
        else replace(one, code="A", errors=(), segments=())
        for ordinal, one in enumerate(ack.sets, start=1)
    )  # fmt: skip
    accepted = sum(one.code != "R" for one in sets)
    code = "R" if not accepted else fault.code
    return replace(ack, code=code, accepted=accepted, errors=(), sets=sets)


def _take_claims(
    store: Store,
    clock: Clock,
    day: float,
    interchange: int,
    content: bytes,
    report: InterchangeReport,
    accepted: set[tuple[str, str]],
) -> None:
    """Every claim of the sets that were accepted starts on its way; one that cannot be read is rejected at once."""
    envelopes = dict(_envelopes(report, accepted))
    payers, troubles = store.payers(), store.troubles()
    unreadable: dict[tuple[int, int], list[x12.JudgedClaim]] = {}
    for judged in x12.judge_claims(content):
        at = judged.position
        envelope = envelopes.get((at.group, at.set))
        if at.interchange != report.interchange.ordinal or envelope is None:
            continue
        try:
            sent = judged.read()
        except x12.X12Error:
            unreadable.setdefault((at.group, at.set), []).append(judged)
            continue
        claim = claim_intake.claim_of(sent, clock.moment(day).date())
        record = ClaimRecord(
            id=store.next_number("claim"),
            interchange=interchange,
            route=claim_intake.route_of(envelope, judged.reference),
            claim=claim,
            received_at=day,
            scenario=_scenario(store, claim),
            troubles=troubles.drawn(claim),
            found=tuple(claim_intake.said_of(judged)),
        )
        store.add_claim(record)
        delays = payers[claim.payer_id].delays if claim.payer_id in payers else Delays()
        subject = json.dumps([interchange, claim.payer_id])
        store.schedule(day + delays.clearinghouse, CLEARINGHOUSE_STEP, subject)
    for place, claims in unreadable.items():
        _turn_away(store, clock, day, claim_intake.route_of(envelopes[place], claims[0].reference), claims)


def _envelopes(
    report: InterchangeReport, accepted: set[tuple[str, str]]
) -> Iterator[tuple[tuple[int, int], x12.Envelope]]:
    """Of the sets that were accepted, by the ordinals of group and set."""
    for group in report.groups:
        for one in group.sets:
            if (group.group.control_number, one.set.control_number) in accepted:
                envelope = x12.Envelope(report.interchange, group.group, one.set)
                yield (group.group.ordinal, one.set.ordinal), envelope


def _turn_away(store: Store, clock: Clock, day: float, route: Route, claims: Sequence[x12.JudgedClaim]) -> None:
    moment = clock.moment(day)
    body = claim_status_file.render_unreadable(claims, moment, f"{store.next_number('claim status'):09d}")
    told = x12.TransactionSet("277", x12.CLAIM_ACK_VERSION, body)
    send_sets(store, day, moment, Outgoing(route, "277CA", SPEAKER), [told])


def _scenario(store: Store, claim: Claim) -> Scenario | None:
    """The oldest scenario that matches, used once more."""
    for key, _, scenario in store.scenarios():
        if scenario.matches(claim):
            store.use_scenario(key)
            return scenario
    return None
