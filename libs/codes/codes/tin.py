"""Taxpayer identification number of a practice: nine digits, whether an EIN or an SSN."""

from __future__ import annotations


class Tin(str):
    """Nine digits without a hyphen. `Tin("12-3456789")` drops the hyphen; anything else is a ValueError."""

    __slots__ = ()

    def __new__(cls, text: str) -> Tin:
        digits = text.replace("-", "")
        if len(digits) != 9 or not (digits.isascii() and digits.isdigit()):
            raise ValueError("A TIN is nine digits.")
        return super().__new__(cls, digits)
