"""Place of service codes that a dermatology practice uses (rulebook 9.1 and 12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlaceOfService:
    """`facility`: Medicare pays the facility amount there. `telehealth`: the patient is elsewhere."""

    code: str
    label: str
    facility: bool = False
    telehealth: bool = False


TABLE: Mapping[str, PlaceOfService] = {
    place.code: place
    for place in (
        PlaceOfService("02", "telehealth, patient not at home", facility=True, telehealth=True),
        PlaceOfService("10", "telehealth, patient at home", telehealth=True),
        PlaceOfService("11", "office"),
        PlaceOfService("12", "home"),
        PlaceOfService("19", "hospital outpatient, off campus", facility=True),
        PlaceOfService("20", "urgent care"),
        PlaceOfService("22", "hospital outpatient, on campus", facility=True),
        PlaceOfService("24", "ambulatory surgical centre", facility=True),
        PlaceOfService("31", "skilled nursing facility", facility=True),
        PlaceOfService("32", "nursing facility"),
        PlaceOfService("49", "independent clinic"),
        PlaceOfService("81", "laboratory"),
    )
}


def lookup(code: str) -> PlaceOfService | None:
    """The place, or None when the table does not know it."""
    return TABLE.get(code)
