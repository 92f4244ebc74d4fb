"""National Provider Identifier: ten digits, the last of which checks the others."""

from __future__ import annotations

# The card-issuer prefix for US health identifiers; the check digit is computed over it too (rulebook 9.1).
PREFIX = "80840"


def is_valid_npi(text: str) -> bool:
    """True for ten digits beginning with 1 or 2 whose check digit is right."""
    return (
        len(text) == 10 and text.isascii() and text.isdigit() and text[0] in "12" and check_digit(text[:9]) == text[9]
    )


def check_digit(nine: str) -> str:
    """The tenth digit of the NPI that begins with `nine` digits (Luhn, modulo 10, over 80840 + nine)."""
    total = 0
    for place, digit in enumerate(reversed(PREFIX + nine)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


class Npi(str):
    """An NPI that has been checked. Raises ValueError, in one sentence, for anything else."""

    __slots__ = ()

    def __new__(cls, text: str) -> Npi:
        if len(text) != 10 or not (text.isascii() and text.isdigit()):
            raise ValueError("An NPI is ten digits.")
        if text[0] not in "12":
            raise ValueError("An NPI begins with 1 or 2.")
        if not is_valid_npi(text):
            raise ValueError("The NPI's check digit does not match its other digits.")
        return super().__new__(cls, text)
