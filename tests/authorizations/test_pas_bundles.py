"""What a FHIR Bundle of Da Vinci PAS says of a request, what ours carry, and every public sample of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from asked_over_fhir import QUESTION, TRACE, person, references
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given
from hypothesis import strategies as st

import x12
from authorizations.domain.counting import CertifiedService
from authorizations.domain.lifecycle import Fact
from authorizations.domain.request import Certification, Request, Route, Wire
from authorizations.domain.said import Rejection
from authorizations.operations import pas_answer
from authorizations.operations.pas_request import bundle_of, inquiry_of
from authorizations.operations.pas_words import EXTENSIONS
from authorizations.operations.question import CannotHear
from simulator import pas

ASKED = [CertifiedService("96910", 10), CertifiedService("J1745", 40)]
PROJECTS = ("HL7-DaVinci__prior-auth", "HL7-DaVinci__br-provider", "inferno-framework__davinci-pas-test-kit")

TOLD = (
    "levelOfServiceCode",
    "careTeamClaimScope",
    "serviceItemRequestType",
    "certificationType",
    "documentInformation",
)
NO_ANSWERS = [
    b"", b"<html>", b"[]", b"{}", b'{"resourceType": "Bundle"}', b"[" * 100_000,
    b'{"resourceType": "Bundle", "entry": [7]}',
]  # fmt: skip
NAMES = st.sampled_from(["item", "error", "extension", "code", "url", "value"])
NOISE = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


def item(place: int, action: str, *, number: str = "", reason: str = "", units: float | None = None) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [
        {"url": pas_answer.REVIEW_ACTION_CODE, "valueCodeableConcept": {"coding": [{"code": action}]}}
    ]
    parts += [{"url": "number", "valueString": number}] if number else []
    parts += [{"url": "reasonCode", "valueCodeableConcept": {"coding": [{"code": reason}]}}] if reason else []
    detail = {
        "url": pas_answer.AUTHORIZED_DETAIL,
        "extension": [{"url": "quantity", "valueQuantity": {"value": units}}],
    }
    return {
        **({"extension": [detail]} if units is not None else {}),
        "itemSequence": place,
        "adjudication": [
            {
                "extension": [{"url": pas_answer.REVIEW_ACTION, "extension": parts}],
                "category": {"coding": [{"code": "submitted"}]},
            }
        ],
    }


def response(*items: dict[str, Any], trace: str = TRACE, outcome: str = "complete", **told: Any) -> dict[str, Any]:
    return {
        "resourceType": "ClaimResponse",
        "identifier": [{"value": trace}] if trace else [],
        "status": "active",
        "type": {"coding": [{"code": "professional"}]},
        "use": "preauthorization",
        "patient": {"reference": "Patient/1"},
        "created": "2026-03-02",
        "insurer": {"reference": "Organization/1"},
        "outcome": outcome,
        **({"item": list(items)} if items else {}),
        **told,
    }


def bundle(*responses: dict[str, Any]) -> bytes:
    entries = [{"fullUrl": f"urn:{place}", "resource": each} for place, each in enumerate(responses)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


def said(*items: dict[str, Any], **told: Any) -> Any:
    return pas_answer.said_in(bundle(response(*items, **told)), TRACE, ASKED)


class TestWhatAClaimResponseSays:
    def test_every_item_certified_is_certified_with_the_number_and_the_units_asked(self):
        told = said(item(1, "A1", number="AUTH1"), item(2, "A1", number="AUTH1"))
        assert (told.fact, told.number, list(told.certified)) == (Fact.CERTIFY, "AUTH1", ASKED)

    def test_units_that_the_payer_names_count_instead_of_those_asked(self):
        told = said(item(1, "A6", number="AUTH1", units=6))
        assert (told.fact, told.certified) == (Fact.MODIFY, (CertifiedService("96910", 6),))

    @pytest.mark.parametrize("action", ["A2", "A6"])
    def test_less_than_asked_without_how_much_certifies_nothing_and_asks_a_person(self, action: str):
        told = said(item(1, action, number="AUTH1"))
        assert (told.fact, told.certified) == (Fact.ASK_TO_CALL, ())

    def test_one_item_of_two_is_part_and_has_the_reason_of_the_other(self):
        told = said(item(1, "A1", number="AUTH1"), item(2, "A3", reason="0U"))
        assert (told.fact, told.certified, told.all_reasons) == (Fact.CERTIFY_PART, (ASKED[0],), ("0U",))

    @pytest.mark.parametrize(("action", "fact"), [("A3", Fact.DENY), ("NA", Fact.NEED_NONE), ("ZZ", Fact.ASK_TO_CALL)])
    def test_other_actions_mean_what_they_mean_in_a_278(self, action: str, fact: Fact):
        assert said(item(1, action), item(2, action)).fact is fact

    def test_an_item_with_a4_is_pended_and_so_is_an_answer_that_is_queued_alone(self):
        assert said(item(1, "A4"), outcome="complete").fact is Fact.PEND
        assert said(outcome="queued").fact is Fact.PEND

    def test_an_error_is_a_rejection_by_its_code_of_x12_and_words_of_the_payer_are_not_kept(self):
        codes = [{"code": {"coding": [{"code": "75"}]}}, {"code": {"coding": [{"code": "Quill is unknown"}]}}]
        told = said(outcome="error", error=codes)
        assert told.fact is Fact.REJECT
        assert told.rejections == (Rejection("event", "75"), Rejection("event", "other"))

    def test_an_error_without_a_reason_is_a_rejection_still(self):
        assert said(outcome="error").fact is Fact.REJECT

    def test_the_number_and_days_may_stand_at_the_whole(self):
        told = said(item(1, "A1"), preAuthRef="AUTH9", preAuthPeriod={"start": "2026-03-09", "end": "2026-06-07"})
        assert (told.number, told.valid_from, told.valid_to) == ("AUTH9", date(2026, 3, 9), date(2026, 6, 7))

    def test_the_days_of_items_are_those_they_have_in_common(self):
        def good(start: str, end: str) -> dict[str, Any]:
            period = {"url": pas_answer.AUTHORIZED_PERIOD, "valuePeriod": {"start": start, "end": end}}
            return {"extension": [period]}

        told = said(
            item(1, "A1", number="N") | good("2026-03-01", "2026-05-01"),
            item(2, "A1", number="N") | good("2026-03-09", "2026-04-01"),
        )
        assert (told.valid_from, told.valid_to) == (date(2026, 3, 9), date(2026, 4, 1))

    def test_an_early_edition_says_one_word_for_the_whole(self):
        word = [{"url": pas_answer.REVIEW_ACTION, "valueCode": "A1"}]
        told = said(extension=word, preAuthRef="AUTH1")
        assert (told.fact, told.number, list(told.certified)) == (Fact.CERTIFY, "AUTH1", ASKED)


class TestWhoseAnswerItIs:
    def test_ours_is_found_among_several_by_its_trace_number(self):
        content = bundle(response(item(1, "A3"), trace="another"), response(item(1, "A1", number="AUTH1")))
        assert pas_answer.said_in(content, TRACE, ASKED).number == "AUTH1"

    def test_the_only_one_without_a_trace_number_is_ours_and_one_with_another_is_not(self):
        assert said(item(1, "A1", number="AUTH1"), trace="").number == "AUTH1"
        with pytest.raises(CannotHear, match="answer-not-ours"):
            said(item(1, "A1", number="AUTH1"), trace="another")

    @pytest.mark.parametrize("content", NO_ANSWERS)
    def test_what_is_no_answer_is_refused(self, content: bytes):
        with pytest.raises(CannotHear, match="answer-unreadable"):
            pas_answer.said_in(content, TRACE, ASKED)

    @given(NOISE)
    def test_whatever_stands_in_it_is_read_or_refused(self, noise: object):
        for name in ("item", "error", "identifier", "extension", "adjudication", "preAuthPeriod"):
            content = bundle(response() | {name: noise})
            heard = reason_or(lambda content=content: pas_answer.said_in(content, TRACE, ASKED).fact)
            assert heard in {*Fact, "answer-unreadable", "answer-not-ours"}


class TestOurRequest:
    def test_is_valid_fhir_with_the_claim_first_and_every_reference_in_the_bundle(self):
        for text in (bundle_of(QUESTION), inquiry_of(QUESTION)):
            Bundle.model_validate_json(text)
            found = json.loads(text)
            assert found["entry"][0]["resource"]["resourceType"] == "Claim"
            urls = {entry["fullUrl"] for entry in found["entry"]}
            assert set(references(found)) <= urls

    def test_says_what_the_278_says(self):
        claim = json.loads(bundle_of(QUESTION))["entry"][0]["resource"]
        assert claim["identifier"][0]["value"] == TRACE
        assert [each["diagnosisCodeableConcept"]["coding"][0]["code"] for each in claim["diagnosis"]] == [
            "L40.0",
            "L82",
        ]
        services = [
            (each["productOrService"]["coding"][0]["code"], each["quantity"]["value"]) for each in claim["item"]
        ]
        assert services == [("96910", 10), ("J1745", 40)]
        assert claim["item"][0]["servicedPeriod"] == {"start": "2026-03-09", "end": "2026-05-09"}
        assert claim["extension"][0]["valueCodeableConcept"]["coding"][0]["code"] == "U"
        event, report = claim["supportingInfo"]
        assert event["timingPeriod"] == {"start": "2026-03-09", "end": "2026-05-09"}
        assert report["valueReference"]["identifier"]["value"] == "CTRL1"

    def test_is_the_same_bytes_for_the_same_question(self):
        assert bundle_of(QUESTION) == bundle_of(replace(QUESTION))

    def test_of_a_dependent_has_both_and_the_relationship_where_it_was_told(self):
        dependent = x12.Member(person(""), "QC")
        found = json.loads(bundle_of(replace(QUESTION, dependent=dependent)))
        kinds = [entry["resource"]["resourceType"] for entry in found["entry"]]
        [coverage] = [each["resource"] for each in found["entry"] if each["resource"]["resourceType"] == "Coverage"]
        assert (kinds.count("Patient"), "relationship" in coverage) == (2, False)
        assert coverage["subscriber"] != coverage["beneficiary"]
        child = x12.Member(person(""), "QC", "N", "19")
        told = json.loads(bundle_of(replace(QUESTION, dependent=child)))
        [coverage] = [each["resource"] for each in told["entry"] if each["resource"]["resourceType"] == "Coverage"]
        assert [each["code"] for each in coverage["relationship"]["coding"]] == ["child", "19"]

    def test_is_read_by_the_simulated_payer_as_it_was_asked(self):
        asked = pas.read(bundle_of(QUESTION).encode(), date(2026, 3, 2)).request
        assert (asked.payer_id, asked.member_id, asked.trace) == ("MERIDIAN", "MA1000001", TRACE)
        assert [(one.cpt, one.units) for one in asked.services] == [("96910", 10), ("J1745", 40)]
        assert asked.on == date(2026, 3, 9)

    def test_of_a_referral_that_names_no_services_asks_for_its_visits_and_hears_how_many(self):
        assert QUESTION.event is not None
        review = x12.Review("SC", "I", "", "11")
        visits = (x12.Delivery("VS", Decimal(3)),)
        event = replace(QUESTION.event, review=review, services=(), deliveries=visits)
        [one] = json.loads(bundle_of(replace(QUESTION, event=event)))["entry"][0]["resource"]["item"]
        assert (one["productOrService"]["coding"][0]["code"], one["quantity"]["value"]) == ("3", 3)
        told = pas_answer.said_in(bundle(response(item(1, "A1", number="REF1", units=2))), TRACE, [])
        assert (told.fact, told.number, told.visits, told.services) == (Fact.CERTIFY, "REF1", 2, ())


class TestInquiring:
    def test_is_sooner_at_first_and_then_every_four_hours_under_another_key(self):
        now = datetime(2026, 3, 2, tzinfo=UTC)
        request = Request(Certification.INITIAL, route=Route(Wire.PAS)).pended(now)
        pauses = []
        for _ in range(5):
            assert request.inquire_at is not None
            pauses.append(request.inquire_at - now)
            request = request.inquired(now)
        quarter, hour, four = timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4)
        assert (pauses, request.inquiries) == ([quarter, hour, four, four, four], 5)

    def test_is_not_done_over_x12(self):
        assert Request(Certification.INITIAL).pended(datetime(2026, 3, 2, tzinfo=UTC)).inquire_at is None


def reason_or(heard: Callable[[], object]) -> object:
    """What was heard, or why nothing could be."""
    try:
        return heard()
    except CannotHear as fault:
        return fault.code


def kinds(value: dict[str, Any]) -> set[str]:
    """The types of the resources in a resource: itself, and those of its entries or parameters."""
    within = [each for name in ("entry", "parameter") for each in value.get(name, [])]
    inside = [each["resource"] for each in within if "resource" in each]
    return {value.get("resourceType", "")}.union(*(kinds(each) for each in inside))


def extensions(value: object) -> set[str]:
    if isinstance(value, list):
        return {found for each in value for found in extensions(each)}
    if not isinstance(value, dict):
        return set()
    own = {value["url"]} if isinstance(value.get("url"), str) else set()
    return own | {found for each in value.values() for found in extensions(each)}


class TestPublicSamples:
    def test_every_answer_is_read_and_everything_else_is_refused_with_a_reason(self, shared_folder: Path) -> None:
        outcomes: dict[str, set[object]] = {"read": set(), "refused": set()}
        for path in samples(shared_folder):
            content = path.read_bytes()
            heard = reason_or(lambda content=content: [
                pas_answer.heard(each, ASKED).fact for each in pas_answer.claim_responses_in(content)
            ])  # fmt: skip
            answers = {"ClaimResponse"} & kinds(json.loads(content))
            outcomes["read" if answers else "refused"] |= set(heard) if isinstance(heard, list) else {heard}
        assert outcomes["refused"] == {"answer-unreadable"}
        assert (
            outcomes["read"] == {Fact.CERTIFY, Fact.PEND, Fact.DENY, Fact.REJECT, Fact.ASK_TO_CALL} & outcomes["read"]
        )
        assert {Fact.CERTIFY, Fact.PEND, Fact.DENY, Fact.REJECT} <= outcomes["read"]

    @pytest.mark.parametrize(
        ("name", "fact", "number"),
        [
            ("ClaimResponse-PractitionerRequestorResponseExample.json", Fact.CERTIFY, "AUTH0001"),
            ("ClaimResponse-PractitionerRequestorPendingResponseExample.json", Fact.PEND, ""),
            ("ClaimResponse-RejectionResponseExample.json", Fact.DENY, ""),
            ("ClaimResponse-ErrorResponseExample.json", Fact.REJECT, ""),
            ("Bundle-PASClaimInquiryResponseBundleExample.json", Fact.CERTIFY, "AUTH0001"),
            ("valid_pa_response_bundle_denial.json", Fact.DENY, "AUTH0001"),
            ("PAS_notification_example_full_resource.json", Fact.PEND, ""),
        ],
    )
    def test_says_what_its_guide_says_of_it(self, shared_folder: Path, name: str, fact: Fact, number: str) -> None:
        [path] = [each for each in samples(shared_folder) if each.name == name]
        [found] = pas_answer.claim_responses_in(path.read_bytes())
        told = pas_answer.heard(found, ASKED)
        assert (told.fact, told.number) == (fact, number)

    def test_requests_are_read_by_the_simulated_payer_or_refused_by_what_they_lack(self, shared_folder: Path) -> None:
        lacking: list[str] = []
        for path in samples(shared_folder):
            try:
                pas.read(path.read_bytes(), date(2026, 3, 2))
            except pas.NotReadable as fault:
                lacking.append(str(fault))
        assert all(lacking)
        assert len(samples(shared_folder)) - len(lacking) >= 8

    def test_ours_carry_every_element_of_the_claims_there_that_a_request_of_ours_can_know(
        self, shared_folder: Path
    ) -> None:
        """What is left out is of hospital stays, home health, other claims, or numbers that only the payer has."""
        [path] = [
            each for each in samples(shared_folder) if each.name == "Bundle-ReferralAuthorizationBundleExample.json"
        ]
        theirs, ours = json.loads(path.read_bytes()), json.loads(bundle_of(QUESTION))
        [their_claim], [our_claim] = ([one["entry"][0]["resource"]] for one in (theirs, ours))
        assert set(their_claim) - {"text", "language"} <= set(our_claim)
        assert set(their_claim["item"][0]) - {"category"} <= set(our_claim["item"][0])
        assert {"identifier", "type", "timestamp", "meta", "entry"} <= set(ours)
        assert {EXTENSIONS + f"extension-{name}" for name in TOLD} <= extensions(ours) & extensions(theirs)


def samples(shared_folder: Path) -> list[Path]:
    return sorted(path for project in PROJECTS for path in (shared_folder / "samples" / project).rglob("*.json"))
