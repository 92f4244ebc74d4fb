"""A change of a request over FHIR: an update of what the payer took, with that one's Claim beside it (PAS)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from asked_over_fhir import QUESTION, references
from fhir.resources.R4B.bundle import Bundle

import x12
from authorizations.operations.pas_request import bundle_of
from authorizations.operations.pas_words import EXTENSIONS
from simulator import pas


def changing(certification: str, trace: str = "0" * 32 + "02", **event: Any) -> x12.AuthorizationRequest:
    """A later request about the same event."""
    assert QUESTION.event is not None
    assert QUESTION.event.review is not None
    review = replace(QUESTION.event.review, certification=certification)
    other = replace(QUESTION.event, review=review, traces=(x12.Trace(trace, "1", "9123456789"),), **event)
    return replace(QUESTION, head=replace(QUESTION.head, reference=trace), event=other)


def service(code: str, units: int) -> x12.ServiceReview:
    return x12.ServiceReview(x12.ReviewLine(x12.Procedure(code), Decimal(units), "UN"))


def changes(claim: dict[str, Any], part: str = "item") -> list[tuple[str, str]]:
    """Each part by its code or control number, with what the update says of it."""
    told: list[tuple[str, str]] = []
    for each in claim[part]:
        how = [one["valueCode"] for one in each.get("extension", []) if one["url"].endswith("infoChanged")]
        gone = ["cancelled"] if each.get("modifierExtension") else []
        name = each.get("productOrService", each["category"])["coding"][0]["code"]
        told.append((name, " ".join([*how, *gone])))
    return told


class TestChangingARequest:
    def test_is_an_update_with_the_earlier_claim_beside_it(self):
        found = json.loads(bundle_of(changing("4"), earlier=QUESTION))
        Bundle.model_validate(found)
        claim, before = (found["entry"][place] for place in (0, 1))
        original = json.loads(bundle_of(QUESTION))["entry"][0]
        assert claim["resource"]["meta"]["profile"] == [EXTENSIONS + "profile-claim-update"]
        assert claim["resource"]["related"][0]["claim"]["reference"] == before["fullUrl"] == original["fullUrl"]
        assert before["resource"]["identifier"] == original["resource"]["identifier"]
        assert changes(claim["resource"]) == [("96910", "changed"), ("J1745", "changed")]
        assert set(references(found)) <= {entry["fullUrl"] for entry in found["entry"]}

    def test_says_what_is_new_and_keeps_what_is_wanted_no_more_as_cancelled(self):
        later = changing("S", services=(service("96910", 20), service("96920", 4)))
        claim = json.loads(bundle_of(later, earlier=QUESTION))["entry"][0]["resource"]
        assert changes(claim) == [("96910", "changed"), ("96920", "added"), ("J1745", "changed cancelled")]
        assert [each["sequence"] for each in claim["item"]] == [1, 2, 3]
        assert [
            each.units
            for each in pas.read(bundle_of(later, earlier=QUESTION).encode(), date(2026, 3, 2)).request.services
        ] == [20, 4]

    def test_marks_reports_that_are_new_and_lets_those_that_were_sent_stay(self):
        later = changing("4", attachments=(x12.Attachment("OZ", "EL", "CTRL2"),))
        claim = json.loads(bundle_of(later, earlier=QUESTION))["entry"][0]["resource"]
        assert changes(claim, "supportingInfo") == [
            ("patientEvent", ""),
            ("additionalInformation", "added"),
            ("additionalInformation", ""),
        ]
        assert [each["sequence"] for each in claim["supportingInfo"]] == [1, 2, 3]

    def test_cancels_every_item_and_the_simulated_payer_reads_it_so(self):
        text = bundle_of(changing("3"), earlier=QUESTION)
        claim = json.loads(text)["entry"][0]["resource"]
        assert {how for _, how in changes(claim)} == {"changed cancelled"}
        assert pas.read(text.encode(), date(2026, 3, 2)).cancels

    def test_without_an_earlier_request_or_by_appeal_is_a_request_of_its_own(self):
        for text in (bundle_of(changing("4")), bundle_of(changing("2"), earlier=QUESTION)):
            claim = json.loads(text)["entry"][0]["resource"]
            assert (claim["meta"]["profile"], "related" in claim) == ([EXTENSIONS + "profile-claim"], False)

    def test_whose_earlier_claim_is_missing_is_turned_away_by_the_simulated_payer(self):
        found = json.loads(bundle_of(changing("4"), earlier=QUESTION))
        del found["entry"][1]
        with pytest.raises(pas.NotReadable, match="earlier Claim"):
            pas.read(json.dumps(found).encode(), date(2026, 3, 2))
