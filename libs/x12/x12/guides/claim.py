"""837P, 005010X222A1: where each segment of a professional claim stands."""

from x12.guides.parts import (
    NPI,
    PROCEDURE,
    adjustment,
    amount,
    city,
    dated,
    level,
    number,
    quantity,
    remarks,
    street,
)  # fmt: skip
from x12.guides.spec import LoopSpec, SegmentSpec, guide, loop, seg

_RESPONSIBILITY = "A|B|C|D|E|F|G|H|P|S|T|U"
_INSURANCE = "12|13|14|15|16|41|42|43|47"
_FILING = "11|12|13|14|15|16|17|AM|BL|CH|CI|DS|FI|HM|LM|MA|MB|MC|OF|TV|VA|WC|ZZ"
_RELATIONSHIP = "01|19|20|21|39|40|53|G8"
_HC = PROCEDURE.format(codes="ER|HC|IV|WK")
_POINTER = "ID/1-2 1|2|3|4|5|6|7|8|9|10|11|12"
_REPORTS = (
    "03|04|05|06|07|08|09|10|11|13|15|21|A3|A4|AM|AS|B2|B3|B4|BR|BS|BT|CB|CK|CT|D2|DA|DB|DG|DJ|DS|EB|HC|HR|I5|IR"
    "|LA|M1|MT|NN|OB|OC|OD|OE|OX|OZ|P4|P5|PE|PN|PO|PQ|PY|PZ|RB|RR|RT|RX|SG|V5|XP"
)


def _named(role: str, kinds: str = "1|2", ids: str = "XX", *, identified: str = "S", usage: str = "R") -> SegmentSpec:
    """NM1 of a party: only a person (kind 1) has first and middle name and suffix."""
    given = "S" if "1" in kinds else "N"
    rest = [f"{given} AN/1-35", f"{given} AN/1-25", "N", f"{given} AN/1-10"] if given == "S" else ["N"] * 4
    return seg(
        f"NM1 {usage} 1", f"R ID/2-3 {role}", f"R ID/1-1 {kinds}", "R AN/1-60", *rest,
        f"{identified} ID/1-2 {ids}", f"{identified} AN/2-80" + (f" {NPI}" if ids == "XX" else ""),
    )  # fmt: skip


def _unnamed(role: str, kinds: str, *further: str) -> SegmentSpec:
    return seg("NM1 R 1", f"R ID/2-3 {role}", f"R ID/1-1 {kinds}", *further)


def _contact(repeat: str = "1", kinds: str = "EM|FX|TE", usage: str = "S") -> SegmentSpec:
    if kinds == "TE":
        return seg(
            f"PER {usage} {repeat}",
            "R ID/2-2 IC",
            "S AN/1-60",
            "R ID/2-2 TE",
            "R AN/1-256",
            "S ID/2-2 EX",
            "S AN/1-256",
        )
    more = f"S ID/2-2 {kinds}|EX"
    return seg(
        f"PER {usage} {repeat}", "R ID/2-2 IC", "S AN/1-60", f"R ID/2-2 {kinds}", "R AN/1-256", more,
        "S AN/1-256", more, "S AN/1-256",
    )  # fmt: skip


def _each(made: str, qualifiers: str) -> list[SegmentSpec]:
    """DTP or REF segments that may each occur once."""
    make = dated if made == "DTP" else number
    return [make(qualifier) for qualifier in qualifiers.split("|")]


_SUBMITTER = loop(
    "1000A R 1",
    seg(
        "NM1 R 1", "R ID/2-3 41", "R ID/1-1 1|2", "R AN/1-60", "S AN/1-35", "S AN/1-25", "N", "N", "R ID/1-2 46",
        "R AN/2-80",
    ),
    _contact("2", "ED|EM|FX|TE", "R"),
)  # fmt: skip
_RECEIVER = loop("1000B R 1", _named("40", "2", "46", identified="R"))

_BILLING = loop(
    "2010AA R 1", _named("85"), street(), city(), number("EI|SY", "R"), number("0B|1G", repeat="2"), _contact("2"),
)  # fmt: skip
_PAY_TO = loop("2010AB S 1", _unnamed("87", "1|2"), street(), city())
_PAY_TO_PLAN = loop(
    "2010AC S 1", _named("PE", "2", "PI|XV", identified="R"), street(), city(), number("2U|FY|NF"), number("EI", "R"),
)  # fmt: skip


def _birth(usage: str) -> SegmentSpec:
    return seg(f"DMG {usage} 1", "R ID/2-3 D8", "R AN/1-35", "R ID/1-1 F|M|U")


_SUBSCRIBER_NAME = loop(
    "2010BA R 1", _named("IL", ids="II|MI", identified="R"), street("S"), city("S"), _birth("S"), number("SY"),
    number("Y4"), _contact(kinds="TE"),
)  # fmt: skip
_PAYER = loop(
    "2010BB R 1", _named("PR", "2", "PI|XV", identified="R"), street("S"), city("S"),
    number("2U|EI|FY|NF", repeat="3"), number("G2|LU", repeat="2"),
)  # fmt: skip
_PATIENT_NAME = loop(
    "2010CA R 1",
    _unnamed("QC", "1", "R AN/1-60", "S AN/1-35", "S AN/1-25", "N", "S AN/1-10"), street(), city(), _birth("R"),
    number("Y4"), number("1W|SY"), _contact(kinds="TE"),
)  # fmt: skip
_PAT = ("S ID/2-3 D8", "S AN/1-35", "S ID/2-2 01", "S R/1-10", "S ID/1-1 Y")


def _provider(
    place: str,
    role: str,
    kinds: str = "1|2",
    *,
    repeat: int = 1,
    ids: str = "0B|1G|G2|LU",
    limit: str = "4",
    taxonomy: bool = False,
) -> LoopSpec:
    """A provider of a claim or a line; on a line its numbers may name the payer they belong to (REF04)."""
    segments = [_named(role, kinds)]
    if taxonomy:
        segments.append(seg("PRV S 1", "R ID/1-3 PE", "R ID/2-3 PXC", "R AN/1-50 @taxonomy"))
    return loop(f"{place} S {repeat}", *segments, number(ids, repeat=limit, payer="S" if limit == "20" else ""))


def _address(place: str, role: str) -> LoopSpec:
    further = ("S AN/1-60",) if role == "45" else ()
    return loop(f"{place} S 1", _unnamed(role, "2", *further), street(), city())


def _other_provider(place: str, role: str, kinds: str, ids: str, repeat: int = 1) -> LoopSpec:
    return loop(f"{place} S {repeat}", _unnamed(role, kinds), number(ids, "R", "2" if place == "2330G" else "3"))


_OTHER_SUBSCRIBER = loop(
    "2320 S 10",
    seg(
        "SBR R 1", f"R ID/1-1 {_RESPONSIBILITY}", f"R ID/2-2 18|{_RELATIONSHIP}", "S AN/1-50", "S AN/1-60",
        f"S ID/1-3 {_INSURANCE}", "N", "N", "N", f"S ID/1-2 {_FILING}",
    ),
    adjustment("CO|CR|OA|PI|PR", "5"), amount("D"), amount("A8"), amount("EAF"),
    seg("OI R 1", "N", "N", "R ID/1-1 N|W|Y", "S ID/1-1 P", "N", "R ID/1-1 I|Y"),
    remarks("MOA"),
    loops=(
        loop("2330A R 1", _named("IL", ids="II|MI", identified="R"), street("S"), city("S"), number("SY")),
        loop(
            "2330B R 1", _named("PR", "2", "PI|XV", identified="R"), street("S"), city("S"), dated("573"),
            number("2U|EI|FY|NF", repeat="2"), *_each("REF", "G1|9F|T4|F8"),
        ),
        _other_provider("2330C", "DN|P3", "1", "0B|1G|G2", 2), _other_provider("2330D", "82", "1|2", "0B|1G|G2|LU"),
        _other_provider("2330E", "77", "2", "0B|G2|LU"), _other_provider("2330F", "DQ", "1", "0B|1G|G2|LU"),
        _other_provider("2330G", "85", "1|2", "G2|LU"),
    ),
)  # fmt: skip

_DRUG = loop(
    "2410 S 1", seg("LIN R 1", "N", "R ID/2-2 EN|EO|HI|N4|ON|UK|UP", "R AN/1-48 @ndc?2=N4"),
    seg("CTP R 1", "N", "N", "N", "R R/1-15", "R <R ID/2-2 F2|GR|ME|ML|UN>"),
    number("VY|XZ"),
)  # fmt: skip
_LINE_ADJUDICATION = loop(
    "2430 S 15", seg("SVD R 1", "R AN/2-80", "R M/1-18", f"R {_HC}", "N", "R R/1-15", "S N0/1-6"),
    adjustment("CO|CR|OA|PI|PR", "5"), dated("573", "R"), amount("EAF"),
)  # fmt: skip
_FORM = loop(
    "2440 S >1", seg("LQ R 1", "R ID/1-3 AS|UT", "R AN/1-30"),
    seg("FRM R 99", "R AN/1-20", "S ID/1-1 N|W|Y", "S AN/1-50", "S DT/8-8", "S R/1-6"),
)  # fmt: skip

_AMBULANCE = seg(
    "CR1 S 1", "S ID/2-2 LB", "S R/1-10", "N", "R ID/1-1 A|B|C|D|E", "R ID/2-2 DH", "R R/1-15", "N", "N",
    "S AN/1-80", "S AN/1-80",
)  # fmt: skip
_CONTRACT = seg("CN1 S 1", "R ID/2-2 01|02|03|04|05|06|09", "S M/1-18", "S R/1-6", "S AN/1-50", "S R/1-6", "S AN/1-30")
_NOTE = "R AN/1-80"


def _condition(category: str, repeat: str, codes: str, more: int, answer: str = "N|Y") -> SegmentSpec:
    return seg(
        f"CRC S {repeat}", f"R ID/2-2 {category}", f"R ID/1-1 {answer}", f"R ID/2-3 {codes}",
        *([f"S ID/2-3 {codes}"] * more),
    )  # fmt: skip


_AMBULANCE_CONDITION = _condition("07", "3", "01|04|05|06|07|08|09|12", 4)


def _attachment(repeat: str) -> SegmentSpec:
    return seg(
        f"PWK S {repeat}", f"R ID/2-2 {_REPORTS}", "R ID/1-2 AA|AB|AD|AF|AG|BM|EL|EM|FT|FX|NS", "N", "N",
        "S ID/1-2 AC", "S AN/2-80",
    )  # fmt: skip


def _repriced(*procedure: str) -> SegmentSpec:
    methods = "00|01|02|03|04|05|06|07|08|09|10|11|12|13|14"
    return seg(
        "HCP S 1", f"R ID/2-2 {methods}", "R M/1-18", "S M/1-18", "S AN/1-50", "S R/1-9", "S AN/1-50", "S M/1-18",
        "N", *(procedure or ("N", "N", "N", "N")), "S ID/2-2 T1|T2|T3|T4|T5|T6", "S ID/1-2 1|2|3|4|5",
        "S ID/1-2 1|2|3|4|5|6",
    )  # fmt: skip


_LINE = loop(
    "2400 R 50",
    seg("LX R 1", "R N0/1-6"),
    seg(
        "SV1 R 1", f"R {_HC}", "R M/1-18", "R ID/2-2 MJ|UN", "R R/1-15", "S AN/1-2 @place", "N",
        f"R <R {_POINTER};S {_POINTER};S {_POINTER};S {_POINTER}>", "N", "S ID/1-1 Y", "N", "S ID/1-1 Y",
        "S ID/1-1 Y", "N", "N", "S ID/1-1 0",
    ),
    seg(
        "SV5 S 1", "R <R ID/2-2 HC;R AN/1-48 @procedure>", "R ID/2-2 DA", "R R/1-15", "R M/1-18", "R M/1-18",
        "R ID/1-1 1|4|6",
    ),
    _attachment("11"), _AMBULANCE, seg("CR3 S 1", "R ID/1-1 I|R|S", "R ID/2-2 MO", "R R/1-15"),
    _AMBULANCE_CONDITION, _condition("70", "1", "65", 0), _condition("09", "1", "38|ZV", 1),
    dated("472", "R", forms="D8|RD8"), *_each("DTP", "471|607|463|461|304"), dated("738|739", repeat="2"),
    *_each("DTP", "011|455|454"),
    quantity("PT"), quantity("FL"),
    seg("MEA S 5", "R ID/2-2 OG|TR", "R ID/1-3 HT|R1|R2|R3|R4", "R R/1-20"), _CONTRACT,
    *_each("REF", "9B|9D"), number("G1", repeat="5", payer="S"), *_each("REF", "6R|EW|X4|F4|BT"),
    number("9F", repeat="5", payer="S"),
    amount("T"), amount("F4"), seg("K3 S 10", _NOTE), seg("NTE S 1", "R ID/3-3 ADD|DCP", _NOTE),
    seg("NTE S 1", "R ID/3-3 TPO", _NOTE), seg("PS1 S 1", "R AN/1-50", "R M/1-18"),
    _repriced("S ID/2-2 ER|HC|IV|WK", "S AN/1-48", "S ID/2-2 MJ|UN", "S R/1-15"),
    loops=(
        _DRUG, _provider("2420A", "82", limit="20", taxonomy=True),
        loop(
            "2420B S 1",
            _unnamed("QB", "1|2", "N", "N", "N", "N", "N", "S ID/1-2 XX", f"S AN/2-80 {NPI}"),
            number("0B|1G|G2", repeat="20", payer="S"),
        ),
        loop(
            "2420C S 1", _named("77", "2"), street(), city(), number("G2|LU", repeat="3", payer="S"),
        ),
        _provider("2420D", "DQ", "1", limit="20"),
        loop(
            "2420E S 1", _named("DK", "1"), street("S"), city("S"), number("0B|1G|G2", repeat="20", payer="S"),
            _contact(),
        ),
        _provider("2420F", "DN|P3", "1", repeat=2, ids="0B|1G|G2", limit="20"), _address("2420G", "PW"),
        _address("2420H", "45"), _LINE_ADJUDICATION, _FORM,
    ),
)  # fmt: skip

_DIAGNOSIS = "<R ID/1-3 {codes};R AN/1-30 @diagnosis?1=ABK/ABF&icd9?1=BK/BF>"
_FREQUENCY = "R ID/1-1 0|1|2|3|4|5|6|7|8|9|A|B|C|D|E|F|G|H|I|J|K|M|N|O|P|Q|X|Y|Z"
_CLAIM = loop(
    "2300 S 100",
    seg(
        "CLM R 1", "R AN/1-38", "R M/1-18", "N", "N",
        f"R <R AN/1-2 @place;R ID/1-2 B;{_FREQUENCY}>",
        "R ID/1-1 N|Y", "R ID/1-1 A|B|C", "R ID/1-1 N|W|Y", "R ID/1-1 I|Y", "S ID/1-1 P",
        "S <R ID/2-3 AA|EM|OA;S ID/2-3 AA|EM|OA;N;S ID/2-2 @state?5=/US;S ID/2-3>", "S ID/2-3 02|03|05|09",
        "N", "N", "N", "N", "N", "N", "N", "S ID/1-2 1|2|3|4|5|6|7|8|9|10|11|15",
    ),
    *_each("DTP", "431|454|304|453|439|484|455|471"), dated("314|360|361", forms="D8|RD8"),
    *_each("DTP", "297|296|435|096"), dated("090|091", repeat="2"), *_each("DTP", "444|050"),
    _attachment("10"), _CONTRACT, amount("F5"),
    *_each("REF", "4N|F5|EW|9F|G1|F8|X4|9A|9C|LX|D9|EA|P4|1J"),
    seg("K3 S 10", _NOTE), seg("NTE S 1", "R ID/3-3 ADD|CER|DCP|DGN|TPO", _NOTE), _AMBULANCE,
    seg("CR2 S 1", *(["N"] * 7), "R ID/1-1 A|C|D|E|F|G|M", "N", "S AN/1-80", "S AN/1-80"),
    _AMBULANCE_CONDITION, _condition("E1|E2|E3", "3", "L1|L2|L3|L4|L5", 4), _condition("75", "1", "IH", 0, "Y"),
    _condition("ZZ", "1", "AV|NU|S2|ST", 2),
    seg(
        "HI R 1", f"R {_DIAGNOSIS.format(codes='ABK|BK')}",
        *([f"S {_DIAGNOSIS.format(codes='ABF|BF')}"] * 11),
    ),
    seg("HI S 1", "R <R ID/1-3 BP;R AN/1-30>", "S <R ID/1-3 BO;R AN/1-30>"),
    seg("HI S 2", "R <R ID/1-3 BG;R AN/1-30>", *(["S <R ID/1-3 BG;R AN/1-30>"] * 11)),
    _repriced(),
    loops=(
        _provider("2310A", "DN|P3", "1", repeat=2, ids="0B|1G|G2", limit="3"),
        _provider("2310B", "82", taxonomy=True),
        loop(
            "2310C S 1", _named("77", "2"), street(), city(), number("0B|G2|LU", repeat="3"), _contact(kinds="TE"),
        ),
        _provider("2310D", "DQ", "1"), _address("2310E", "PW"), _address("2310F", "45"),
        _OTHER_SUBSCRIBER, _LINE,
    ),
    streamed=True,
)  # fmt: skip

_PATIENT = loop(
    "2000C S >1", level("23", child="R ID/1-1 0"),
    seg("PAT R 1", f"R ID/2-2 {_RELATIONSHIP}", "N", "N", "N", *_PAT), loops=(_PATIENT_NAME, _CLAIM),
    streamed=True,
)  # fmt: skip
_SUBSCRIBER = loop(
    "2000B R >1", level("22", child="R ID/1-1 0|1"),
    seg(
        "SBR R 1", f"R ID/1-1 {_RESPONSIBILITY}", "S ID/2-2 18", "S AN/1-50", "S AN/1-60",
        f"S ID/1-3 {_INSURANCE}",
        "N", "N", "N", f"S ID/1-2 {_FILING}",
    ),
    seg("PAT S 1", "N", "N", "N", "N", *_PAT), loops=(_SUBSCRIBER_NAME, _PAYER, _CLAIM, _PATIENT),
    streamed=True,
)  # fmt: skip
_PROVIDER = loop(
    "2000A R >1", level("20", parent="N", child="R ID/1-1 1"),
    seg("PRV S 1", "R ID/1-3 BI", "R ID/2-3 PXC", "R AN/1-50 @taxonomy"),
    seg("CUR S 1", "R ID/2-3 85", "R ID/3-3 @currency"),
    loops=(_BILLING, _PAY_TO, _PAY_TO_PLAN, _SUBSCRIBER), streamed=True,
)  # fmt: skip

GUIDE = guide(
    "837", "005010X222", "HC",
    loop(
        "ST R 1",
        seg("BHT R 1", "R ID/4-4 0019", "R ID/2-2 00|18", "R AN/1-50", "R DT/8-8", "R TM/4-8",
            "R ID/2-2 31|CH|RP"),
        loops=(_SUBMITTER, _RECEIVER, _PROVIDER),
    ),
)  # fmt: skip
