"""Referrals: who sends the patient, how many visits, how many are left; and the laws by which visits are counted."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from authorizations.domain.authorization import Authorization, Decided
from authorizations.domain.counting import Allowance, CertifiedService, DoneLine, visits
from authorizations.domain.lifecycle import IN_FORCE, Status
from authorizations.domain.wish import Kind, Referring, Wish
from common.ids import new_id

TODAY = date(2026, 3, 9)
REFERRING = {"npi": "1234567893", "last_name": "Sample", "first_name": "Ada"}

IDS = st.integers(1, 4).map(lambda number: UUID(int=number))
DAYS = st.dates(date(2026, 3, 1), date(2026, 3, 9))
DONE = st.lists(
    st.builds(
        DoneLine, st.integers(1, 9).map(lambda number: UUID(int=number)), DAYS, st.just("1245319599"),
        st.sampled_from(["96910", "99213"]), st.integers(1, 3),
    ),
    max_size=12, unique_by=lambda line: (line.encounter_id, line.code),
)  # fmt: skip
REFERRALS = st.lists(
    st.builds(
        Allowance, IDS, st.sampled_from([(), (CertifiedService("99213", None),)]), st.none() | DAYS, st.none() | DAYS,
        st.none(), st.none() | st.integers(1, 4),
    ),
    max_size=3, unique_by=lambda one: one.id,
)  # fmt: skip


class TestVisits:
    @given(REFERRALS, DONE, st.randoms())
    def test_do_not_depend_on_the_order_in_which_anything_came(self, referrals, done, chance):
        others, shuffled = list(referrals), list(done)
        chance.shuffle(others)
        chance.shuffle(shuffled)
        assert set(visits(referrals, done)) == set(visits(others, shuffled))

    @given(REFERRALS, DONE)
    def test_never_pass_what_was_certified_and_count_a_day_once(self, referrals, done):
        counted = visits(referrals, done)
        for one in referrals:
            days = [visit.on for visit in counted if visit.authorization_id == one.id]
            assert len(days) == len(set(days))
            within = sum(not visit.beyond for visit in counted if visit.authorization_id == one.id)
            assert one.visits is None or within <= one.visits

    @given(REFERRALS, DONE)
    def test_are_of_every_day_on_which_a_referral_allows_something(self, referrals, done):
        allowed = {line.on for line in done if any(one.allows(line) for one in referrals)}
        assert {visit.on for visit in visits(referrals, done)} == allowed


def standing(outcome: Status, visits: int | None, units: int | None) -> Authorization:
    certified = (CertifiedService("99213", units),) if units else ()
    wish = Wish(new_id(), Kind.REFERRAL, certified, TODAY, None, "11", (), "", referring=Referring("1234567893"))
    decided = Decided("REF1", certified, TODAY, None, (), TODAY, visits, outcome)
    return Authorization(new_id(), wish, outcome, "PAYERA", decided=decided)


class TestWhatIsLeft:
    @given(
        st.sampled_from(sorted(IN_FORCE)), st.none() | st.integers(1, 6), st.none() | st.integers(1, 6),
        st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=6),
    )  # fmt: skip
    def test_is_never_less_than_nothing_and_what_was_used_up_returns_to_what_was_decided(
        self, outcome: Status, limit: int | None, units: int | None, history: list[tuple[int, int]]
    ):
        one = standing(outcome, limit, units)
        for used_visits, used_units in history:
            totals = (CertifiedService("99213", used_units),)
            one = one.used_by(totals, beyond=False, visits=used_visits).aggregate
            gone = (limit is not None and used_visits >= limit) or (units is not None and used_units >= units)
            assert one.status is (Status.EXHAUSTED if gone else outcome)
            assert (one.visits_left or 0) >= 0
            assert (one.left("99213") or 0) >= 0

    def test_is_told_once_at_four_fifths_and_once_when_there_is_none(self):
        one, told = standing(Status.APPROVED, 5, None), []
        for used in (1, 3, 4, 4, 5, 5):
            change = one.used_by((), beyond=False, visits=used)
            one = change.aggregate
            told += [(type(event).__name__, event.why) for event in change.events]
        assert told == [("AuthExpiring", "visits"), ("AuthExhausted", "visits")]


async def recorded(desk: Any, patient: UUID, **changes: Any) -> dict[str, Any]:
    """A referral that came by fax, written down in one call."""
    said = {
        "patient_id": str(patient), "payer_id": "MERIDIAN", "number": "REF0000042", "referring": REFERRING, "visits": 2,
        "valid_from": (date.today() - timedelta(days=30)).isoformat(), "reason": "By fax.",  # noqa: DTZ011
    }  # fmt: skip
    answer = await desk.http.post("/referrals", json=said | changes, headers={"Idempotency-Key": str(new_id())})
    assert answer.status_code == 201, answer.text
    return answer.json()


class TestAReferralOnPaper:
    async def test_holds_at_once_for_any_service_and_says_who_refers_and_how_many_visits(self, desk: Any) -> None:
        one = await recorded(desk, await desk.registers())
        assert (one["kind"], one["status"], one["number"], one["certified"]) == (
            "referral",
            "approved",
            "REF0000042",
            [],
        )
        assert (one["visits"], one["visits_used"], one["visits_left"]) == (2, 0, 2)
        [told] = await desk.told("AuthApproved")
        assert (told["kind"], told["certified"], told["visits"]) == ("referral", [], 2)
        assert (told["referring"], told["rendering_npi"]) == (REFERRING, None)

    async def test_counts_days_and_takes_nothing_from_an_authorization(self, desk: Any) -> None:
        desk.rules({"decision": "A1"})
        patient = await desk.registers()
        authorized, referred = await desk.asks(patient), await recorded(desk, patient)
        first, second = new_id(), new_id()
        await desk.codes(patient, 3, encounter=first)
        await desk.codes(patient, 2, encounter=second)
        assert (await desk.record(referred["id"]))["visits_left"] == 1
        assert (await desk.record(authorized["id"]))["certified"][0]["used"] == 5
        await desk.codes(patient, 1, encounter=new_id(), on=date.today() + timedelta(days=9), cpt="99213")  # noqa: DTZ011
        used_up = await desk.record(referred["id"])
        assert (used_up["status"], used_up["visits_left"]) == ("exhausted", 0)
        assert [told["why"] for told in await desk.told("AuthExhausted")] == ["visits"]
        for encounter in (first, second):
            await desk.takes_back(patient, encounter=encounter, version=2)
        back = await desk.record(referred["id"])
        assert (back["status"], back["visits_left"]) == ("approved", 1)

    async def test_is_the_same_whatever_came_first(self, desk: Any) -> None:
        outcomes = set()
        for order in list(permutations(("coded", "taken back", "another", "recorded")))[::3]:
            outcomes.add(await self._lived(desk, order))
        assert outcomes == {("approved", 1, 1)}

    async def _lived(self, desk: Any, order: tuple[str, ...]) -> tuple[Any, ...]:
        patient, encounter, other = new_id(), new_id(), new_id()
        acts = {
            "coded": lambda: desk.codes(patient, 2, encounter=encounter),
            "taken back": lambda: desk.takes_back(patient, encounter=encounter, version=2),
            "another": lambda: desk.codes(patient, 1, encounter=other, cpt="99213"),
            "recorded": lambda: recorded(desk, patient),
        }
        for act in order:
            await acts[act]()
        [found] = (await desk.http.get("/authorizations", params={"patient_id": str(patient)})).json()["items"]
        return found["status"], found["visits_used"], found["visits_left"]


class TestAReferralOverTheWire:
    async def test_asks_for_visits_and_reads_how_many_were_certified(self, desk: Any) -> None:
        desk.rules({"decision": "A6", "units": "4"})
        wish = {"kind": "referral", "services": [], "visits": 6, "referring": REFERRING}
        one = await desk.asks(await desk.registers(), **wish)
        assert (one["status"], one["visits_asked"], one["visits"], one["visits_left"]) == ("modified", 6, 4, 4)
        sent = await desk.sent()
        for segment in ("UM*SC*I", "HSD*VS*6", "NM1*DN*1*SAMPLE*ADA"):
            assert segment in sent, segment

    async def test_needs_a_service_over_fhir(self, desk: Any) -> None:
        await desk.by_fhir()
        one = await desk.asks(await desk.registers(), kind="referral", services=[], visits=6, referring=REFERRING)
        assert (one["status"], one["attention"][0]["code"]) == ("failed", "names-no-service")
