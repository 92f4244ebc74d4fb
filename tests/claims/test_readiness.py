"""The gate: each reason struck by the least that strikes it, and the laws that hold over any history of facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.domain import assembly
from claims.domain.bill import REASONS, Bill
from claims.domain.claim import Claim, started
from claims.domain.coding import CodedEncounter, LaterWord, ServiceLine
from claims.domain.decisions import Decision, EarlierPayer
from claims.domain.events import ClaimHeld
from claims.domain.facts import (
    AuthApproved,
    AuthDenied,
    AuthorizationHeard,
    AuthRequested,
    CertifiedService,
    CoverageHeard,
    CoverageSaid,
    EnrollmentHeard,
    EnrollmentSaid,
    ExclusionHeard,
    Facts,
    NeedHeard,
    Span,
)
from claims.domain.findings import Finding, Override, Severity
from claims.domain.gate_policy import Ask, GatePolicy, NeededCodes
from claims.domain.lifecycle import Status
from claims.domain.parties import Address, Coverage, Payer, Person, Practice, Snapshot
from claims.domain.readiness import decide, judge
from common.change import Change
from common.money import Money
from common.phi import Phi

DAY = date(2026, 3, 2)
TOLD = datetime(2026, 3, 1, 9, tzinfo=UTC)
PATIENT, COVERAGE, CHECK, AUTH, OTHER_AUTH, ENROLLMENT, PROVIDER, REVIEW = (UUID(int=number) for number in range(1, 9))
NPI, GROUP, TIN = "1245319599", "1234567893", "123456789"
DRUG = ServiceLine(1, "J3357", 90, (), (1,), Money("100.00"))
SHOT = ServiceLine(2, "96372", 1, (), (1,), Money("45.00"))
VISIT = ServiceLine(3, "99213", 1, ("25",), (1,), Money("150.00"))
REQUIRED = GatePolicy(Ask.REQUIRED, Ask.REQUIRED, Ask.REQUIRED)


def bill(*lines: ServiceLine, **changes: Any) -> Bill:
    billed = lines or (DRUG,)
    facts = Bill(
        patient_id=PATIENT,
        payer_id="PAYERA",
        coverage_id=COVERAGE,
        primary=True,
        federal=False,
        on=DAY,
        rendering_npi=NPI,
        billing_npi=GROUP,
        tax_id=TIN,
        state="NY",
        lines=billed,
        charge=Money.sum(line.charge for line in billed),
        last_day=date(2026, 6, 30),
    )
    return replace(facts, **changes)


def check(*, active: bool = True, on: date = DAY, minutes: int = 0, id: UUID = CHECK, first: bool = True) -> Facts:
    said = CoverageSaid(id, PATIENT, COVERAGE, "PAYERA", on, DAY, other_payer_first=not first)
    return Facts(coverages=(CoverageHeard(said, active, 1, TOLD + timedelta(minutes=minutes)),))


def approved(*codes: str, units: int | None = None, id: UUID = AUTH, **changes: Any) -> AuthorizationHeard:
    said = AuthApproved(
        authorization_id=id,
        patient_id=PATIENT,
        payer_id="PAYERA",
        kind="services",
        number=f"PA{id.int}",
        certified=tuple(CertifiedService(code, units) for code in codes or ("J3357",)),
        decided_on=date(2026, 1, 10),
        valid_from=date(2026, 1, 1),
        valid_to=date(2026, 12, 31),
        rendering_npi=NPI,
    )
    return AuthorizationHeard.of_decision(replace(said, **changes), 2)


def denied(outcome: str = "denied", *, id: UUID = OTHER_AUTH, **changes: Any) -> AuthorizationHeard:
    said = AuthDenied(
        id, PATIENT, "PAYERA", "services", outcome, (CertifiedService("J3357"),), date(2026, 2, 1), date(2026, 1, 1)
    )
    return AuthorizationHeard.of_decision(replace(said, **changes), 2)


def requested(*codes: str, version: int = 1) -> AuthorizationHeard:
    services = tuple(CertifiedService(code) for code in codes or ("J3357",))
    return AuthorizationHeard.of_request(AuthRequested(AUTH, PATIENT, "PAYERA", "services", services), version)


def enrolled(*spans: Span, version: int = 1, **changes: Any) -> EnrollmentHeard:
    said = EnrollmentSaid(ENROLLMENT, NPI, "PAYERA", GROUP, "MAIN", spans, TIN)
    return EnrollmentHeard(replace(said, **changes), version)


def reasons(facts: Facts, asked: Bill | None = None) -> list[str]:
    return [hold.reason for hold in decide(asked or bill(), facts).holds]


class TestWhatIsNotKnown:
    def test_lets_a_claim_go_unless_the_practice_asks_for_it(self) -> None:
        assert decide(bill(), Facts()).allowed
        policy = replace(REQUIRED, needs_authorization=(NeededCodes("J0100", "J9999"),))
        assert reasons(Facts(policy=policy)) == ["COVERAGE_UNVERIFIED", "AUTH_NEEDED", "CRED_UNKNOWN"]

    @pytest.mark.parametrize(
        ("policy", "reason"),
        [
            (GatePolicy(coverage=Ask.REQUIRED), "COVERAGE_UNVERIFIED"),
            (
                GatePolicy(authorization=Ask.REQUIRED, needs_authorization=(NeededCodes("J3357", "J3357", "PAYERA"),)),
                "AUTH_NEEDED",
            ),
            (GatePolicy(enrollment=Ask.REQUIRED), "CRED_UNKNOWN"),
        ],
    )
    def test_each_gate_is_turned_on_by_itself(self, policy: GatePolicy, reason: str) -> None:
        assert reasons(Facts(policy=policy)) == [reason]

    def test_a_rule_for_another_payer_or_code_asks_nothing(self) -> None:
        rules = (NeededCodes("J3357", "J3357", "PAYERB"), NeededCodes("17106", "17108"))
        assert reasons(Facts(policy=GatePolicy(authorization=Ask.REQUIRED, needs_authorization=rules))) == []

    def test_a_coverage_review_says_that_a_code_needs_one(self) -> None:
        need = NeedHeard(REVIEW, PATIENT, DAY, ("J3357",), "PAYERA")
        policy = GatePolicy(authorization=Ask.REQUIRED)
        assert reasons(Facts(policy=policy, needs=(need,))) == ["AUTH_NEEDED"]
        assert reasons(Facts(needs=(need,))) == []
        assert reasons(Facts(policy=policy, needs=(replace(need, date_of_service=date(2026, 3, 3)),))) == []

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
        policy = GatePolicy(authorization=Ask.REQUIRED, needs_authorization=(NeededCodes("J3357", "J3357"),))
        waived = denied("not_required", id=AUTH)
        assert reasons(Facts(policy=policy, authorizations=(waived,))) == []
        earlier = denied(decided_on=date(2026, 1, 15))
        assert reasons(Facts(policy=policy, authorizations=(waived, earlier))) == []
        later = denied(decided_on=date(2026, 2, 15))
        assert reasons(Facts(policy=policy, authorizations=(waived, later))) == ["AUTH_DENIED"]

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
        assert reasons(facts, bill(federal=True)) == ["PROVIDER_EXCLUDED"]
        assert reasons(facts, bill(federal=True, on=DAY - timedelta(days=1))) == []
        assert reasons(facts) == []

    def test_is_over_when_a_person_says_so_and_does_not_reach_where_it_is_waived(self) -> None:
        excluded, over = ExclusionHeard(PROVIDER, NPI, 1, DAY), ExclusionHeard(PROVIDER, NPI, 2)
        assert reasons(Facts(exclusions=(excluded.joined(over),)), bill(federal=True)) == []
        assert reasons(Facts(exclusions=(replace(excluded, waiver_state="NY"),)), bill(federal=True)) == []

    def test_is_the_only_hold_that_no_reason_lets_pass(self) -> None:
        assert [id for id, reason in REASONS.items() if not reason.overridable] == ["PROVIDER_EXCLUDED"]


def claim(status: Status = Status.READY, *, snapshot: Snapshot | None = None, **changes: Any) -> Claim:
    """A claim of the biologic, as it stands between being judged and being sent."""
    coded = CodedEncounter(UUID(int=60), PATIENT, 1, DAY, "11", NPI, ("L40.0",), (DRUG,), "2026Q1")
    begun = started(UUID(int=61), "0000000A", coded, TOLD)
    frozen = snapshot or SNAPSHOT
    return replace(begun, status=status, snapshot=frozen, charge=Money("9000.00"), **changes)


def payer(payer_id: str = "PAYERA", **more: Any) -> Payer:
    return Payer(payer_id, "Sample Plan", "CI", 120, takes_frequency_codes=True, x_modifiers=True, **more)


WHERE = Address("100 Example Street", "Albany", "NY", "122070001")
PERSON = Person(Phi("Quill"), Phi("Maren"))
PRACTICE = Practice("Sample Dermatology PC", GROUP, TIN, "207N00000X", WHERE, "Billing", "5185550100")
COVER = Coverage(COVERAGE, "PAYERA", Phi("MA1000001"), "P", "18", PERSON)
SNAPSHOT = Snapshot(DAY, PERSON, COVER, payer(), PRACTICE, None)
NOW = TOLD + timedelta(days=3)
OPEN = Facts(authorizations=(approved(),))
ENDED = Facts(authorizations=(approved(valid_to=date(2026, 3, 1)),))


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


PLACES = ("MAIN", "SOUTH", "EAST")
DAYS = st.dates(date(2026, 2, 20), date(2026, 3, 12))


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    bounds = sorted(draw(st.lists(DAYS, unique=True, max_size=4)))
    pairs = [Span(first, last) for first, last in zip(bounds[::2], bounds[1::2], strict=False)]
    return (*pairs, Span(bounds[-1])) if len(bounds) % 2 else tuple(pairs)


@st.composite
def words(draw: st.DrawFn) -> list[Any]:
    """A history of one aggregate of each kind, each word with a version of its own."""
    count = draw(st.integers(1, 5))
    told: list[Any] = []
    for version in range(1, count + 1):
        told.append(enrolled(*draw(spans()), version=version))
        active, minutes = draw(st.booleans()), draw(st.integers(0, 9))
        [heard] = check(active=active, minutes=minutes).coverages
        told.append(replace(heard, version=version))
        told.append(ExclusionHeard(PROVIDER, NPI, version, draw(st.none() | DAYS)))
        decision = draw(st.sampled_from(["approved", "denied", "cancelled", "not_required", "requested"]))
        if decision == "requested":
            told.append(requested(version=version))
        elif decision == "approved":
            first, last = sorted((draw(DAYS), draw(DAYS)))
            one = approved(units=draw(st.none() | st.integers(1, 200)), valid_from=first, valid_to=last)
            told.append(replace(one, decided_version=version))
        else:
            told.append(replace(denied(decision, id=AUTH), decided_version=version))
    return told


def known(told: Sequence[Any]) -> Facts:
    """What is kept of words in the order in which they came."""

    def of(kind: type[Any]) -> tuple[Any, ...]:
        mine = [word for word in told if isinstance(word, kind)]
        return (reduce(lambda kept, word: kept.joined(word), mine),) if mine else ()

    return Facts(
        coverages=of(CoverageHeard),
        authorizations=of(AuthorizationHeard),
        enrollments=of(EnrollmentHeard),
        exclusions=of(ExclusionHeard),
    )


class TestLaws:
    @given(words(), st.data())
    def test_facts_in_any_order_once_or_twice_leave_the_same_and_the_same_verdict(
        self, told: list[Any], data: st.DataObject
    ) -> None:
        repeated = told + data.draw(st.lists(st.sampled_from(told), max_size=5))
        shuffled = data.draw(st.permutations(repeated))
        assert known(shuffled) == known(told)
        asked = bill(on=data.draw(DAYS), federal=True)
        assert decide(asked, known(shuffled)) == decide(asked, known(told))

    @given(
        st.lists(st.tuples(st.sampled_from(PLACES), spans()), min_size=1, max_size=8),
        DAYS,
        st.none() | st.sampled_from((*PLACES, "NOWHERE")),
    )
    def test_the_enrollment_gate_is_the_naive_answer_of_the_newest_days_of_the_location(
        self, history: list[tuple[str, tuple[Span, ...]]], on: date, where: str | None
    ) -> None:
        newest: dict[str, EnrollmentHeard] = {}
        billable: dict[str, set[date]] = {}
        for version, (place, days) in enumerate(history, 1):
            id = UUID(int=200 + PLACES.index(place))
            word = enrolled(*days, version=version, location_code=place, enrollment_id=id)
            newest[place] = newest[place].joined(word) if place in newest else word
            billable[place] = {
                span.first + timedelta(days=n)
                for span in days
                for n in range(((span.last or date(2026, 3, 31)) - span.first).days + 1)
            }
        expected = any(on in days for place, days in billable.items() if where in (None, place))
        facts = Facts(enrollments=tuple(newest.values()))
        assert decide(bill(on=on, location_code=where), facts).allowed == expected

    @given(
        limits=st.lists(st.integers(0, 12), min_size=1, max_size=3),
        ends=st.lists(DAYS, min_size=3, max_size=3),
        asked=st.lists(st.tuples(DAYS, st.lists(st.integers(1, 6), min_size=1, max_size=3)), max_size=8),
    )
    def test_no_run_of_claims_goes_past_the_days_or_the_units_of_any_authorization(
        self, limits: list[int], ends: list[date], asked: list[tuple[date, list[int]]]
    ) -> None:
        heard = tuple(
            approved(units=limit, id=UUID(int=100 + place), valid_to=ends[place]) for place, limit in enumerate(limits)
        )
        used: dict[tuple[UUID, str], int] = {}
        for on, units in asked:
            lines = tuple(replace(DRUG, number=place, units=count) for place, count in enumerate(units, 1))
            verdict = decide(bill(*lines, on=on), Facts(authorizations=heard, used=dict(used)))
            if not verdict.allowed:
                continue
            assert {one.line for one in verdict.taken} == {line.number for line in lines}
            for one in verdict.taken:
                used[one.authorization_id, one.code] = used.get((one.authorization_id, one.code), 0) + one.units
                assert on <= ends[one.authorization_id.int - 100]
        assert all(count <= limits[id.int - 100] for (id, _), count in used.items())
