"""The situational rules of the guides, as data (see `x12.situations` for the form)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from x12.guides.spec import Guide, LoopSpec
from x12.situations import Rule, rule

_ADDRESSES = (
    rule("*", "!N4-04", "N4-02", "An address in the United States names its state"),
    rule("*", "!N4-04", "N4-03", "An address in the United States has a postal code"),
)

_PROFESSIONAL = (
    *(
        rule(place, "NM1-02=2", "!NM1-04", "Only a person has a first name")
        for place in ("1000A", "2010AA", "2010BA", "2310B", "2330A", "2420A")
    ),
    rule("2000B", "SBR-01", "SBR-09", "A coverage has a filing indicator until the national plan identifier is in use"),
    rule("2320", "SBR-01", "SBR-09", "A coverage has a filing indicator until the national plan identifier is in use"),
    rule("2300", "DTP*439", "CLM-11", "The date of an accident comes with what kind of accident it was"),
    rule("2000B", "SBR-02=18", "!<2000C>", "The subscriber is the patient, so that no patient level may follow"),
    rule(
        "2000B", "!SBR-02", "<2000C>", "The subscriber is not said to be the patient, so that a patient level follows"
    ),
    rule("2000B", "SBR-02=18", "<2300>", "The subscriber is the patient, so that the claim follows"),
    rule("2000B", "SBR-02=18", "2010BA:N3", "A subscriber who is the patient has an address"),
    rule("2000B", "SBR-02=18", "2010BA:N4", "A subscriber who is the patient has an address"),
    rule("2000B", "SBR-02=18", "2010BA:DMG", "A subscriber who is the patient has a birth date and sex"),
    rule("2000C", "", "<2300>", "A patient level has a claim"),
    rule("2300", "CLM-05.3=7|8", "REF*F8", "A replacement or void carries the payer's number of the claim it replaces"),
    rule("2300", "CLM-11.1=AA", "CLM-11.4", "An automobile accident names its state"),
    rule("2300", "CLM-11.2=AA", "CLM-11.4", "An automobile accident names its state"),
    rule("2300", "CLM-11.1=AA|OA", "DTP*439", "An accident has a date"),
    rule("2300", "CLM-11.2=AA|OA", "DTP*439", "An accident has a date"),
    rule("2300", "PWK-02=BM|EL|EM|FT|FX", "PWK-06", "An attachment sent apart has a control number"),
    rule("2300", "CR1", "<2310E>", "An ambulance claim says where the patient was picked up"),
    rule("2300", "CR1", "<2310F>", "An ambulance claim says where the patient was taken"),
    rule(
        "2300",
        "2000B:SBR-01=S|T|A|B|C|D|E|F|G|H",
        "<2320>",
        "A claim to a later payer names the other payers",
        "warning",
    ),
    rule("2320", "CAS", "AMT*D", "A payer that adjusted the claim says what it paid"),
    rule("2400", "PWK-02=BM|EL|EM|FT|FX", "PWK-06", "An attachment sent apart has a control number"),
)

_REMITTANCE = (
    *(
        rule(
            "ST",
            "BPR-04=ACH|BOP|FWT",
            f"BPR-{place:02d}",
            "An electronic payment names both accounts and its originator",
        )
        for place in (6, 7, 8, 9, 10, 12, 13, 14, 15)
    ),
    rule("ST", "BPR-04=ACH", "BPR-05", "A payment through the clearing house names its format"),
    rule("ST", "BPR-04=NON", "BPR-02=0|0.0|0.00|.00", "A remittance without payment pays nothing"),
    rule("2100", "CLP-02=19|20|21|23", "NM1*TT", "A claim that was forwarded names the payer it went to", "warning"),
    rule("ST", "BPR-04=CHK", "!BPR-05", "Only a payment through the clearing house has a format", "warning"),
    rule("2110", "DTM*150", "DTM*151", "A range of service dates has an end"),
    rule(
        "2110", "!DTM*472 & !DTM*150 & !2100:DTM*232", "DTM*472", "A service or its claim says when it was", "warning"
    ),
    rule("2110", "DTM*151", "DTM*150", "A range of service dates has a beginning"),
)

_FUNCTIONAL = (
    rule("2000", "<2100>", "IK5-01=E|M|P|R|W|X", "A set with errors noted is not simply accepted"),
    rule("2000", "IK5-01=E|R", "IK5-02", "A set that is not simply accepted says why", "warning"),
    rule("2100", "IK3-04=8", "<2110>", "A segment with element errors names the elements", "warning"),
)

_AUTHORIZATION = (
    *(
        rule(place, "NM1-02=2", "!NM1-04", "Only a person has a first name")
        for place in ("2010A", "2010B", "2010EA", "2010EB", "2010F")
    ),
    *(
        item
        for place in ("2000E", "2000F")
        for item in (
            rule(place, "HCR-01=A1|A2|A6", "HCR-02", "What was certified has a number", "warning"),
            rule(place, "HCR-01=A3", "HCR-03", "What was not certified has a reason", "warning"),
            rule(place, "PWK-02=BM|EL|EM|FT|FX", "PWK-06", "An attachment sent apart has a control number"),
            rule(place, "UM-05.1=AA", "UM-05.4", "An automobile accident names its state"),
        )
    ),
    *(
        rule("2000E", f"HI-{place:02d}.{one}", f"HI-{place:02d}.{other}", "A date and its form come together")
        for place in range(1, 13)
        for one, other in ((3, 4), (4, 3))
    ),
    # A dependent has no number of its own (NM108 and NM109), so that the name is all there is to know it by.
    rule("2010D", "", "NM1-03", "A dependent is told by name"),
)

_ATTACHMENT = (
    rule("2110", "!BIN", "BDS", "A document has its content"),
    *(
        rule(place, "NM1-02=2", "!NM1-04", "Only a person has a first name")
        for place in ("1000", "1000A", "1000B", "1000C")
    ),
)

_DECISION = (
    rule("2000E", "!AAA & !<2000F>", "HCR", "An answer about an event says what was decided, or why not", "warning"),
)

_COVERAGE_QUESTION = (
    rule("2100C", "2000C:HL-04=0", "<2110C>", "A question about a subscriber asks for something"),
    rule("2100D", "", "<2110D>", "A question about a dependent asks for something"),
    *(
        rule(place, "!EQ-02", "EQ-01", "A question names a kind of service or a procedure")
        for place in ("2110C", "2110D")
    ),
)

_STATUS_QUESTION = (
    rule("2000D", "HL-04=0", "<2200D>", "A subscriber who is the patient has a claim to be asked about"),
    rule("2000D", "HL-04=0", "DMG", "A subscriber who is the patient has a birth date"),
    rule("2000E", "", "<2200E>", "A dependent has a claim to be asked about"),
    rule("2000E", "", "DMG", "A dependent has a birth date"),
)

_CLAIM_ACK = (
    *(
        rule(place, "STC-01.1=A3|A4|A6|A7|A8", "STC-03=U", "What is not taken is rejected (U)", "warning")
        for place in ("2200B", "2200C", "2200D", "2220D")
    ),
    *(
        rule(place, "STC-01.1=A1|A2", "STC-03=WQ", "What is taken is accepted (WQ)", "warning")
        for place in ("2200B", "2200C", "2200D", "2220D")
    ),
)

RULES: Mapping[str, tuple[Rule, ...]] = {
    "005010": _ADDRESSES,
    "005010X222": _PROFESSIONAL,
    "005010X221": _REMITTANCE,
    "005010X231": _FUNCTIONAL,
    "005010X217": _AUTHORIZATION,
    "005010X216": _AUTHORIZATION,
    "005010X215": _AUTHORIZATION,
    "005010X214": _CLAIM_ACK,
    "270 005010X279": _COVERAGE_QUESTION,
    "276 005010X212": _STATUS_QUESTION,
    "278 005010X217 11": _DECISION,
    "005010X210": _ATTACHMENT,
    "005010X211": _ATTACHMENT,
    "006020X314": _ATTACHMENT,
    "006020X316": _ATTACHMENT,
}
"""Rules by the beginning of the version they belong to; where kinds share it with the kind before it, and where these
share that too with BHT02 after it.
"""


def rules_of(guide: Guide) -> Mapping[str, tuple[Rule, ...]]:
    """The rules of a guide by loop, each with the segment that opens the loop it misses."""
    if guide not in _RULES:
        _RULES[guide] = _gathered(guide)
    return _RULES[guide]


_RULES: dict[Guide, Mapping[str, tuple[Rule, ...]]] = {}


def _gathered(guide: Guide) -> Mapping[str, tuple[Rule, ...]]:
    loops = {spec.id: spec for spec in _loops(guide.root)}
    found: dict[str, list[Rule]] = {}
    for prefix, rules in RULES.items():
        if not _belongs(prefix, guide):
            continue
        for item in rules:
            for name in _where(item, loops):
                needed = loops.get(item.needs.loop)
                segment = needed.trigger.id if needed else item.segment
                found.setdefault(name, []).append(replace(item, loop=name, segment=segment))
    return {name: tuple(rules) for name, rules in found.items()}


def _belongs(name: str, guide: Guide) -> bool:
    match name.split(" "):
        case [kind, version, purpose]:
            return (kind, True) == (guide.kind, purpose in guide.purposes) and guide.version.startswith(version)
        case [kind, version]:
            return kind == guide.kind and guide.version.startswith(version)
        case _:
            return guide.version.startswith(name)


def _where(item: Rule, loops: Mapping[str, LoopSpec]) -> list[str]:
    if item.loop != "*":
        return [item.loop]
    return [name for name, spec in loops.items() if item.needs.segment in spec.ranks]


def _loops(spec: LoopSpec) -> Iterator[LoopSpec]:
    yield spec
    for inner in spec.loops:
        yield from _loops(inner)
