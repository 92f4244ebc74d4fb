"""DEA registration numbers: two characters and seven digits, the last of which checks the others.

The check digit is the last digit of (1st + 3rd + 5th) + 2 x (2nd + 4th + 6th); the first letter tells the kind of
registrant. A right digit says that the number is well formed, not that it was issued: that is verified at its source.
"""

from __future__ import annotations

# Practitioners (A, B, F, G) and mid-level practitioners (M): the registrants who prescribe in an office.
PRESCRIBERS = frozenset("ABFGM")


def is_valid_dea(text: str) -> bool:
    """True for a prescriber's number whose check digit is right."""
    head, digits = text[:2], text[2:]
    shaped = len(text) == 9 and text.isascii() and digits.isdigit() and head[0] in PRESCRIBERS
    return shaped and (head[1].isupper() or head[1] == "9") and check_digit(digits[:6]) == digits[6]


def check_digit(six: str) -> str:
    """The seventh digit of the number whose first six are given."""
    odd, even = (sum(int(digit) for digit in six[place::2]) for place in (0, 1))
    return str((odd + 2 * even) % 10)
