"""What a payer's FHIR server was asked to tell us of (PAS subscription topic, R4 backport of subscriptions)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

TOPIC = "http://hl7.org/fhir/us/davinci-pas/SubscriptionTopic/PASSubscriptionTopic"
_BACKPORT = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
_ID = re.compile(r"[A-Za-z0-9.-]{1,64}")


class Content(StrEnum):
    """What a notification brings: the whole answer, or only which one it is."""

    FULL = "full-resource"
    ID_ONLY = "id-only"


class Status(StrEnum):
    """`active` since the partner's handshake; `error` where it refuses to tell us; `off` when we ended it."""

    REQUESTED = "requested"
    ACTIVE = "active"
    ERROR = "error"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Subscription:
    """`remote_id` is the partner's id of it, `last_event` the highest number of an event that came."""

    id: UUID
    partner_id: UUID
    content: Content
    filter: str | None
    status: Status
    remote_id: str | None
    last_event: int
    last_error: str | None
    asked_at: datetime
    heard_at: datetime | None


def resource_of(subscription: Subscription, endpoint: str, secret: str) -> dict[str, Any]:
    """The Subscription as the partner is asked for it."""
    narrowed = subscription.filter
    criteria = [{"url": _BACKPORT + "backport-filter-criteria", "valueString": narrowed}] if narrowed else []
    content = [{"url": _BACKPORT + "backport-payload-content", "valueCode": subscription.content.value}]
    return {
        "resourceType": "Subscription",
        "meta": {"profile": [_BACKPORT + "backport-subscription"]},
        "status": Status.REQUESTED.value,
        "reason": "Answers to requests for authorization that were pended",
        "criteria": TOPIC,
        **({"_criteria": {"extension": criteria}} if criteria else {}),
        "channel": {
            "type": "rest-hook",
            "endpoint": endpoint,
            "payload": "application/fhir+json",
            "_payload": {"extension": content},
            "header": [f"Authorization: Bearer {secret}"],
        },
    }


def standing_of(told: object) -> tuple[str | None, str]:
    """The partner's id of a Subscription and its status there; None and empty where it tells none that can be used."""
    if not isinstance(told, dict):
        return None, ""
    id, status = told.get("id"), told.get("status")  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    usable = id if isinstance(id, str) and _ID.fullmatch(id) else None
    return usable, status if isinstance(status, str) else ""
