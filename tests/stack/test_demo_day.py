"""The demo's made-up day: the same every time, readable by the coding service, with everything a day should hold."""

from collections import Counter
from datetime import date

import pytest

from codes.npi import is_valid_npi
from coding.domain.coded_visit import CodedVisit
from coding.domain.engine import code_visit
from coding.domain.reading import read_visit
from stack.demo import practice
from stack.demo.day import Visit, count_of_visits, the_day
from stack.demo.practice import CLINICIANS, NOT_PRICED, PAYERS, charges
from stack.demo.scenes import SCENES, Twist

MONDAY = date(2026, 3, 9)
DAY = the_day(MONDAY, "RUN1")


def coded(visit: Visit) -> CodedVisit:
    return code_visit(read_visit(visit.form))


class TestTheDay:
    def test_it_has_150_visits_with_numbers_of_their_own(self):
        assert count_of_visits() == len(DAY.visits) == 150
        assert len({visit.number for visit in DAY.visits}) == 150

    def test_it_is_the_same_every_time(self):
        assert the_day(MONDAY, "RUN1") == DAY

    def test_another_run_has_other_member_ids_and_nothing_else(self):
        other = the_day(MONDAY, "RUN2")
        assert [visit.form for visit in other.visits] == [visit.form for visit in DAY.visits]
        assert [patient.person for patient in other.patients] == [patient.person for patient in DAY.patients]
        ours = {patient.member["member_id"] for patient in DAY.patients}
        assert not ours & {patient.member["member_id"] for patient in other.patients}
        assert len(ours) == len(DAY.patients)

    @pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 2, 28), date(2028, 2, 29), date(2026, 12, 31)])
    def test_it_can_be_any_day_of_the_year(self, day):
        assert Counter(coded(visit).disposition for visit in the_day(day, "RUN1").visits)["ready"] > 100

    def test_the_practice_has_four_clinicians_three_payers_and_numbers_that_check(self):
        assert len(CLINICIANS) == 4
        assert len(PAYERS) == 3
        assert all(is_valid_npi(one.npi) for one in CLINICIANS)
        assert is_valid_npi(practice.BILLING_NPI)
        assert {visit.clinician_npi for visit in DAY.visits} == {one.npi for one in CLINICIANS}
        assert {patient.payer_id for patient in DAY.patients} == set(PAYERS)


class TestWhatItHolds:
    def test_every_kind_of_ending_is_there(self):
        found = Counter(coded(visit).disposition.value for visit in DAY.visits)
        assert set(found) == {"ready", "hold", "no_charge", "patient_only"}
        assert found["ready"] > 100

    def test_a_held_visit_says_what_is_asked(self):
        asked = {finding.flag for visit in DAY.visits for finding in coded(visit).questions}
        assert {"MISSING_MARGIN", "MISSING_COUNT", "MISSING_TECHNIQUE", "MISSING_SIZE", "AWAIT_PATH"} <= asked

    def test_what_is_answered_later_makes_the_visit_ready(self):
        answered = [visit for visit in DAY.visits if visit.answer]
        assert answered
        for visit in answered:
            assert coded(visit).disposition == "hold"
            assert code_visit(read_visit(visit.answer)).disposition == "ready"

    def test_a_coder_codes_by_hand_only_what_the_rules_hold(self):
        by_hand = [visit for visit in DAY.visits if visit.scene.hand]
        assert by_hand
        assert all(coded(visit).disposition == "hold" for visit in by_hand)

    def test_everything_that_is_billed_has_a_charge_but_the_service_that_is_not_priced_yet(self):
        billed = {
            line.cpt for visit in DAY.visits for line in coded(visit).lines if coded(visit).disposition == "ready"
        }
        billed |= {line["cpt"] for visit in DAY.visits if visit.scene.hand for line in visit.scene.hand.lines}
        assert billed <= set(charges())
        assert NOT_PRICED in billed

    def test_every_trouble_is_there(self):
        assert {scene.twist for scene in SCENES} == set(Twist)

    def test_patients_owe_in_every_way(self):
        members = [patient.member for patient in DAY.patients]
        for part in ("deductible_remaining", "coinsurance", "copay"):
            amounts = {member[part] for member in members}
            assert "0.00" in amounts
            assert len(amounts) > 1
        assert any("subscriber" in (patient.coverage or {}) for patient in DAY.patients)
