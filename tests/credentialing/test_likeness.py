"""How an entry of an exclusion list is like a provider: never by a name alone, never blind to a spelling."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes.names import name_key
from credentialing.domain.likeness import STRENGTHS, Described, How, Part, Person, Strength
from credentialing.domain.sanctions import Standing, first_standing

BORN, NPI, OTHER = date(1975, 2, 3), "1245319599", "1316005374"
MAREN = Person(NPI, "Quill-Núñez", "Maren", BORN, "Ada", ("Tanager", "O'Dell"))
LISTED = Described(None, "QUILL NUNEZ", "MAREN", "A", BORN)

WORDS = st.sampled_from(["Quill", "QUILL JR", "O'Dell", "ODELL", "Núñez", "NUNEZ", "Tanager", "Ann", "A", "Maren", ""])
DAYS = st.sampled_from([None, BORN, date(1960, 1, 1)])
PEOPLE = st.builds(
    Person,
    st.sampled_from([NPI, OTHER]),
    WORDS,
    WORDS,
    DAYS,
    WORDS,
    st.lists(WORDS, max_size=2).map(tuple),
)
ENTRIES = st.builds(Described, st.sampled_from([None, NPI, OTHER]), WORDS.map(str.upper), WORDS, WORDS, DAYS)


def how(entry: Described, person: Person = MAREN) -> How | None:
    found = person.likeness(entry)
    return found.how if found else None


class TestByTheNpi:
    def test_it_is_certain_unless_something_contradicts_it(self) -> None:
        assert how(replace(LISTED, npi=NPI)) is How.NPI
        assert how(Described(NPI, "", "", "", None)) is How.NPI
        assert how(replace(LISTED, npi=NPI, family="ANY")) is How.NPI
        assert how(replace(LISTED, npi=NPI, birth_date=date(1975, 2, 4))) is How.NPI_CONTRADICTED
        assert how(Described(NPI, "ANY", "BODY", "", None)) is How.NPI_CONTRADICTED


class TestByTheName:
    @pytest.mark.parametrize("family", ["QUILL-NUNEZ", "QUILLNUNEZ", "QUILL NUÑEZ JR", "TANAGER", "O DELL", "ODELL II"])
    def test_it_is_found_however_the_list_spells_it(self, family: str) -> None:
        assert how(replace(LISTED, family=family)) is How.NAME_AND_BIRTH_DATE
        assert how(replace(LISTED, family=family, birth_date=None)) is How.NAME

    def test_it_says_by_what_it_was_found(self) -> None:
        found = MAREN.likeness(Described(OTHER, "TANAGER", "INES", "", BORN))
        assert found is not None
        assert (found.matched, found.differs) == ((Part.FORMER_NAME, Part.BIRTH_DATE), (Part.NPI, Part.GIVEN_NAME))
        assert found.strength is Strength.STRONG

    @pytest.mark.parametrize(
        ("given_name", "middle", "part"),
        [
            ("MAREN", "", Part.GIVEN_NAME),
            ("MAREN", "ADA", Part.MIDDLE_NAME),
            ("MAREN A", "", Part.MIDDLE_NAME),
            ("MAREN ADA", "", Part.MIDDLE_NAME),
            ("ADA", "MAREN", Part.GIVEN_AND_MIDDLE_SWAPPED),
            ("ADA", "M", Part.GIVEN_AND_MIDDLE_SWAPPED),
            ("ADA", "", Part.GIVEN_AND_MIDDLE_SWAPPED),
        ],
    )
    def test_the_given_and_the_middle_name_may_be_written_in_either_way(
        self, given_name: str, middle: str, part: Part
    ) -> None:
        found = MAREN.likeness(replace(LISTED, given=given_name, middle=middle, birth_date=None))
        assert found is not None
        assert (found.how, part in found.matched) == (How.NAME, True)

    @pytest.mark.parametrize(
        "change",
        [{"given": "INES"}, {"given": ""}, {"middle": "B"}, {"npi": OTHER}, {"family": "QUILL"}, {"family": ""}],
    )
    def test_without_a_birth_date_the_whole_name_has_to_fit_and_nothing_to_differ(self, change: dict[str, str]) -> None:
        assert how(replace(LISTED, birth_date=None, **change)) is None

    def test_another_birth_date_is_another_person(self) -> None:
        assert how(replace(LISTED, birth_date=date(1975, 2, 4))) is None


class TestAnyPersonAndEntry:
    @given(PEOPLE, ENTRIES)
    def test_nobody_is_excluded_by_a_name(self, person: Person, entry: Described) -> None:
        found = person.likeness(entry)
        if found is not None and first_standing(found) is Standing.CONFIRMED:
            assert Part.NPI in found.matched
            assert entry.npi == person.npi
            assert Part.BIRTH_DATE not in found.differs

    @given(PEOPLE, ENTRIES)
    def test_what_is_found_by_letters_is_found_by_keys(self, person: Person, entry: Described) -> None:
        same_name = entry.family != "" and entry.family == " ".join(person.family.upper().split())
        if person.birth_date is not None and entry.birth_date == person.birth_date and same_name:
            assert person.likeness(entry) is not None

    @given(PEOPLE, ENTRIES)
    def test_a_part_is_alike_or_differs_and_is_told_on_both_sides(self, person: Person, entry: Described) -> None:
        found = person.likeness(entry)
        if found is None:
            return
        assert not {*found.matched} & {*found.differs}
        told = {*found.matched, *found.differs}
        assert Part.BIRTH_DATE not in told or None not in (person.birth_date, entry.birth_date)
        assert Part.NPI not in told or entry.npi is not None
        assert found.strength is STRENGTHS[found.how]

    @given(PEOPLE, ENTRIES)
    def test_how_a_name_is_written_changes_nothing(self, person: Person, entry: Described) -> None:
        plain = replace(
            entry, family=name_key(entry.family), given=name_key(entry.given), middle=name_key(entry.middle)
        )
        assert person.likeness(plain) == person.likeness(entry)
