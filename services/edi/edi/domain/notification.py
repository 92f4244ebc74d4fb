"""A notification of a subscription: a Bundle whose first resource says what it is (R4 backport of subscriptions)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

KIND = "PASNOTIFICATION"
_STATUSES = frozenset({"Parameters", "SubscriptionStatus"})
_MOST_EVENTS = 1_000
_HIGHEST = 10**15


class Purpose(StrEnum):
    """Why it was sent."""

    HANDSHAKE = "handshake"
    HEARTBEAT = "heartbeat"
    EVENT = "event-notification"


@dataclass(frozen=True, slots=True)
class Notification:
    """`subscription` is the end of the reference to it, which is its id at the partner; `events` are their numbers."""

    purpose: Purpose
    subscription: str
    events: tuple[int, ...]

    @property
    def number(self) -> int:
        """The number of its last event; 0 of one that tells of none."""
        return max(self.events, default=0)


class NotANotification(Exception):
    """`where` is the element, `what` is wrong with it; neither has a word of the content."""

    def __init__(self, where: str, what: str) -> None:
        self.where, self.what = where, what
        super().__init__(f"{where} {what}")


def read(content: bytes) -> Notification:
    """What a partner tells. Raises NotANotification."""
    try:
        decoded: object = json.loads(content)
    except (ValueError, RecursionError):
        raise NotANotification("the body", "is not JSON") from None
    bundle = _object(decoded, "the body")
    if bundle.get("resourceType") != "Bundle":
        raise NotANotification("Bundle", "is not what the body is")
    entries = bundle.get("entry")
    if not isinstance(entries, list) or not entries:
        raise NotANotification("Bundle.entry", "is missing")
    first = _object(cast(list[object], entries)[0], "Bundle.entry[0]")
    status = _object(first.get("resource"), "Bundle.entry[0].resource")
    if status.get("resourceType") not in _STATUSES:
        raise NotANotification("Bundle.entry[0].resource", "is not the status of a subscription")
    said = dict(_said(status))
    try:
        purpose = Purpose(str(said.get("type")))
    except ValueError:
        raise NotANotification("Bundle.entry[0].resource type", "is none that is told here") from None
    return Notification(purpose, _subscription(said.get("subscription")), tuple(_events(status, said)))


def _said(status: dict[str, Any]) -> Iterator[tuple[str, object]]:
    """Names and values, whether they stand as parameters (R4) or as elements of their own (R4B)."""
    if status.get("resourceType") == "SubscriptionStatus":
        yield "type", status.get("type")
        yield "subscription", status.get("subscription")
        yield "events-since-subscription-start", status.get("eventsSinceSubscriptionStart")
        return
    for each in _objects(status.get("parameter")):
        value = next((each[name] for name in each if name.startswith("value")), None)
        yield str(each.get("name")), value


def _subscription(reference: object) -> str:
    said = cast(dict[str, Any], reference).get("reference") if isinstance(reference, dict) else None
    if not isinstance(said, str) or not said:
        raise NotANotification("Bundle.entry[0].resource subscription", "is missing")
    return said.rstrip("/").rsplit("/", 1)[-1]


def _events(status: dict[str, Any], said: dict[str, object]) -> Iterator[int]:
    """The numbers of the events it tells of; where it names none, how many there were so far."""
    told = [
        part.get("valueString", part.get("valueInteger64"))
        for each in _objects(status.get("parameter"))
        if each.get("name") == "notification-event"
        for part in _objects(each.get("part"))
        if part.get("name") == "event-number"
    ]
    told += [each.get("eventNumber") for each in _objects(status.get("notificationEvent"))]
    for each in told[:_MOST_EVENTS] or [said.get("events-since-subscription-start")]:
        number = _number(each)
        if number is not None:
            yield number


def _number(value: object) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
    return number if number is not None and number < _HIGHEST else None


def _objects(value: object) -> list[dict[str, Any]]:
    found = cast(list[object], value) if isinstance(value, list) else []
    return [cast(dict[str, Any], each) for each in found if isinstance(each, dict)]


def _object(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise NotANotification(where, "is no object")
    return cast(dict[str, Any], value)
