"""Segments that the 276 and 277 guides (005010X212) share; their codes were held, loop by loop, against those of
linuxforhealth-x12 0.57.
"""

from x12.guides.parts import NPI, PROCEDURE
from x12.guides.spec import LoopSpec, SegmentSpec, loop, seg

PROCEDURES = PROCEDURE.format(codes="AD|ER|HC|HP|IV|N4|NU|WK")


def _named(role: str, kinds: str, identifiers: str, identified: str = "R", named: str = "S") -> SegmentSpec:
    return seg(
        "NM1 R 1", f"R ID/2-3 {role}", f"R ID/1-1 {kinds}", f"{named} AN/1-60", "S AN/1-35", "S AN/1-25", "N",
        "S AN/1-10", f"{identified} ID/1-2 {identifiers}", f"{identified} AN/2-80 {NPI}",
    )  # fmt: skip


def payer_name(*further: SegmentSpec) -> LoopSpec:
    """2100A."""
    return loop("2100A R 1", _named("PR", "2", "PI|XV", named="R"), *further)


RECEIVER_NAME = loop("2100B R 1", _named("41", "1|2", "46"))
PROVIDER_NAME = loop("2100C R 2", _named("1P", "1|2", "FI|SV|XX"))
SUBSCRIBER_NAME = loop("2100D R 1", _named("IL", "1|2", "24|II|MI", named="R"))
DEPENDENT_NAME = loop("2100E R 1", _named("QC", "1", "MI", "N", "R"))


def trace(kind: str) -> SegmentSpec:
    """TRN."""
    return seg("TRN R 1", f"R ID/1-2 {kind}", "R AN/1-50")


def service(paid: str) -> SegmentSpec:
    """SVC; `paid` is the usage of SVC03."""
    return seg(
        "SVC R 1", f"R {PROCEDURES}", "R M/1-18", f"{paid} M/1-18" if paid != "N" else "N", "S AN/1-48 @revenue",
        "N", "N", "R R/1-15",
    )  # fmt: skip
