"""What ICD-10-CM says of codes that stand together: Excludes1, and what comes first.

The notes are kept as the codes they name (`data/icd10cm_conventions.csv`, made by `build_icd10.py`). What a note
says in words alone is not here, so that an unreadable note never forbids anything.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files

from codes.icd10 import categories


class Convention(StrEnum):
    """ICD-10-CM Official Guidelines, sections I.A.12.a (Excludes1) and I.A.13 (etiology and manifestation)."""

    EXCLUDES1 = "excludes1"
    MANIFESTATION = "manifestation"
    CODE_FIRST = "code_first"
    CODE_FIRST_IF_ANY = "code_first_if_any"


@dataclass(frozen=True, slots=True)
class Note:
    """A note of the tabular list. `scope` is the code or range it stands at, `codes` those that it names."""

    scope: str
    convention: Convention
    codes: tuple[str, ...]

    def names(self, code: str) -> bool:
        """True when the note's codes hold `code` or a code above it."""
        return any(_covers(named, code) for named in self.codes)


@lru_cache(maxsize=16384)
def excluded_together(one: str, other: str) -> Note | None:
    """The Excludes1 note that keeps two dotted codes off one claim, unless the conditions are unrelated; else None."""
    for code, against in ((one, other), (other, one)):
        for note in _notes_of(code):
            if note.convention is Convention.EXCLUDES1 and note.names(against) and not _covers(note.scope, against):
                return note
    return None


@lru_cache(maxsize=4096)
def comes_first(code: str) -> Note | None:
    """The nearest note that asks for another condition before `code`; None when the code may stand first."""
    return next((note for note in _notes_of(code) if note.convention is not Convention.EXCLUDES1), None)


@lru_cache(maxsize=4096)
def _notes_of(code: str) -> tuple[Note, ...]:
    """The notes that hold for a code, its own first, then those of the codes and ranges above it."""
    by_category = _by_category()
    holding = [note for note in by_category.get(code[:3], ()) if _covers(note.scope, code)]
    return tuple(sorted(holding, key=lambda note: (_is_range(note.scope), -len(note.scope))))


@lru_cache(maxsize=1)
def _by_category() -> Mapping[str, tuple[Note, ...]]:
    text = files("codes").joinpath("data/icd10cm_conventions.csv").read_text("ascii")
    notes = [
        Note(row["scope"], Convention(row["convention"]), tuple(row["codes"].split()))
        for row in csv.DictReader(text.splitlines())
    ]
    found: dict[str, list[Note]] = defaultdict(list)
    for note in notes:
        if not _is_range(note.scope):
            found[note.scope[:3]].append(note)
    for note in notes:
        if _is_range(note.scope):
            for category in categories():
                if _covers(note.scope, category):
                    found[category].append(note)
    return {category: tuple(held) for category, held in found.items()}


def _is_range(named: str) -> bool:
    return "-" in named


def _covers(named: str, code: str) -> bool:
    """Whether a code or range holds `code`; a range holds all that begins as its two ends or lies between them."""
    first, dash, last = named.partition("-")
    if not dash:
        return code.startswith(first)
    return first <= code and (code <= last or code.startswith(last))
