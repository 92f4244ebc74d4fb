"""276, 005010X212: where each segment of a claim status question stands."""

from x12.guides.claim_status_parts import (
    DEPENDENT_NAME,
    PROVIDER_NAME,
    RECEIVER_NAME,
    SUBSCRIBER_NAME,
    payer_name,
    service,
    trace,
)  # fmt: skip
from x12.guides.parts import amount, dated, level, number
from x12.guides.spec import LoopSpec, guide, loop, seg

_BIRTH = seg("DMG S 1", "R ID/2-3 D8", "R AN/1-35", "S ID/1-1 F|M")


def _claim(letter: str) -> LoopSpec:
    line = loop(f"2210{letter} S >1", service("N"), number("FJ"), dated("472", "R", forms="D8|RD8"))
    return loop(
        f"2200{letter} S >1", trace("1"), *(number(kind) for kind in ("1K", "BLT", "LU", "6P", "EJ", "XZ", "D9")),
        amount("T3"), dated("472", forms="D8|RD8"), loops=(line,),
    )  # fmt: skip


_DEPENDENT = loop(
    "2000E S >1", level("23", child="N"), _BIRTH, loops=(DEPENDENT_NAME, _claim("E")), streamed=True,
)  # fmt: skip
_SUBSCRIBER = loop(
    "2000D R >1", level("22", child="R ID/1-1 0|1"), _BIRTH, loops=(SUBSCRIBER_NAME, _claim("D"), _DEPENDENT),
    streamed=True,
)  # fmt: skip
_PROVIDER = loop(
    "2000C R >1", level("19", child="R ID/1-1 1"), loops=(PROVIDER_NAME, _SUBSCRIBER), streamed=True
)  # fmt: skip
_RECEIVER = loop(
    "2000B R >1", level("21", child="R ID/1-1 1"), loops=(RECEIVER_NAME, _PROVIDER), streamed=True
)  # fmt: skip
_SOURCE = loop(
    "2000A R >1", level("20", parent="N", child="R ID/1-1 1"), loops=(payer_name(), _RECEIVER), streamed=True
)  # fmt: skip

GUIDE = guide(
    "276", "005010X212", "HR",
    loop(
        "ST R 1", seg("BHT R 1", "R ID/4-4 0010", "R ID/2-2 13", "R AN/1-50", "R DT/8-8", "R TM/4-8", "N"),
        loops=(_SOURCE,),
    ),
)  # fmt: skip
