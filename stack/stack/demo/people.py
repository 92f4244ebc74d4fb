"""Made-up patients with made-up coverages. No name, number or address belongs to anybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from stack.demo.practice import Payer
from stack.demo.scenes import Twist

_FAMILIES = (
    "Alderby", "Bexhollow", "Cinderfell", "Dapplewood", "Emberlow", "Fernhythe", "Gorsemoor", "Hazelbourne", "Inkpenn",
    "Juniperus", "Kestrelby", "Larkmead", "Mossgill", "Nettlecombe", "Otterholt", "Pebblemarsh", "Quillfield",
)  # fmt: skip
_GIVEN = (
    "Anwen", "Bram", "Cora", "Dov", "Elke", "Fenn", "Greta", "Hollis", "Ines", "Jory", "Kaia", "Lorne", "Maren",
    "Nils", "Orla", "Pax", "Quinn", "Runa", "Soren",
)  # fmt: skip
_DEDUCTIBLES = ("0.00", "0.00", "0.00", "50.00", "120.00", "400.00")
_COINSURANCES = ("0.00", "0.10", "0.20", "0.20")
_COPAYS = ("0.00", "0.00", "25.00", "40.00")


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient with the coverage as the front desk wrote it down, and the member as the payer knows it."""

    record_number: str
    person: dict[str, Any] = field(repr=False)
    payer_id: str
    coverage: dict[str, Any] | None = field(repr=False)
    member: dict[str, Any] = field(repr=False)

    def age_on(self, day: date) -> int:
        born = date.fromisoformat(self.person["birth_date"])
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def patient(place: int, payer: Payer, rng: Random, twist: Twist, on: date, run: str) -> Patient:
    """The patient of the visit at `place`. Children are covered through a parent."""
    medicare = payer.kind == "medicare"
    born = date(rng.randint(1938, 1959), rng.randint(1, 12), rng.randint(1, 28))
    if not medicare:
        born = date(rng.randint(1962, 2018), rng.randint(1, 12), rng.randint(1, 28))
    family = rng.choice(_FAMILIES)
    person = _person(family, rng, born)
    parent = _person(family, rng, date(rng.randint(1970, 1985), 5, 5)) if on.year - born.year < 18 else None
    member_id = f"{payer.member_prefix}{run}{place:03d}"
    written = f"{payer.member_prefix}{run[::-1]}{place:03d}X" if twist is Twist.WRONG_MEMBER_ID else member_id
    coverage = _coverage(payer.id, written, on, parent)
    if twist is Twist.COVERAGE_ENDED:
        coverage["effective_to"] = (on - timedelta(days=30)).isoformat()
    return Patient(
        record_number=f"MRN-{place:04d}",
        person=person,
        payer_id=payer.id,
        coverage=None if twist in (Twist.NO_COVERAGE, Twist.SELF_PAY) else coverage,
        member={"member_id": member_id, **_benefits(rng, medicare=medicare)},
    )


def _person(family: str, rng: Random, born: date) -> dict[str, Any]:
    return {
        "name": {"family": family, "given": rng.choice(_GIVEN)},
        "birth_date": born.isoformat(),
        "sex": rng.choice("FM"),
        "address": {
            "line1": f"{rng.randint(1, 400)} Sample Row",
            "city": "Albany",
            "state": "NY",
            "zip": "122070001",
        },
    }


def _coverage(payer_id: str, member_id: str, on: date, parent: dict[str, Any] | None) -> dict[str, Any]:
    covered: dict[str, Any] = {
        "payer_id": payer_id,
        "member_id": member_id,
        "relationship": "child" if parent else "self",
        "priority": 1,
        "effective_from": date(on.year - 1, 1, 1).isoformat(),
    }
    return covered | ({"subscriber": parent} if parent else {})


def _benefits(rng: Random, *, medicare: bool) -> dict[str, Any]:
    deductible = rng.choice(_DEDUCTIBLES)
    if medicare:
        return {"deductible_remaining": deductible, "coinsurance": "0.20", "copay": "0.00"}
    return {
        "deductible_remaining": deductible,
        "coinsurance": rng.choice(_COINSURANCES),
        "copay": rng.choice(_COPAYS),
    }
