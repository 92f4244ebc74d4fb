# The package that this reads is installed for the occasion only.
# pyright: basic, reportMissingImports=none
"""Make codes/data/icd10cm.bin: which ICD-10-CM codes exist and which may be billed, in under a megabyte.

    python -m venv scratch && scratch/bin/pip install simple-icd-10-cm==1.5.0
    scratch/bin/python libs/codes/build_icd10.py

The package (MIT; the classification itself is the US government's and free of copyright) loads in seconds and
holds far more than a look-up needs, so it is not a dependency: only its list of codes is kept.
"""

from __future__ import annotations

import json
import re
import zlib
from pathlib import Path

import simple_icd_10_cm

DATA = Path(__file__).parent / "codes" / "data"
EDITION = {
    "edition": "2026-04",
    "in_force_from": "2026-04-01",
    "source": "PyPI simple-icd-10-cm 1.5.0, ICD-10-CM April 2026",
}
_CODE = re.compile(r"[A-Z][0-9A-Z]{2,6}$", re.ASCII)


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


if __name__ == "__main__":
    main()
