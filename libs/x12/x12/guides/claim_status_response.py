"""277, 005010X212: where each segment of a claim status answer stands."""

from x12.guides.claim_status_parts import (
    DEPENDENT_NAME,
    PROVIDER_NAME,
    RECEIVER_NAME,
    SUBSCRIBER_NAME,
    payer_name,
    service,
    trace,
)  # fmt: skip
from x12.guides.parts import contact, dated, level, number
from x12.guides.spec import LoopSpec, guide, loop, seg

_STATUS = "<R AN/1-30 @status-category;R AN/1-30 @status;S ID/2-3;S ID/1-3 RX>"
_REFUSED = seg("STC R >1", f"R {_STATUS}", "R DT/8-8", *(["N"] * 7), f"S {_STATUS}", f"S {_STATUS}")
_CHARGED = seg(
    "STC R >1", f"R {_STATUS}", "R DT/8-8", "N", "S M/1-18", "S M/1-18", "S DT/8-8", "N", "S DT/8-8", "S AN/1-16",
    f"S {_STATUS}", f"S {_STATUS}",
)  # fmt: skip


def _claim(letter: str) -> LoopSpec:
    line = loop(f"2220{letter} S >1", service("R"), _CHARGED, number("FJ"), dated("472", "R", forms="D8|RD8"))
    return loop(
        f"2200{letter} S >1", trace("2"), _CHARGED,
        *(number(kind) for kind in ("1K", "BLT", "EJ", "XZ", "VV", "D9")), dated("472", forms="D8|RD8"), loops=(line,),
    )  # fmt: skip


_DEPENDENT = loop(
    "2000E S >1", level("23", child="N"), loops=(DEPENDENT_NAME, _claim("E")), streamed=True,
)  # fmt: skip
_SUBSCRIBER = loop(
    "2000D S >1", level("22", child="R ID/1-1 0|1"), loops=(SUBSCRIBER_NAME, _claim("D"), _DEPENDENT), streamed=True,
)  # fmt: skip
_PROVIDER = loop(
    "2000C S >1", level("19", child="R ID/1-1 0|1"),
    loops=(PROVIDER_NAME, loop("2200C S 1", trace("1"), _REFUSED), _SUBSCRIBER), streamed=True,
)  # fmt: skip
_RECEIVER = loop(
    "2000B R >1", level("21", child="R ID/1-1 0|1"),
    loops=(RECEIVER_NAME, loop("2200B S 1", trace("2"), _REFUSED), _PROVIDER), streamed=True,
)  # fmt: skip
_SOURCE = loop(
    "2000A R >1", level("20", parent="N", child="R ID/1-1 1"),
    loops=(payer_name(contact(kinds="ED|EM|EX|FX|TE|UR")), _RECEIVER), streamed=True,
)  # fmt: skip

GUIDE = guide(
    "277", "005010X212", "HN",
    loop(
        "ST R 1", seg("BHT R 1", "R ID/4-4 0010", "R ID/2-2 08", "R AN/1-50", "R DT/8-8", "R TM/4-8", "R ID/2-2 DG"),
        loops=(_SOURCE,),
    ),
)  # fmt: skip
