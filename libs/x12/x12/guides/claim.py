"""837P, 005010X222A1: where each segment of a professional claim stands.

Loops that are read and kept but not looked into (ambulance, oxygen, certificates, other payers) list their
segments without elements.
"""

from x12.guides.parts import (
    PROCEDURE,
    adjustment,
    amount,
    city,
    contact,
    dated,
    level,
    name,
    quantity,
    reference,
    street,
)  # fmt: skip
from x12.guides.spec import guide, loop, seg

_RESPONSIBILITY = "A|B|C|D|E|F|G|H|P|S|T|U"
_INSURANCE = "12|13|14|15|16|41|42|43|47"
_FILING = "11|12|13|14|15|16|17|AM|BL|CH|CI|DS|FI|HM|LM|MA|MB|MC|OF|TV|VA|WC|ZZ"
_RELATIONSHIP = "01|19|20|21|39|40|53|G8"
_HC = PROCEDURE.format(codes="ER|HC|IV|WK")
_POINTER = "ID/1-2 1|2|3|4|5|6|7|8|9|10|11|12"

_SUBMITTER = loop("1000A R 1", name("41", identifiers="46", identified="R"), contact(usage="R"))
_RECEIVER = loop("1000B R 1", name("40", kinds="2", identifiers="46", identified="R"))

_BILLING = loop(
    "2010AA R 1", name("85"), street(), city(), reference("EI|SY", "R"), reference("0B|1G", repeat="2"),
    contact(),
)  # fmt: skip
_PAY_TO = loop("2010AB S 1", name("87", named="N", identifiers="XX"), street(), city())
_PAY_TO_PLAN = loop(
    "2010AC S 1", name("PE", kinds="2", identifiers="PI|XV", identified="R"), street(), city(),
    reference("2U|FY|NF"), reference("EI", "R"),
)  # fmt: skip

_BIRTH = seg("DMG R 1", "R ID/2-3 D8", "R AN/1-35", "R ID/1-1 F|M|U")
_SUBSCRIBER_NAME = loop(
    "2010BA R 1", name("IL", identifiers="II|MI", identified="R"), street("S"), city("S"),
    seg("DMG S 1", "R ID/2-3 D8", "R AN/1-35", "R ID/1-1 F|M|U"), reference("SY"), reference("Y4"),
    contact(repeat="1"),
)  # fmt: skip
_PAYER = loop(
    "2010BB R 1", name("PR", kinds="2", identifiers="PI|XV", identified="R"), street("S"), city("S"),
    reference("2U|EI|FY|NF", repeat="3"), reference("G2|LU", repeat="2"),
)  # fmt: skip
_PATIENT_NAME = loop(
    "2010CA R 1", name("QC", kinds="1", identified="N"), street(), city(), _BIRTH,
    reference("Y4"), reference("1W|SY"), contact(repeat="1"),
)  # fmt: skip
_PAT = ("S ID/2-3 D8", "S AN/1-35", "S ID/2-2 01", "S R/1-10", "S ID/1-1 Y")

_PROVIDER_IDS = "0B|1G|G2|LU"


def _provider(place: str, role: str, *, kinds: str = "1|2", repeat: int = 1, limit: str = "4", taxonomy: bool = False):
    segments = [name(role, kinds=kinds)]
    if taxonomy:
        segments.append(seg("PRV S 1", "R ID/1-3 PE", "R ID/2-3 PXC", "R AN/1-50 @taxonomy"))
    return loop(f"{place} S {repeat}", *segments, reference(_PROVIDER_IDS, repeat=limit))


def _address(place: str, role: str):
    return loop(f"{place} S 1", name(role, kinds="2", named="S"), street(), city())


def _facility(place: str, limit: str = "3"):
    return loop(
        f"{place} S 1", name("77", kinds="2"), street(), city(), reference("0B|G2|LU", repeat=limit),
        contact(repeat="1"),
    )  # fmt: skip


def _other_provider(place: str, role: str, repeat: int = 1):
    return loop(f"{place} S {repeat}", seg("NM1 R 1", only=role), reference("0B|1G|G2|LU", "R", "3"))


_OTHER_SUBSCRIBER = loop(
    "2320 S 10",
    seg(
        "SBR R 1", f"R ID/1-1 {_RESPONSIBILITY}", f"R ID/2-2 18|{_RELATIONSHIP}", "S AN/1-50", "S AN/1-60",
        f"S ID/1-3 {_INSURANCE}", "N", "N", "N", f"S ID/1-2 {_FILING}",
    ),
    adjustment("CO|CR|OA|PI|PR", "5"), amount("D"), amount("A8"), amount("EAF"),
    seg("OI R 1", "N", "N", "R ID/1-1 N|W|Y", "S ID/1-1 P", "N", "R ID/1-1 I|Y"),
    seg("MOA S 1"),
    loops=(
        loop(
            "2330A R 1", name("IL", identifiers="II|MI", identified="R"), street("S"), city("S"),
            reference("SY"),
        ),
        loop(
            "2330B R 1", name("PR", kinds="2", identifiers="PI|XV", identified="R"), street("S"), city("S"),
            dated("573"), reference("2U|EI|FY|NF", repeat="2"), reference("G1|9F|T4|F8", repeat="4"),
        ),
        _other_provider("2330C", "DN|P3", 2), _other_provider("2330D", "82"), _other_provider("2330E", "77"),
        _other_provider("2330F", "DQ"), _other_provider("2330G", "85"),
    ),
)  # fmt: skip

_DRUG = loop(
    "2410 S 1", seg("LIN R 1", "N", "R ID/2-2 EN|EO|HI|N4|ON|UK|UP", "R AN/1-48"),
    seg("CTP R 1", "N", "N", "N", "R R/1-15", "R <R ID/2-2 F2|GR|ME|ML|UN>"),
    reference("VY|XZ"),
)  # fmt: skip
_LINE_ADJUDICATION = loop(
    "2430 S 15", seg("SVD R 1", "R AN/2-80", "R R/1-18", f"R {_HC}", "N", "R R/1-15", "S N0/1-6"),
    adjustment("CO|CR|OA|PI|PR", "5"), dated("573", "R"), amount("EAF"),
)  # fmt: skip
_FORM = loop("2440 S >1", seg("LQ R 1", "R ID/1-3 AS|UT", "R AN/1-30"), seg("FRM R 99"))

_LINE = loop(
    "2400 R 50",
    seg("LX R 1", "R N0/1-6"),
    seg(
        "SV1 R 1", f"R {_HC}", "R R/1-18", "R ID/2-2 MJ|UN", "R R/1-15", "S AN/1-2 @place", "N",
        f"R <R {_POINTER};S {_POINTER};S {_POINTER};S {_POINTER}>", "N", "S ID/1-1 Y", "N", "S ID/1-1 Y",
        "S ID/1-1 Y", "N", "N", "S ID/1-1 0",
    ),
    seg("SV5 S 1"), seg("PWK S 11"), seg("CR1 S 1"), seg("CR3 S 1"), seg("CRC S 5"),
    dated("472", "R", forms="D8|RD8"), dated("471|607|463|461|304|738|739|011|455|454", repeat="11"),
    quantity("PT|FL", repeat="2"), seg("MEA S 5"), seg("CN1 S 1"),
    reference("9B"), reference("9D"), reference("G1", repeat="5"), reference("6R"), reference("EW"),
    reference("X4"),
    reference("F4"), reference("BT"), reference("9F", repeat="5"),
    amount("T"), amount("F4"), seg("K3 S 10", "R AN/1-80"), seg("NTE S 2", "R ID/3-3 ADD|DCP|TPO",
        "R AN/1-80"),
    seg("PS1 S 1"), seg("HCP S 1"),
    loops=(
        _DRUG, _provider("2420A", "82", limit="20", taxonomy=True), _provider("2420B", "QB", limit="20"),
        _facility("2420C"), _provider("2420D", "DQ", limit="20"),
        loop(
            "2420E S 1", name("DK", kinds="1"), street("S"), city("S"), reference(_PROVIDER_IDS, repeat="20"),
            contact(repeat="1"),
        ),
        _provider("2420F", "DN|P3", repeat=2, limit="20"), _address("2420G", "PW"), _address("2420H", "45"),
        _LINE_ADJUDICATION, _FORM,
    ),
)  # fmt: skip

_DIAGNOSIS = "<R ID/1-3 {codes};R AN/1-30 @diagnosis>"
_CLAIM = loop(
    "2300 S 100",
    seg(
        "CLM R 1", "R AN/1-38", "R R/1-18", "N", "N", "R <R AN/1-2 @place;R ID/1-2 B;R ID/1-1>",
        "R ID/1-1 N|Y",
        "R ID/1-1 A|B|C", "R ID/1-1 N|W|Y", "R ID/1-1 I|Y", "S ID/1-1 P",
        "S <R ID/2-3 AA|EM|OA;S ID/2-3 AA|EM|OA;N;S ID/2-2;S ID/2-3>", "S ID/2-3 02|03|05|09",
        "N", "N", "N", "N", "N", "N", "N", "S ID/1-2 1|2|3|4|5|6|7|8|9|10|11|15",
    ),
    dated("431|454|304|453|439|484|455|471|297|296|435|096|444|050", repeat="14"),
    dated("314|360|361", forms="D8|RD8"), dated("090|091", repeat="2"),
    seg("PWK S 10", "R ID/2-2", "R ID/1-2 AA|BM|EL|EM|FT|FX", "N", "N", "S ID/1-2 AC", "S AN/2-80"),
    seg("CN1 S 1"), amount("F5"),
    *(reference(code) for code in ("4N", "F5", "EW", "9F", "G1", "F8", "X4", "9A", "9C", "LX", "D9", "EA",
        "P4", "1J")),
    seg("K3 S 10", "R AN/1-80"), seg("NTE S 1", "R ID/3-3 ADD|CER|DCP|DGN|TPO", "R AN/1-80"),
    seg("CR1 S 1"), seg("CR2 S 1"), seg("CRC S 8"),
    seg(
        "HI R 1", f"R {_DIAGNOSIS.format(codes='ABK|BK')}",
        *([f"S {_DIAGNOSIS.format(codes='ABF|BF')}"] * 11),
    ),
    seg("HI S 3"),
    seg("HCP S 1"),
    loops=(
        _provider("2310A", "DN|P3", kinds="1", repeat=2), _provider("2310B", "82", taxonomy=True),
        _facility("2310C"), _provider("2310D", "DQ", kinds="1"), _address("2310E", "PW"), _address("2310F",
            "45"),
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
    seg("PRV S 1", "R ID/1-3 BI", "R ID/2-3 PXC", "R AN/1-50 @taxonomy"), seg("CUR S 1"),
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
