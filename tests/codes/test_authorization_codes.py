import pytest

from codes import authorization
from x12.guides.authorization_parts import ACTIONS, CATEGORIES, CERTIFICATIONS


class TestDecisions:
    @pytest.mark.parametrize(("code", "certifies"), [("A1", True), ("A2", True), ("A6", True), ("A3", False)])
    def test_only_what_was_certified_in_total_in_part_or_modified_certifies(self, code, certifies):
        assert authorization.action(code).certifies is certifies

    @pytest.mark.parametrize("code", ["A4", "CT"])
    def test_what_is_pended_or_referred_to_a_call_is_not_final(self, code):
        assert not authorization.action(code).final

    def test_a_code_that_is_not_known_certifies_nothing_and_is_left_to_a_person(self):
        said = authorization.action("Q9")
        assert (said.certifies, said.final) == (False, False)
        assert "Q9" in said.label

    def test_every_code_that_the_guide_allows_has_words(self):
        assert set(ACTIONS.split("|")) == set(authorization.ACTIONS)
        assert set(CATEGORIES.split("|")) == set(authorization.CATEGORIES)
        assert set(CERTIFICATIONS.split("|")) == set(authorization.CERTIFICATIONS)


class TestRejections:
    def test_a_review_has_its_own_next_steps_and_shares_the_rest_with_eligibility(self):
        assert "request" in authorization.review_reject_reason("33").next_step
        assert authorization.review_reject_reason("75").cause == "the subscriber was not found"
