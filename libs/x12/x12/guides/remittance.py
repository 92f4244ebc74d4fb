"""835, 005010X221A1: where each segment of a remittance advice stands."""

from x12.guides.parts import (
    PROCEDURE,
    adjustment,
    amount,
    city,
    day,
    name,
    number,
    quantity,
    remarks,
    street,
)  # fmt: skip
from x12.guides.spec import SegmentSpec, guide, loop, seg

_CONTACTS = "EM|FX|TE"


def _contact(function: str, usage: str = "S", repeat: str = "1", kinds: str = _CONTACTS) -> SegmentSpec:
    if kinds == "UR":
        return seg(f"PER {usage} {repeat}", f"R ID/2-2 {function}", "N", "R ID/2-2 UR", "R AN/1-256")
    more = f"S ID/2-2 {kinds}|EX"
    return seg(
        f"PER {usage} {repeat}", f"R ID/2-2 {function}", "S AN/1-60", f"S ID/2-2 {kinds}|UR", "S AN/1-256", more,
        "S AN/1-256", more, "S AN/1-256",
    )  # fmt: skip


_PAYER = loop(
    "1000A R 1", seg("N1 R 1", "R ID/2-3 PR", "R AN/1-60", "S ID/1-2 XV", "S AN/2-80"), street(), city(),
    number("2U|EO|HI|NF", repeat="4"), _contact("CX"), _contact("BL", "R", ">1"), _contact("IC", kinds="UR"),
)  # fmt: skip
_PAYEE = loop(
    "1000B R 1",
    seg("N1 R 1", "R ID/2-3 PE", "R AN/1-60", "R ID/1-2 FI|XV|XX", "R AN/2-80 @npi?3=XX"),
    street("S"), city("S"),
    seg("REF S >1", "R ID/2-3 0B|D3|PQ|TJ", "R AN/1-50 @tax?1=TJ", "S AN/1-80"),
    seg("RDM S 1", "R ID/1-2 BM|EM|FT|OL", "S AN/1-60", "S AN/1-256"),
)  # fmt: skip

_CODES = "AD|ER|HC|HP|IV|N4|N6|NU|UI|WK"
_SERVICE = loop(
    "2110 S 999",
    seg(
        "SVC R 1", "R " + PROCEDURE.format(codes=_CODES), "R M/1-18", "R M/1-18", "S AN/1-48 @revenue", "S R/1-15",
        "S " + PROCEDURE.format(codes=_CODES), "S R/1-15",
    ),
    day("150"), day("151"), day("472"), adjustment("CO|OA|PI|PR", "99"),
    number("1S|APC|BB|E9|G1|G3|LU|RB", repeat="8"), number("6R"),
    number("0B|1A|1B|1C|1D|1G|1H|1J|D3|G2|HPI|SY|TJ", repeat="10"), number("0K", repeat="5"),
    amount("B6|KH|T|T2|ZK|ZL|ZM|ZN|ZO", repeat="9"), quantity("ZK|ZL|ZM|ZN|ZO", repeat="6"),
    seg("LQ S 99", "R ID/1-3 HE|RX", "R AN/1-30 @remark?1=HE"),
)  # fmt: skip

_FILING = "12|13|14|15|16|17|AM|BL|CH|CI|DS|FI|HM|LM|MA|MB|MC|OF|TV|VA|WC|ZZ"
_CLAIM = loop(
    "2100 R >1",
    seg(
        "CLP R 1", "R AN/1-38", "R ID/1-2 1|2|3|4|19|20|21|22|23|25", "R M/1-18", "R M/1-18", "S M/1-18",
        f"R ID/1-2 {_FILING}",
        "R AN/1-50", "S AN/1-2 @facility", "S ID/1-1", "N", "S ID/1-4", "S R/1-15", "S R/1-10",
    ),
    adjustment("CO|OA|PI|PR", "99"),
    name("QC", kinds="1", identifiers="34|HN|II|MI|MR", named="S"),
    name("IL", "S", identifiers="FI|II|MI", identified="R", named="S"),
    name("74", "S", identifiers="C", named="S"),
    name("82", "S", identifiers="BD|BS|FI|MC|PC|SL|UP|XX", identified="R", named="S"),
    name("TT", "S", kinds="2", identifiers="AD|FI|NI|PI|PP|XV", identified="R"),
    name("PR", "S", kinds="2", identifiers="AD|FI|NI|PI|PP|XV", identified="R"),
    name("GB", "S", identifiers="FI|II|MI", named="S"),
    remarks("MIA"), remarks("MOA"),
    number("1L|1W|28|6P|9A|9C|BB|CE|EA|F8|G1|G3|IG|SY", repeat="5"),
    number("0B|1A|1B|1C|1D|1G|1H|1J|D3|G2|LU", repeat="10"),
    day("232"), day("233"), day("036"), day("050"), _contact("CX", repeat="2"),
    amount("AU|D8|DY|F5|I|NL|T|T2|ZK|ZL|ZM|ZN|ZO", repeat="13"),
    quantity("CA|CD|LA|LE|NE|NR|OU|PS|VS|ZK|ZL|ZM|ZN|ZO", repeat="14"),
    loops=(_SERVICE,), streamed=True,
)  # fmt: skip
_MONEY, _COUNT = "S M/1-18", "S R/1-15"
_HEADER_NUMBER = loop(
    "2000 S >1", seg("LX R 1", "R N0/1-6"),
    seg(
        "TS3 S 1", "R AN/1-50", "R AN/1-2", "R DT/8-8", "R R/1-15", "R M/1-18", *(["N"] * 7), _MONEY,
        "N", _MONEY, "N", _MONEY, _MONEY, "N", _MONEY, _MONEY, _MONEY, _COUNT, _MONEY,
    ),
    seg(
        "TS2 S 1", *([_MONEY] * 6), _COUNT, _MONEY, _MONEY, *([_COUNT] * 5), _MONEY, _COUNT, _MONEY, _MONEY, _MONEY,
    ),
    loops=(_CLAIM,), streamed=True,
)  # fmt: skip

_REASON = "<R ID/2-2 50|51|72|90|AH|AM|AP|B2|B3|BD|BN|C5|CR|CS|CT|CV|CW|DM|E3|FB|FC|GO|HM|IP|IR|IS|J1|L3|L6|LE|LS|OA|OB|PI|PL|RA|RE|SL|TL|WO|WU;S AN/1-50>"  # noqa: E501
_PROVIDER_ADJUSTMENT = loop(
    "PLB S >1",
    seg(
        "PLB R 1", "R AN/1-50", "R DT/8-8", f"R {_REASON}", "R M/1-18",
        *([f"S {_REASON}", "S M/1-18"] * 5),
    ),
    streamed=True,
)  # fmt: skip

GUIDE = guide(
    "835", "005010X221", "HP",
    loop(
        "ST R 1",
        seg(
            "BPR R 1", "R ID/1-2 C|D|H|I|P|U|X", "R M/1-18", "R ID/1-1 C|D", "R ID/3-3 ACH|BOP|CHK|FWT|NON",
            "S ID/1-10 CCP|CTX", "S ID/2-2 01|04", "S AN/3-12 @bank?6=01", "S ID/1-3 DA", "S AN/1-35", "S AN/10-10",
            "S AN/9-9",
            "S ID/2-2 01|04", "S AN/3-12 @bank?12=01", "S ID/1-3 DA|SG", "S AN/1-35", "R DT/8-8",
        ),
        seg("TRN R 1", "R ID/1-2 1", "R AN/1-50", "R AN/10-10", "S AN/1-50"),
        seg("CUR S 1", "R ID/2-3 PR", "R ID/3-3 @currency", "S R/4-10"), number("EV"), number("F2"), day("405"),
        loops=(_PAYER, _PAYEE, _HEADER_NUMBER, _PROVIDER_ADJUSTMENT),
    ),
)  # fmt: skip
