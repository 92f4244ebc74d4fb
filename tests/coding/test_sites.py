from __future__ import annotations

import pytest

from coding.domain.digits import digit, lid
from coding.domain.sites import Part, group_of, read_sites, surely_apart


def only(text: str):
    sites = read_sites(text)
    assert sites is not None
    assert len(sites) == 1
    return sites[0]


class TestReading:
    @pytest.mark.parametrize(
        ("text", "part", "side"),
        [
            ("left lower leg", Part.LEG, "left"),
            ("right great toe", Part.FOOT, "right"),
            ("scalp vertex", Part.SCALP, None),
            ("nasal tip", Part.NOSE, None),
            ("back of the left hand", Part.HAND, "left"),
            ("Lower lip vermilion", Part.LIP, None),
            ("nail of right thumb", Part.NAIL, "right"),
            ("left temple", Part.FACE, "left"),
            ("left antecubital fossa", Part.ARM, "left"),
            ("R popliteal fossa", Part.LEG, "right"),
            ("lt. cheek", Part.FACE, "left"),
            ("right great toenail unit", Part.NAIL, "right"),
            ("occiput", Part.SCALP, None),
            ("left postauricular scalp", Part.SCALP, "left"),
            ("right conchal bowl", Part.EAR, "right"),
            ("web space of right hand", Part.HAND, "right"),
            ("left gluteal fold", Part.TRUNK, "left"),
        ],
    )
    def test_a_place_is_known_by_its_words(self, text: str, part: Part, side: str | None):
        site = only(text)
        assert (site.part, site.side) == (part, side)

    def test_a_list_of_places_shares_its_side(self):
        sites = read_sites("left hand and forearm")
        assert sites is not None
        assert [(site.noun, site.side) for site in sites] == [("hand", "left"), ("forearm", "left")]

    @pytest.mark.parametrize(
        "text", ["behind the left ear", "left", "near nose", "left or right arm", "", "neck arm", "postauricular"]
    )
    def test_words_that_are_not_understood_are_not_skipped(self, text: str):
        assert read_sites(text) is None


class TestApart:
    @pytest.mark.parametrize(
        ("one", "other"),
        [("left arm", "right arm"), ("back", "hands"), ("upper back", "lower back"), ("nose", "cheek")],
    )
    def test_other_sides_parts_and_opposed_words_are_apart(self, one: str, other: str):
        assert surely_apart(only(one), only(other))
        assert surely_apart(only(other), only(one))

    @pytest.mark.parametrize(
        ("one", "other"),
        [("back", "back"), ("back", "upper back"), ("hands", "right hand"), ("face", "left cheek"), ("toes", "toe")],
    )
    def test_a_place_and_what_holds_it_are_not_proven_apart(self, one: str, other: str):
        assert not surely_apart(only(one), only(other))
        assert not surely_apart(only(other), only(one))


class TestGroups:
    @pytest.mark.parametrize(
        ("family", "site", "group"),
        [
            ("benign-excision", "shoulder", "trunk-limbs"),
            ("benign-excision", "buccal", "face-mucosa"),
            ("malignant-excision", "left hand", "scalp-neck-hands-feet-genitalia"),
            ("simple-repair", "left foot", "scalp-neck-trunk-limbs"),
            ("intermediate-repair", "scalp", "scalp-trunk-limbs"),
            ("intermediate-repair", "neck", "neck-hands-feet-genitalia"),
            ("complex-repair", "chin", "forehead-to-feet"),
            ("complex-repair", "left ear", "nose-ears-eyelids-lips"),
            ("adjacent-tissue-transfer", "axilla", "forehead-to-feet"),
        ],
    )
    def test_the_group_depends_on_the_family(self, family: str, site: str, group: str):
        assert group_of(family, read_sites(site)) == group

    @pytest.mark.parametrize(
        ("family", "site"),
        [("malignant-excision", "buccal"), ("complex-repair", "face"), ("benign-excision", "back and scalp")],
    )
    def test_a_place_that_could_be_of_two_groups_has_none(self, family: str, site: str):
        assert group_of(family, read_sites(site)) is None


class TestAnatomicModifiers:
    @pytest.mark.parametrize(
        ("site", "modifier"),
        [("left thumb", "FA"), ("right little finger", "F9"), ("left great toe", "TA"), ("right second toe", "T6"),
         ("nail of right great toe", "T5"), ("left hand", None), ("great toe", None)],
    )  # fmt: skip
    def test_a_digit_is_named_only_when_side_and_digit_are(self, site: str, modifier: str | None):
        assert digit(only(site)) == modifier

    @pytest.mark.parametrize(("site", "modifier"), [("left upper eyelid", "E1"), ("right eyelid", None)])
    def test_a_lid_is_named_only_when_side_and_lid_are(self, site: str, modifier: str | None):
        assert lid(only(site)) == modifier
