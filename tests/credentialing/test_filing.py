"""A provider's papers at the desk: sealed, dated, and told of before they end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from credentialing_desk import ALL, COLLEAGUE, NPI, TODAY, Desk
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


async def sent(desk: Desk, content: bytes, media_type: str = "application/pdf") -> Any:
    headers = {"Idempotency-Key": str(uuid4()), "content-type": media_type}
    async with desk.running.client(*ALL) as http:
        return await http.post(f"/providers/{NPI}/documents", content=content, headers=headers)


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
