import pytest

from codes import modifiers, place_of_service


class TestOrder:
    def test_relation_comes_before_anatomy_and_information(self):
        assert modifiers.in_order(["95", "TA", "25", "24"]) == ("24", "25", "TA", "95")

    def test_pricing_comes_first(self):
        assert modifiers.in_order(["XS", "26"]) == ("26", "XS")

    def test_an_unknown_modifier_is_named(self):
        with pytest.raises(ValueError, match="Q0Q"):
            modifiers.in_order(["Q0Q"])


class TestConflicts:
    def test_59_and_its_subsets_exclude_one_another(self):
        assert modifiers.conflicts(["59", "XS"], evaluation=False) == ("59 and XS may not stand together.",)

    def test_25_is_for_visits_only(self):
        assert modifiers.conflicts(["25"], evaluation=False)
        assert not modifiers.conflicts(["25"], evaluation=True)

    def test_59_is_for_procedures_only(self):
        assert modifiers.conflicts(["59"], evaluation=True)

    def test_at_most_four_fit_on_a_line(self):
        assert modifiers.conflicts(["RT", "LT", "76", "KX", "GC"], evaluation=False)

    def test_repeat_and_bilateral_do_not_pass_an_edit(self):
        assert not any(modifiers.TABLE[m].passes_ncci for m in ("76", "50", "51", "52", "22", "26"))


class TestPlaceOfService:
    def test_telehealth_at_home_is_paid_as_an_office(self):
        home, elsewhere = place_of_service.TABLE["10"], place_of_service.TABLE["02"]
        assert home.telehealth
        assert not home.facility
        assert elsewhere.facility
