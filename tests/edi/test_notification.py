"""What is read of a notification, and what a FHIR server's refusal means (no server, no database)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.ids import new_id
from edi.domain import fhir
from edi.domain.notification import NotANotification, Purpose, read
from edi.domain.subscription import TOPIC, Content, Status, Subscription, resource_of, standing_of

NAMES = st.sampled_from(["resourceType", "entry", "resource", "parameter", "name", "part", "type", "subscription"])
WORDS = st.sampled_from(["Bundle", "Parameters", "SubscriptionStatus", "type", "event-notification", "handshake"])
NOISE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


def bundle(status: dict[str, Any]) -> bytes:
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": status}]}).encode()


def parameters(purpose: str, *events: str) -> dict[str, Any]:
    told = [{"name": "notification-event", "part": [{"name": "event-number", "valueString": each}]} for each in events]
    subscription = {"name": "subscription", "valueReference": {"reference": "https://payer.example/Subscription/77"}}
    return {
        "resourceType": "Parameters",
        "parameter": [subscription, {"name": "type", "valueCode": purpose}, *told],
    }


def place_of(content: bytes) -> int | str:
    """The number of the last event, or where it fails."""
    try:
        return read(content).number
    except NotANotification as refusal:
        return refusal.where


class TestReadingANotification:
    def test_says_what_it_is_of_which_subscription_and_which_events(self):
        told = read(bundle(parameters("event-notification", "4", "6", "none")))
        assert (told.purpose, told.subscription, told.events, told.number) == (Purpose.EVENT, "77", (4, 6), 6)

    def test_of_the_later_edition_of_fhir_is_read_alike(self):
        status = {
            "resourceType": "SubscriptionStatus", "type": "event-notification",
            "subscription": {"reference": "Subscription/77"}, "notificationEvent": [{"eventNumber": "6"}],
        }  # fmt: skip
        told = read(bundle(status))
        assert (told.purpose, told.subscription, told.number) == (Purpose.EVENT, "77", 6)

    @pytest.mark.parametrize(
        ("content", "where"),
        [
            (b"{", "the body"),
            (b"[" * 100_000, "the body"),
            (b"[]", "the body"),
            (b'{"resourceType": "Claim"}', "Bundle"),
            (b'{"resourceType": "Bundle"}', "Bundle.entry"),
            (b'{"resourceType": "Bundle", "entry": [7]}', "Bundle.entry[0]"),
            (bundle({"resourceType": "Claim"}), "Bundle.entry[0].resource"),
            (bundle(parameters("query-status")), "Bundle.entry[0].resource type"),
            (
                bundle({"resourceType": "SubscriptionStatus", "type": "heartbeat"}),
                "Bundle.entry[0].resource subscription",
            ),
        ],
    )
    def test_that_is_none_is_refused_with_the_element(self, content: bytes, where: str) -> None:
        with pytest.raises(NotANotification) as refused:
            read(content)
        assert refused.value.where == where

    @given(NOISE)
    def test_whatever_comes_is_read_or_refused(self, noise: object) -> None:
        for content in (json.dumps(noise), json.dumps({"resourceType": "Bundle", "entry": noise})):
            assert place_of(content.encode()) is not None


class TestAskingForASubscription:
    def test_names_the_topic_the_endpoint_and_the_secret_and_what_the_payer_should_send(self):
        made = Subscription(
            new_id(), new_id(), Content.ID_ONLY, "orgIdentifier=x|1", Status.REQUESTED, None, 0, None,
            datetime(2026, 3, 2, tzinfo=UTC), None,
        )  # fmt: skip
        resource = resource_of(made, "https://practice.example/notifications", "hidden")
        channel = resource["channel"]
        assert (resource["criteria"], channel["type"], channel["endpoint"]) == (
            TOPIC, "rest-hook", "https://practice.example/notifications",
        )  # fmt: skip
        assert channel["header"] == ["Authorization: Bearer hidden"]
        assert channel["_payload"]["extension"][0]["valueCode"] == "id-only"
        assert resource["_criteria"]["extension"][0]["valueString"] == "orgIdentifier=x|1"

    @pytest.mark.parametrize(
        ("told", "standing"),
        [({"id": "77", "status": "active"}, ("77", "active")), ({"id": "../x"}, (None, "")), ([], (None, ""))],
    )
    def test_takes_no_id_that_could_lead_elsewhere(self, told: object, standing: tuple[str | None, str]) -> None:
        assert standing_of(told) == standing


class TestARefusalOverFhir:
    @pytest.mark.parametrize(
        ("issue", "code"),
        [
            ({"code": "business-rule", "diagnostics": "QUILL is unknown"}, "fhir-business-rule"),
            ({"code": "value", "details": {"coding": [{"system": fhir.REJECT_REASONS, "code": "T4"}]}}, "aaa-T4"),
            ({"code": "value", "details": {"coding": [{"system": "other", "code": "T4"}]}}, "fhir-value"),
            ({"code": "QUILL"}, "fhir-unknown"),
            ({}, "fhir-unknown"),
        ],
    )
    def test_is_told_on_by_its_code_alone(self, issue: dict[str, Any], code: str) -> None:
        assert fhir.refused(json.dumps({"resourceType": "OperationOutcome", "issue": [issue]}).encode()) == code
