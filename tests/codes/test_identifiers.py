import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes.clia import is_valid_clia
from codes.npi import Npi, check_digit, is_valid_npi
from codes.taxonomy import is_taxonomy_shaped, label_of
from codes.tin import Tin

NINES = st.integers(100_000_000, 299_999_999).map(str)


class TestNpi:
    def test_the_published_example_is_valid(self):
        assert is_valid_npi("1234567893")

    @given(NINES)
    def test_exactly_one_last_digit_is_right(self, nine: str):
        assert [d for d in "0123456789" if is_valid_npi(nine + d)] == [check_digit(nine)]

    @given(NINES, st.integers(0, 9), st.integers(1, 9))
    def test_any_single_wrong_digit_is_noticed(self, nine: str, place: int, shift: int):
        npi = nine + check_digit(nine)
        wrong = npi[:place] + str((int(npi[place]) + shift) % 10) + npi[place + 1 :]
        assert not is_valid_npi(wrong)

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [
            ("123456789", "An NPI is ten digits."),
            ("12345678x3", "An NPI is ten digits."),
            ("١٢٣٤٥٦٧٨٩٣", "An NPI is ten digits."),
            ("3234567893", "An NPI begins with 1 or 2."),
            ("1234567890", "The NPI's check digit does not match its other digits."),
        ],
    )
    def test_a_wrong_npi_is_refused_with_a_sentence(self, text: str, sentence: str):
        with pytest.raises(ValueError) as refusal:
            Npi(text)
        assert str(refusal.value) == sentence

    def test_a_good_npi_is_the_string_it_was(self):
        assert Npi("1234567893") == "1234567893"


class TestTin:
    def test_the_hyphen_of_an_ein_is_dropped(self):
        assert Tin("12-3456789") == "123456789"

    @pytest.mark.parametrize("text", ["12345678", "1234567890", "12345678a", ""])
    def test_anything_but_nine_digits_is_refused(self, text: str):
        with pytest.raises(ValueError, match="nine digits"):
            Tin(text)


class TestOtherIdentifiers:
    def test_a_clia_number_has_a_d_in_third_place(self):
        assert is_valid_clia("99D1234567")
        assert not is_valid_clia("9901234567")
        assert not is_valid_clia("99D123456")

    def test_dermatology_has_its_taxonomy(self):
        assert label_of("207N00000X") == "dermatology"
        assert is_taxonomy_shaped("207N00000X")
        assert not is_taxonomy_shaped("207N00000")
