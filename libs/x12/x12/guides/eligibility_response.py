"""271, 005010X279A1: where each segment of an eligibility answer stands."""

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
    rejection,
    trace,
    who,
)  # fmt: skip
from x12.guides.parts import city, contact, dated, level, reference, street
from x12.guides.spec import LoopSpec, guide, loop, seg

_INFORMATION = "1|2|3|4|5|6|7|8|A|B|C|CB|D|E|F|G|H|I|J|K|L|M|MC|N|O|P|Q|R|S|T|U|V|W|X|Y"
_INSURANCE = (
    "12|13|14|15|16|41|42|43|47|AP|C1|CO|CP|D|DB|EP|FF|GP|HM|HN|HS|IN|IP|LC|LD|LI|LT|MA|MB|MC|MH|MI|MP|OT|PE|PL|PP"
    "|PR|PS"
    "|QM|RP|SP|TF|WC|WU"
)
_PERIODS = "6|7|13|21|22|23|24|25|26|27|28|29|30|31|32|33|34|35"
_QUANTITIES = "8H|99|CA|CE|D3|DB|DY|FL|HS|LA|LE|M2|MN|NA|P6|QA|S7|S8|VS|YY"
_DELIVERED = "6|7|21|22|23|24|25|26|27|28|29|30|31|32|33|34|35"
_DATES = (
    "096|102|152|193|194|198|290|291|292|295|304|307|318|346|347|348|349|356|357|382|435|442|458|472|539|540|573|582"
    "|636|637|641"
    "|771"
)
_ENTITIES = "13|1I|1P|2B|36|73|FA|GP|GW|I3|IL|LR|OC|P3|P4|P5|PR|PRP|SEP|TTP|VER|VN|VY|X3|Y2"
_LEVEL_REASONS = {"A": "04|41|42|79|80|T4", "B": "15|41|43|44|45|46|47|48|50|51|79|97|T4"}
_MEMBER_REASONS = (
    "15|33|35|42|43|45|47|48|49|51|52|53|54|55|56|57|58|60|61|62|63|64|65|66|67|68|69|70|71|72|73|74|75|76|77|78|95"
    "|98|AA|AE|AF"
    "|AG|AO|CI|E8|IA|MA"
)
_BENEFIT_REASONS = "15|33|52|53|54|55|56|57|60|61|62|63|69|70|71|98|AA|AE|AF|AG|AO|CI|E8|IA|MA"


def _related(letter: str) -> LoopSpec:
    """LS, the entities, LE: one loop, so that what stands between the two is not taken for a level of its own."""
    return loop(
        "LS S 1", seg("LS R 1", "R AN/1-4 2120"), tail=(seg("LE R 1", "R AN/1-4 2120"),),
        loops=(
            loop(
                f"2120{letter} R 23", who(_ENTITIES, identified="S", related="S"), street("S"), city("S"),
                contact(repeat="3", numbered="S"), provider(),
            ),
        ),
    )  # fmt: skip


def _benefit(letter: str) -> LoopSpec:
    money = "S M/1-18"
    return loop(
        f"2110{letter} S >1",
        seg(
            "EB R 1", f"R ID/1-2 {_INFORMATION}", f"S ID/3-3 {COVERAGE_LEVELS}", f"S ID*/1-2 {SERVICE_TYPES}",
            f"S ID/1-3 {_INSURANCE}", "S AN/1-50", f"S ID/1-2 {_PERIODS}", money, "S R/1-10", f"S ID/2-2 {_QUANTITIES}",
            "S R/1-15", "S ID/1-1 N|U|Y", "S ID/1-1 N|U|W|Y", f"S {PROCEDURES}", f"S {POINTERS}",
        ),
        seg(
            "HSD S 9", "S ID/2-2 DY|FL|HS|MN|VS", "S R/1-15", "S ID/2-2 DA|MO|VS|WK|YR", "S R/1-6",
            f"S ID/1-2 {_DELIVERED}",
            "S N0/1-3", "S ID/1-2", "S ID/1-1",
        ),
        reference(MEMBER_REFERENCES + "|ALS|CLI|FO|NF|IG", repeat="9"), dated(_DATES, repeat="20", forms="D8|RD8"),
        rejection(_BENEFIT_REASONS, "C|N|R|W|X|Y"), seg("MSG S 10", "R AN/1-264"),
        loops=(
            loop(
                f"2115{letter} S 10",
                seg("III R 1", "S ID/1-3 BF|BK|GR|NI|ZZ", "S AN/1-30", "S ID/2-2 44", "S AN/1-264", *(["N"] * 5)),
            ),
            _related(letter),
        ),
    )  # fmt: skip


def _name(letter: str, entity: str, answers: str, relations: str) -> LoopSpec:
    return loop(
        f"2100{letter} R 1", who(entity, "1" if letter == "D" else "1|2", "II|MI", identified="S"),
        reference(MEMBER_REFERENCES, repeat="9"), street("S"), city("S"), rejection(_MEMBER_REASONS), provider(),
        birth(),
        insured(answers, relations), diagnoses(), dated(_DATES, repeat="9", forms="D8|RD8"),
        seg(
            "MPI S 1", "R ID/1-1 A|B|C|O|P|S|T", "R ID/2-2 AE|AO|AS|AT|AU|CC|DD|HD|IR|LX|PE|RE|RM|RR|RU",
            "R ID/1-1 A|B|C|D|E|F|G|H|I|J|K|L|M|N|O|P|Q|R|S|T|U|W", "S AN/1-80", "S ID/2-2", "S ID/2-3 D8|RD8",
            "S AN/1-35",
        ),
        loops=(_benefit(letter),),
    )  # fmt: skip


_DEPENDENT = loop(
    "2000D S >1", level("23", child="R ID/1-1 0"), trace("1|2", "3"),
    loops=(_name("D", "03", "N", "01|19|20|21|34|39|40|53|G8"),), streamed=True,
)  # fmt: skip
_SUBSCRIBER = loop(
    "2000C S >1", level("22", child="R ID/1-1 0|1"), trace("1|2", "3"), loops=(_name("C", "IL", "Y", "18"), _DEPENDENT),
    streamed=True,
)  # fmt: skip
_RECEIVER = loop(
    "2000B S >1", level("21", child="R ID/1-1 0|1"),
    loops=(
        loop(
            "2100B R 1", who("1P|2B|36|80|FA|GP|P5|PR", identifiers=ENTITY_IDS),
            reference("0B|1C|1D|1J|4A|9K|CT|D3|EL|EO|HPI|JD|N5|N7|Q4|SY|TJ", repeat="9"), street("S"), city("S"),
            rejection(_LEVEL_REASONS["B"]), provider(),
        ),
        _SUBSCRIBER,
    ),
    streamed=True,
)  # fmt: skip
_SOURCE = loop(
    "2000A R >1", level("20", parent="N", child="R ID/1-1 0|1"), rejection(_LEVEL_REASONS["A"], "P|C|N|R|S|W|X|Y"),
    loops=(
        loop(
            "2100A R 1", who("2B|36|GP|P5|PR", identifiers="24|46|FI|NI|PI|XV|XX"),
            contact(repeat="3", numbered="S", kinds="ED|EM|EX|FX|TE|UR"),
            rejection(_LEVEL_REASONS["A"], "P|C|N|R|S|W|X|Y"),
        ),
        _RECEIVER,
    ),
    streamed=True,
)  # fmt: skip

GUIDE = guide(
    "271", "005010X279", "HB",
    loop(
        "ST R 1",
        seg("BHT R 1", "R ID/4-4 0022", "R ID/2-2 06|11", "S AN/1-50", "R DT/8-8", "R TM/4-8", "N"), loops=(_SOURCE,),
    ),
)  # fmt: skip
