"""Each CAS amount goes where its group and reason say; nothing is written off unread."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes import carc
from common.money import Money
from payments.domain.accounts import (
    PATIENT_COINSURANCE,
    PATIENT_COPAY,
    PATIENT_DEDUCTIBLE,
    PATIENT_NONCOVERED,
)
from payments.domain.adjudication import doubts, shares
from payments.domain.remittance import Adjustment, PaidClaim

TEN = Money("10.00")
NOTHING = Money("0.00")

adjustments = st.lists(
    st.builds(
        Adjustment,
        st.sampled_from(["CO", "OA", "PI", "PR", "CR", ""]),
        st.sampled_from([*carc.TABLE, "9999", ""]),
        st.integers(-9_999, 99_999).map(Money.from_cents),
    ),
    max_size=18,
)


class TestShares:
    @given(adjustments)
    def test_lose_no_cent_of_any_triplets(self, items):
        share = shares(items)
        shared = share.contractual + share.patient_responsibility + share.denied + share.informational
        assert shared == Money.sum(item.amount for item in items)

    @given(adjustments)
    def test_bill_the_patient_for_nothing_but_pr(self, items):
        assert shares(items).patient_responsibility == Money.sum(item.amount for item in items if item.group == "PR")

    @given(adjustments)
    def test_write_off_only_reasons_that_the_table_knows(self, items):
        unknown = [item for item in items if item.carc not in carc.TABLE]
        assert shares(unknown).contractual == NOTHING

    @pytest.mark.parametrize(
        ("reason", "account"),
        [("1", PATIENT_DEDUCTIBLE), ("2", PATIENT_COINSURANCE), ("3", PATIENT_COPAY), ("204", PATIENT_NONCOVERED)],
    )
    def test_keep_the_patients_parts_apart(self, reason, account):
        share = shares([Adjustment("PR", reason, TEN)])
        assert {part: amount for part, amount in share.patient.items() if amount} == {account: TEN}

    def test_of_a_deductible_in_the_contract_group_are_not_the_patients(self):
        share = shares([Adjustment("CO", "1", TEN)])
        assert (share.contractual, share.patient_responsibility) == (TEN, NOTHING)

    def test_of_a_payers_own_reduction_stay_open(self):
        assert shares([Adjustment("PI", "45", TEN)]).denied == TEN

    def test_of_an_earlier_payers_effect_move_nothing(self):
        assert shares([Adjustment("OA", "23", TEN)]).informational == TEN

    def test_of_opposite_amounts_cancel(self):
        share = shares([Adjustment("CO", "45", TEN), Adjustment("CO", "45", -TEN)])
        assert share.contractual == NOTHING

    def test_of_a_group_that_5010_does_not_know_stay_open(self):
        assert shares([Adjustment("CR", "45", TEN)]).denied == TEN


class TestDoubts:
    def test_name_a_reason_that_the_table_does_not_know(self):
        claim = PaidClaim(1, "1-1", "1", TEN, NOTHING, adjustments=(Adjustment("CO", "9999", TEN),))
        assert doubts(claim) == ("The reason CO-9999 is not in our table; its amount stays open as denied.",)

    def test_say_that_the_patient_was_charged_for_an_unknown_pr_reason(self):
        claim = PaidClaim(1, "1-1", "1", TEN, NOTHING, adjustments=(Adjustment("PR", "9999", TEN),))
        assert doubts(claim) == ("The reason PR-9999 is not in our table; the patient was charged with it.",)

    def test_name_a_patient_share_that_differs_from_the_pr_amounts(self):
        claim = PaidClaim(1, "1-1", "1", TEN, TEN, patient_responsibility=Money("3.00"))
        assert doubts(claim) == ("The payer puts the patient's share at 3.00, its PR adjustments at 0.00.",)

    def test_are_none_about_a_plain_payment(self):
        paid = (Adjustment("CO", "45", Money("4.00")), Adjustment("PR", "1", Money("6.00")))
        claim = PaidClaim(1, "1-1", "1", TEN, NOTHING, patient_responsibility=Money("6.00"), adjustments=paid)
        assert doubts(claim) == ()
