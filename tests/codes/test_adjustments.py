import pytest

from codes import carc, claim_status, rarc
from codes.carc import Category, Kind
from codes.claim_status import Outcome
from codes.group_codes import GroupCode


class TestWhereAnAmountGoes:
    @pytest.mark.parametrize(
        ("group", "number", "kind"),
        [
            ("CO", "45", Kind.CONTRACTUAL),
            ("CO", "253", Kind.CONTRACTUAL),
            ("PR", "1", Kind.PATIENT),
            ("PR", "204", Kind.PATIENT),
            ("CO", "204", Kind.DENIAL),
            ("CO", "97", Kind.DENIAL),
            ("OA", "18", Kind.DENIAL),
            ("OA", "23", Kind.INFORMATIONAL),
        ],
    )
    def test_group_and_reason_decide(self, group: str, number: str, kind: Kind):
        assert carc.kind_of(group, number) is kind

    def test_a_payers_own_reduction_is_never_written_off_by_itself(self):
        assert all(carc.kind_of("PI", number) is Kind.DENIAL for number in carc.TABLE)

    def test_a_patient_is_never_billed_what_the_payer_calls_our_contract(self):
        assert all(carc.kind_of("CO", number) is not Kind.PATIENT for number in carc.TABLE)

    def test_an_unknown_reason_stays_open(self):
        assert carc.kind_of("CO", "999") is Kind.DENIAL
        assert carc.category_of("999") is Category.UNKNOWN

    def test_a_group_outside_5010_is_refused(self):
        with pytest.raises(ValueError):
            carc.kind_of("CR", "45")

    def test_an_ended_code_names_its_successor(self):
        ended = carc.lookup("125")
        assert ended is not None
        assert ended.replaced_by == "16"

    def test_every_denial_has_a_category_of_work(self):
        assert all(c.category is not Category.UNKNOWN for c in carc.TABLE.values())

    def test_only_pr_lets_the_patient_be_billed(self):
        assert [g for g in GroupCode if g.patient_may_be_billed] == [GroupCode.PR]


class TestRemarks:
    def test_ma130_leaves_no_appeal(self):
        remark = rarc.lookup("ma130")
        assert remark is not None
        assert remark.appeal_barred

    def test_a_qualified_beneficiary_may_not_be_billed(self):
        assert [code for code, r in rarc.TABLE.items() if r.patient_barred] == ["N781", "N782"]


class TestClaimStatus:
    @pytest.mark.parametrize("code", ["A3", "A4", "A6", "A7", "A8"])
    def test_these_categories_reject_the_claim(self, code: str):
        assert claim_status.outcome_of(code) is Outcome.REJECTED

    @pytest.mark.parametrize("code", ["A2", "A5"])
    def test_these_categories_accept_it(self, code: str):
        assert claim_status.outcome_of(code) is Outcome.ACCEPTED

    def test_an_unknown_category_is_an_error_not_an_acceptance(self):
        with pytest.raises(ValueError, match="Z9"):
            claim_status.outcome_of("Z9")

    def test_an_unknown_status_is_shown_as_itself(self):
        assert claim_status.label_of("9999") == "status 9999"
