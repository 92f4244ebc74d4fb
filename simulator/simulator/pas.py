"""Requests for authorization over FHIR (Da Vinci PAS): the same desk as for the 278, in another tongue.

Only what decides is read of a Bundle; what it says beside that is answered as it came.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from simulator import subscriptions
from simulator.authorization_desk import cancelled, considered, decide_pended, reject
from simulator.clock import Clock
from simulator.prior_authorization import (
    CANCELLED,
    NOT_CERTIFIED,
    NOT_NEEDED,
    PENDED,
    Authorization,
    Request,
    Service,
)
from simulator.prior_authorization import ServiceDecision as Decided
from simulator.store import Due, Store

Resource = dict[str, Any]

EXTENSIONS = "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/"
X12_CODES = "https://codesystem.x12.org/005010/"
_INFO_CANCELLED = EXTENSIONS + "modifierextension-infoCancelled"
# Before what a payer keeps of a Bundle, to answer it when it is decided.
ROUTE = "fhir "
_ECHOED = frozenset({"Organization", "Patient", "Coverage"})
_WITHOUT_NUMBER = frozenset({CANCELLED, NOT_CERTIFIED, PENDED, NOT_NEEDED})
_MOST_UNITS = Decimal(1_000_000)


class NotReadable(ValueError):
    """The Bundle asks for nothing that can be decided; the words say what it lacks."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A Bundle as it was read: its Claim, everything by its names, and what is asked. `cancels`: all is taken back."""

    claim: Resource
    entries: Mapping[str, Resource]
    request: Request
    cancels: bool = False


def read(content: bytes, today: date) -> Asked:
    """What a Bundle asks. Raises NotReadable."""
    bundle = _object(_decoded(content), "a Bundle in JSON")
    if bundle.get("resourceType") != "Bundle":
        raise NotReadable("a Bundle")
    entries = dict(_named(bundle))
    claim = next((each for each in entries.values() if each.get("resourceType") == "Claim"), None)
    if claim is None:
        raise NotReadable("a Claim")
    insurer = _found(entries, claim.get("insurer"), "the insurer's Organization")
    insurance = _object(next(iter(_list(claim, "insurance")), None), "Claim.insurance")
    coverage = _found(entries, insurance.get("coverage"), "the Coverage")
    items = [_object(each, "Claim.item") for each in _list(claim, "item")]
    if not items:
        raise NotReadable("Claim.item")
    for related in _list(claim, "related"):
        _found(entries, _object(related, "Claim.related").get("claim"), "the earlier Claim of an update")
    member_id = _text(coverage.get("subscriberId"))
    wanted = [item for item in items if not _is_cancelled(item)]
    services = tuple(_service(item) for item in wanted or items)
    on = next((day for day in map(_served, items) if day), today)
    request = Request(_identifier(insurer), member_id, services, on, _identifier(claim))
    return Asked(claim, entries, request, cancels=not wanted)


def submitted(store: Store, clock: Clock, asked: Asked) -> Resource:
    """The Bundle that answers a request, at once."""
    now = clock.now()
    code = reject(store, asked.request.payer_id, asked.request.member_id)
    decide = cancelled if asked.cancels else considered
    route = ROUTE + json.dumps({"claim": asked.claim, "entries": dict(asked.entries)})
    decision = None if code else decide(store, now, asked.request, route)
    return _answer(asked, clock.moment(now), decision, code)


def decided(store: Store, clock: Clock, due: Due) -> None:
    """The day of a pended request: who subscribed over FHIR is told, who asked by X12 has it in the mailbox."""
    decide_pended(store, clock, due)
    final, route = store.authorization(int(due.subject))
    if not route.startswith(ROUTE):
        return
    kept = json.loads(route.removeprefix(ROUTE))
    answer = _answer(Asked(kept["claim"], kept["entries"], final.request), clock.moment(due.at), final, "")
    subscriptions.changed(store, clock, due.at, answer, subscriptions.requester_of(kept["claim"], kept["entries"]))


def inquired(store: Store, clock: Clock, asked: Asked) -> Resource | None:
    """The Bundle that says how far an earlier request is; None where there is none under its trace number."""
    earlier = store.authorization_by_trace(asked.request.payer_id, asked.request.trace)
    return None if earlier is None else _answer(asked, clock.moment(clock.now()), earlier[1], "")


def outcome(code: str, what: str) -> Resource:
    """An OperationOutcome of one issue."""
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "error", "code": code, "diagnostics": what}],
    }


def _answer(asked: Asked, moment: datetime, decision: Authorization | None, code: str) -> Resource:
    response = _response(asked, moment, decision, code)
    others = [
        {"fullUrl": name, "resource": each}
        for name, each in asked.entries.items()
        if each.get("resourceType") in _ECHOED
    ]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": _told_at(moment),
        "entry": [{"fullUrl": "urn:dermbill:claim-response", "resource": response}, *others],
    }


def _response(asked: Asked, moment: datetime, decision: Authorization | None, code: str) -> Resource:
    claim = asked.claim
    told: Resource = {
        "resourceType": "ClaimResponse",
        "id": subscriptions.answer_id(asked.request),
        "meta": {"profile": [EXTENSIONS + "profile-claimresponse"]},
        "identifier": claim.get("identifier", []),
        "status": "active",
        "type": claim.get("type"),
        "use": "preauthorization",
        "patient": claim.get("patient"),
        "created": _told_at(moment),
        "insurer": claim.get("insurer"),
        "requestor": claim.get("provider"),
    }
    if decision is None:
        return told | {"outcome": "error", "error": [{"code": _concept("901", code)}]}
    told["outcome"] = "queued" if decision.decision == PENDED else "complete"
    if decision.good_until is not None:
        told["preAuthRef"] = decision.number
        told["preAuthPeriod"] = _period(decision)
    return told | {"item": [_item(place, each, decision) for place, each in enumerate(decision.services, start=1)]}


def _item(place: int, said: Decided, decision: Authorization) -> Resource:
    action: list[Resource] = [{"url": EXTENSIONS + "extension-reviewActionCode"} | _valued("306", said.decision)]
    if said.decision not in _WITHOUT_NUMBER and decision.number:
        action.append({"url": "number", "valueString": decision.number})
    if said.reason:
        action.append({"url": "reasonCode"} | _valued("1271", said.reason))
    item: Resource = {
        "itemSequence": place,
        "adjudication": [
            {
                "extension": [{"url": EXTENSIONS + "extension-reviewAction", "extension": action}],
                "category": {
                    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/adjudication", "code": "submitted"}]
                },
            }
        ],
    }
    if said.units is not None:
        detail = [
            {"url": "productOrServiceCode", "valueCodeableConcept": {"coding": [{"code": said.service.cpt}]}},
            {"url": "quantity", "valueQuantity": {"value": float(said.units)}},
        ]
        item["extension"] = [{"url": EXTENSIONS + "extension-itemAuthorizedDetail", "extension": detail}]
    return item


def _told_at(moment: datetime) -> str:
    """FHIR wants a zone beside a time; the simulated clock has none and is read as UTC."""
    return moment.replace(tzinfo=UTC).isoformat()


def _period(decision: Authorization) -> Resource:
    assert decision.good_until is not None
    return {"start": decision.request.on.isoformat(), "end": decision.good_until.isoformat()}


def _valued(element: str, code: str) -> Resource:
    return {"valueCodeableConcept": _concept(element, code)}


def _concept(element: str, code: str) -> Resource:
    """A code of X12 by the number of its data element."""
    return {"coding": [{"system": X12_CODES + element, "code": code}]}


def _is_cancelled(item: Resource) -> bool:
    flags = [_object(each, "Claim.item.modifierExtension") for each in _list(item, "modifierExtension")]
    return any(each.get("url") == _INFO_CANCELLED and each.get("valueBoolean") is True for each in flags)


def _service(item: Resource) -> Service:
    codings = _list(_object(item.get("productOrService"), "Claim.item.productOrService"), "coding")
    code = _text(_object(next(iter(codings), None), "Claim.item.productOrService.coding").get("code"))
    quantity = item.get("quantity")
    value = cast(Resource, quantity).get("value") if isinstance(quantity, dict) else None
    try:
        units = Decimal(str(value)) if value is not None else Decimal(1)
    except InvalidOperation:
        raise NotReadable("Claim.item.quantity as a number") from None
    if not units.is_finite() or not 0 <= units <= _MOST_UNITS:
        raise NotReadable("Claim.item.quantity within reason")
    return Service(code, units)


def _served(item: Resource) -> date | None:
    period = item.get("servicedPeriod")
    text = cast(Resource, period).get("start") if isinstance(period, dict) else item.get("servicedDate")
    try:
        return date.fromisoformat(text[:10]) if isinstance(text, str) else None
    except ValueError:
        return None


def _named(bundle: Resource) -> Iterator[tuple[str, Resource]]:
    for entry in _list(bundle, "entry"):
        inside = _object(entry, "Bundle.entry as objects")
        resource = _object(inside.get("resource"), "Bundle.entry.resource")
        kind, id = resource.get("resourceType"), resource.get("id")
        yield _text(inside.get("fullUrl")) or f"{kind}/{id}", resource


def _found(entries: Mapping[str, Resource], reference: object, what: str) -> Resource:
    """What a reference leads to: by the whole address, or by type and id."""
    wanted = _text(_object(reference, what).get("reference"))
    for name, resource in entries.items():
        if wanted and wanted in (name, f"{resource.get('resourceType')}/{resource.get('id')}"):
            return resource
    raise NotReadable(what)


def _identifier(resource: Resource) -> str:
    first = next(iter(_list(resource, "identifier")), None)
    return _text(cast(Resource, first).get("value")) if isinstance(first, dict) else ""


def _decoded(content: bytes) -> object:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise NotReadable("JSON") from None


def _object(value: object, what: str) -> Resource:
    if not isinstance(value, dict):
        raise NotReadable(what)
    return cast(Resource, value)


def _list(resource: Resource, name: str) -> list[object]:
    value = resource.get(name)
    return cast(list[object], value) if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
