"""Every seeded fault is found where it is, and nothing is found in a right file."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.x12.bases import Base
from tests.x12.seeded_bases import EVERY
from tests.x12.seeded_edits import ANY, Fault
from tests.x12.seeded_errors import FAULTS

import x12
from x12.quickcheck import QuickCheck


@st.composite
def balanced_payments(draw: st.DrawFn) -> x12.ClaimPayment:
    """A claim paid, denied or reversed, whose lines, adjustments and totals agree to the cent."""
    status = draw(st.sampled_from(("1", "2", "4", "22")))
    sign = -1 if status == "22" else 1
    services: list[x12.ServicePayment] = []
    for number in range(draw(st.integers(1, 4))):
        charge = draw(st.integers(100, 90_000))
        off = charge if status == "4" else draw(st.integers(0, charge))
        owed = 0 if status == "4" else draw(st.integers(0, charge - off))
        reasons = [("CO", "50" if status == "4" else "45", off), ("PR", draw(st.sampled_from("123")), owed)]
        services.append(
            x12.ServicePayment(
                x12.Procedure(draw(st.sampled_from(("11102", "99213", "17000")))), sign * _dollars(charge),
                sign * _dollars(charge - off - owed), service_from=date(2026, 3, 2), control_number=f"LINE{number}",
                adjustments=tuple(
                    x12.Adjustment(group, reason, sign * _dollars(cents)) for group, reason, cents in reasons if cents
                ),
            )
        )  # fmt: skip
    owed = sum((one.amount for item in services for one in item.adjustments if one.group == "PR"), Decimal(0))
    return x12.ClaimPayment(
        draw(st.from_regex(r"[A-Z0-9]{4,20}", fullmatch=True)), status,
        sum((item.charge for item in services), Decimal(0)), sum((item.paid for item in services), Decimal(0)),
        owed, "12", "PAYER77", "11", "1", patient=x12.Party("DOE", "1", "JANE", id_qualifier="MI", id="MEMBER0001"),
        services=tuple(services),
    )  # fmt: skip


def _dollars(cents: int) -> Decimal:
    return Decimal(cents) / 100


def places(file: bytes) -> set[tuple[str, str, int]]:
    return {(item.loop or "-", item.segment, item.element) for item in x12.validate(file)}


@pytest.mark.parametrize("base", EVERY, ids=lambda base: base.kind)
def test_the_right_file_raises_no_finding(base: Base):
    assert list(x12.validate(base.file)) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.label)
def test_a_seeded_fault_is_found_at_its_place(fault: Fault):
    found = places(fault.file)
    wanted = {
        place
        for place in found
        if place[:2] == (fault.loop, fault.segment) and (fault.element == ANY or place[2] == fault.element)
    }
    assert wanted, found


def test_there_are_faults_enough_and_none_is_told_twice():
    assert len(FAULTS) >= 80
    assert len({fault.label for fault in FAULTS}) == len(FAULTS)


class TestTheQuickCheck:
    """What it calls clean the exact check must find nothing in, and what it doubts changes no finding."""

    @pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.label)
    def test_the_exact_check_alone_finds_the_same(self, fault: Fault, monkeypatch):
        file = fault.file
        quickly = list(x12.validate(file))
        monkeypatch.setattr(QuickCheck, "clean", lambda _self, _loop: False)
        assert list(x12.validate(file)) == quickly

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_it_takes_right_files_for_clean_as_the_exact_check_does(self, data, any_claims, header, submission):
        body = x12.render_claims_body(data.draw(any_claims), submission)
        file = x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])
        quickly = list(x12.validate(file))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(QuickCheck, "clean", lambda _self, _loop: False)
            assert list(x12.validate(file)) == quickly


class TestRightFiles:
    @settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_no_right_file_of_claims_raises_an_error(self, data, any_claims, header, submission):
        body = x12.render_claims_body(data.draw(any_claims), submission)
        file = x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])
        assert [item for item in x12.validate(file) if item.severity == "error"] == []

    @settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(payments=st.lists(balanced_payments(), min_size=1, max_size=6), interest=st.integers(0, 500))
    def test_no_balanced_remittance_raises_any_finding(self, payments, interest, header, advice):
        added = x12.ProviderAdjustment("1234567893", date(2026, 12, 31), "L6", -Decimal(interest) / 100, "INT1")
        plb = (added,) if interest else ()
        total = sum((item.paid for item in payments), Decimal(0)) + Decimal(interest) / 100
        body = x12.render_remittance_body(replace(advice.remittance, total=total), payments, plb)
        file = x12.write_interchange(header, [x12.TransactionSet("835", x12.REMITTANCE_VERSION, body)])
        assert list(x12.validate(file)) == []
