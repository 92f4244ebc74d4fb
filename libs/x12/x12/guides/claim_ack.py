"""277CA, 005010X214: where each segment of a claim acknowledgement stands."""

from x12.guides.parts import PROCEDURE, amount, dated, level, name, quantity, reference
from x12.guides.spec import SegmentSpec, guide, loop, seg

_STATUS = "<R AN/1-30 @acknowledged;R AN/1-30 @status;S ID/2-3;S ID/1-3>"


def _status(usage: str, actions: str = "U|WQ", dated: str = "R", valued: str = "R") -> SegmentSpec:
    return seg(
        f"STC {usage} >1", f"R {_STATUS}", f"{dated} DT/8-8", f"R ID/1-2 {actions}", f"{valued} M/1-18",
        "N", "N", "N", "N", "N", f"S {_STATUS}", f"S {_STATUS}", "S AN/1-264",
    )  # fmt: skip


def _trace(kind: str) -> SegmentSpec:
    return seg("TRN R 1", f"R ID/1-2 {kind}", "R AN/1-50")


_LINE = loop(
    "2220D S >1",
    seg(
        "SVC R 1", "R " + PROCEDURE.format(codes="AD|ER|HC|HP|IV|NU|WK"), "R M/1-18", "N",
        "S AN/1-48 @revenue", "N", "N",
        "S R/1-15",
    ),
    _status("R", valued="S"), reference("FJ|XZ", repeat="2"), dated("472", forms="D8|RD8"),
)  # fmt: skip
_CLAIM = loop(
    "2200D S >1", _trace("2"), _status("R"), reference("1K"), reference("D9"), reference("BLT|EA"),
    dated("472", forms="D8|RD8"), loops=(_LINE,),
)  # fmt: skip
_PATIENT = loop(
    "2000D S >1", level("PT", child="S ID/1-1 0"), loops=(loop("2100D R 1", name("QC", kinds="1", identifiers="II|MI",
        identified="R")), _CLAIM),
    streamed=True,
)  # fmt: skip
_PROVIDER = loop(
    "2000C S >1", level("19", child="R ID/1-1 0|1"),
    loops=(
        loop("2100C R 1", name("85", identifiers="FI|SV|XX", identified="R")),
        loop(
            "2200C S 1", _trace("1|2"), _status("S", dated="S", valued="S"),
            reference("0B|1G|G2|LU|SY|TJ", repeat="3"), quantity("QA"), quantity("QC"), amount("YU"),
            amount("YY"),
        ),
        _PATIENT,
    ),
    streamed=True,
)  # fmt: skip
_RECEIVER = loop(
    "2000B R 1", level("21", child="R ID/1-1 0|1"),
    loops=(
        loop("2100B R 1", name("41", identifiers="46", identified="R")),
        loop("2200B R 1", _trace("2"), _status("R"), quantity("90"), quantity("AA"), amount("YU"),
            amount("YY")),
        _PROVIDER,
    ),
    streamed=True,
)  # fmt: skip
_SOURCE = loop(
    "2000A R 1", level("20", parent="N", child="R ID/1-1 1"),
    loops=(
        loop("2100A R 1", name("AY|PR", kinds="2", identifiers="46|FI|PI|XV", identified="R")),
        loop("2200A R 1", _trace("1"), dated("050", "R"), dated("009", "R")),
        _RECEIVER,
    ),
    streamed=True,
)  # fmt: skip

GUIDE = guide(
    "277", "005010X214", "HN",
    loop(
        "ST R 1",
        seg("BHT R 1", "R ID/4-4 0085", "R ID/2-2 08", "R AN/1-50", "R DT/8-8", "R TM/4-8", "R ID/2-2 TH"),
        loops=(_SOURCE,),
    ),
)  # fmt: skip
