"""What a payer says to a request for authorization: by its rules, by its list, at once or after a while."""

from datetime import date
from decimal import Decimal

import pytest

from simulator.adjudication.member import Member
from simulator.payers import DEFAULT_PAYERS
from simulator.prior_authorization import Request, Rule, Service, certified, decided, finished, with_number

[MERIDIAN] = [payer for payer in DEFAULT_PAYERS if payer.id == "MERIDIAN"]
LASER, BIOPSY = Service("96920", Decimal(10)), Service("11102")
ON = date(2026, 3, 10)


def asked(*services, member="ABC123456"):
    return Request("MERIDIAN", member, services, ON, "T1")


def answered(*services, rules=(), day=0.0):
    return decided(asked(*services), MERIDIAN, tuple(rules), day)


class TestWithoutRules:
    def test_what_the_payer_wants_authorized_is_certified_in_full_and_the_rest_needs_none(self):
        both = answered(LASER, BIOPSY)
        assert [(one.decision, one.units) for one in both.services] == [("A1", Decimal(10)), ("NA", None)]
        assert both.decision == "A1"
        assert answered(BIOPSY).decision == "NA"


class TestByRule:
    @pytest.mark.parametrize(
        ("rule", "decision", "units"),
        [
            (Rule("A1"), "A1", Decimal(10)),
            (Rule("A2", units=Decimal(4)), "A2", Decimal(4)),
            (Rule("A3", reason="0V"), "A3", None),
            (Rule("A6", units=Decimal(6)), "A6", Decimal(6)),
            (Rule("NA"), "NA", None),
        ],
    )
    def test_each_decision_is_said_as_the_rule_has_it(self, rule, decision, units):
        [said] = answered(LASER, rules=[rule]).services
        assert (said.decision, said.units, said.reason) == (decision, units, rule.reason)

    def test_the_first_rule_that_fits_counts(self):
        rules = [Rule("A3", cpt="11102"), Rule("A3", member_id="SOMEBODY"), Rule("A2", cpt="96920"), Rule("A1")]
        assert [one.decision for one in answered(LASER, BIOPSY, rules=rules).services] == ["A2", "A3"]

    def test_services_that_differ_are_certified_in_part(self):
        assert answered(LASER, BIOPSY, rules=[Rule("A3", cpt="11102")]).decision == "A2"
        assert answered(LASER, BIOPSY, rules=[Rule("A3")]).decision == "A3"

    @pytest.mark.parametrize("days", [-1, 10**9])
    def test_a_rule_that_never_decides_is_none(self, days):
        with pytest.raises(ValueError, match="days is between"):
            Rule("A1", days=days)


class TestPended:
    def test_it_is_pended_as_a_whole_and_decided_on_its_day(self):
        first = answered(LASER, BIOPSY, rules=[Rule("A3", cpt="96920", days=3), Rule("A1", days=1)], day=10.0)
        assert (first.decision, first.decide_on) == ("A4", 13.0)
        assert {one.decision for one in first.services} == {"A4"}
        assert certified(first, "AUTH1").number == ""
        final = finished(first)
        assert [one.decision for one in final.services] == ["A3", "A1"]
        assert (final.decision, final.decide_on) == ("A2", None)


class TestTheNumber:
    def test_it_is_given_out_with_a_certification_alone_and_is_good_for_ninety_days(self):
        yes = certified(answered(LASER), "AUTH1")
        assert (yes.number, yes.good_until) == ("AUTH1", date(2026, 6, 8))
        for rule in (Rule("A3"), Rule("NA")):
            no = certified(answered(LASER, rules=[rule]), "AUTH1")
            assert (no.number, no.good_until) == ("", None)

    def test_the_members_claims_may_carry_it_from_then_on(self):
        yes = certified(answered(LASER), "AUTH1")
        assert with_number(Member("M", authorizations=("OLD",)), yes).authorizations == ("OLD", "AUTH1")
        assert with_number(Member("M"), yes).authorizations is None
        no = answered(LASER, rules=[Rule("A3")])
        assert with_number(Member("M", authorizations=()), no).authorizations == ()
