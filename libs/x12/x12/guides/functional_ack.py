"""999, 005010X231A1: where each segment of an implementation acknowledgement stands."""

from x12.guides.spec import guide, loop, seg

_GROUPS = "AG|BE|FA|HB|HC|HI|HN|HP|HR|HS|PI|RA"
_SETS = "269|270|271|275|276|277|278|820|824|834|835|837|997|999"
_SET_ERRORS = "ID/1-3 1|2|3|4|5|6|7|8|9|10|11|12|13|15|16|17|18|19|23|24|25|26|27|I5|I6"
_GROUP_ERRORS = "ID/1-3 1|2|3|4|5|6|10|11|12|13|14|15|16|17|18|19|23|24|25|26"
_ELEMENT_ERRORS = "ID/1-3 1|2|3|4|5|6|7|8|9|10|12|13|I6|I9|I10|I11|I12|I13"

_UNITS = "SITUATIONAL TRIGGER|CLM01|TRN02|NM109|PATIENT NAME NM109|SUBSCRIBER NAME NM109|ENT01|SUBSCRIBER NUMBER REF02"
_PLACE = "<R N0/1-2;S N0/1-2;S N0/1-4>"
_CONTEXT = seg(
    "CTX S 10", f"R <R AN/1-35 {_UNITS};S AN/1-35>", "S ID/2-3", "S N0/1-10", "S AN/1-4", f"S {_PLACE}",
    "S <R N0/1-4;S N0/1-4>",
)  # fmt: skip
_ELEMENT = loop(
    "2110 S >1", seg("IK4 R 1", f"R {_PLACE}", "S N0/1-4", f"R {_ELEMENT_ERRORS}",
        "S AN/1-99"),
    _CONTEXT,
)  # fmt: skip
_SEGMENT = loop(
    "2100 S >1", seg("IK3 R 1", "R ID/2-3", "R N0/1-10", "S AN/1-4",
        "R ID/1-3 1|2|3|4|5|6|7|8|I4|I6|I7|I8|I9"), _CONTEXT,
    loops=(_ELEMENT,),
)  # fmt: skip
_SET = loop(
    "2000 S >1", seg("AK2 R 1", f"R ID/3-3 {_SETS}", "R AN/4-9", "S AN/1-35"), loops=(_SEGMENT,),
    tail=(seg("IK5 R 1", "R ID/1-1 A|E|M|R|W|X", *([f"S {_SET_ERRORS}"] * 5)),), streamed=True,
)  # fmt: skip

GUIDE = guide(
    "999", "005010X231", "FA",
    loop(
        "ST R 1", seg("AK1 R 1", f"R ID/2-2 {_GROUPS}", "R N0/1-9", "R AN/1-12"), loops=(_SET,),
        tail=(
            seg("AK9 R 1", "R ID/1-1 A|E|M|P|R|W|X", "R N0/1-6", "R N0/1-6", "R N0/1-6",
                *([f"S {_GROUP_ERRORS}"] * 5)),
        ),
    ),
)  # fmt: skip
