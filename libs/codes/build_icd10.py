# The package that this reads is installed for the occasion only.
# pyright: basic, reportMissingImports=none
"""Make codes/data/icd10cm.bin, which ICD-10-CM codes exist and which may be billed, in under a megabyte, and
codes/data/icd10cm_conventions.csv, what the classification says of codes that stand together.

    python -m venv scratch && scratch/bin/pip install simple-icd-10-cm==1.5.0
    scratch/bin/python libs/codes/build_icd10.py

The package (MIT; the classification itself is the US government's and free of copyright) loads in seconds and
holds far more than a look-up needs, so it is not a dependency: only its list of codes and the Excludes1 and "code
first" notes, as the codes they name, are kept.
"""

from __future__ import annotations

import csv
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import simple_icd_10_cm

DATA = Path(__file__).parent / "codes" / "data"
EDITION = {
    "edition": "2026-04",
    "in_force_from": "2026-04-01",
    "source": "PyPI simple-icd-10-cm 1.5.0, ICD-10-CM April 2026",
}
_CODE = re.compile(r"[A-Z][0-9A-Z]{2,6}$", re.ASCII)
_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_NAMED = r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?"
_ONE = re.compile(rf"({_NAMED})(?:\.?-)?$", re.ASCII)
_RANGE = re.compile(rf"({_NAMED})-?\s*-\s*({_NAMED})-?$", re.ASCII)
_SOMETIMES = re.compile(r"if applicable|if known|\bany\b", re.IGNORECASE)


def main() -> None:
    # A block of one category bears the category's own name (B20, D49), so the shape of a code, and not the package's
    # word that a name is a block, tells which of its names are codes.
    codes = {code for code in simple_icd_10_cm.get_all_codes(with_dots=False) if _CODE.match(code)}
    # Every beginning of a code needs more characters, also where only placeholders were added (S00.00X).
    headers = sorted({code[:length] for code in codes for length in range(3, len(code))})
    billable = sorted(codes.difference(headers))
    DATA.joinpath("icd10cm.bin").write_bytes(
        zlib.compress("\n".join([" ".join(billable), " ".join(headers)]).encode("ascii"), 9)
    )
    facts = {**EDITION, "billable": len(billable), "headers": len(headers)}
    DATA.joinpath("icd10cm.json").write_text(json.dumps(facts, indent=2) + "\n", "utf-8")
    with DATA.joinpath("icd10cm_conventions.csv").open("w", encoding="ascii", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("scope", "convention", "codes"))
        rows.writerows(sorted(set(conventions())))


def conventions() -> Iterator[tuple[str, str, str]]:
    """(code, block or range of a chapter; convention; the codes that its note names), one for each note."""
    for name in simple_icd_10_cm.get_all_codes(with_dots=True):
        scope = _scope(name)
        if excluded := named(" ".join(simple_icd_10_cm.get_excludes1(name))):
            yield scope, "excludes1", " ".join(excluded)
        note = simple_icd_10_cm.get_code_first(name)
        if note:
            yield scope, _kind_of(name, note), " ".join(named(note))


def _kind_of(name: str, note: str) -> str:
    """A manifestation never stands first; a note with "if applicable" asks for what may not be there."""
    if "classified elsewhere" in simple_icd_10_cm.get_description(name):
        return "manifestation"
    return "code_first_if_any" if _SOMETIMES.search(note) else "code_first"


def _scope(name: str) -> str:
    if not simple_icd_10_cm.is_chapter_or_block(name) or "-" in name:
        return name
    if simple_icd_10_cm.is_block(name):
        return name
    blocks = simple_icd_10_cm.get_children(name)
    return f"{blocks[0][:3]}-{blocks[-1][-3:]}"


def named(note: str) -> tuple[str, ...]:
    """The codes in a note's brackets, `L74.5` for L74.5- and `L20-L30` for a range.

    What a note says in words (a fifth character, "with .62") is left out: knowing less excludes less.
    """
    found: dict[str, None] = {}
    for text in _IN_BRACKETS.findall(note):
        for part in re.split(r",\s*", text):
            if one := _ONE.match(part.strip()):
                found[one[1]] = None
            elif both := _RANGE.match(part.strip()):
                found[f"{both[1]}-{both[2]}"] = None
    return tuple(sorted(found))


if __name__ == "__main__":
    main()
