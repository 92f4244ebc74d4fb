"""Who is told when a payer decides what it pended: subscriptions over FHIR, and the notices that go out for them.

R4 backport of subscriptions, topic of Da Vinci PAS. A notice is written down with the decision and sent by a thread of
its own, so that nobody who asks waits for somebody who is told.
"""

from __future__ import annotations

import json
import re
import secrets
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from simulator.clock import Clock
from simulator.faults import FILES
from simulator.prior_authorization import Request
from simulator.store import Store

Resource = dict[str, Any]

KIND, STEP = "PASNOTIFICATION", "PAS notice"
TOPIC = "http://hl7.org/fhir/us/davinci-pas/SubscriptionTopic/PASSubscriptionTopic"
HANDSHAKE, EVENT = "handshake", "event-notification"
_BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
_HEADER = re.compile(r"([A-Za-z0-9-]{1,60}): ([!-~ ]{1,500})")
_CONTENTS = frozenset({"full-resource", "id-only", "empty"})
_SECONDS = 5.0
_MOST_TRIES = 3
_NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class NotWanted(ValueError):
    """The Subscription asks for what is not told here; the words say what."""


@dataclass(slots=True)
class Subscription:
    """`wanted` is the identifier of the organization whose requests it is about; empty is all."""

    id: str
    endpoint: str
    headers: dict[str, str]
    content: str
    wanted: str = ""
    status: str = "requested"
    events: int = 0


def subscribed(store: Store, now: float, resource: Resource) -> Subscription:
    """Keep it and have its handshake sent. Raises NotWanted."""
    channel = resource.get("channel")
    if resource.get("criteria") != TOPIC or not isinstance(channel, dict) or channel.get("type") != "rest-hook":
        raise NotWanted("the PAS topic over a rest-hook")
    endpoint = str(channel.get("endpoint"))
    if not re.match(r"https?://", endpoint):
        raise NotWanted("an endpoint")
    found = [_HEADER.fullmatch(str(each)) for each in channel.get("header", [])]
    if not all(found):
        raise NotWanted("headers that are headers")
    made = Subscription(
        id=secrets.token_hex(8),
        endpoint=endpoint,
        headers={each[1]: each[2] for each in found if each},
        content=_extended(channel.get("_payload"), "valueCode") or "empty",
        wanted=_extended(resource.get("_criteria"), "valueString").rpartition("|")[2],
    )
    if made.content not in _CONTENTS:
        raise NotWanted("a content that is known")
    store.save_subscription(made.id, json.dumps(asdict(made)))
    _write(store, now, made, HANDSHAKE, _bundle(made, HANDSHAKE, []))
    return made


def found(store: Store, id: str) -> Subscription | None:
    kept = store.subscription(id)
    return None if kept is None else Subscription(**json.loads(kept))


def told_of(subscription: Subscription) -> Resource:
    """The Subscription as its resource."""
    return {
        "resourceType": "Subscription",
        "id": subscription.id,
        "status": subscription.status,
        "reason": "told",
        "criteria": TOPIC,
        "channel": {"type": "rest-hook", "endpoint": subscription.endpoint, "payload": "application/fhir+json"},
    }


def changed(store: Store, clock: Clock, now: float, answer: Resource, requester: str) -> None:
    """Write a notice of an answer for everybody who wants to be told of that requester's."""
    for kept in store.subscriptions():
        subscription = Subscription(**json.loads(kept))
        if subscription.wanted not in ("", requester) or subscription.status == "off":
            continue
        subscription.events += 1
        store.save_subscription(subscription.id, json.dumps(asdict(subscription)))
        body = _bundle(subscription, EVENT, answer["entry"], clock.moment(now).isoformat())
        _strike(store, now, subscription, body)


def _strike(store: Store, now: float, subscription: Subscription, body: bytes) -> None:
    """The notice, with what a test wants to go wrong with it."""
    fault = store.struck_by(FILES, "", kind=KIND)
    name = fault.fault if fault else ""
    if name == "silence":
        return
    if name == "malformed":
        _write(store, now, subscription, EVENT, b'{"resourceType": "Patient"}')
    if name == "truncated":
        _write(store, now, subscription, EVENT, body[: len(body) // 2])
    late = fault.days if fault and name in ("late", "redelivered") else 0.0
    _write(store, now + (late if name == "late" else 0.0), subscription, EVENT, body)
    if name in ("duplicate", "redelivered"):
        _write(store, now + late, subscription, EVENT, body)


def _write(store: Store, at: float, subscription: Subscription, purpose: str, body: bytes) -> None:
    store.add_notice(at, subscription.id, purpose, body)


def send(store: Store, now: float) -> int:
    """Send what is due, oldest first; gives how many went out. To be called outside any transaction."""
    with store.transaction():
        due = store.notices_due(now)
    for key, id, purpose, body, tries in due:
        with store.transaction():
            subscription = found(store, id)
        status = 410 if subscription is None else _post(subscription, body)
        with store.transaction():
            over = status < 500 or tries + 1 >= _MOST_TRIES
            store.note_notice(key, status, over=over)
            now_there = found(store, id)
            if now_there is not None and purpose == HANDSHAKE and status < 300:
                now_there.status = "active"
                store.save_subscription(id, json.dumps(asdict(now_there)))
    return len(due)


def _post(subscription: Subscription, body: bytes) -> int:
    """The status of the answer; 599 where there was none."""
    headers = {"Content-Type": "application/fhir+json", **subscription.headers}
    request = urllib.request.Request(subscription.endpoint, body, headers, method="POST")  # noqa: S310 (http or https)
    try:
        with _NO_PROXY.open(request, timeout=_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except (OSError, ValueError):
        return 599


def requester_of(claim: Resource, entries: dict[str, Resource]) -> str:
    """The first identifier of who asks."""
    provider = entries.get(str(claim.get("provider", {}).get("reference")), {})
    return next((str(each.get("value")) for each in provider.get("identifier", [])), "")


def _bundle(subscription: Subscription, purpose: str, entries: list[Resource], moment: str = "") -> bytes:
    told = {
        "resourceType": "Bundle",
        "type": "history",
        "meta": {"profile": [_BACKPORT + "backport-subscription-notification-r4"]},
        "entry": [
            {
                "fullUrl": f"urn:dermbill:status-{subscription.id}-{subscription.events}",
                "resource": {
                    "resourceType": "Parameters",
                    "meta": {"profile": [_BACKPORT + "backport-subscription-status-r4"]},
                    "parameter": list(_status(subscription, purpose, entries, moment)),
                },
                "request": {"method": "GET", "url": f"Subscription/{subscription.id}/$status"},
                "response": {"status": "200"},
            },
            *(entries if subscription.content == "full-resource" else []),
        ],
    }
    return json.dumps(told).encode()


def _status(subscription: Subscription, purpose: str, entries: list[Resource], moment: str) -> Iterator[Resource]:
    reference = {"reference": f"https://payer.example.org/fhir/Subscription/{subscription.id}"}
    yield {"name": "subscription", "valueReference": reference}
    yield {"name": "topic", "valueCanonical": TOPIC}
    yield {"name": "status", "valueCode": "requested" if purpose == HANDSHAKE else "active"}
    yield {"name": "type", "valueCode": purpose}
    yield {"name": "events-since-subscription-start", "valueString": str(subscription.events)}
    if purpose == EVENT:
        answer = entries[0]["resource"]
        part: list[Resource] = [
            {"name": "event-number", "valueString": str(subscription.events)},
            {"name": "timestamp", "valueInstant": f"{moment}Z"},
        ]
        if subscription.content != "empty":
            focus = {"reference": f"https://payer.example.org/fhir/ClaimResponse/{answer['id']}"}
            part.append({"name": "focus", "valueReference": focus})
        yield {"name": "notification-event", "part": part}


def _extended(element: object, value: str) -> str:
    extensions = element.get("extension", []) if isinstance(element, dict) else []
    return next((str(each[value]) for each in extensions if isinstance(each, dict) and value in each), "")


def answer_id(request: Request) -> str:
    """The id of the answer to a request: the same, the same request."""
    return "answer-" + re.sub(r"[^A-Za-z0-9]", "-", f"{request.payer_id}-{request.trace}")[-50:]
