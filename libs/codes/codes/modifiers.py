"""Procedure modifiers: what each is for, the order they stand in, and which may not stand together.

Rulebook section 5 (matrix and order) and 4.1 (those that can pass an NCCI edit). Labels are our own words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum


class Rank(IntEnum):
    """Where a modifier stands on a line: pricing first, informational last."""

    PRICING = 1
    RELATION = 2
    ANATOMIC = 3
    INFORMATIONAL = 4


@dataclass(frozen=True, slots=True)
class Modifier:
    """`passes_ncci`: an NCCI-associated modifier, the only kind that can pass an indicator-1 edit."""

    code: str
    label: str
    rank: Rank
    passes_ncci: bool = False


MOST_ON_A_LINE = 4
# 59 and its four subsets: never two of them on one line.
DISTINCT = frozenset({"59", "XE", "XS", "XP", "XU"})
# For evaluation and management lines only (rulebook 5: never on procedure lines).
EVALUATION_ONLY = frozenset({"24", "25", "57"})
# Never on an evaluation and management line.
PROCEDURE_ONLY = frozenset({"58", "78", "79", "22", "52", "53", "51", "50"}) | DISTINCT
_EXCLUSIVE: tuple[frozenset[str], ...] = (
    DISTINCT,
    frozenset({"26", "TC"}),
    frozenset({"JW", "JZ"}),
    frozenset({"GA", "GZ"}),
    frozenset({"GA", "GX"}),
    frozenset({"76", "59"}),
    frozenset({"58", "78", "79"}),
    frozenset({"93", "95"}),
)

_DIGITS = {
    "FA": "left thumb", "F1": "left index finger", "F2": "left middle finger", "F3": "left ring finger",
    "F4": "left little finger", "F5": "right thumb", "F6": "right index finger", "F7": "right middle finger",
    "F8": "right ring finger", "F9": "right little finger", "TA": "left great toe", "T1": "left second toe",
    "T2": "left third toe", "T3": "left fourth toe", "T4": "left fifth toe", "T5": "right great toe",
    "T6": "right second toe", "T7": "right third toe", "T8": "right fourth toe", "T9": "right fifth toe",
}  # fmt: skip
_LIDS = {
    "E1": "upper left eyelid",
    "E2": "lower left eyelid",
    "E3": "upper right eyelid",
    "E4": "lower right eyelid",
}

# Fingers and toes: two lines with the same one are for the same nail.
DIGITS = frozenset(_DIGITS)

TABLE: Mapping[str, Modifier] = {
    modifier.code: modifier
    for modifier in (
        Modifier("26", "professional component", Rank.PRICING),
        Modifier("TC", "technical component", Rank.PRICING),
        Modifier("22", "substantially more work", Rank.PRICING),
        Modifier("50", "both sides", Rank.PRICING),
        Modifier("51", "several procedures", Rank.PRICING),
        Modifier("52", "reduced", Rank.PRICING),
        Modifier("53", "stopped for the patient's safety", Rank.PRICING),
        Modifier("80", "assistant surgeon", Rank.PRICING),
        Modifier("81", "minimum assistant", Rank.PRICING),
        Modifier("82", "assistant, no resident available", Rank.PRICING),
        Modifier("AS", "non-physician assistant at surgery", Rank.PRICING),
        Modifier("78", "unplanned return for a complication", Rank.PRICING, passes_ncci=True),
        Modifier("24", "unrelated visit in a global period", Rank.RELATION, passes_ncci=True),
        Modifier("25", "separate visit on the day of a procedure", Rank.RELATION, passes_ncci=True),
        Modifier("27", "several outpatient visits on a day", Rank.RELATION, passes_ncci=True),
        Modifier("57", "visit that decided major surgery", Rank.RELATION, passes_ncci=True),
        Modifier("58", "staged or more extensive in a global period", Rank.RELATION, passes_ncci=True),
        Modifier("79", "unrelated procedure in a global period", Rank.RELATION, passes_ncci=True),
        Modifier("59", "distinct procedure", Rank.RELATION, passes_ncci=True),
        Modifier("XE", "separate encounter", Rank.RELATION, passes_ncci=True),
        Modifier("XS", "separate structure", Rank.RELATION, passes_ncci=True),
        Modifier("XP", "separate practitioner", Rank.RELATION, passes_ncci=True),
        Modifier("XU", "unusual service that does not overlap", Rank.RELATION, passes_ncci=True),
        Modifier("91", "laboratory test repeated", Rank.RELATION, passes_ncci=True),
        Modifier("76", "repeated by the same clinician", Rank.RELATION),
        Modifier("77", "repeated by another clinician", Rank.RELATION),
        *(Modifier(code, label, Rank.ANATOMIC, passes_ncci=True) for code, label in {**_DIGITS, **_LIDS}.items()),
        Modifier("LT", "left", Rank.ANATOMIC, passes_ncci=True),
        Modifier("RT", "right", Rank.ANATOMIC, passes_ncci=True),
        Modifier("93", "audio only", Rank.INFORMATIONAL),
        Modifier("95", "audio and video", Rank.INFORMATIONAL),
        Modifier("GT", "audio and video, older form", Rank.INFORMATIONAL),
        Modifier("GQ", "store and forward", Rank.INFORMATIONAL),
        Modifier("GA", "waiver signed, denial expected", Rank.INFORMATIONAL),
        Modifier("GZ", "denial expected, no waiver", Rank.INFORMATIONAL),
        Modifier("GY", "excluded by statute", Rank.INFORMATIONAL),
        Modifier("GX", "voluntary notice given", Rank.INFORMATIONAL),
        Modifier("JW", "drug discarded", Rank.INFORMATIONAL),
        Modifier("JZ", "no drug discarded", Rank.INFORMATIONAL),
        Modifier("FS", "split visit in a facility", Rank.INFORMATIONAL),
        Modifier("SA", "nurse practitioner with a physician", Rank.INFORMATIONAL),
        Modifier("33", "preventive service", Rank.INFORMATIONAL),
        Modifier("Q7", "one class A finding", Rank.INFORMATIONAL),
        Modifier("Q8", "two class B findings", Rank.INFORMATIONAL),
        Modifier("Q9", "one class B and two class C findings", Rank.INFORMATIONAL),
        Modifier("QW", "waived test", Rank.INFORMATIONAL),
        Modifier("KX", "requirements on file", Rank.INFORMATIONAL),
        Modifier("GC", "resident under a teaching physician", Rank.INFORMATIONAL),
    )
}


def lookup(code: str) -> Modifier | None:
    """The modifier, or None when the table does not know it."""
    return TABLE.get(code)


def in_order(codes: Iterable[str]) -> tuple[str, ...]:
    """The modifiers as they stand on a claim line, each once. Raises ValueError for an unknown one."""
    unique = set(codes)
    if not unique:
        return ()
    unknown = sorted(unique - TABLE.keys())
    if unknown:
        raise ValueError(f"Unknown modifier {', '.join(unknown)}.")
    return tuple(sorted(unique, key=lambda code: (TABLE[code].rank, code)))


def conflicts(codes: Iterable[str], *, evaluation: bool) -> tuple[str, ...]:
    """What is wrong with this set on one line, a sentence each; empty when nothing is (rulebook 5, edit E18).

    `evaluation`: the line is an evaluation and management service.
    """
    present = set(codes)
    if not present:
        return ()
    found = [f"{code} is not a modifier that is known here." for code in sorted(present - TABLE.keys())]
    found += [
        f"{' and '.join(sorted(present & group))} may not stand together."
        for group in _EXCLUSIVE
        if len(present & group) > 1
    ]
    misplaced = present & (PROCEDURE_ONLY if evaluation else EVALUATION_ONLY)
    where = "an evaluation line" if evaluation else "a procedure line"
    found += [f"{code} may not stand on {where}." for code in sorted(misplaced)]
    if len(present) > MOST_ON_A_LINE:
        found.append(f"A line carries at most {MOST_ON_A_LINE} modifiers.")
    return tuple(found)
