"""What holds and what was last asked for stand apart; requests whose first day lies behind; what ends, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from authorizations.domain.authorization import Authorization, Decided
from authorizations.domain.clocks import Urgency
from authorizations.domain.counting import CertifiedService
from authorizations.domain.lifecycle import Status
from authorizations.domain.request import Certification
from authorizations.domain.retroactive import is_too_late
from authorizations.domain.said import Said, ServiceWord
from authorizations.domain.wish import Kind, Wish
from common.ids import new_id

NOON, TODAY = datetime(2026, 3, 9, 12, tzinfo=UTC), date(2026, 3, 9)
ASKED = (CertifiedService("96910", 10),)
WISH = Wish(new_id(), Kind.SERVICES, ASKED, TODAY, date(2026, 6, 8), "11", ("L40.0",), "1245319599")
MORE = replace(WISH, services=(CertifiedService("96910", 20),), last=date(2026, 9, 8))
DECIDED = Decided("AUTH1", ASKED, TODAY, WISH.last, (), TODAY, outcome=Status.PARTIAL)
HELD = Authorization(new_id(), WISH, Status.PARTIAL, "PAYERA", decided=DECIDED)
REFUSED = Said("A3", reasons=("0U",))
AGREED = Said("A1", "AUTH2", services=(ServiceWord("96910", 20),))


def answered(one: Authorization, said: Said) -> Authorization:
    return one.heard(said, now=NOON, today=TODAY, response=None, decision=None).aggregate


class TestAnAmendment:
    @pytest.mark.parametrize("certification", ["4", "R", "S", "1", "2"])
    def test_that_is_refused_leaves_what_holds_and_what_was_asked_for_it(self, certification: str):
        asked = HELD.submitted(Certification(certification), NOON, TODAY, MORE).aggregate
        assert (asked.status, asked.wish.services, asked.asked.services) == (Status.PARTIAL, ASKED, MORE.services)
        refused = answered(asked, REFUSED)
        assert (refused.status, refused.wish, refused.decided) == (HELD.status, HELD.wish, HELD.decided)
        assert refused.amendment is not None
        assert (refused.amendment.wish, refused.amendment.refused_on) == (MORE, TODAY)
        assert refused.amendment.reasons == ("0U",)

    def test_that_is_agreed_to_takes_the_place_of_what_held(self):
        agreed = answered(HELD.submitted(Certification.EXTENSION, NOON, TODAY, MORE).aggregate, AGREED)
        assert (agreed.status, agreed.wish, agreed.amendment) == (Status.APPROVED, MORE, None)
        assert (agreed.decided.certified, agreed.decided.valid_to) == (MORE.services, MORE.last)

    def test_is_asked_for_again_as_it_was_unless_something_else_is_said(self):
        turned_away = HELD.submitted(Certification.EXTENSION, NOON, TODAY, MORE).aggregate.gave_up("no-route")
        assert turned_away.submitted(Certification.EXTENSION, NOON, TODAY).aggregate.asked == MORE

    def test_is_not_what_a_cancellation_names(self):
        refused = answered(HELD.submitted(Certification.EXTENSION, NOON, TODAY, MORE).aggregate, REFUSED)
        assert refused.submitted(Certification.CANCELLATION, NOON, TODAY).aggregate.asked == WISH

    def test_does_not_call_for_the_same_renewal_twice(self):
        near = HELD.expiring().aggregate
        asked = near.submitted(Certification.EXTENSION, NOON, TODAY, MORE).aggregate
        assert asked.expiring().events == ()
        assert answered(asked, AGREED).expiring().events != ()


class TestWhatWasUsedUp:
    def test_returns_to_what_the_payer_had_decided_when_units_are_given_back(self):
        used_up = HELD.used_by(ASKED, beyond=False).aggregate
        assert used_up.status is Status.EXHAUSTED
        back = used_up.used_by((CertifiedService("96910", 9),), beyond=False)
        assert back.aggregate.status is Status.PARTIAL
        assert [event.outcome for event in back.events] == ["partial"]

    def test_ends_with_its_last_day_and_calls_for_no_renewal_until_then(self):
        used_up = HELD.used_by(ASKED, beyond=False).aggregate
        assert used_up.expiring().events == ()
        assert used_up.expired().aggregate.status is Status.EXPIRED

    def test_holds_again_when_it_is_extended(self):
        used_up = HELD.used_by(ASKED, beyond=False).aggregate
        extended = answered(used_up.submitted(Certification.EXTENSION, NOON, TODAY, MORE).aggregate, AGREED)
        assert (extended.status, extended.left("96910")) == (Status.APPROVED, 10)


class TestARequestForDaysThatLieBehind:
    @pytest.mark.parametrize(
        ("days", "limit", "changes", "late"),
        [
            (5, 14, {}, False), (14, 14, {}, False), (15, 14, {}, True), (15, None, {}, False), (1, 0, {}, True),
            (90, 14, {"urgency": Urgency.EMERGENCY}, False), (90, 14, {"delay": "8"}, False),
            (90, 14, {"delay": "11"}, True), (-3, 0, {}, False),
        ],
    )  # fmt: skip
    def test_is_heard_within_the_payers_days_in_an_emergency_or_when_eligibility_came_out_late(
        self, days: int, limit: int | None, changes: dict[str, Any], late: bool
    ):
        wish = replace(WISH, first=TODAY - timedelta(days=days), **changes)
        assert is_too_late(wish, TODAY, limit) is late

    async def test_is_marked_and_says_on_the_wire_why_it_is_late(self, desk: Any) -> None:
        desk.rules({"decision": "A1", "days": 3})
        behind = (datetime.now(UTC).date() - timedelta(days=9)).isoformat()
        one = await desk.asks(await desk.registers(), first=behind, delay="8")
        assert (one["status"], one["request"]["retroactive"]) == ("pended", True)
        [review] = [segment for segment in (await desk.sent()).split("~") if segment.strip().startswith("UM*")]
        assert review.split("*")[10] == "8"

    async def test_is_not_put_to_a_payer_that_hears_none_so_late(self, desk: Any) -> None:
        entry = {"name": "Meridian Mutual", "retro_days": 2}
        assert (await desk.http.put("/payers/MERIDIAN", json=entry)).status_code == 200
        behind = (datetime.now(UTC).date() - timedelta(days=9)).isoformat()
        one = await desk.asks(await desk.registers(), first=behind)
        assert (one["status"], one["attention"][0]["code"]) == ("failed", "retro-too-late")
        assert desk.asked == []


class TestARefusedExtension:
    async def test_is_shown_beside_what_holds(self, desk: Any) -> None:
        desk.rules({"decision": "A1"})
        one = await desk.asks(await desk.registers())
        desk.rules({"decision": "A3", "reason": "0U"})
        refused = await desk.amends(one, "4", services=[{"code": "96910", "units": 20}])
        assert (refused["asked"], refused["certified"][0]["certified"]) == ([{"code": "96910", "units": 10}], 10)
        amendment = refused["amendment"]
        assert (amendment["certification"], amendment["services"]) == ("4", [{"code": "96910", "units": 20}])
        assert (amendment["refused_on"] is not None, amendment["reasons"]) == (True, ["0U"])
