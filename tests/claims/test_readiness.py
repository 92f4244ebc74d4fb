"""The gate: each reason struck by the least that strikes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.claims.gate_facts import (
    AUTH,
    COVER,
    DAY,
    DRUG,
    ENDED,
    NOW,
    NPI,
    OPEN,
    OTHER_AUTH,
    PROVIDER,
    REQUIRED,
    SHOT,
    SNAPSHOT,
    VISIT,
    approved,
    bill,
    check,
    claim,
    denied,
    enrolled,
    payer,
    reasons,
    requested,
    ruled,
)

from claims.domain import assembly
from claims.domain.bill import REASONS
from claims.domain.coding import LaterWord
from claims.domain.decisions import Decision, EarlierPayer
from claims.domain.events import ClaimHeld
from claims.domain.exclusion import PROGRAMS
from claims.domain.facts import AuthorizationHeard, ExclusionHeard, Facts, ListedExclusion, Need, Span
from claims.domain.findings import Finding, Override, Severity
from claims.domain.gate_policy import Ask, GatePolicy
from claims.domain.lifecycle import Status
from claims.domain.readiness import decide, judge
from common.change import Change
from common.money import Money
from common.phi import Phi


class TestWhatIsNotKnown:
    def test_lets_a_claim_go_unless_the_practice_asks_for_it(self) -> None:
        assert decide(bill(), Facts()).allowed
        assert reasons(Facts(policy=REQUIRED)) == [
            "COVERAGE_UNVERIFIED", "AUTH_UNDECIDED", "REFERRAL_UNDECIDED", "CRED_UNKNOWN",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("policy", "reason"),
        [
            (GatePolicy(coverage=Ask.REQUIRED), "COVERAGE_UNVERIFIED"),
            (GatePolicy(authorization=Ask.REQUIRED), "AUTH_UNDECIDED"),
            (GatePolicy(referral=Ask.REQUIRED), "REFERRAL_UNDECIDED"),
            (GatePolicy(enrollment=Ask.REQUIRED), "CRED_UNKNOWN"),
        ],
    )
    def test_each_gate_is_turned_on_by_itself(self, policy: GatePolicy, reason: str) -> None:
        assert reasons(Facts(policy=policy)) == [reason]

    def test_a_request_that_the_payer_has_not_decided_is_not_known_either(self) -> None:
        facts = Facts(authorizations=(requested(),))
        assert reasons(facts) == []
        assert reasons(replace(facts, policy=GatePolicy(authorization=Ask.REQUIRED))) == ["AUTH_PENDING"]


class TestCoverage:
    def test_that_is_not_in_force_on_the_day_holds_the_whole_claim(self) -> None:
        [hold] = decide(bill(DRUG, SHOT), check(active=False)).holds
        assert (hold.reason, hold.where, hold.amount, hold.by) == (
            "COVERAGE_INACTIVE", "claim", Money("9045.00"), date(2026, 6, 30),
        )  # fmt: skip
        assert hold.source
        assert "active" in hold.releases

    def test_of_two_answers_the_one_that_was_told_later_counts(self) -> None:
        early, late = check(active=False), check(minutes=5, id=UUID(int=77))
        assert reasons(Facts(coverages=(*late.coverages, *early.coverages))) == []
        again = check(active=False, minutes=9)
        assert reasons(Facts(coverages=(*again.coverages, *late.coverages))) == ["COVERAGE_INACTIVE"]

    def test_an_answer_about_another_day_or_coverage_forbids_nothing(self) -> None:
        assert reasons(check(active=False, on=date(2026, 3, 1))) == []
        assert reasons(check(active=False), bill(coverage_id=UUID(int=99))) == []

    @pytest.mark.parametrize(("days", "holds"), [(0, []), (3, []), (-3, []), (4, ["COVERAGE_UNVERIFIED"])])
    def test_a_near_answer_stands_for_the_day_where_one_is_required(self, days: int, holds: list[str]) -> None:
        near = check(on=DAY + timedelta(days=days))
        assert reasons(replace(near, policy=GatePolicy(coverage=Ask.REQUIRED))) == holds

    def test_that_comes_second_holds_a_claim_that_would_be_sent_as_the_first(self) -> None:
        assert reasons(check(first=False)) == ["OTHER_PAYER_FIRST"]
        assert reasons(check(first=False), bill(primary=False)) == []


class TestAuthorization:
    def test_that_covers_a_line_gives_its_number(self) -> None:
        verdict = decide(bill(DRUG, VISIT), Facts(authorizations=(approved(units=90),)))
        assert verdict.allowed
        assert [(one.line, one.units, one.number) for one in verdict.taken] == [(1, 90, "PA4")]

    @pytest.mark.parametrize(
        ("heard", "reason"),
        [
            (approved(valid_to=date(2026, 3, 1)), "AUTH_EXPIRED"),
            (approved(valid_from=date(2026, 3, 3)), "AUTH_NOT_YET"),
            (approved(rendering_npi="1003000126"), "AUTH_PROVIDER"),
            (approved(units=89), "AUTH_UNITS"),
            (denied(), "AUTH_DENIED"),
            (denied("cancelled"), "AUTH_CANCELLED"),
            (requested("J3357", "96372").joined(approved("96372")), "AUTH_DENIED"),
        ],
    )
    def test_that_is_known_not_to_cover_a_line_holds_it(self, heard: AuthorizationHeard, reason: str) -> None:
        [hold] = decide(bill(DRUG, VISIT), Facts(authorizations=(heard,))).holds
        assert (hold.reason, hold.where, hold.amount) == (reason, "line 1", Money("9000.00"))

    def test_the_first_and_the_last_day_are_covered(self) -> None:
        one_day = approved(valid_from=DAY, valid_to=DAY)
        assert decide(bill(), Facts(authorizations=(one_day,))).allowed

    @pytest.mark.parametrize("changes", [{"payer_id": "PAYERB"}, {"kind": "referral"}, {"patient_id": UUID(int=50)}])
    def test_of_another_payer_or_patient_or_a_referral_says_nothing(self, changes: dict[str, Any]) -> None:
        assert reasons(Facts(authorizations=(denied(**changes),))) == []

    def test_that_the_payer_does_not_want_frees_the_line_until_a_later_denial(self) -> None:
        facts = Facts(policy=GatePolicy(authorization=Ask.REQUIRED), rules=(ruled({"J3357": Need.NEEDED}),))
        waived = denied("not_required", id=AUTH)
        assert reasons(replace(facts, authorizations=(waived,))) == []
        earlier = denied(decided_on=date(2026, 1, 15))
        assert reasons(replace(facts, authorizations=(waived, earlier))) == []
        later = denied(decided_on=date(2026, 2, 15))
        assert reasons(replace(facts, authorizations=(waived, later))) == ["AUTH_DENIED"]

    def test_that_was_denied_for_days_after_the_service_says_nothing(self) -> None:
        assert reasons(Facts(authorizations=(denied(starts_on=date(2026, 4, 1)),))) == []

    def test_a_retro_authorization_beside_the_one_that_ended_covers_it(self) -> None:
        ended, retro = approved(valid_to=date(2026, 2, 1)), approved(id=OTHER_AUTH, decided_on=date(2026, 3, 9))
        verdict = decide(bill(), Facts(authorizations=(ended, retro)))
        assert (verdict.allowed, [one.number for one in verdict.taken]) == (True, ["PA5"])

    def test_units_of_other_claims_leave_less(self) -> None:
        facts = Facts(authorizations=(approved(units=100),), used={(AUTH, "J3357"): 11})
        assert reasons(facts) == ["AUTH_UNITS"]
        assert reasons(replace(facts, used={(AUTH, "J3357"): 10})) == []

    def test_the_one_that_covers_most_of_the_claim_goes_first(self) -> None:
        drug_alone = approved(valid_to=date(2026, 3, 31))
        both = approved("J3357", "96372", id=OTHER_AUTH)
        verdict = decide(bill(DRUG, SHOT), Facts(authorizations=(drug_alone, both)))
        assert (verdict.allowed, {one.number for one in verdict.taken}) == (True, {"PA5"})

    def test_two_authorizations_each_give_their_lines_a_number_and_the_claim_none(self) -> None:
        facts = Facts(authorizations=(approved(), approved("96372", id=OTHER_AUTH)))
        verdict = decide(bill(DRUG, SHOT, VISIT), facts)
        assert (verdict.allowed, [(one.line, one.number) for one in verdict.taken]) == (True, [(1, "PA4"), (2, "PA5")])
        authorized = claim(authorized=verdict.taken)
        assert (authorized.prior_authorization, authorized.line_authorizations) == (None, {1: "PA4", 2: "PA5"})
        given = replace(authorized, authorization_number="BY-PHONE")
        assert (given.prior_authorization, given.line_authorizations) == ("BY-PHONE", {})

    def test_two_authorizations_under_one_number_give_it_to_the_claim(self) -> None:
        facts = Facts(authorizations=(approved(), approved("96372", id=OTHER_AUTH, number="PA4")))
        authorized = claim(authorized=decide(bill(DRUG, SHOT), facts).taken)
        assert (authorized.prior_authorization, authorized.line_authorizations) == ("PA4", {})

    def test_a_number_that_a_person_gave_is_taken_at_their_word(self) -> None:
        facts = Facts(authorizations=(denied(), approved(valid_to=date(2026, 2, 1))))
        assert reasons(facts, bill(given_number="BY-PHONE")) == []
        assert reasons(facts, bill(given_number="PA4")) == ["AUTH_EXPIRED"]


class TestEnrollment:
    def test_whose_days_do_not_hold_the_service_blocks_the_claim_and_says_when_it_begins(self) -> None:
        [hold] = decide(bill(), Facts(enrollments=(enrolled(Span(date(2026, 4, 1))),))).holds
        assert (hold.reason, hold.where) == ("CRED_BLOCK", "claim")
        assert "2026-04-01" in hold.sentence
        assert reasons(Facts(enrollments=(enrolled(),))) == ["CRED_BLOCK"]

    def test_at_any_location_of_the_group_lets_go_a_visit_that_names_none(self) -> None:
        over = enrolled(Span(date(2025, 1, 1), date(2025, 12, 31)))
        here = enrolled(Span(DAY, DAY), location_code="SOUTH", enrollment_id=UUID(int=70))
        assert reasons(Facts(enrollments=(over, here))) == []
        [hold] = decide(bill(), Facts(enrollments=(over,))).holds
        assert "the visit names none" in hold.sentence

    def test_at_another_location_blocks_a_visit_that_names_one_and_says_where_the_day_is_in_effect(self) -> None:
        main = enrolled(Span(DAY))
        south = enrolled(Span(date(2026, 4, 1)), location_code="SOUTH", enrollment_id=UUID(int=70))
        assert reasons(Facts(enrollments=(main, south)), bill(location_code="MAIN")) == []
        [hold] = decide(bill(location_code="SOUTH"), Facts(enrollments=(main, south))).holds
        assert hold.reason == "CRED_BLOCK"
        assert "at location SOUTH" in hold.sentence
        assert "at MAIN" in hold.sentence
        assert "from 2026-04-01" in hold.sentence
        assert reasons(Facts(enrollments=(main,)), bill(location_code="SOUTH")) == ["CRED_BLOCK"]

    def test_that_is_none_on_record_is_unknown_at_any_location(self) -> None:
        policy = GatePolicy(enrollment=Ask.REQUIRED)
        assert reasons(Facts(), bill(location_code="SOUTH")) == []
        assert reasons(Facts(policy=policy), bill(location_code="SOUTH")) == ["CRED_UNKNOWN"]

    @pytest.mark.parametrize("changes", [{"billing_npi": "1003000126"}, {"tin": "987654321"}, {"payer_id": "PAYERB"}])
    def test_with_another_group_or_payer_is_none_on_record(self, changes: dict[str, Any]) -> None:
        facts = Facts(enrollments=(enrolled(Span(DAY), **changes),))
        assert reasons(facts) == []
        assert reasons(replace(facts, policy=GatePolicy(enrollment=Ask.REQUIRED))) == ["CRED_UNKNOWN"]

    def test_of_a_group_that_files_under_a_persons_number_is_known_by_its_npi(self) -> None:
        facts = Facts(policy=GatePolicy(enrollment=Ask.REQUIRED), enrollments=(enrolled(Span(DAY), tin=None),))
        assert reasons(facts) == []


class TestExclusion:
    def test_bars_federal_programs_from_its_day_on(self) -> None:
        facts = Facts(exclusions=(ExclusionHeard(PROVIDER, NPI, 1, DAY),))
        assert reasons(facts, bill(program="medicare")) == ["PROVIDER_EXCLUDED"]
        assert reasons(facts, bill(program="medicare", on=DAY - timedelta(days=1))) == []
        assert reasons(facts) == []

    def test_is_over_when_a_person_says_so_and_does_not_reach_where_it_is_waived(self) -> None:
        excluded, over = ExclusionHeard(PROVIDER, NPI, 1, DAY), ExclusionHeard(PROVIDER, NPI, 2)
        assert reasons(Facts(exclusions=(excluded.joined(over),)), bill(program="medicare")) == []
        assert reasons(Facts(exclusions=(replace(excluded, waiver_state="NY"),)), bill(program="medicare")) == []

    def test_by_a_state_bars_the_medicaid_of_that_state_alone(self) -> None:
        listed = ListedExclusion("MEDICAID-NY", DAY, state="NY")
        facts = Facts(exclusions=(ExclusionHeard(PROVIDER, NPI, 1, DAY, exclusions=(listed,)),))
        assert reasons(facts, bill(program="medicaid")) == ["PROVIDER_EXCLUDED"]
        assert reasons(facts, bill(program="medicaid", state="NJ")) == []
        assert reasons(facts, bill(program="medicare")) == []

    @pytest.mark.parametrize("program", sorted(set(PROGRAMS.values())))
    def test_of_every_list_is_told_in_one_hold(self, program: str) -> None:
        lists = (ListedExclusion("LEIE", DAY), ListedExclusion("SAM", DAY - timedelta(days=9)))
        facts = Facts(exclusions=(ExclusionHeard(PROVIDER, NPI, 1, DAY, exclusions=lists),))
        [hold] = decide(bill(program=program), facts).holds
        assert "LEIE since 2026-03-02, SAM since 2026-02-21" in hold.sentence

    def test_is_the_only_hold_that_no_reason_lets_pass(self) -> None:
        assert [id for id, reason in REASONS.items() if not reason.overridable] == ["PROVIDER_EXCLUDED"]


class TestAClaim:
    def test_that_is_ready_is_held_by_what_turned_bad_and_released_by_what_mends_it(self) -> None:
        held = assembly.weigh(claim(), ENDED, NOW)
        assert (held.aggregate.status, held.events) == (
            Status.HELD, (ClaimHeld(UUID(int=61), UUID(int=60), ("AUTH_EXPIRED",)),),
        )  # fmt: skip
        assert assembly.weigh(held.aggregate, ENDED, NOW) == Change(held.aggregate)
        released = assembly.weigh(held.aggregate, OPEN, NOW)
        assert (released.aggregate.status, released.events) == (Status.READY, ())
        assert released.aggregate.prior_authorization == "PA4"

    def test_keeps_what_the_scrubber_found(self) -> None:
        other = Finding("E30", Severity.HOLD, "line 1", "No charge.", "Add one.", "charge master")
        held = assembly.weigh(claim(Status.HELD, findings=(other,)), OPEN, NOW).aggregate
        assert (held.status, held.findings, held.authorized) == (Status.HELD, (other,), ())

    def test_that_a_person_let_pass_goes(self) -> None:
        answer = Override("AUTH_EXPIRED", "line 1", Phi("The payer waived it"), "staff-1", NOW)
        passed = assembly.weigh(claim(overrides=(answer,)), ENDED, NOW).aggregate
        assert (passed.status, [finding.id for finding in passed.findings]) == (Status.READY, ["AUTH_EXPIRED"])

    @pytest.mark.parametrize(
        "status", [status for status in Status if status not in (Status.HELD, Status.READY, Status.CORRECTING)]
    )
    def test_that_is_being_built_or_has_left_is_not_touched(self, status: Status) -> None:
        there = claim(status)
        assert assembly.weigh(there, ENDED, NOW) == Change(there)

    def test_that_voids_what_a_payer_has_is_never_held(self) -> None:
        decided = claim(Status.ASSEMBLING, adjudicated_on=DAY, payer_claim_number="PC1")
        withdrawn = replace(decided, coded=replace(decided.coded, later=LaterWord(2, held=False, withdrawn=True)))
        assert judge(withdrawn, ENDED).allowed
        assert not judge(decided, ENDED).allowed

    def test_that_goes_on_to_the_next_payer_keeps_what_it_used_of_the_one_before(self) -> None:
        first = assembly.weigh(claim(), OPEN, NOW).aggregate
        cover = replace(COVER, payer_id="PAYERB", responsibility="S")
        second = replace(SNAPSHOT, coverage=cover, payer=payer("PAYERB"))
        paid = Decision(UUID(int=62), "CONTROL1", "1", "PC1", DAY, first.charge, first.charge, (), ())
        gone_on = replace(first, snapshot=second, earlier=(EarlierPayer(SNAPSHOT, 1, (paid,)),))
        assert (gone_on.prior_authorization, gone_on.spent) == (None, first.authorized)
        theirs = approved(id=OTHER_AUTH, payer_id="PAYERB")
        judged = assembly.weigh(gone_on, Facts(authorizations=(approved(), theirs)), NOW)
        assert [one.payer_id for one in judged.aggregate.authorized] == ["PAYERA", "PAYERB"]
        assert judged.aggregate.prior_authorization == "PA5"
