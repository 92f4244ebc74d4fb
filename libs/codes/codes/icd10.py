"""ICD-10-CM: shape, existence, and whether a code may be billed.

The look-up file is made by `build_icd10.py` from one edition of the classification; see data/icd10cm.json for
which. That edition answers for every date until another is added.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

# The second character is a digit but in the chapter of new codes that begin with QA.
_SHAPE = re.compile(r"^(?:[A-Z]\d|QA)[0-9A-Z](\.[0-9A-Z]{1,4})?$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Entry:
    """A code that exists, or the beginning of one (`billable` False), which needs more characters to go on a claim.

    `edition_covers` is False when the date of service is earlier than the edition that was asked.
    """

    code: str
    billable: bool
    edition: str
    edition_covers: bool


def is_shaped(code: str) -> bool:
    """True for a dotted code such as L40.0, whether or not it exists."""
    return _SHAPE.match(code) is not None


@lru_cache(maxsize=8192)
def dotted(code: str) -> str:
    """The code with its dot, upper case: `c44311` becomes C44.311. Raises ValueError for another shape."""
    plain = code.strip().upper().replace(".", "")
    text = plain if len(plain) <= 3 else f"{plain[:3]}.{plain[3:]}"
    if not is_shaped(text):
        raise ValueError("An ICD-10-CM code is a letter, a digit, a third character, and up to four after a dot.")
    return text


@lru_cache(maxsize=8192)
def lookup(code: str, on: date) -> Entry | None:
    """The code's entry for that date of service, or None when it does not exist. Dots are optional."""
    plain = code.strip().upper().replace(".", "")
    billable, headers = _codes()
    if plain not in billable and plain not in headers:
        return None
    facts = edition()
    return Entry(
        code=dotted(plain),
        billable=plain in billable,
        edition=facts["edition"],
        edition_covers=on >= date.fromisoformat(facts["in_force_from"]),
    )


def is_billable(code: str, on: date) -> bool:
    """True when the code exists and has all the characters it needs."""
    entry = lookup(code, on)
    return entry is not None and entry.billable


@lru_cache(maxsize=1)
def edition() -> Mapping[str, Any]:
    """Which edition answers: its name, first day, source and number of codes."""
    return json.loads(files("codes").joinpath("data/icd10cm.json").read_text("utf-8"))


@lru_cache(maxsize=1)
def categories() -> tuple[str, ...]:
    """Every category of three characters, in order."""
    billable, headers = _codes()
    return tuple(sorted({code[:3] for code in billable | headers}))


@lru_cache(maxsize=1)
def _codes() -> tuple[frozenset[str], frozenset[str]]:
    packed = files("codes").joinpath("data/icd10cm.bin").read_bytes()
    billable, headers = zlib.decompress(packed).decode("ascii").split("\n")
    return frozenset(billable.split()), frozenset(headers.split())
