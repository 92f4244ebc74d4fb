"""837I, 005010X223A2: where each segment of an institutional claim stands."""

from x12.guides.parts import (
    NPI,
    PROCEDURE,
    adjustment,
    amount,
    city,
    contact,
    dated,
    level,
    number,
    quantity,
    remarks,
    street,
)  # fmt: skip
from x12.guides.spec import LoopSpec, SegmentSpec, guide, loop, seg

_RESPONSIBILITY = "A|B|C|D|E|F|G|H|P|S|T|U"
_FILING = "11|12|13|14|15|16|17|AM|BL|CH|CI|DS|FI|HM|LM|MA|MB|MC|OF|TV|VA|WC|ZZ"
_RELATIONSHIP = "01|18|19|20|21|39|40|53|G8"
_HC = PROCEDURE.format(codes="ER|HC|HP|IV|WK")


def _named(role: str, kinds: str = "1|2", ids: str = "XX", identified: str = "S") -> SegmentSpec:
    code = f"AN/2-80 {NPI}" if "XX" in ids else "AN/2-80"
    return seg(
        "NM1 R 1", f"R ID/2-3 {role}", f"R ID/1-1 {kinds}", "S AN/1-60", "S AN/1-35", "S AN/1-25", "N", "S AN/1-10",
        f"{identified} ID/1-2 {ids}", f"{identified} {code}",
    )  # fmt: skip


def _provider(place: str, role: str, repeat: str = "1") -> LoopSpec:
    return loop(
        f"{place} S {repeat}", _named(role, ids="XX"),
        seg("PRV S 1", "R ID/1-3 AT|PE", "R ID/2-3 PXC", "R AN/1-50 @taxonomy"), street("S"), city("S"),
        number("0B|1G|G2|LU", repeat="20", payer="S"),
    )  # fmt: skip


_BIRTH = seg("DMG S 1", "R ID/2-3 D8", "R AN/1-35", "R ID/1-1 F|M|U")
_HCP = seg("HCP S 1")
_REFERENCES = "4N|9F|G1|F8|9A|9C|LX|D9|LU|EA|P4|G4|1J|F5|P8|EW"


def _hi(*qualifiers: str, usage: str = "S", repeat: str = "2", most: int = 12) -> SegmentSpec:
    code = f"<R ID/1-3 {'|'.join(qualifiers)};R AN/1-30;S ID/2-3 D8|RD8;S AN/1-35;S M/1-18;N;N;N;S ID/1-1 N|U|W|Y>"
    return seg(f"HI {usage} {repeat}", f"R {code}", *([f"S {code}"] * (most - 1)))


_LINE_ADJUDICATION = loop(
    "2430 S 15", seg("SVD R 1", "R AN/2-80", "R M/1-18", f"S {_HC}", "R AN/1-48 @revenue", "R R/1-15", "S N0/1-6"),
    adjustment("CO|CR|OA|PI|PR", "5"), dated("573", "R"), amount("EAF"),
)  # fmt: skip
_LINE = loop(
    "2400 R 999", seg("LX R 1", "R N0/1-6"),
    seg(
        "SV2 R 1", "R AN/1-48 @revenue", f"S {_HC}", "R M/1-18", "R ID/2-2 DA|UN", "R R/1-15", "S R/1-10", "S M/1-18",
    ),
    seg("PWK S 10"), dated("472", forms="D8|RD8"), number("6R|9B|9D", repeat="3"), amount("GT"), amount("N8"),
    seg("NTE S 1", "R ID/3-3 TPO", "R AN/1-80"), _HCP,
    loops=(
        loop("2410 S 1", seg("LIN R 1", "N", "R ID/2-2 N4", "R AN/1-48 @ndc?2=N4"), seg("CTP S 1"), number("VY|XZ")),
        _provider("2420A", "72"), _provider("2420B", "ZZ"), _provider("2420C", "82"), _provider("2420D", "DN"),
        _LINE_ADJUDICATION,
    ),
)  # fmt: skip
_OTHER = tuple(
    loop(f"2330{letter} S 1", _named(role), number("0B|1G|G2|LU|EI|SY", repeat="4"))
    for letter, role in (("C", "71"), ("D", "72"), ("E", "ZZ"), ("F", "77"), ("G", "82"), ("H", "DN"), ("I", "85"))
)
_OTHER_SUBSCRIBER = loop(
    "2320 S 10",
    seg(
        "SBR R 1", f"R ID/1-1 {_RESPONSIBILITY}", f"R ID/2-2 {_RELATIONSHIP}", "S AN/1-50", "S AN/1-60", "N", "N",
        "N", "N",
        f"S ID/1-2 {_FILING}",
    ),
    adjustment("CO|CR|OA|PI|PR", "5"), amount("D"), amount("EAF"), amount("A8"),
    seg("OI R 1", "N", "N", "R ID/1-1 N|W|Y", "N", "N", "R ID/1-1 I|Y"), remarks("MIA"), remarks("MOA"),
    loops=(
        loop("2330A R 1", _named("IL", ids="II|MI", identified="R"), street("S"), city("S"), number("SY", repeat="2")),
        loop(
            "2330B R 1", _named("PR", "2", "PI|XV", "R"), street("S"), city("S"), dated("573"),
            number("2U|EI|FY|NF|G1|9F|T4|F8", repeat="6"),
        ),
        *_OTHER,
    ),
)  # fmt: skip
_CLAIM = loop(
    "2300 S 100",
    seg(
        "CLM R 1", "R AN/1-38", "R M/1-18", "N", "N", "R <R AN/1-2;R ID/1-2 A;R ID/1-1>", "N", "R ID/1-1 A|B|C",
        "R ID/1-1 N|W|Y", "R ID/1-1 I|Y", *(["N"] * 10), "S ID/1-2 1|2|3|4|5|6|7|8|9|10|11|15",
    ),
    dated("096", forms="TM"), dated("434", "R", forms="RD8"), dated("435", forms="D8|DT"), dated("050"),
    seg("CL1 R 1", "S ID/1-1", "S ID/1-1", "R ID/1-2"), seg("PWK S 10"), seg("CN1 S 1"),
    amount("F3"), number(_REFERENCES, repeat="20"), seg("K3 S 10", "R AN/1-80"),
    seg("NTE S 11", "R ID/3-3", "R AN/1-80"),
    seg("CRC S 3"),
    _hi("ABK", "BK", usage="R", repeat="1", most=1), _hi("ABJ", "BJ", repeat="1", most=1),
    _hi("APR", "PR", repeat="1", most=3), _hi("ABN", "BN", repeat="1"), _hi("DR", repeat="1", most=1),
    _hi("ABF", "BF"), _hi("BBR", "BR", "CAH", repeat="1", most=1), _hi("BBQ", "BQ"), _hi("BI"), _hi("BH"), _hi("BE"),
    _hi("BG"), _hi("TC"), _HCP, quantity("CA|CD|LA|NA|OU", repeat="5"),
    loops=(
        _provider("2310A", "71"), _provider("2310B", "72"), _provider("2310C", "ZZ"), _provider("2310D", "82"),
        _provider("2310E", "77"), _provider("2310F", "DN"), _OTHER_SUBSCRIBER, _LINE,
    ),
    streamed=True,
)  # fmt: skip
_PATIENT = loop(
    "2000C S >1", level("23", child="R ID/1-1 0"), seg("PAT R 1", f"R ID/2-2 {_RELATIONSHIP}"),
    loops=(
        loop("2010CA R 1", _named("QC", "1", "MI"), street(), city(), _BIRTH, number("Y4|1W|SY", repeat="3")), _CLAIM,
    ),
    streamed=True,
)  # fmt: skip
_SUBSCRIBER = loop(
    "2000B R >1", level("22", child="R ID/1-1 0|1"),
    seg(
        "SBR R 1", f"R ID/1-1 {_RESPONSIBILITY}", "S ID/2-2 18", "S AN/1-50", "S AN/1-60", "N", "N", "N", "N",
        f"S ID/1-2 {_FILING}",
    ),
    loops=(
        loop(
            "2010BA R 1", _named("IL", ids="II|MI"), street("S"), city("S"), _BIRTH, number("SY|Y4", repeat="2"),
            contact(),
        ),
        loop(
            "2010BB R 1", _named("PR", "2", "PI|XV", "R"), street("S"), city("S"), number("2U|EI|FY|NF|G2|LU",
            repeat="4"),
        ),
        _CLAIM, _PATIENT,
    ),
    streamed=True,
)  # fmt: skip
_PROVIDER = loop(
    "2000A R >1", level("20", parent="N", child="R ID/1-1 1"),
    seg("PRV S 1", "R ID/1-3 BI", "R ID/2-3 PXC", "R AN/1-50 @taxonomy"), seg("CUR S 1"),
    loops=(
        loop("2010AA R 1", _named("85", "2"), street(), city(), number("EI", "R"), contact()),
        loop("2010AB S 1", _named("87", "2"), street(), city()),
        loop("2010AC S 1", _named("PE", "2", "PI|XV", "R"), street(), city(), number("2U|EI|FY|NF", repeat="2")),
        _SUBSCRIBER,
    ),
    streamed=True,
)  # fmt: skip

GUIDE = guide(
    "837", "005010X223", "HC",
    loop(
        "ST R 1",
        seg("BHT R 1", "R ID/4-4 0019", "R ID/2-2 00|18", "R AN/1-50", "R DT/8-8", "R TM/4-8", "R ID/2-2 31|CH|RP"),
        loops=(
            loop("1000A R 1", _named("41", ids="46", identified="R"), contact(usage="R")),
            loop("1000B R 1", _named("40", "2", "46", "R")), _PROVIDER,
        ),
    ),
)  # fmt: skip
