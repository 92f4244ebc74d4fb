"""What the API takes and gives of subscriptions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict, Field

from edi.domain.subscription import Content, Subscription
from edi.models.words import Input


class SubscriptionIn(Input):
    """What the partner is asked for. `filter` narrows it in the partner's own terms, as its guide has it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"content": "full-resource", "filter": "orgIdentifier=http://hl7.org/fhir/sid/us-npi|1234567893"}
            ]
        },
    )
    content: Content = Content.FULL
    filter: str | None = Field(default=None, min_length=1, max_length=300, pattern=r"^[!-~]+$")


class SubscriptionOut(Input):
    """How a subscription stands; `heard_at` is when the partner last told anything."""

    id: UUID
    partner_id: UUID
    content: Content
    filter: str | None
    status: str
    remote_id: str | None
    last_event: int
    last_error: str | None
    asked_at: datetime
    heard_at: datetime | None

    @classmethod
    def of(cls, subscription: Subscription) -> SubscriptionOut:
        names = cls.model_fields.keys() - {"status"}
        return cls(**{name: getattr(subscription, name) for name in names}, status=subscription.status.value)
