"""Requests for authorization: 278 in, 278 out (guide 005010X217), and the answer that comes later to a pended one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal

import x12
from simulator.asking import Question
from simulator.claim_status_file import SPEAKER
from simulator.clock import Clock
from simulator.mailboxes import Outgoing, send_sets
from simulator.prior_authorization import (
    CANCELLED,
    NOT_NEEDED,
    Authorization,
    Request,
    Service,
    ServiceDecision,
    certified,
    decided,
    finished,
    with_number,
)
from simulator.questions import AskedSet, Level, at, day, echoed, number, plain, written
from simulator.records import Route
from simulator.store import Due, Store

VERSION = "005010X217"
STEP = "authorization"
_UNKNOWN_MEMBER, _UNKNOWN_PAYER = "75", "79"


def answers(question: Question) -> list[x12.TransactionSet]:
    """One 278 for every 278 of the file; what is pended is answered again when it is decided."""
    return [x12.TransactionSet("278", VERSION, _answered(question, asked)) for asked in question.sets("278")]


def _answered(question: Question, asked: AskedSet) -> str:
    moment = question.clock.moment(question.day)
    reference = plain(at(asked.head.first("BHT"), 3))
    parts = [written("BHT", "0007", "11", reference, f"{moment:%Y%m%d}", f"{moment:%H%M}", "18")]
    event = next(asked.levels("EV"), Level("EV", "", None))
    payer_id = at(event.up("20").first("NM1"), 9)
    member_id = plain(at(event.up("22").first("NM1", "IL"), 9))
    refused = reject(question.store, payer_id, member_id)
    authorization = None if refused else _considered(question, asked, event, payer_id, member_id)
    for level in asked.levels("20", "21", "22", "23", "EV", "SS"):
        parts += _level(asked, level, authorization, refused)
    return "".join(parts)


def reject(store: Store, payer_id: str, member_id: str) -> str:
    """AAA03 for a payer or a member that is not known here; empty where both are."""
    payer = store.payer(payer_id)
    if payer is None:
        return _UNKNOWN_PAYER
    known = store.member(payer.id, member_id) is not None or payer.walk_in is not None
    return "" if known else _UNKNOWN_MEMBER


def _considered(question: Question, asked: AskedSet, event: Level, payer_id: str, member_id: str) -> Authorization:
    trace = plain(at(event.first("TRN"), 2))
    on = day(at(event.first("DTP", "AAH", "472"), 3)) or question.clock.moment(question.day).date()
    services = tuple(_service(asked, level) for level in event.down("SS")) or (_visits(event),)
    request = Request(payer_id, member_id, services, on, trace, plain(at(event.first("TRN"), 3)))
    return considered(question.store, question.day, request, json.dumps(asdict(question.route)))


def considered(store: Store, now: float, request: Request, route: str) -> Authorization:
    """What was said of the same request before, or a decision of now. Without a `route` nobody is told of a later one:
    who asked asks again.
    """
    earlier = store.authorization_by_trace(request.payer_id, request.trace)
    if earlier is not None:
        return earlier[1]
    payer = store.payers()[request.payer_id]
    authorization = decided(request, payer, store.authorization_rules(request.payer_id), now)
    authorization = _numbered(store, authorization)
    key = store.add_authorization(authorization, route)
    if authorization.decide_on is not None:
        store.schedule(authorization.decide_on, STEP, str(key))
    return authorization


def cancelled(store: Store, now: float, request: Request, route: str) -> Authorization:
    """What was asked for is wanted no more; said twice, it is the same."""
    earlier = store.authorization_by_trace(request.payer_id, request.trace)
    if earlier is not None:
        return earlier[1]
    said = Authorization(request, tuple(ServiceDecision(service, CANCELLED) for service in request.services))
    store.add_authorization(said, route)
    return said


def _numbered(store: Store, authorization: Authorization) -> Authorization:
    """With a number where it certifies, which the member's claims may carry from now on."""
    if not authorization.certifies:
        return authorization
    request = authorization.request
    authorization = certified(authorization, f"AUTH{store.next_number('authorization'):07d}")
    member = store.member(request.payer_id, request.member_id)
    if member is not None:
        store.save_member(request.payer_id, with_number(member, authorization))
    return authorization


def _service(asked: AskedSet, level: Level) -> Service:
    line = level.first("SV1")
    parts = [plain(part) for part in at(line, 1).split(":")]
    return Service(parts[1] if len(parts) > 1 else "", number(at(line, 4)) or Decimal(1), tuple(parts[2:6]))


def _visits(event: Level) -> Service:
    """A referral that names no service is for visits (HSD)."""
    return Service("", number(at(event.first("HSD", "VS"), 2)) or Decimal(1))


def _level(asked: AskedSet, level: Level, authorization: Authorization | None, reject: str) -> Iterator[str]:
    parent = level.parent.number if level.parent else ""
    yield written("HL", plain(level.number), plain(parent), level.code, "1" if level.children else "0")
    yield from (_traced(segment) for segment in level.segments if segment[0] == "TRN")
    yield from (echoed(segment) for segment in level.segments if segment[0] == "NM1" and level.code not in ("EV", "SS"))
    if reject and level.code == ("20" if reject == _UNKNOWN_PAYER else "22"):
        yield written("AAA", "N", "", reject, "C")
    if level.code in ("EV", "SS"):
        yield from _said(asked, level, authorization)


def _traced(segment: list[str]) -> str:
    return written("TRN", "2", plain(at(segment, 2)), plain(at(segment, 3)))


def _said(asked: AskedSet, level: Level, authorization: Authorization | None) -> Iterator[str]:
    for segment in level.all("UM"):
        yield written("UM", plain(at(segment, 1)), plain(at(segment, 2)), plain(at(segment, 3)))
    if authorization is None:
        return
    if level.code == "EV":
        yield _hcr(authorization.decision, authorization.number, "")
        if authorization.good_until is not None:
            span = f"{authorization.request.on:%Y%m%d}-{authorization.good_until:%Y%m%d}"
            yield written("DTP", "007", "RD8", span)
        yield from _visits_said(authorization)
        return
    wanted = _service(asked, level)
    said = next((one for one in authorization.services if one.service == wanted), None)
    if said is not None:
        yield from _service_said(said, authorization.number)


def _visits_said(authorization: Authorization) -> Iterator[str]:
    for said in authorization.services:
        if said.service.cpt == "" and said.units is not None:
            yield written("HSD", "VS", said.units)


def _service_said(said: ServiceDecision, authorization_number: str) -> Iterator[str]:
    yield _hcr(said.decision, authorization_number, said.reason)
    code = ":".join(("HC", said.service.cpt, *said.service.modifiers))
    yield written("SV1", code, "", "UN", said.units if said.units is not None else said.service.units)


def _hcr(decision: str, authorization_number: str, reason: str) -> str:
    return written("HCR", decision, authorization_number if decision not in ("A3", "A4", NOT_NEEDED) else "", reason)


def decide_pended(store: Store, clock: Clock, due: Due) -> None:
    """The day of a pended request: its final answer goes to the mailbox of who asked by X12."""
    authorization, route_text = store.authorization(int(due.subject))
    final = _numbered(store, finished(authorization))
    store.save_authorization(int(due.subject), final)
    if not route_text.startswith("{"):
        return
    route = Route(**json.loads(route_text))
    moment = clock.moment(due.at)
    body = _notice(
        final, route, f"{moment:%Y%m%d}", f"{moment:%H%M}", f"{store.next_number('authorization notice'):09d}"
    )
    answer = Outgoing(route, "278", SPEAKER)
    send_sets(store, due.at, moment, answer, [x12.TransactionSet("278", VERSION, body)])


def _notice(final: Authorization, route: Route, written_on: str, written_at: str, reference: str) -> str:
    """The final answer on its own: who it is about by payer, requester and member id, and the requester's trace."""
    request = final.request
    services = [said for said in final.services if said.service.cpt]
    parts = [
        written("BHT", "0007", "11", reference, written_on, written_at, "18"),
        written("HL", 1, "", "20", "1"),
        written("NM1", "X3", "2", request.payer_id, "", "", "", "", "PI", request.payer_id),
        written("HL", 2, 1, "21", "1"),
        written("NM1", "1P", "2", route.group_sender or route.sender, "", "", "", "", "46", route.sender),
        written("HL", 3, 2, "22", "1"),
        written("NM1", "IL", "1", "", "", "", "", "", "MI", request.member_id),
        written("HL", 4, 3, "EV", "1"),
        written("TRN", "2", request.trace, request.originator),
        written("UM", "HS" if services else "SC", "I"),
        _hcr(final.decision, final.number, ""),
        *_visits_said(final),
    ]
    for place, said in enumerate(services, start=5):
        parts += [written("HL", place, 4, "SS", "0"), *_service_said(said, final.number)]
    return "".join(parts)
