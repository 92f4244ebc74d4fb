"""Code lists and segments that the 270 and 271 guides (005010X279A1) share.

The lists were held, loop by loop, against those of linuxforhealth-x12 0.57 and against elements 1365 and 1390 of 005010
as Stedi publishes them; where those are narrower for one loop, the wider list is kept.
"""

from x12.guides.parts import NPI, PROCEDURE
from x12.guides.spec import SegmentSpec, seg

SERVICE_TYPES = (
    "1|2|3|4|5|6|7|8|9|10|11|12|13|14|15|16|17|18|19|20|21|22|23|24|25|26|27|28|30|32|33|34|35|36|37|38|39|40|41|42|43"
    "|44|45|46|47|48|49|50|51|52|53|54|55|56|57|58|59|60|61|62|63|64|65|66|67|68|69|70|71|72|73|74|75|76|77|78|79|80|81"
    "|82|83|84|85|86|87|88|89|90|91|92|93|94|95|96|97|98|99|A0|A1|A2|A3|A4|A5|A6|A7|A8|A9|AA|AB|AC|AD|AE|AF|AG|AH|AI|AJ"
    "|AK|AL|AM|AN|AO|AQ|AR|B1|B2|B3|BA|BB|BC|BD|BE|BF|BG|BH|BI|BJ|BK|BL|BM|BN|BP|BQ|BR|BS|BT|BU|BV|BW|BX|BY|BZ|C1|CA|CB"
    "|CC|CD|CE|CF|CG|CH|CI|CJ|CK|CL|CM|CN|CO|CP|CQ|DG|DM|DS|GF|GN|GY|IC|MH|NI|ON|PT|PU|RN|RT|TC|TN|UC"
)
COVERAGE_LEVELS = "CHD|DEP|ECH|EMP|ESP|FAM|IND|SPC|SPO"
MEMBER_REFERENCES = (
    "0B|0F|18|1C|1D|1G|1J|1L|1W|3H|49|4A|6P|9F|A6|CT|D3|EA|EI|EJ|F6|G1|GH|HJ|HPI|IF|IG|JD|M7|ML|MRC|N6|N7|NQ|Q4|SV|SY|TJ"
    "|Y4"
)
PROVIDER_ROLES = "AD|AT|BI|CO|CV|H|HH|LA|OT|P1|P2|PC|PE|R|RF|SB|SK|SU"
ENTITY_IDS = "24|34|46|FI|II|MI|NI|PI|PP|SV|XV|XX"
POINTER = "ID/1-1 1|2|3|4|5|6|7|8"
POINTERS = f"<R {POINTER};S {POINTER};S {POINTER};S {POINTER}>"
PROCEDURES = PROCEDURE.format(codes="AD|CJ|HC|ID|IV|N4|ZZ").replace("S AN/1-80;N>", "S AN/1-80;S AN/1-48>")


def who(
    entities: str, kinds: str = "1|2", identifiers: str = ENTITY_IDS, *, identified: str = "R", related: str = "N"
) -> SegmentSpec:
    """NM1; the name itself may be left out."""
    return seg(
        "NM1 R 1", f"R ID/2-3 {entities}", f"R ID/1-1 {kinds}", "S AN/1-60", "S AN/1-35", "S AN/1-25", "N", "S AN/1-10",
        f"{identified} ID/1-2 {identifiers}", f"{identified} AN/2-80 {NPI}", f"{related} ID/2-2 01|02|27|41|48|65|72",
    )  # fmt: skip


def trace(kinds: str, repeat: str) -> SegmentSpec:
    """TRN."""
    return seg(f"TRN S {repeat}", f"R ID/1-2 {kinds}", "R AN/1-50", "R AN/10-10", "S AN/1-50")


def provider() -> SegmentSpec:
    """PRV."""
    return seg("PRV S 1", f"R ID/1-3 {PROVIDER_ROLES}", "S ID/2-3 9K|D3|EI|HPI|PXC|SY|TJ", "S AN/1-50")


def birth() -> SegmentSpec:
    """DMG of a person; sex alone or the birth date alone may be given."""
    return seg("DMG S 1", "S ID/2-3 D8", "S AN/1-35", "S ID/1-1 F|M|U")


def insured(answers: str, relationships: str) -> SegmentSpec:
    """INS: whether the person is the subscriber, the relationship, and the place among births."""
    return seg(
        "INS S 1", f"R ID/1-1 {answers}", f"R ID/2-2 {relationships}", "S ID/3-3 001", "S ID/2-3 25",
        *(["N"] * 12), "S N0/1-9",
    )  # fmt: skip


def diagnoses() -> SegmentSpec:
    """HI: up to eight diagnoses to which pointers refer."""
    code = "<R ID/1-3 {0};R AN/1-30 @diagnosis?1=ABK/ABF&icd9?1=BK/BF>"
    first, other = (code.replace("{0}", names) for names in ("ABK|BK", "ABF|BF"))
    return seg("HI S 1", f"R {first}", *([f"S {other}"] * 7))


def rejection(reasons: str, follow_ups: str = "C|N|R|S|W|X|Y") -> SegmentSpec:
    """AAA: why a question was not answered."""
    return seg("AAA S 9", "R ID/1-1 N|Y", "N", f"R ID/2-2 {reasons}", f"R ID/1-1 {follow_ups}")
