"""Changes that Medicare and NPPES have to hear of: by when, and until they did."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from credentialing_desk import BILLING, NPI, TODAY, Desk
from hypothesis import given
from hypothesis import strategies as st

from common.ids import new_id
from credentialing.domain.changes import ChangeKind, Recipient, ToReport, due_on
from credentialing.domain.holders import Holder, HolderType
from credentialing.domain.refusals import AlreadyReported, DatesOutOfOrder, InTheFuture

DAY = date(2026, 3, 2)
WHO = Holder(HolderType.LOCATION, new_id(), BILLING, "MAIN")


class TestByWhen:
    @pytest.mark.parametrize(
        ("recipient", "kind", "days"),
        [
            (Recipient.MEDICARE, ChangeKind.PRACTICE_LOCATION, 30),
            (Recipient.MEDICARE, ChangeKind.ADVERSE_ACTION, 30),
            (Recipient.MEDICARE, ChangeKind.OWNERSHIP, 30),
            (Recipient.MEDICARE, ChangeKind.NAME, 90),
            (Recipient.MEDICARE, ChangeKind.OTHER, 90),
            (Recipient.NPPES, ChangeKind.TAXONOMY, 30),
        ],
    )
    def test_the_kind_and_who_hears_of_it_decide(self, recipient: Recipient, kind: ChangeKind, days: int) -> None:
        assert due_on(recipient, kind, DAY) == DAY + timedelta(days=days)

    @given(st.integers(-40, 40), st.integers(-40, 40))
    def test_it_is_reported_once_after_it_happened_and_not_ahead(self, reported: int, today: int) -> None:
        change = ToReport(new_id(), WHO, ChangeKind.NAME, Recipient.NPPES, DAY, DAY)
        on, now = DAY + timedelta(days=reported), DAY + timedelta(days=today)
        if 0 <= reported <= today:
            told = change.reported(on, "R-1", now)
            assert (told.reported_on, told.reference) == (on, "R-1")
            with pytest.raises(AlreadyReported):
                told.reported(on, None, now)
        else:
            with pytest.raises((InTheFuture, DatesOutOfOrder)):
                change.reported(on, None, now)


class TestAtTheDesk:
    async def test_one_is_due_to_each_recipient_until_it_was_reported(self, desk: Desk) -> None:
        body = {"kind": "practice_location", "happened_on": str(TODAY - timedelta(days=10))}
        noted = (await desk.ask("POST", "/locations/MAIN/changes", body)).json()["changes"]
        assert [(each["recipient"], each["npi"], each["location_code"]) for each in noted] == [
            ("medicare", BILLING, "MAIN"), ("nppes", BILLING, "MAIN"),
        ]  # fmt: skip
        other = {"kind": "name", "happened_on": str(TODAY), "recipients": ["medicare"]}
        assert (await desk.ask("POST", f"/providers/{NPI}/changes", other)).status_code == 201
        ends = (await desk.ask("GET", "/expiring")).json()
        assert [(end["what"], end["npi"], end["days_left"]) for end in ends] == [
            ("report_to_medicare", None, 20), ("report_to_nppes", None, 20), ("report_to_medicare", NPI, 90),
        ]  # fmt: skip
        path = f"/changes/{noted[0]['id']}"
        told = await desk.ask("POST", f"{path}/report", {"on": str(TODAY), "reference": "PECOS-1"}, version=1)
        assert (told.json()["reported_on"], told.json()["version"]) == (str(TODAY), 2)
        assert (await desk.ask("GET", path)).json() == told.json()
        again = await desk.ask("POST", f"{path}/report", {"on": str(TODAY)}, version=2)
        assert (again.status_code, again.json()["code"]) == (409, "change-already-reported")
        assert len((await desk.ask("GET", "/expiring")).json()) == 2
        assert len((await desk.ask("GET", "/changes")).json()["items"]) == 3

    async def test_one_of_tomorrow_is_refused(self, desk: Desk) -> None:
        body = {"kind": "name", "happened_on": str(TODAY + timedelta(days=1))}
        answer = await desk.ask("POST", f"/groups/{BILLING}/changes", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "date-in-the-future")
