"""Diagnoses against the patient's age and sex (rulebook 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from coding.domain.diagnoses import starts
from coding.domain.findings import Finding, Flag, ask, note
from coding.domain.visit import Patient

_INFANT, _CHILD, _ADULT = 1, 15, 18
_FERTILE = range(12, 56)


@dataclass(frozen=True, slots=True)
class Unlikely:
    """Ages at which a diagnosis is unusual enough to look twice."""

    codes: tuple[str, ...]
    is_unlikely: Callable[[int], bool]
    says: str


_BY_SEX: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("F", ("N90.4", "C51", "C52", "O")),
    ("M", ("N48.0", "C60", "C63.2")),
)
_BY_AGE: tuple[Unlikely, ...] = (
    Unlikely(("L20.83", "L21.1", "L70.4", "P83"), lambda age: age > _INFANT, "is a diagnosis of infants"),
    Unlikely(("C",), lambda age: age < _CHILD, "is unusual in a child"),
    Unlikely(("L57.0",), lambda age: age < _ADULT, "is unusual below 18"),
    Unlikely(("O",), lambda age: age not in _FERTILE, "is a diagnosis of pregnancy"),
)


def of(patient: Patient, diagnoses: Iterable[str]) -> tuple[Finding, ...]:
    """A question where the sex contradicts a diagnosis, a remark where the age makes it unlikely."""
    found: list[Finding] = []
    for dx in diagnoses:
        for sex, codes in _BY_SEX:
            if patient.sex not in (sex, "U", None) and starts(dx, codes):
                found.append(
                    ask(Flag.DX_MISMATCH, "patient.sex", f"{dx} does not fit the recorded sex; which is right?")
                )
        found += [
            note(Flag.DX_MISMATCH, f"{dx} {rule.says}; is the diagnosis right?", "patient.age")
            for rule in _BY_AGE
            if patient.age is not None and starts(dx, rule.codes) and rule.is_unlikely(patient.age)
        ]
    return tuple(found)
