"""DG1 and FT1-19: the problems of the visit, where they are in ICD-10-CM."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coding.domain.findings import Finding, Flag, ask
from hl7v2 import Charge, Coded, Diagnosis, Place

# HL7 table 0396, and the names that systems write for it.
ICD_10_CM = frozenset({"I10C", "I10", "ICD10", "ICD-10", "ICD10CM", "ICD-10-CM", "2.16.840.1.113883.6.90"})


def icd_10(coded: Coded) -> str | None:
    """The code of ICD-10-CM, be it the first or the alternate one."""
    for code, system in ((coded.code, coded.system), (coded.other_code, coded.other_system)):
        if code and (system or "").upper() in ICD_10_CM:
            return code
    return None


@dataclass(frozen=True, slots=True, repr=False)
class Problems:
    """`form` are the problems of the visit form, p1, p2 and so on; `places` where each came from."""

    form: list[Mapping[str, Any]]
    places: list[Place]
    questions: tuple[Finding, ...]


def problems_of(diagnoses: Sequence[Diagnosis], charges: Sequence[Charge]) -> Problems:
    """The DG1 in their order, then what only a charge names; a code of another system is asked for."""
    told = [(each.place, each.code) for each in diagnoses if each.code is not None]
    told += [
        (Place(charge.place.segment, charge.place.sequence, 19), coded)
        for charge in charges
        for coded in charge.diagnoses
    ]
    found: dict[str, tuple[Place, Coded]] = {}
    unknown = 0
    for place, coded in told:
        code = icd_10(coded)
        if code is None:
            unknown += place.segment == "DG1"
        else:
            found.setdefault(code.replace(".", "").upper(), (place, coded))
    form = [_problem(number, coded) for number, (_, coded) in enumerate(found.values(), 1)]
    return Problems(form, [_at(place) for place, _ in found.values()], _asked(unknown))


def _problem(number: int, coded: Coded) -> Mapping[str, Any]:
    return {"ref": f"p{number}", "icd10": icd_10(coded), "text": coded.text or ""}


def _at(place: Place) -> Place:
    return place if place.field else Place(place.segment, place.sequence, 3, 1, 1)


def _asked(unknown: int) -> tuple[Finding, ...]:
    if not unknown:
        return ()
    says = f"{unknown} of the diagnoses sent are in another system than ICD-10-CM; which codes are they?"
    return (ask(Flag.NO_CODE, "problems", says),)
