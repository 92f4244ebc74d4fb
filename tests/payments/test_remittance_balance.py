"""A remittance balances at the line, at the claim and at the cheque, or it is refused with the place and the amount."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.money import Money
from payments.domain.accounts import CHART, PAYER_INTEREST, PROVIDER_ADJUSTMENT, RECOUPMENT, UNAPPLIED
from payments.domain.balancing import Level, imbalances
from payments.domain.cheque import received
from payments.domain.ledger import after, balance
from payments.domain.remittance import Adjustment, PaidClaim, PaidLine, ProviderLevel, Remittance

CENT = Money("0.01")
DAY = date(2026, 11, 20)

amounts = st.integers(-2_000_000, 2_000_000).map(Money.from_cents)
adjustment = st.builds(
    Adjustment, st.sampled_from(["CO", "PR", "OA", "PI"]), st.sampled_from(["45", "1", "97", "B7"]), amounts
)


@st.composite
def lines(draw: st.DrawFn) -> PaidLine:
    charge, reasons = draw(amounts), tuple(draw(st.lists(adjustment, max_size=6)))
    off = Money.sum(item.amount for item in reasons)
    return PaidLine("17000", (), charge, charge - off, adjustments=reasons)


@st.composite
def claims(draw: st.DrawFn, position: int = 1) -> PaidClaim:
    services, reasons = tuple(draw(st.lists(lines(), max_size=4))), tuple(draw(st.lists(adjustment, max_size=3)))
    charge = Money.sum(line.charge for line in services) if services else draw(amounts)
    off = Money.sum(item.amount for item in reasons)
    paid = Money.sum(line.paid for line in services) - off if services else charge - off
    return PaidClaim(position, f"10002{position}-1", "1", charge, paid, adjustments=reasons, lines=services)


@st.composite
def remittances(draw: st.DrawFn) -> Remittance:
    paid = tuple(draw(claims(position)) for position in range(1, draw(st.integers(0, 4)) + 1))
    levels = tuple(
        ProviderLevel(reason, "", amount)
        for reason, amount in draw(
            st.lists(st.tuples(st.sampled_from(["WO", "FB", "L6", "72", "CS", "ZZ"]), amounts), max_size=3)
        )
    )
    total = Money.sum(claim.paid for claim in paid) - Money.sum(item.amount for item in levels)
    return Remittance(1, "1999999999", "T1", total, DAY, DAY, "ACH", paid, levels)


def cheque(*paid: PaidClaim, total: str, levels: tuple[ProviderLevel, ...] = ()) -> Remittance:
    return Remittance(1, "1999999999", "T1", Money(total), DAY, DAY, "ACH", paid, levels)


LINE = PaidLine("17000", (), Money("100"), Money("60"), adjustments=(Adjustment("CO", "45", Money("40")),))
CLAIM = PaidClaim(1, "100023-1", "1", Money("100"), Money("60"), lines=(LINE,))


class TestABalancedRemittance:
    @settings(deadline=None)
    @given(remittances())
    def test_has_no_finding_whatever_its_claims_and_adjustments(self, remittance: Remittance):
        assert imbalances(remittance) == ()

    @settings(deadline=None)
    @given(remittances())
    def test_leaves_nothing_unapplied_once_each_claim_took_its_part(self, remittance: Remittance):
        balances = after({}, received(remittance))
        taken = Money.sum(claim.paid for claim in remittance.claims)
        assert balance(balances, UNAPPLIED) + taken == Money.zero()
        assert Money.sum(balances.values()) == Money.zero()

    def test_may_have_claim_level_adjustments_alone(self):
        claim = PaidClaim(
            1, "100023-1", "4", Money("100"), Money("0"), adjustments=(Adjustment("CO", "29", Money("100")),)
        )
        assert imbalances(cheque(claim, total="0.00")) == ()

    def test_may_pay_nothing_at_all(self):
        assert imbalances(cheque(total="0.00")) == ()

    def test_may_pay_more_than_was_charged_by_a_negative_adjustment(self):
        line = replace(LINE, paid=Money("110"), adjustments=(Adjustment("CO", "45", Money("-10")),))
        assert imbalances(cheque(replace(CLAIM, paid=Money("110"), lines=(line,)), total="110.00")) == ()


class TestAnUnbalancedRemittance:
    @settings(deadline=None)
    @given(remittances(), st.sampled_from([CENT, -CENT]))
    def test_is_found_out_by_a_single_cent_of_the_cheque(self, remittance: Remittance, cent: Money):
        (finding,) = imbalances(replace(remittance, total=remittance.total + cent))
        assert (finding.level, finding.off) == (Level.CHEQUE, cent)

    def test_names_the_line_that_is_off(self):
        line = replace(LINE, paid=Money("59.99"))
        findings = imbalances(cheque(replace(CLAIM, paid=Money("59.99"), lines=(line,)), total="59.99"))
        assert findings[0].level is Level.LINE
        assert findings[0].sentence == (
            "Claim 1 (100023-1), line 1: SVC02 less the line's CAS gives 60.00, the payer says 59.99; off by -0.01."
        )

    def test_names_the_claim_whose_lines_do_not_make_its_charge(self):
        findings = imbalances(cheque(replace(CLAIM, charge=Money("120")), total="60.00"))
        assert {item.rule for item in findings} == {"CLP03 less every CAS", "the sum of SVC02"}
        assert all(item.level is Level.CLAIM for item in findings)

    def test_names_the_claim_whose_payment_is_not_its_lines_less_its_own_adjustments(self):
        claim = replace(CLAIM, adjustments=(Adjustment("CO", "253", Money("1.20")),))
        findings = imbalances(cheque(claim, total="60.00"))
        assert [item.off for item in findings] == [Money("1.20"), Money("1.20")]

    def test_is_not_mended_by_two_claims_that_are_off_the_other_way(self):
        more = replace(CLAIM, position=1, paid=Money("61"))
        less = replace(CLAIM, position=2, paid=Money("59"))
        findings = imbalances(cheque(more, less, total="120.00"))
        assert {item.place for item in findings} == {"Claim 1 (100023-1)", "Claim 2 (100023-1)"}


class TestProviderLevelAdjustments:
    def test_that_take_from_the_cheque_are_positive(self):
        assert imbalances(cheque(CLAIM, total="50.00", levels=(ProviderLevel("WO", "", Money("10")),))) == ()
        assert imbalances(cheque(CLAIM, total="70.00", levels=(ProviderLevel("WO", "", Money("10")),))) != ()

    @pytest.mark.parametrize(
        ("reason", "account"),
        [("WO", RECOUPMENT), ("FB", RECOUPMENT), ("L6", PAYER_INTEREST), ("ZZ", PROVIDER_ADJUSTMENT)],
    )
    def test_go_to_an_account_of_their_own(self, reason: str, account: str):
        remittance = cheque(CLAIM, total="65.00", levels=(ProviderLevel(reason, "", Money("-5")),))
        balances = after({}, received(remittance))
        assert balance(balances, account) == Money("-5.00")
        assert CHART[account].part is None

    def test_of_a_forwarded_balance_and_its_recovery_come_to_nothing(self):
        forwarded = cheque(CLAIM, total="0.00", levels=(ProviderLevel("FB", "", Money("60")),))
        levels = (ProviderLevel("FB", "", Money("-60")), ProviderLevel("WO", "", Money("60")))
        recovered = cheque(total="0.00", levels=levels)
        balances = after(after({}, received(forwarded)), received(recovered))
        assert balance(balances, RECOUPMENT) == Money("60.00")
        assert imbalances(forwarded) == imbalances(recovered) == ()
