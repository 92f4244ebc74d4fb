"""270, 005010X279A1: where each segment of an eligibility question stands."""

from x12.guides.eligibility_parts import (
    COVERAGE_LEVELS,
    ENTITY_IDS,
    MEMBER_REFERENCES,
    POINTERS,
    PROCEDURES,
    SERVICE_TYPES,
    birth,
    diagnoses,
    insured,
    provider,
    trace,
    who,
)  # fmt: skip
from x12.guides.parts import amount, city, dated, level, reference, street
from x12.guides.spec import LoopSpec, guide, loop, seg

_DATES = "102|152|291|307|318|435|472|539|573|582|636|771"


def _service(letter: str) -> LoopSpec:
    return loop(
        f"2110{letter} S 99",
        seg(
            "EQ R 1", f"S ID*/1-2 {SERVICE_TYPES}", f"S {PROCEDURES}", f"S ID/3-3 {COVERAGE_LEVELS}", "S ID/1-3",
            f"S {POINTERS}",
        ),
        amount("R"), amount("PB"), seg("III S 1", "R ID/1-3 ZZ", "R AN/1-30"), reference("9F|G1"),
        dated("291|435|472", forms="D8|RD8"),
    )  # fmt: skip


def _name(letter: str, entity: str, answers: str, relations: str) -> LoopSpec:
    identified = "S" if letter == "C" else "N"
    return loop(
        f"2100{letter} R 1", who(entity, "1" if letter == "D" else "1|2", "II|MI", identified=identified),
        reference(MEMBER_REFERENCES, repeat="9"), street("S"), city("S"), provider(), birth(),
        insured(answers, relations), diagnoses(), dated(_DATES, repeat="2", forms="D8|RD8"),
        loops=(_service(letter),),
    )  # fmt: skip


_DEPENDENT = loop(
    "2000D S >1", level("23", child="R ID/1-1 0"), trace("1", "2"), loops=(_name("D", "03", "N",
    "01|19|34|39|40|53|G8"),),
    streamed=True,
)  # fmt: skip
_SUBSCRIBER = loop(
    "2000C R >1", level("22", child="R ID/1-1 0|1"), trace("1", "2"), loops=(_name("C", "IL", "Y", "18"), _DEPENDENT),
    streamed=True,
)  # fmt: skip
_RECEIVER = loop(
    "2000B R >1", level("21", child="R ID/1-1 1"),
    loops=(
        loop(
            "2100B R 1", who("1P|2B|36|80|FA|GP|P5|PR", identifiers=ENTITY_IDS),
            reference("0B|1C|1D|1J|4A|9K|CT|D3|EL|EO|HPI|JD|N5|N7|Q4|SY|TJ", repeat="9"), street("S"), city("S"),
            provider(),
        ),
        _SUBSCRIBER,
    ),
    streamed=True,
)  # fmt: skip
_SOURCE = loop(
    "2000A R >1", level("20", parent="N", child="R ID/1-1 1"),
    loops=(loop("2100A R 1", who("2B|36|GP|P5|PR", identifiers="24|46|FI|NI|PI|XV|XX")), _RECEIVER),
    streamed=True,
)  # fmt: skip

GUIDE = guide(
    "270", "005010X279", "HS",
    loop(
        "ST R 1",
        seg("BHT R 1", "R ID/4-4 0022", "R ID/2-2 01|13|36", "S AN/1-50", "R DT/8-8", "R TM/4-8", "S ID/2-2 RT|RU"),
        loops=(_SOURCE,),
    ),
)  # fmt: skip
