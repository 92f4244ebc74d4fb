"""Which rule decides, what units are used, and which clock runs: the laws of the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorizations.domain.clocks import PayerDays, Program, Urgency, decision_clock, response_clock
from authorizations.domain.counting import Allowance, CertifiedService, DoneLine, totals, used
from authorizations.domain.lifecycle import TRANSITIONS, Fact, Status, next_status
from authorizations.domain.needed import Circumstances, PlannedService, Rule, Verdict, answer
from authorizations.domain.said import Rejection, Said, ServiceWord, notice
from authorizations.store.defaults import default_rules

OFFICE = Circumstances("PAYERA", date(2026, 3, 9), "11")


def asked(code: str, units: int = 1, around: Circumstances = OFFICE, own: tuple[Rule, ...] = ()) -> tuple[str, str]:
    found = answer((*own, *default_rules()), PlannedService(code, units, ("L40.0",)), around)
    return found.verdict.value, found.rule.id


def own_rule(verdict: Verdict, **narrowed: object) -> Rule:
    plain = Rule("OWN", verdict, ("96920-96922",), "The payer says so.", "its list", own=True)
    return replace(plain, **narrowed)


class TestWhetherOneIsNeeded:
    @pytest.mark.parametrize(
        ("code", "units", "expected"),
        [
            ("99213", 1, ("not_needed", "ROUTINE")),
            ("17000", 1, ("not_needed", "ROUTINE")),
            ("J1745", 40, ("needed", "BIOLOGIC")),
            ("96921", 1, ("ask", "LIGHT")),
            ("17313", 1, ("not_needed", "MOHS")),
            ("14060", 1, ("ask", "FLAP-GRAFT")),
            ("95044", 30, ("not_needed", "ROUTINE")),
            ("95044", 80, ("ask", "PATCH-TESTS")),
        ],
    )
    def test_the_defaults_say_what_is_typical(self, code: str, units: int, expected: tuple[str, str]):
        assert asked(code, units) == expected

    def test_a_rule_of_the_practice_holds_before_a_default(self):
        assert asked("96920", own=(own_rule(Verdict.NOT_NEEDED),)) == ("not_needed", "OWN")

    def test_it_holds_for_its_payer_plan_place_diagnosis_and_dates_alone(self):
        for narrowed in (
            {"payer_id": "PAYERB"}, {"plan": "GOLD"}, {"places": ("22",)}, {"diagnoses": ("C84",)}, {"units_above": 1},
            {"valid_from": date(2026, 3, 10)}, {"valid_to": date(2026, 3, 8)},
        ):  # fmt: skip
            assert asked("96920", own=(own_rule(Verdict.NEEDED, **narrowed),)) == ("ask", "LIGHT"), narrowed

    def test_the_rule_that_narrows_most_decides(self):
        of_payer = own_rule(Verdict.NEEDED, id="PAYER", payer_id="PAYERA")
        of_code = own_rule(Verdict.NOT_NEEDED, id="CODE", payer_id="PAYERA", codes=("96920",))
        assert asked("96920", own=(own_rule(Verdict.ASK), of_payer)) == ("needed", "PAYER")
        assert asked("96920", own=(of_code, of_payer)) == ("not_needed", "CODE")

    def test_of_two_that_narrow_alike_the_more_careful_one_decides(self):
        rules = tuple(own_rule(verdict, id=verdict.value) for verdict in Verdict)
        assert asked("96920", own=rules) == ("needed", "needed")

    @given(st.from_regex(r"\A[A-Z0-9]\d{3}[A-Z0-9]\Z"), st.integers(1, 999))
    def test_every_service_has_an_answer_with_its_reason(self, code: str, units: int):
        found = answer(default_rules(), PlannedService(code, units), OFFICE)
        assert found.rule.says
        assert found.rule.source
        assert dict(found.facts)["code"] == code


def uuid_of(number: int) -> UUID:
    return UUID(int=number)


IDS = st.integers(1, 4).map(uuid_of)
LINES = st.lists(
    st.builds(
        DoneLine, st.integers(1, 9).map(uuid_of), st.dates(date(2026, 1, 1), date(2026, 1, 20)),
        st.sampled_from(["1245319599", "1234567893"]), st.sampled_from(["96910", "J1745"]), st.integers(1, 12),
    ),
    max_size=12, unique_by=lambda line: (line.encounter_id, line.code),
)  # fmt: skip
ALLOWANCES = st.lists(
    st.builds(
        Allowance, IDS,
        st.lists(
            st.builds(CertifiedService, st.sampled_from(["96910", "J1745"]), st.none() | st.integers(0, 30)),
            min_size=1, max_size=2, unique_by=lambda service: service.code,
        ).map(tuple),
        st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 10)),
        st.none() | st.dates(date(2026, 1, 8), date(2026, 1, 20)),
        st.none() | st.just("1245319599"),
    ),
    max_size=4, unique_by=lambda one: one.id,
)  # fmt: skip


class TestUnits:
    @given(ALLOWANCES, LINES, st.randoms())
    def test_do_not_depend_on_the_order_in_which_anything_came(self, allowances, lines, chance):
        shuffled, others = list(lines), list(allowances)
        chance.shuffle(shuffled)
        chance.shuffle(others)
        assert used(allowances, lines) == used(others, shuffled)

    @given(ALLOWANCES, LINES)
    def test_never_pass_what_was_certified(self, allowances, lines):
        certified = {(one.id, service.code): service.units for one in allowances for service in one.services}
        for key, units in totals(used(allowances, lines)).items():
            assert certified[key] is None or units <= certified[key]

    @given(ALLOWANCES, LINES)
    def test_of_a_line_that_something_allows_are_all_accounted_for(self, allowances, lines):
        uses = used(allowances, lines)
        for line in lines:
            taken = [use for use in uses if (use.encounter_id, use.code) == (line.encounter_id, line.code)]
            total = sum(use.units + use.beyond for use in taken)
            assert total == (line.units if any(one.allows(line) for one in allowances) else 0)

    @given(ALLOWANCES, LINES)
    def test_taken_back_leave_what_the_others_took_alone(self, allowances, lines):
        for gone in {line.encounter_id for line in lines}:
            rest = [line for line in lines if line.encounter_id != gone]
            assert all(use.encounter_id != gone for use in used(allowances, rest))


class TestTheLife:
    @pytest.mark.parametrize(("status", "fact"), list(product(Status, Fact)))
    def test_is_the_table_and_nothing_else(self, status: Status, fact: Fact):
        assert next_status(status, fact) is TRANSITIONS.get((status, fact))

    def test_what_was_cancelled_stays_cancelled(self):
        assert all(next_status(Status.CANCELLED, fact) is None for fact in Fact)


class TestWhatAPayerSays:
    @pytest.mark.parametrize(
        ("action", "fact"),
        [("A1", Fact.CERTIFY), ("A2", Fact.CERTIFY_PART), ("A3", Fact.DENY), ("A4", Fact.PEND), ("A6", Fact.MODIFY),
         ("C", Fact.CANCEL), ("CT", Fact.ASK_TO_CALL), ("NA", Fact.NEED_NONE)],
    )  # fmt: skip
    def test_is_one_of_the_known_actions(self, action: str, fact: Fact):
        assert Said(action=action).fact is fact

    def test_in_a_code_nobody_knows_certifies_nothing(self):
        said = Said(action="ZZ", number="N1", services=(ServiceWord("96910", 3),))
        assert (said.fact, said.certified) == (Fact.ASK_TO_CALL, ())

    def test_of_services_apart_certifies_those_that_it_certified(self):
        services = (ServiceWord("96910", 3, "A1"), ServiceWord("96912", 3, "A3", ("0U",)))
        said = Said(number="N1", services=services)
        assert (said.fact, said.certified) == (Fact.CERTIFY_PART, (CertifiedService("96910", 3),))
        assert said.all_reasons == ("0U",)

    @given(st.text(min_size=1, max_size=3))
    def test_has_a_cause_and_a_next_step_in_words(self, code: str):
        for told in (notice(f"aaa-{code}"), notice(f"hcr-{code}"), notice(code)):
            assert told.cause
            assert told.next_step

    def test_that_turns_the_request_away_is_no_decision(self):
        assert Said(rejections=(Rejection("subscriber", "75"),)).fact is Fact.REJECT


NOON = datetime(2026, 3, 6, 12, tzinfo=UTC)


class TestClocks:
    @pytest.mark.parametrize("program", [Program.MEDICARE_ADVANTAGE, Program.MEDICAID, Program.CHIP])
    @pytest.mark.parametrize(
        ("urgency", "within"), [(Urgency.STANDARD, timedelta(days=7)), (Urgency.URGENT, timedelta(hours=72))]
    )
    def test_the_federal_one_runs_for_the_plans_it_binds(self, program: Program, urgency: Urgency, within: timedelta):
        clock = decision_clock(program, urgency, NOON, drug=False, days=PayerDays(30, 3))
        assert clock is not None
        assert (clock.due_at - NOON, clock.rule[:11]) == (within, "CMS-0057-F,")

    def test_it_does_not_run_for_drugs_nor_before_its_day(self):
        for drug, received in ((True, NOON), (False, datetime(2025, 12, 31, tzinfo=UTC))):
            assert decision_clock(Program.MEDICAID, Urgency.STANDARD, received, drug=drug, days=PayerDays()) is None

    def test_others_have_the_days_of_their_contract_or_none_that_is_known(self):
        clock = decision_clock(Program.COMMERCIAL, Urgency.STANDARD, NOON, drug=False, days=PayerDays(15))
        assert clock is not None
        assert clock.due_at - NOON == timedelta(days=15)
        assert decision_clock(Program.COMMERCIAL, Urgency.STANDARD, NOON, drug=False, days=PayerDays()) is None

    def test_two_business_days_after_a_friday_are_a_tuesday(self):
        assert response_clock(NOON).due_at == datetime(2026, 3, 10, 12, tzinfo=UTC)

    def test_federal_holidays_are_no_business_days_and_the_day_is_that_of_the_practice(self):
        eve = datetime(2026, 11, 24, 22, tzinfo=ZoneInfo("America/New_York"))
        assert response_clock(eve).due_at == eve + timedelta(days=3)
        assert response_clock(eve + timedelta(days=1)).due_at == eve + timedelta(days=6)
