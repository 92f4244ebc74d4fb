"""Claim numbers and control numbers: what payers send back to us, so short, and saying nothing of the patient.

A claim number is seven characters of Crockford's base 32 (no I, L, O, U) and a check character (Luhn modulo 32:
every mistyped character and nearly every swapped pair is seen). The number of a database sequence is spread over
all 35 bits by a bijection, so that neighbours in the practice's day do not look like neighbours.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 7
ATTEMPT_DIGITS = 2
LAST_ATTEMPT = 10**ATTEMPT_DIGITS - 1

_BASE = len(ALPHABET)
_SPACE = _BASE**LENGTH
# Odd, hence invertible modulo a power of two.
_SPREAD = 0x4F1BBCDC5


def claim_number(sequence: int) -> str:
    """The number of the claim that drew `sequence` (from 1, below 2**35); no two sequences share one.

    Raises ValueError outside that range.
    """
    return _encoded(sequence)


def batch_reference(sequence: int) -> str:
    """BHT03 of the 837 that carries a batch: `B` and a number as a claim's."""
    return f"B{_encoded(sequence)}"


def set_reference(reference: str, set_number: int) -> str:
    """BHT03 of one set of a batch, which must differ from set to set: the first bears the batch's own."""
    return reference if set_number == 1 else f"{reference}-{set_number}"


def batch_and_set(reference: str) -> tuple[str, int | None]:
    """The batch's reference and the set's number in a `set_reference`; None where it names no set of ours."""
    batch, dash, number = reference.partition("-")
    if not dash:
        return batch, 1
    return batch, int(number) if number.isascii() and number.isdigit() else None


def control_number(number: str, attempt: int) -> str:
    """CLM01 of one submission: the claim's number and the attempt in two digits (at most 20 characters).

    Raises ValueError beyond `LAST_ATTEMPT`.
    """
    if not 1 <= attempt <= LAST_ATTEMPT:
        raise ValueError(f"attempt {attempt} does not fit a control number")
    return f"{number}{attempt:0{ATTEMPT_DIGITS}d}"


def is_claim_number(text: str) -> bool:
    """Whether `text` could have come from `claim_number`."""
    if len(text) != LENGTH + 1 or any(character not in ALPHABET for character in text):
        return False
    return _check_character(text[:-1]) == text[-1]


def _encoded(sequence: int) -> str:
    if not 1 <= sequence < _SPACE:
        raise ValueError(f"{sequence} is outside the space of numbers")
    rest = sequence * _SPREAD % _SPACE
    characters: list[str] = []
    for _ in range(LENGTH):
        rest, digit = divmod(rest, _BASE)
        characters.append(ALPHABET[digit])
    body = "".join(reversed(characters))
    return body + _check_character(body)


def _check_character(body: str) -> str:
    total = 0
    for place, character in enumerate(reversed(body)):
        value = ALPHABET.index(character) * (2 if place % 2 == 0 else 1)
        total += value // _BASE + value % _BASE
    return ALPHABET[-total % _BASE]
