"""The kinds of transaction, as the business calls them, and their names in ST and GS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SetKind:
    """`set_id` is ST01, `version` GS08, `first` the segment that must follow ST."""

    set_id: str
    version: str
    first: str


WRITTEN: Mapping[str, SetKind] = {
    "837P": SetKind("837", "005010X222A1", "BHT"),
    "270": SetKind("270", "005010X279A1", "BHT"),
    "276": SetKind("276", "005010X212", "BHT"),
    "278": SetKind("278", "005010X217", "BHT"),
    "999": SetKind("999", "005010X231A1", "AK1"),
}

# A 999 is written here alone, for what was received (guide 005010X231A1); nobody asks for one.
POSTABLE = tuple(kind for kind in WRITTEN if kind != "999")

ACKNOWLEDGEMENTS = frozenset({"999", "997", "TA1"})
"""Never acknowledged in turn, or two partners would answer each other for ever."""

KNOWN = frozenset({"835", "837P", "837I", "837D", "277CA", "270", "271", "275", "276", "277", "278", "PASNOTIFICATION"})
"""What a service may take an interest in. Others are kept, reported to staff and told to nobody."""

# Guides that share an ST01 are told apart by the version (GS08, or ST03 where it is sent).
_BY_VERSION: tuple[tuple[str, str, str], ...] = (
    ("277", "005010X214", "277CA"),
    ("837", "005010X222", "837P"),
    ("837", "005010X223", "837I"),
    ("837", "005010X224", "837D"),
)
_SET_ID = re.compile(r"[0-9]{3}")


def kind_of(set_id: str, version: str) -> str:
    """`277CA` of ("277", "005010X214"); the ST01 itself where one guide has it, `unknown` where it is no ST01."""
    for known, guide, kind in _BY_VERSION:
        if set_id == known and version.startswith(guide):
            return kind
    return set_id if _SET_ID.fullmatch(set_id) else "unknown"
