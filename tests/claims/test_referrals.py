"""What needs the payer's word by the rules, and what a referral allows: each reason by the least that strikes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.claims.gate_facts import (
    AUTH,
    DAY,
    DRUG,
    OTHER_AUTH,
    PATIENT,
    REQUIRED,
    REVIEW,
    SENDER,
    VISIT,
    approved,
    bill,
    claim,
    denied,
    not_referred,
    reasons,
    referral_requested,
    referred,
    requested,
    ruled,
)

from claims.domain.coding import LaterWord
from claims.domain.facts import AuthorizationHeard, Facts, Need, NeedHeard, RulesHeard, ServiceRuling
from claims.domain.findings import Severity
from claims.domain.gate_policy import Ask, GatePolicy
from claims.domain.lifecycle import Status
from claims.domain.readiness import decide, judge
from common.money import Money

AUTHORIZED, REFERRED = GatePolicy(authorization=Ask.REQUIRED), GatePolicy(referral=Ask.REQUIRED)
WANTED = ruled({}, Need.NEEDED)
REVIEWED = NeedHeard(REVIEW, PATIENT, DAY, ("J3357",), "PAYERA")


class TestWhatTheRulesSay:
    @pytest.mark.parametrize(
        ("word", "reason"),
        [(Need.NEEDED, ["AUTH_NEEDED"]), (Need.ASK, ["AUTH_ASK"]), (Need.NOT_NEEDED, [])],
    )
    def test_of_a_service_holds_its_line_where_the_practice_asks_for_it(self, word: Need, reason: list[str]) -> None:
        facts = Facts(rules=(ruled({"J3357": word}),))
        assert reasons(facts) == []
        assert reasons(replace(facts, policy=AUTHORIZED)) == reason

    def test_is_told_with_the_rule_and_its_source(self) -> None:
        facts = Facts(policy=AUTHORIZED, rules=(ruled({"J3357": Need.NEEDED, "99213": Need.NOT_NEEDED}),))
        [hold] = decide(bill(DRUG, VISIT), facts).holds
        assert (hold.where, hold.amount, hold.by) == ("line 1", Money("9000.00"), date(2026, 6, 30))
        assert "J3357-rule (plan manual)" in hold.sentence
        assert "approval" in hold.releases

    def test_of_two_rulings_on_one_code_the_more_careful_counts(self) -> None:
        said = ruled({"J3357": Need.ASK}).said
        both = replace(said, services=(*said.services, ServiceRuling(Need.NOT_NEEDED, "other", "plan manual", "J3357")))
        assert reasons(Facts(policy=AUTHORIZED, rules=(RulesHeard(both, 1),))) == ["AUTH_ASK"]

    def test_in_a_word_that_is_not_known_has_to_be_asked_about(self) -> None:
        said = ruled({}).said
        odd = replace(said, services=(ServiceRuling("perhaps", "odd-rule", "plan manual", "J3357"),))
        assert reasons(Facts(policy=AUTHORIZED, rules=(RulesHeard(odd, 1),))) == ["AUTH_ASK"]

    @pytest.mark.parametrize(
        "heard",
        [
            (),
            (ruled({"J3357": Need.NOT_NEEDED}, coded_version=2),),
            (ruled({"J3357": Need.NOT_NEEDED}, encounter_id=UUID(int=99)),),
            (ruled({"J3357": Need.NOT_NEEDED}, payer_id="PAYERB"),),
            (ruled({"99213": Need.NOT_NEEDED}),),
        ],
        ids=["nothing", "another coding", "another visit", "another payer", "another code"],
    )
    def test_that_nothing_was_said_of_what_is_billed_holds_until_it_is(self, heard: tuple[RulesHeard, ...]) -> None:
        assert reasons(Facts(policy=AUTHORIZED, rules=heard)) == ["AUTH_UNDECIDED"]

    def test_is_not_waited_for_by_a_claim_to_the_next_payer(self) -> None:
        assert reasons(Facts(policy=REQUIRED), bill(primary=False))[1:] == ["CRED_UNKNOWN"]
        told = replace(REVIEWED, payer_id=None, referral=True)
        asked = Facts(policy=replace(AUTHORIZED, referral=Ask.REQUIRED), needs=(told,))
        assert reasons(asked, bill(primary=False)) == ["AUTH_NEEDED", "REFERRAL_NEEDED"]

    def test_is_not_waited_for_by_a_line_that_an_authorization_covers(self) -> None:
        assert decide(bill(), Facts(policy=AUTHORIZED, authorizations=(approved(),))).allowed

    def test_does_not_lift_what_the_payer_said_of_this_very_patient(self) -> None:
        facts = Facts(policy=AUTHORIZED, rules=(ruled({"J3357": Need.NOT_NEEDED}),))
        assert reasons(replace(facts, authorizations=(denied(),))) == ["AUTH_DENIED"]
        assert reasons(replace(facts, needs=(REVIEWED,))) == ["AUTH_NEEDED"]
        assert reasons(replace(facts, authorizations=(requested(),))) == []

    @pytest.mark.parametrize("word", [Need.NEEDED, Need.ASK])
    def test_and_a_request_that_waits_for_the_payer_is_pending(self, word: Need) -> None:
        facts = Facts(policy=AUTHORIZED, rules=(ruled({"J3357": word}),), authorizations=(requested(),))
        assert reasons(facts) == ["AUTH_PENDING"]


class TestWhatACoverageReviewSays:
    def test_of_a_code_counts_where_the_practice_asks_for_it(self) -> None:
        assert reasons(Facts(policy=AUTHORIZED, needs=(REVIEWED,))) == ["AUTH_NEEDED"]
        assert reasons(Facts(needs=(REVIEWED,))) == []

    def test_of_another_day_or_payer_says_nothing(self) -> None:
        rules = (ruled({"J3357": Need.NOT_NEEDED}),)
        for other in (replace(REVIEWED, date_of_service=date(2026, 3, 3)), replace(REVIEWED, payer_id="PAYERB")):
            assert reasons(Facts(policy=AUTHORIZED, rules=rules, needs=(other,))) == []

    def test_is_its_newest_word(self) -> None:
        found, gone = replace(REVIEWED, referral=True), replace(REVIEWED, codes=(), version=2)
        assert found.joined(gone) == gone.joined(found) == gone


class TestAReferral:
    def test_that_allows_the_visit_gives_its_number_and_who_sent_the_patient(self) -> None:
        verdict = decide(bill(DRUG, VISIT), Facts(authorizations=(referred(),)))
        assert verdict.allowed
        taking = claim(authorized=verdict.taken)
        assert taking.referral is not None
        assert (taking.referral.number, taking.referral.referring) == ("RF4", SENDER)
        assert (taking.prior_authorization, taking.line_authorizations) == (None, {})

    def test_stands_beside_an_authorization(self) -> None:
        taking = claim(authorized=decide(bill(), Facts(authorizations=(approved(), referred(id=OTHER_AUTH)))).taken)
        assert taking.referral is not None
        assert (taking.prior_authorization, taking.referral.number) == ("PA4", "RF5")

    @pytest.mark.parametrize(
        ("word", "reason"),
        [
            (Need.NEEDED, ["REFERRAL_NEEDED"]),
            (Need.ASK, ["REFERRAL_ASK"]),
            (Need.NOT_NEEDED, []),
            (None, ["REFERRAL_UNDECIDED"]),
        ],
    )
    def test_that_is_not_there_holds_the_claim_where_the_practice_asks_for_it(
        self, word: Need | None, reason: list[str]
    ) -> None:
        facts = Facts(rules=(ruled({}, word),))
        assert reasons(facts) == []
        assert reasons(replace(facts, policy=REFERRED)) == reason

    def test_that_a_coverage_review_wants_is_needed(self) -> None:
        facts = Facts(policy=REFERRED, rules=(ruled({}),), needs=(replace(REVIEWED, referral=True),))
        assert reasons(facts) == ["REFERRAL_NEEDED"]
        assert reasons(replace(facts, authorizations=(referred(),))) == []

    def test_that_the_payer_has_not_decided_is_pending(self) -> None:
        facts = Facts(rules=(WANTED,), authorizations=(referral_requested(),))
        assert reasons(facts) == []
        [hold] = decide(bill(DRUG, VISIT), replace(facts, policy=REFERRED)).holds
        assert (hold.reason, hold.where, hold.amount) == ("REFERRAL_PENDING", "claim", Money("9150.00"))

    @pytest.mark.parametrize(
        ("heard", "reason"),
        [
            (referred(valid_to=date(2026, 3, 1)), "REFERRAL_EXPIRED"),
            (referred(valid_from=date(2026, 3, 3)), "REFERRAL_NOT_YET"),
            (referred(rendering_npi="1003000126"), "REFERRAL_PROVIDER"),
            (referred(visits=0), "REFERRAL_VISITS"),
            (referred("99213"), "REFERRAL_SERVICES"),
            (not_referred(), "REFERRAL_DENIED"),
            (not_referred("cancelled"), "REFERRAL_CANCELLED"),
        ],
    )
    def test_that_is_known_not_to_allow_the_visit_forbids_it_only_where_one_is_needed(
        self, heard: AuthorizationHeard, reason: str
    ) -> None:
        for word in (Need.NOT_NEEDED, Need.ASK, None):
            assert reasons(Facts(rules=(ruled({}, word),), authorizations=(heard,))) == []
        assert reasons(Facts(authorizations=(heard,))) == []
        assert reasons(Facts(rules=(WANTED,), authorizations=(heard,))) == [reason]
        assert reasons(Facts(policy=REFERRED, rules=(ruled({}),), authorizations=(heard,))) == []

    def test_to_some_services_holds_the_lines_of_the_others(self) -> None:
        facts = Facts(rules=(WANTED,), authorizations=(referred("J3357"),))
        [hold] = decide(bill(DRUG, VISIT), facts).holds
        assert (hold.reason, hold.where, hold.amount) == ("REFERRAL_SERVICES", "line 3", Money("150.00"))

    def test_that_covers_the_whole_visit_goes_before_one_that_ends_first(self) -> None:
        facts = Facts(authorizations=(referred("J3357", valid_to=DAY), referred(id=OTHER_AUTH)))
        assert {one.number for one in decide(bill(DRUG, VISIT), facts).taken} == {"RF5"}

    def test_that_the_payer_does_not_want_frees_the_visit_until_a_later_denial(self) -> None:
        waived, facts = not_referred("not_required", id=AUTH), Facts(policy=REFERRED, rules=(WANTED,))
        assert reasons(replace(facts, authorizations=(waived,))) == []
        later = not_referred(decided_on=date(2026, 2, 15))
        assert reasons(replace(facts, authorizations=(waived, later))) == ["REFERRAL_DENIED"]

    def test_a_retro_referral_beside_the_one_that_ended_allows_it(self) -> None:
        ended, retro = referred(valid_to=date(2026, 2, 1)), referred(id=OTHER_AUTH, decided_on=date(2026, 3, 9))
        assert reasons(Facts(rules=(WANTED,), authorizations=(ended,))) == ["REFERRAL_EXPIRED"]
        assert reasons(Facts(rules=(WANTED,), authorizations=(ended, retro))) == []

    def test_that_does_not_name_who_referred_is_said_where_one_is_needed_and_holds_nothing(self) -> None:
        for nameless in (None, replace(SENDER, last_name=None)):
            facts = Facts(authorizations=(referred(referring=nameless),))
            assert decide(bill(), facts).findings == ()
            verdict = decide(bill(), replace(facts, rules=(WANTED,)))
            [note] = verdict.findings
            assert (verdict.allowed, note.id, note.severity) == (True, "REFERRING_UNNAMED", Severity.WARN)
        assert decide(bill(), Facts(rules=(WANTED,), authorizations=(referred(),))).findings == ()

    @pytest.mark.parametrize("changes", [{"payer_id": "PAYERB"}, {"patient_id": UUID(int=50)}])
    def test_of_another_payer_or_patient_allows_nothing(self, changes: dict[str, Any]) -> None:
        facts = Facts(policy=REFERRED, rules=(WANTED,), authorizations=(referred(**changes),))
        assert reasons(facts) == ["REFERRAL_NEEDED"]

    def test_counts_a_day_as_one_visit_whatever_the_number_of_claims(self) -> None:
        facts = Facts(rules=(WANTED,), authorizations=(referred(visits=2),))
        other, another = DAY - timedelta(days=7), DAY - timedelta(days=14)
        assert reasons(replace(facts, visited={AUTH: frozenset({other})})) == []
        assert reasons(replace(facts, visited={AUTH: frozenset({other, another})})) == ["REFERRAL_VISITS"]
        assert reasons(replace(facts, visited={AUTH: frozenset({other, DAY})})) == []

    def test_does_not_keep_back_the_void_of_a_claim_that_took_it(self) -> None:
        taken = decide(bill(), Facts(authorizations=(referred(),))).taken
        decided = claim(Status.ASSEMBLING, adjudicated_on=DAY, payer_claim_number="PC1", authorized=taken)
        withdrawn = replace(decided, coded=replace(decided.coded, later=LaterWord(2, held=False, withdrawn=True)))
        gone = Facts(policy=REFERRED, rules=(WANTED,), authorizations=(not_referred(id=AUTH, version=3),))
        assert judge(withdrawn, gone).allowed
        assert judge(decided, gone).findings
