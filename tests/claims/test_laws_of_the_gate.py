"""The laws of the gate, which hold over any history of facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from tests.claims.gate_facts import (
    AUTH,
    DAY,
    DRUG,
    NPI,
    OTHER_AUTH,
    PATIENT,
    PROVIDER,
    REQUIRED,
    REVIEW,
    SHOT,
    approved,
    bill,
    check,
    denied,
    enrolled,
    not_referred,
    referral_requested,
    referred,
    requested,
    ruled,
)

from claims.domain.facts import (
    AuthorizationHeard,
    CoverageHeard,
    EnrollmentHeard,
    ExclusionHeard,
    Facts,
    Need,
    NeedHeard,
    RulesHeard,
    Span,
)
from claims.domain.gate_policy import Ask, GatePolicy
from claims.domain.readiness import decide

PLACES = ("MAIN", "SOUTH", "EAST")
DAYS = st.dates(date(2026, 2, 20), date(2026, 3, 12))


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    bounds = sorted(draw(st.lists(DAYS, unique=True, max_size=4)))
    pairs = [Span(first, last) for first, last in zip(bounds[::2], bounds[1::2], strict=False)]
    return (*pairs, Span(bounds[-1])) if len(bounds) % 2 else tuple(pairs)


NEEDS = st.sampled_from(Need)
OUTCOMES = st.sampled_from(["approved", "denied", "cancelled", "not_required", "requested"])


@st.composite
def words(draw: st.DrawFn) -> list[Any]:
    """A history of one aggregate of each kind, each word with a version of its own."""
    told: list[Any] = []
    for version in range(1, draw(st.integers(1, 5)) + 1):
        told.append(enrolled(*draw(spans()), version=version))
        [heard] = check(active=draw(st.booleans()), minutes=draw(st.integers(0, 9))).coverages
        told.append(replace(heard, version=version))
        told.append(ExclusionHeard(PROVIDER, NPI, version, draw(st.none() | DAYS)))
        codes = draw(st.sampled_from([(), ("J3357",)]))
        told.append(NeedHeard(REVIEW, PATIENT, DAY, codes, "PAYERA", draw(st.booleans()), version))
        services = draw(st.dictionaries(st.just("J3357"), NEEDS))
        told.append(ruled(services, draw(st.none() | NEEDS), version=version, coded_version=draw(st.integers(1, 2))))
        told.append(draw(authorization_words(version)))
        told.append(draw(referral_words(version)))
    return told


@st.composite
def authorization_words(draw: st.DrawFn, version: int) -> AuthorizationHeard:
    outcome = draw(OUTCOMES)
    if outcome == "requested":
        return requested(version=version)
    if outcome != "approved":
        return replace(denied(outcome, id=AUTH), decided_version=version)
    first, last = sorted((draw(DAYS), draw(DAYS)))
    one = approved(units=draw(st.none() | st.integers(1, 200)), valid_from=first, valid_to=last)
    return replace(one, decided_version=version)


@st.composite
def referral_words(draw: st.DrawFn, version: int) -> AuthorizationHeard:
    outcome = draw(OUTCOMES)
    if outcome == "requested":
        return referral_requested(OTHER_AUTH, version)
    if outcome != "approved":
        return not_referred(outcome, version=version)
    first, last = sorted((draw(DAYS), draw(DAYS)))
    visits = draw(st.none() | st.integers(0, 2))
    return referred(id=OTHER_AUTH, version=version, visits=visits, valid_from=first, valid_to=last)


def known(told: Sequence[Any]) -> Facts:
    """What is kept of words in the order in which they came."""
    kept: dict[Any, Any] = {}
    for word in told:
        key = (type(word), word.id if isinstance(word, AuthorizationHeard) else None)
        kept[key] = kept[key].joined(word) if key in kept else word

    def of(kind: type[Any]) -> tuple[Any, ...]:
        found = {id: word for (one, id), word in kept.items() if one is kind}
        return tuple(found[id] for id in sorted(found, key=str))

    return Facts(
        coverages=of(CoverageHeard),
        needs=of(NeedHeard),
        rules=of(RulesHeard),
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
        asked = bill(on=data.draw(DAYS), program="medicare")
        for policy in (GatePolicy(), REQUIRED):
            then, now = (replace(known(words), policy=policy) for words in (shuffled, told))
            assert decide(asked, then) == decide(asked, now)

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

    @given(words(), DAYS, st.builds(GatePolicy, *[st.sampled_from(Ask)] * 4))
    def test_rules_that_do_not_matter_change_no_verdict(self, told: list[Any], on: date, policy: GatePolicy) -> None:
        facts = replace(known(told), policy=policy)
        if not any(rules.matters(policy) for rules in facts.rules):
            assert decide(bill(on=on), facts) == decide(bill(on=on), replace(facts, rules=()))

    @given(
        limits=st.lists(st.integers(0, 3), min_size=1, max_size=2),
        ends=st.lists(DAYS, min_size=2, max_size=2),
        acts=st.lists(st.tuples(st.booleans(), DAYS, st.integers(0, 9)), max_size=14),
        policy=st.sampled_from(Ask),
    )
    def test_no_run_of_claims_and_voids_goes_past_the_days_or_the_visits_of_any_referral(
        self, limits: list[int], ends: list[date], acts: list[tuple[bool, date, int]], policy: Ask
    ) -> None:
        heard = tuple(
            referred(id=UUID(int=100 + place), visits=limit, valid_to=ends[place]) for place, limit in enumerate(limits)
        )
        said = ruled({}, Need.NEEDED)
        sent: list[tuple[date, UUID]] = []
        for bills, on, which in acts:
            if not bills and sent:
                sent.pop(which % len(sent))
                continue
            asked = Facts(
                policy=GatePolicy(referral=policy), rules=(said,), authorizations=heard, visited=_days_by_referral(sent)
            )
            verdict = decide(bill(DRUG, SHOT, on=on), asked)
            if verdict.allowed:
                [id] = {one.authorization_id for one in verdict.taken}
                sent.append((on, id))
            taken = [_days_by_referral(sent).get(one.id, frozenset[date]()) for one in heard]
            assert all(len(days) <= limit for days, limit in zip(taken, limits, strict=True))
            assert all(day <= end for days, end in zip(taken, ends, strict=False) for day in days)
            room = any(
                on <= end and (on in days or len(days) < limit)
                for days, limit, end in zip(taken, limits, ends, strict=False)
            )
            assert verdict.allowed or not room


def _days_by_referral(sent: Sequence[tuple[date, UUID]]) -> dict[UUID, frozenset[date]]:
    return {id: frozenset(on for on, other in sent if other == id) for _, id in sent}
