"""A provider's papers at the desk: sealed, dated, and told of before they end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from credentialing_desk import ALL, BILLING, COLLEAGUE, NPI, TODAY, Desk
from sqlalchemy import text

from common.ids import new_id

LICENSE = {
    "kind": "state_license",
    "issuer": "State Education Department",
    "number": "200001",
    "state": "NY",
    "expires_on": "2030-08-31",
}
PDF = b"%PDF-1.7\nsynthetic"


async def filed(desk: Desk, npi: str = NPI, **changes: Any) -> dict[str, Any]:
    answer = await desk.ask("POST", f"/providers/{npi}/credentials", LICENSE | changes)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def sent(desk: Desk, content: bytes, media_type: str = "application/pdf", path: str = f"/providers/{NPI}") -> Any:
    headers = {"Idempotency-Key": str(uuid4()), "content-type": media_type}
    async with desk.running.client(*ALL) as http:
        return await http.post(f"{path}/documents", content=content, headers=headers)


class TestCredentials:
    async def test_one_is_kept_sealed_and_told_of_five_times(self, desk: Desk) -> None:
        credential = await filed(desk)
        assert (credential["standing"], credential["number"]) == ("valid", "200001")
        [row] = await desk.running.query(text("SELECT * FROM credentials"))
        assert b"200001" not in bytes(row["paper"])
        await desk.come(date(2030, 9, 2))
        told = await desk.running.published("CredentialExpiring")
        assert [event.data["days_left"] for event in told] == [120, 90, 60, 30, 7]
        assert {(str(event.key), event.data["npi"], event.data["kind"], event.data["state"]) for event in told} == {
            (credential["id"], NPI, "state_license", "NY")
        }
        [found] = (await desk.ask("GET", f"/providers/{NPI}/credentials")).json()
        assert found["standing"] == "expired"
        assert await desk.running.query(text("SELECT kind FROM timers WHERE kind LIKE 'credential%'")) == []

    async def test_one_that_ends_soon_is_told_of_at_once(self, desk: Desk) -> None:
        await filed(desk, expires_on=str(TODAY + timedelta(days=45)))
        await desk.come(TODAY)
        [event] = await desk.running.published("CredentialExpiring")
        assert event.data["days_left"] == 45

    async def test_a_renewed_one_takes_its_place_and_the_alerts_begin_anew(self, desk: Desk) -> None:
        credential = await filed(desk, expires_on=str(TODAY + timedelta(days=45)))
        await desk.come(TODAY)
        renewed = LICENSE | {"expires_on": "2032-08-31"}
        answer = await desk.ask("PUT", f"/credentials/{credential['id']}", renewed, version=2)
        assert (answer.json()["standing"], answer.json()["version"]) == ("valid", 3)
        await desk.come(date(2030, 8, 31))
        assert len(await desk.running.published("CredentialExpiring")) == 1

    async def test_one_recorded_by_mistake_is_removed_and_its_alerts_with_it(self, desk: Desk) -> None:
        credential = await filed(desk)
        answer = await desk.ask("DELETE", f"/credentials/{credential['id']}", version=1)
        assert answer.status_code == 204
        await desk.come(date(2030, 9, 2))
        assert await desk.running.published() == []
        assert (await desk.ask("GET", f"/credentials/{credential['id']}")).status_code == 404

    async def test_a_part_that_is_missing_is_named(self, desk: Desk) -> None:
        answer = await desk.ask("POST", f"/providers/{NPI}/credentials", LICENSE | {"state": None})
        assert (answer.status_code, answer.json()["code"]) == (422, "credential-part-missing")
        assert answer.json()["detail"] == "A state license needs its state."

    async def test_what_is_not_a_dea_number_is_refused_and_not_repeated(self, desk: Desk) -> None:
        body = LICENSE | {"kind": "dea_registration", "number": "AP5836728"}
        answer = await desk.ask("POST", f"/providers/{NPI}/credentials", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "dea-number-wrong")
        assert "AP5836728" not in answer.text

    async def test_a_physician_assistant_has_a_collaborating_physician(self, desk: Desk) -> None:
        name = {"family": "Tanager", "given": "Ines"}
        await desk.put(f"/providers/{COLLEAGUE}", {"name": name, "profession": "PA", "taxonomies": ["363A00000X"]})
        agreement = {"kind": "collaborating_agreement", "issued_on": "2029-01-01", "collaborator_npi": NPI}
        assert (await filed(desk, COLLEAGUE, **agreement))["collaborator_npi"] == NPI

    async def test_another_practice_sees_none_of_it(self, desk: Desk) -> None:
        credential = await filed(desk)
        async with desk.running.client(*ALL, practices=[new_id()]) as http:
            assert (await http.get(f"/credentials/{credential['id']}")).status_code == 404
            assert (await http.get(f"/providers/{NPI}/credentials")).status_code == 404
            assert (await http.get("/expiring")).json() == []


class TestPapersOfPlaces:
    CLIA: ClassVar = {
        "kind": "clia_certificate", "issuer": "CMS", "number": "33D0123456", "expires_on": "2030-08-31",
        "tier": "waiver",
    }  # fmt: skip

    async def test_one_of_a_location_is_told_of_by_its_code_and_one_of_a_group_by_its_npi(self, desk: Desk) -> None:
        certificate = await desk.ask("POST", "/locations/MAIN/credentials", self.CLIA)
        liability = {
            "kind": "entity_liability_insurance", "issuer": "Carrier", "number": "P-1", "expires_on": "2030-08-31",
            "per_claim": "1000000", "aggregate": "3000000",
        }  # fmt: skip
        policy = await desk.ask("POST", f"/groups/{BILLING}/credentials", liability)
        whose = [(kept["held_by"], kept["npi"], kept["billing_npi"], kept["location_code"])
                 for kept in (certificate.json(), policy.json())]  # fmt: skip
        assert whose == [("location", None, BILLING, "MAIN"), ("group", None, BILLING, None)]
        await desk.come(date(2030, 9, 2))
        told = await desk.running.published("CredentialExpiring")
        assert [event.data["days_left"] for event in told] == [120, 120, 90, 90, 60, 60, 30, 30, 7, 7]
        assert {(str(event.key), event.data["held_by"], event.data["location_code"]) for event in told} == {
            (certificate.json()["id"], "location", "MAIN"), (policy.json()["id"], "group", None),
        }  # fmt: skip
        assert {event.data["npi"] for event in told} == {BILLING}
        ends = (await desk.ask("GET", "/expiring")).json()
        assert {(end["what"], end["held_by"], end["billing_npi"], end["location_code"]) for end in ends} == {
            ("clia_certificate", "location", BILLING, "MAIN"), ("entity_liability_insurance", "group", BILLING, None),
        }  # fmt: skip

    async def test_a_paper_goes_to_who_can_hold_it(self, desk: Desk) -> None:
        for path in (f"/providers/{NPI}", f"/groups/{BILLING}"):
            answer = await desk.ask("POST", f"{path}/credentials", self.CLIA)
            assert (answer.status_code, answer.json()["code"]) == (422, "not-held-by-such")
        assert (await desk.ask("POST", "/locations/MOON/credentials", self.CLIA)).status_code == 404

    async def test_a_document_of_one_holder_is_not_another_s(self, desk: Desk) -> None:
        paths = ("/locations/MAIN", "/locations/LAKE", f"/groups/{BILLING}")
        kept = [[(await sent(desk, PDF, path=path)).json()["id"] for _ in range(2)] for path in paths]
        assert [first == again for first, again in kept] == [True] * 3
        assert len({first for first, _ in kept}) == 3
        [listed] = (await desk.ask("GET", "/locations/MAIN/documents")).json()
        assert listed["id"] == kept[0][0]
        for (document, _), status in zip(kept, (201, 422, 422), strict=True):
            answer = await desk.ask("POST", "/locations/MAIN/credentials", self.CLIA | {"document_id": document})
            assert answer.status_code == status


class TestDocuments:
    async def test_a_file_comes_back_as_it_was_sent_and_stands_sealed(self, desk: Desk) -> None:
        document = (await sent(desk, PDF)).json()
        [row] = await desk.running.query(text("SELECT content FROM documents"))
        assert b"synthetic" not in bytes(row["content"])
        answer = await desk.ask("GET", f"/documents/{document['id']}/content")
        assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")
        credential = await filed(desk, document_id=document["id"])
        assert credential["document_id"] == document["id"]

    async def test_the_same_file_again_is_the_same_document(self, desk: Desk) -> None:
        first, second = (await sent(desk, PDF)).json(), (await sent(desk, PDF)).json()
        assert first == second

    @pytest.mark.parametrize(
        ("content", "media_type", "status"),
        [(b"GIF89a", "application/pdf", 422), (PDF, "text/plain", 415), (b"", "image/png", 422)],
    )
    async def test_what_is_not_such_a_file_is_refused(
        self, desk: Desk, content: bytes, media_type: str, status: int
    ) -> None:
        assert (await sent(desk, content, media_type)).status_code == status

    async def test_a_document_that_is_not_there_cannot_be_named(self, desk: Desk) -> None:
        body = LICENSE | {"document_id": str(new_id())}
        answer = await desk.ask("POST", f"/providers/{NPI}/credentials", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "not-registered")


class TestWorkHistory:
    async def test_gaps_are_shown_until_they_are_explained(self, desk: Desk) -> None:
        positions = [
            {"employer": "Harbor Skin", "first": "2020-01-01", "last": "2027-12-31"},
            {"employer": "Sample Dermatology", "first": "2029-06-01"},
        ]
        put = await desk.ask("PUT", f"/providers/{NPI}/work-history", {"positions": positions}, version=1)
        gap = {"first": "2028-01-01", "last": "2029-05-31", "wanted": "explanation in writing", "explained": False}
        assert put.json()["gaps"] == [gap]
        told = [{"of": "2028-02-01", "text": "A research year abroad.", "in_writing": True}]
        body = {"positions": positions, "explanations": told}
        await desk.ask("PUT", f"/providers/{NPI}/work-history", body, version=2)
        found = (await desk.ask("GET", f"/providers/{NPI}/work-history")).json()
        assert found["gaps"] == [gap | {"explained": True}]
        [row] = await desk.running.query(text("SELECT work_history FROM providers"))
        assert b"Harbor" not in bytes(row["work_history"])


class TestWhatEnds:
    async def test_papers_and_renewals_are_listed_together_the_nearest_first(self, desk: Desk) -> None:
        await filed(desk, expires_on=str(TODAY + timedelta(days=45)))
        enrollment = await desk.effective(date(2030, 3, 1))
        await desk.act(enrollment, "call-for-renewal", due_on=TODAY + timedelta(days=30))
        await filed(desk, kind="hospital_privileges", issued_on="2028-01-01", expires_on=str(TODAY - timedelta(days=1)))
        ends = (await desk.ask("GET", "/expiring", within_days="90")).json()
        assert [(end["what"], end["payer_id"], end["days_left"]) for end in ends] == [
            ("hospital_privileges", None, -1), ("renewal", "PAYERA", 30), ("state_license", None, 45),
        ]  # fmt: skip
