"""The level of a visit: by decision making or by time, whichever is higher (rulebook 3.20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from coding.domain.visit import Evaluation, PayerType, Visit

_LEVELS = ("straightforward", "low", "moderate", "high")
_CODES: Mapping[str, tuple[str, ...]] = {
    "new": ("99202", "99203", "99204", "99205"),
    "established": ("99212", "99213", "99214", "99215"),
}
# Total minutes on the date of the visit that must be met or passed.
_MINUTES: Mapping[str, tuple[int, ...]] = {"new": (15, 30, 45, 60), "established": (10, 20, 30, 40)}
NURSE_VISIT = "99211"
_YEARS_UNSEEN = 3


@dataclass(frozen=True, slots=True)
class Prolonged:
    """`from_minutes`: where the first further quarter of an hour has been filled."""

    cpt: str
    from_minutes: Mapping[str, int]


_BY_CPT = Prolonged("99417", {"99205": 75, "99215": 55})
_BY_MEDICARE = Prolonged("G2212", {"99205": 89, "99215": 69})
_QUARTER = 15


def seen_within_three_years(last: date | None, today: date) -> bool:
    """True when the last face-to-face service lies no more than three years back, to the day."""
    if last is None:
        return False
    try:
        limit = today.replace(year=today.year - _YEARS_UNSEEN)
    except ValueError:
        limit = today.replace(year=today.year - _YEARS_UNSEEN, day=28)
    return last >= limit


def by_decision(em: Evaluation, standing: str) -> str | None:
    """The code by decision making; None when it is not documented."""
    if em.mdm == "nurse_only":
        return NURSE_VISIT
    return _CODES[standing][_LEVELS.index(em.mdm)] if em.mdm else None


def by_time(em: Evaluation, standing: str) -> str | None:
    """The code that the minutes reach, whether or not they were documented as total time."""
    reached = [
        code
        for code, least in zip(_CODES[standing], _MINUTES[standing], strict=True)
        if em.minutes is not None and em.minutes >= least
    ]
    return reached[-1] if reached else None


def prolonged(visit: Visit, code: str, minutes: int) -> tuple[str, int] | None:
    """The prolonged code and its units for a visit of the highest level, or None."""
    rule = _BY_MEDICARE if visit.payer.type is PayerType.MEDICARE else _BY_CPT
    start = rule.from_minutes.get(code)
    if start is None or minutes < start:
        return None
    return rule.cpt, 1 + (minutes - start) // _QUARTER
