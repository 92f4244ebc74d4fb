"""What a diagnosis says about a lesion, and which procedures it can support (rulebook section 6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from codes import icd10
from coding.domain.findings import Finding, Flag, ask

MALIGNANT = ("C43", "C44", "C4A", "C46.0", "D03", "D04")
# Nature not yet known, or uncertain in the pathologist's own words.
UNKNOWN_NATURE = ("D49",)
UNCERTAIN = ("D48",)


def starts(code: str, prefixes: tuple[str, ...]) -> bool:
    """True when the code is one of these or below one of them."""
    return code.startswith(prefixes)


def is_malignant(code: str) -> bool:
    return starts(code, MALIGNANT)


@dataclass(frozen=True, slots=True)
class Pairing:
    """What a code's diagnosis must be among (`needs`), or must not be (`bars`)."""

    needs: tuple[str, ...] = ()
    bars: tuple[str, ...] = ()

    def allows(self, dx: str) -> bool:
        return (not self.needs or starts(dx, self.needs)) and not starts(dx, self.bars)


_AK = Pairing(needs=("L57.0",))
_BENIGN = Pairing(bars=("C", "D03", "D04", "L57.0"))
_VASCULAR = Pairing(needs=("Q82.5", "D18.01", "Q27", "Q28"))
_NOT_MALIGNANT = Pairing(bars=("C", "D03", "D04"))
# The hard pairings of rulebook 6, by family of the code table.
PAIRINGS: Mapping[str, Pairing] = {
    "destruction-premalignant": _AK,
    "destruction-benign": _BENIGN,
    "destruction-vascular": _VASCULAR,
    "destruction-malignant": Pairing(needs=("C44", "C4A", "D03", "D04")),
    "malignant-excision": Pairing(needs=MALIGNANT),
    "mohs": Pairing(needs=MALIGNANT),
    "benign-excision": _NOT_MALIGNANT,
    "shave-removal": _NOT_MALIGNANT,
    "acne-surgery": Pairing(needs=("L70",)),
}


def mismatch(family: str, cpt: str, dx: str, path: str) -> Finding | None:
    """The question to ask when this diagnosis can never support this family; None when it can."""
    pairing = PAIRINGS.get(family)
    if pairing is None or pairing.allows(dx):
        return None
    return ask(Flag.DX_MISMATCH, path, f"{dx} does not support {cpt}; which diagnosis was treated?")


def unusable(dx: str, on: date, path: str) -> Finding | None:
    """The question to ask when the code does not exist or needs more characters on that date."""
    entry = icd10.lookup(dx, on)
    if entry is None:
        return ask(Flag.DX_MISMATCH, path, f"{dx} is not an ICD-10-CM code on the date of service.")
    if not entry.billable:
        return ask(Flag.DX_UNSPECIFIED, path, f"{dx} needs more characters before it can be billed.")
    return None
