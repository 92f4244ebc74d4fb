"""Coded visits are put to the practice's rules: whether the payer must agree, and whether the patient must be sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from authorizations.domain.coverages import Coverage, Covered
from authorizations.domain.encounter import by_code
from authorizations.domain.needed import About, Circumstances, PlannedService, Rule, Verdict, answer
from authorizations.domain.plans import PlanType
from authorizations.domain.visit_needs import CodedVisit, decide, told
from authorizations.store.defaults import default_rules
from common.ids import new_id

OFFICE = Circumstances("PAYERA", date(2026, 3, 9), "11")
SERVICES = (PlannedService("96910", 1, ("L40.0",)), PlannedService("99213", 1, ("L40.0",)))
VISIT = CodedVisit(UUID(int=1), 1, UUID(int=2), date(2026, 3, 9), "11", SERVICES)
LASER = Rule("LASER", Verdict.NEEDED, ("96910",), "The payer says so.", "its list", own=True)

PLANS = st.none() | st.sampled_from(PlanType)
RULES = st.lists(
    st.builds(
        Rule, st.sampled_from("ABCDEF"), st.sampled_from(Verdict), st.sampled_from([("96910",), ("*",)]),
        st.just("It says so."), st.just("its list"), st.none() | st.just("PAYERA"), own=st.booleans(),
        plan_types=st.lists(st.sampled_from(PlanType), max_size=2, unique=True).map(tuple),
    ),
    max_size=6, unique_by=lambda rule: rule.id,
)  # fmt: skip


def by_rules(rules: list[Rule], plan: PlanType | None, payer: str | None = "PAYERA") -> Verdict:
    around = replace(OFFICE, plan_type=plan, payer_id=payer)

    return answer((*rules, *default_rules()), SERVICES[0], around).verdict


def referral(plan: PlanType | None, payer: str | None = "PAYERA") -> tuple[str, str]:
    found = decide(VISIT, default_rules(), replace(OFFICE, plan_type=plan, payer_id=payer)).referral
    return found.verdict, found.rule


class TestAPlanThatIsNotKnown:
    @given(RULES)
    def test_never_settles_what_the_plans_would_settle_otherwise(self, rules: list[Rule]):
        of_each = {by_rules(rules, plan) for plan in PlanType}
        unknown = by_rules(rules, None)
        assert unknown is Verdict.ASK or {unknown} == of_each

    @given(RULES, PLANS)
    def test_does_not_matter_where_no_rule_narrows_by_it(self, rules: list[Rule], plan: PlanType | None):
        plain = [replace(rule, plan_types=()) for rule in rules]
        assert by_rules(plain, plan) is by_rules(plain, None)

    def test_is_no_question_without_a_coverage(self):
        assert by_rules([replace(LASER, plan="GOLD")], None, None) is by_rules([], None, None)
        assert referral(None, None) == ("not_needed", "BY-THEMSELVES")


class TestAReferral:
    def test_is_wanted_by_plans_with_a_primary_care_provider_and_asked_about_where_the_plan_is_not_known(self):
        assert referral(PlanType.HMO) == referral(PlanType.POS) == ("needed", "SENT")
        assert referral(PlanType.PPO) == referral(PlanType.EPO) == ("not_needed", "BY-THEMSELVES")
        assert referral(None) == ("ask", "SENT")

    def test_is_needed_for_a_visit_when_it_is_for_one_of_its_services(self):
        own = replace(LASER, about=About.REFERRAL)
        found = decide(VISIT, (own, *default_rules()), replace(OFFICE, plan_type=PlanType.PPO))
        assert (found.referral.verdict, found.referral.rule) == ("needed", "LASER")
        assert [need.rule for need in found.services] == ["LIGHT", "ROUTINE"]


class TestADecision:
    def test_takes_the_lines_of_one_code_together(self):
        lines = (PlannedService("95044", 20, ("L23.9",)), PlannedService("95044", 20, ("L24.9",)))
        assert by_code(lines) == (PlannedService("95044", 40, ("L23.9", "L24.9")),)

    def test_is_told_once_and_anew_for_another_coding_or_by_another_rule(self):
        first = told(None, decide(VISIT, default_rules(), OFFICE))
        assert [event.coded_version for event in first.events] == [1]
        assert told(first.aggregate, decide(VISIT, default_rules(), OFFICE)).events == ()
        recoded = told(first.aggregate, decide(replace(VISIT, word=3), default_rules(), OFFICE))
        ruled = told(recoded.aggregate, decide(replace(VISIT, word=3), (LASER, *default_rules()), OFFICE))
        assert [event.coded_version for event in (*recoded.events, *ruled.events)] == [3, 3]
        assert (first.aggregate.version, recoded.aggregate.version, ruled.aggregate.version) == (1, 2, 3)


COVERAGES = st.lists(
    st.builds(
        Coverage, st.integers(1, 3).map(lambda number: UUID(int=number)), st.integers(1, 5), st.sampled_from("ABC"),
        st.integers(1, 3), st.dates(date(2026, 3, 1), date(2026, 3, 9)),
        st.none() | st.dates(date(2026, 3, 5), date(2026, 3, 15)),
    ),
    max_size=6, unique_by=lambda one: (one.coverage_id, one.version),
)  # fmt: skip


class TestWhoPaysFirst:
    @given(COVERAGES, st.randoms(), st.dates(date(2026, 3, 1), date(2026, 3, 15)))
    def test_is_the_same_in_whatever_order_coverages_are_told_of(self, told: list[Coverage], chance: Any, on: date):
        shuffled = list(told)
        chance.shuffle(shuffled)
        once = Covered(UUID(int=9)).hearing(*told)
        twice = Covered(UUID(int=9)).hearing(*shuffled, *shuffled)
        assert once == twice
        assert once.pays_first(on) == twice.pays_first(on)

    @given(COVERAGES, st.dates(date(2026, 3, 1), date(2026, 3, 15)))
    def test_is_in_force_that_day_and_nobody_is_before_it(self, told: list[Coverage], on: date):
        known = Covered(UUID(int=9)).hearing(*told)
        in_force = [one for one in known.coverages if one.in_force(on)]
        first = known.pays_first(on)
        assert (first is None) is (in_force == [])
        ahead = min((one.priority for one in in_force), default=None)
        assert first is None or first in {one.payer_id for one in in_force if one.priority == ahead}


class TestACodedVisit:
    async def test_is_decided_by_rule_with_payer_and_plan_as_far_as_they_are_known(self, desk: Any) -> None:
        payer = {"name": "Meridian Mutual", "plan_type": "hmo"}
        assert (await desk.http.put("/payers/MERIDIAN", json=payer)).status_code == 200
        patient, encounter = await desk.registers(), new_id()
        await desk.codes(patient, 1, encounter=encounter)
        await desk.service.run_timers()
        [said] = await desk.service.published("AuthNeedDecided")
        assert (said.key, said.version) == (encounter, 1)
        source = {"source": "rulebook 7.4"}
        assert said.data["services"] == [{"code": "96910", "verdict": "ask", "rule": "LIGHT"} | source]
        assert said.data["referral"] == {"verdict": "needed", "rule": "SENT"} | source
        assert (said.data["payer_id"], said.data["plan"], said.data["coded_version"]) == ("MERIDIAN", "hmo", 1)
        shown = (await desk.http.get(f"/visits/{encounter}/needs")).json()
        assert {name: shown[name] for name in said.data} == said.data

    async def test_of_a_new_patient_is_decided_without_asking_anybody(self, desk: Any) -> None:
        patient = new_id()
        await desk.is_new(patient)
        await desk.is_covered(patient)
        await desk.codes(patient, 1, encounter=new_id())
        [said] = await desk.told("AuthNeedDecided")
        assert said["payer_id"] == "MERIDIAN"

    async def test_without_a_coverage_has_no_payer_until_one_is_told_of(self, desk: Any) -> None:
        encounter, patient = new_id(), new_id()
        await desk.codes(patient, 1, encounter=encounter)
        await desk.service.run_timers()
        [said] = await desk.told("AuthNeedDecided")
        assert (said["payer_id"], said["plan"], said["referral"]["verdict"]) == (None, None, "not_needed")
        second = await desk.is_covered(patient, "SECOND", priority=2)
        await desk.service.run_timers()
        await desk.is_covered(patient)
        await desk.service.run_timers()
        await desk.is_covered(patient, "THIRD", coverage_id=second, version=2, priority=2)
        await desk.service.run_timers()
        assert [each["payer_id"] for each in await desk.told("AuthNeedDecided")] == [None, "SECOND", "MERIDIAN"]

    async def test_is_decided_anew_when_recoded_and_never_twice_the_same(self, desk: Any) -> None:
        patient, encounter = await desk.registers(), new_id()
        await desk.codes(patient, 1, encounter=encounter, version=3, cpt="J1745")
        await desk.codes(patient, 1, encounter=encounter, version=1)
        await desk.service.run_timers()
        await desk.is_covered(patient, priority=2)
        await desk.service.run_timers()
        await desk.takes_back(patient, encounter=encounter, version=4)
        await desk.service.run_timers()
        await desk.codes(patient, 1, encounter=encounter, version=5)
        await desk.service.run_timers()
        told = await desk.service.published("AuthNeedDecided")
        assert [(each.version, each.data["coded_version"]) for each in told] == [(1, 3), (2, 5)]
        assert [each.data["services"][0]["verdict"] for each in told] == ["needed", "ask"]

    async def test_is_decided_anew_by_a_changed_rule_while_its_claim_may_wait(self, desk: Any) -> None:
        patient, encounter = await desk.registers(), new_id()
        await desk.codes(patient, 1, encounter=encounter)
        await desk.codes(patient, 1, encounter=new_id(), on=date(2019, 3, 4))
        await desk.codes(patient, 1, encounter=new_id(), cpt="99213")
        await desk.service.run_timers()
        before = await desk.told("AuthNeedDecided")
        rule = {"verdict": "needed", "codes": ["96910"], "says": "It is on their list.", "source": "List of 2026"}
        assert (await desk.http.put("/rules/LASER", json=rule)).status_code == 200
        await desk.an_hour_passes()
        [told] = (await desk.told("AuthNeedDecided"))[len(before) :]
        assert (told["encounter_id"], told["services"][0]["rule"]) == (str(encounter), "LASER")
        assert (await desk.http.delete("/rules/LASER")).status_code == 204
        await desk.an_hour_passes()
        assert (await desk.told("AuthNeedDecided"))[-1]["services"][0]["rule"] == "LIGHT"
