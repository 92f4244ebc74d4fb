"""What the guides of services review (278: 005010X217, X216, X215) share: levels, the patient event, the services.

Segments, their order and number follow Stedi's public overviews of X217 and X216. AAA03 is within element 901 as Stedi
and the Hex package edi_x12 publish it, and holds every code of UnitedHealthcare's companion guide to X217 (9.0). The
other lists hold what X12's own examples of X217 use (the samples of stupidedi), and are not checked beyond that.
"""

from dataclasses import dataclass

from x12.guides.eligibility_parts import ENTITY_IDS, POINTERS, SERVICE_TYPES, birth, provider, rejection, who
from x12.guides.parts import PROCEDURE, city, contact, dated, level, reference, street
from x12.guides.spec import Guide, LoopSpec, SegmentSpec, guide, loop, seg

CATEGORIES = "AR|HS|IN|SC"
CERTIFICATIONS = "1|2|3|4|I|N|R|S"
ACTIONS = "A1|A2|A3|A4|A6|C|CT|NA"
_REASONS = (
    "04|15|33|35|41|42|43|44|45|46|47|48|49|50|51|52|53|54|55|56|57|58|60|61|62|64|65|66|67|68|71|72|73|74|75|76|77"
    "|78|79|80|82|83|84|85|86|87|88|89|90|91|92|95|96|97|98|AA|AB|AC|AD|AE|AF|AG|AH|AI|AJ|AK|AM|AN|AO|IA|T1|T4|T5"
)
_REVIEWERS = "1P|2B|36|FA|PR|X3"
_EVENT_PROVIDERS = "1T|71|72|73|77|AAJ|DD|DK|DN|FA|G3|P3|QB|QV|SJ"
_STOPS = "45|FS|ND|PW|R3"
_ASKED_DATES = ("439", "484", "ABC", "431", "AAH", "435", "096")
_DECIDED_DATES = ("102", "036", "007")
_DIAGNOSES = "ABF|ABJ|ABK|APR|BF|BJ|BK|DR|LOI|PR"
_CODE_FORMS = "@diagnosis?1=ABF/ABJ/ABK/APR&icd9?1=BF/BJ/BK/PR"
_PROCEDURES = PROCEDURE.format(codes="AD|HC|ID|IV|N4|WK|ZZ").replace("S AN/1-80;N>", "S AN/1-80;S AN/1-48>")
_MEASURES = "S ID/2-2 DA|F2|MJ|UN"
_REPORTS = (
    "03|04|05|06|07|08|09|10|11|13|15|21|48|55|59|77|A3|A4|AM|AS|AT|B2|B3|B4|BR|BS|BT|CB|CK|CT|D2|DA|DB|DG|DJ|DS|EB|FM"
    "|HC|HR|I5|IR|LA|M1|MT|NN|OB|OC|OD|OE|OX|OZ|P4|P5|P6|P7|PE|PN|PO|PQ|PY|PZ|QC|QR|RB|RR|RT|RX|SG|V5|XP"
)
_MOUTH = "AN/1-3 00|01|02|09|10|20|30|40|L|R"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of 278. With `answers` its levels may hold decisions (HCR) and rejections (AAA).

    `certified` is the usage of UM02 of an event, `traces` how often it may be traced, `receipts` whether the members
    may have a trace and a number of their own, `sources` how many parties send it.
    """

    answers: bool
    certified: str = "R"
    traces: int = 2
    receipts: bool = False
    sources: int = 1


def _trace(repeat: int) -> SegmentSpec:
    return seg(f"TRN S {repeat}", "R ID/1-2 1|2", "R AN/1-50", "R AN/10-10", "S AN/1-50")


def _review(usage: str, certified: str) -> SegmentSpec:
    """UM."""
    cause = "ID/2-3 AA|AP|EM|OA"
    return seg(
        f"UM {usage} 1", f"R ID/1-2 {CATEGORIES}", f"{certified} ID/1-1 {CERTIFICATIONS}", f"S ID/1-2 {SERVICE_TYPES}",
        "S <R AN/1-2 @place?2=B;R ID/1-2 A|B>", f"S <R {cause};S {cause};S {cause};S ID/2-2 @state;S ID/2-3>",
        "S ID/1-3 03|E|U", "S ID/1-1", "S ID/1-1 1|2|3|4|5|6|7|8", "S ID/1-1 I|M|N|O|Y",
        "S ID/1-2 1|2|3|4|7|8|10|11|15|16",
    )  # fmt: skip


def _decision(kind: Kind) -> tuple[SegmentSpec, ...]:
    if not kind.answers:
        return ()
    return (seg("HCR S 1", f"R ID/1-2 {ACTIONS}", "S AN/1-50", "S ID*/1-30", "S ID/1-1 N|Y"),)


def _rejections(kind: Kind) -> tuple[SegmentSpec, ...]:
    return (rejection(_REASONS, "C|G|N|P|R|S|W|X|Y"),) if kind.answers else ()


def _numbers() -> tuple[SegmentSpec, ...]:
    """REF: the number of an earlier decision (BB), and the reviewer's administrative one (NT)."""
    return reference("BB"), reference("NT")


def _days(kind: Kind, asked: tuple[str, ...], forms: str) -> tuple[SegmentSpec, ...]:
    qualifiers = (*asked, *_DECIDED_DATES) if kind.answers else asked
    return tuple(dated(qualifier, forms=forms) for qualifier in qualifiers)


def _amounts() -> SegmentSpec:
    """HSD."""
    return seg(
        "HSD S 1", "S ID/2-2 DY|FL|HS|MN|VS", "S R/1-15", "S ID/2-2 DA|MO|WK|YR", "S R/1-6",
        "S ID/1-2 6|7|21|26|27|29|34|35", "S N0/1-3", "S ID/1-2", "S ID/1-1",
    )  # fmt: skip


def _diagnoses() -> SegmentSpec:
    code = f"<R ID/1-3 {_DIAGNOSES};R AN/1-30 {_CODE_FORMS};S ID/2-3 D8;S DT/8-8;N;N;N;N>"
    return seg("HI S 1", f"R {code}", *([f"S {code}"] * 11))


def _attachment() -> SegmentSpec:
    return seg(
        "PWK S 10", f"R ID/2-2 {_REPORTS}", "R ID/1-2 AA|BM|EL|EM|FX|FT|VO", "N", "N", "S ID/2-2 AC", "S AN/2-80",
        "S AN/1-80",
    )  # fmt: skip


def _conditions() -> tuple[SegmentSpec, ...]:
    """CRC: each category once or, for an ambulance (07), up to three times."""
    said = ("R ID/1-1 N|Y", "R ID/2-3", *(["S ID/2-3"] * 4))
    return seg("CRC S 3", "R ID/2-2 07", *said), *(
        seg("CRC S 3", f"R ID/2-2 {category}", *said) for category in ("08", "09", "11", "75", "76", "77")
    )


def _lines() -> tuple[SegmentSpec, ...]:
    money = "S M/1-18"
    return (
        seg(
            "SV1 S 1", f"R {_PROCEDURES}", money, _MEASURES, "S R/1-15", "N", "N", f"S {POINTERS}", "N", "N", "N",
            "S ID/1-1 N|Y", *(["N"] * 8), "S ID/1-1",
        ),
        seg(
            "SV2 S 1", "S AN/1-48 @revenue", f"S {_PROCEDURES}", money, _MEASURES, "S R/1-15", "S R/1-10", "N", "N",
            "S ID/1-1", "S ID/1-1",
        ),
        seg(
            "SV3 S 1", f"R {_PROCEDURES}", money, "N",
            f"S <R {_MOUTH};S {_MOUTH};S {_MOUTH};S {_MOUTH};S {_MOUTH}>", "S ID/1-1", "S R/1-15", "S AN/1-80",
        ),
        seg("TOO S 32"),
    )  # fmt: skip


def _party(name: str, roles: str, kind: Kind) -> LoopSpec:
    return loop(
        name, who(roles, identified="S", related="S"), reference("0B|1G|1J|EI|G5|N5|N7|SY|ZH", repeat="8"), street("S"),
        city("S"), contact(repeat="3", numbered="S"), *_rejections(kind), provider(),
    )  # fmt: skip


def _service(kind: Kind) -> LoopSpec:
    return loop(
        "2000F S >1", level("SS", child="R ID/1-1 0"), _trace(kind.traces), *_rejections(kind), _review("S", "S"),
        *_decision(kind), *_numbers(), *_days(kind, ("472",), "D8|RD8"), *_lines(), _amounts(), _attachment(),
        seg("MSG S 1", "R AN/1-264"), loops=(_party("2010F S 12", _EVENT_PROVIDERS, kind),),
    )  # fmt: skip


def _event(kind: Kind) -> LoopSpec:
    return loop(
        "2000E S >1", level("EV", child="R ID/1-1 0|1"), _trace(kind.traces), *_rejections(kind),
        _review("R", kind.certified), *_decision(kind), *_numbers(), *_days(kind, _ASKED_DATES, "D8|DT|RD8"),
        _diagnoses(), _amounts(), *_conditions(),
        seg("CL1 S 1", "S ID/1-1 1|2|3|4|5|9", "S ID/1-1", "S ID/1-2 @discharge", "S ID/1-1"),
        seg("CR1 S 1"), seg("CR2 S 1"), seg("CR5 S 1"),
        seg("CR6 S 1"), _attachment(), seg("MSG S 1", "R AN/1-264"),
        loops=(
            _party("2010EA S 14", _EVENT_PROVIDERS, kind), _party("2010EB S 5", _STOPS, kind), _service(kind),
        ),
        streamed=True,
    )  # fmt: skip


def _member(letter: str, role: str, said: str, relations: str, kind: Kind) -> LoopSpec:
    return loop(
        f"2010{letter} R 1",
        who(role, "1", "II|MI", identified="R" if letter == "C" and not kind.answers else "S"),
        reference("1L|1W|6P|A6|EJ|F6|HJ|IG|N6|NQ|SY", repeat="9"), street("S"), city("S"),
        *_rejections(kind), birth(),
        seg("INS S 1", f"R ID/1-1 {said}", f"R ID/2-2 {relations}", *(["S AN/1-35"] * 15)),
    )  # fmt: skip


def _receipt(kind: Kind) -> tuple[SegmentSpec, ...]:
    """What an acknowledgement of a notice says beside a member: whose it was, what is wrong, and under which number."""
    return (_trace(3), *_rejections(kind), reference("BB|NT")) if kind.receipts else ()


def root(purposes: str, kind: Kind) -> LoopSpec:
    """The loops of a 278 with those BHT02."""
    event, rejections = _event(kind), _rejections(kind)
    below = "R ID/1-1 0|1" if kind.answers else "R ID/1-1 1"
    needed = "S" if kind.answers else "R"
    dependent = loop(
        "2000D S >1", level("23", child=below), *_receipt(kind),
        loops=(_member("D", "QC", "N", "01|04|05|07|09|10|15|17|19|20|21|22|23|24|29|32|33|36|39|40|41|43|53|G8",
        kind), event),
        streamed=True,
    )  # fmt: skip
    subscriber = loop(
        f"2000C {needed} >1", level("22", child=below), *_receipt(kind),
        loops=(_member("C", "IL", "Y", "18", kind), dependent, event), streamed=True,
    )  # fmt: skip
    requester = loop(
        f"2000B {needed} >1", level("21", child=below),
        loops=(_party("2010B R 1", "1P|2B|36|80|FA|PR|X3", kind), subscriber), streamed=True,
    )  # fmt: skip
    payer = loop(
        "2000A R 1", level("20", parent="N", child=below), *rejections,
        loops=(
            loop(
                f"2010A R {kind.sources}", who(_REVIEWERS, identifiers=ENTITY_IDS), contact(repeat="3", numbered="S"),
                *rejections,
            ),
            requester,
        ),
        streamed=True,
    )  # fmt: skip
    begin = seg(
        "BHT R 1", "R ID/4-4 0007", f"R ID/2-2 {purposes}", "R AN/1-50", "R DT/8-8", "R TM/4-8", "S ID/2-2 18|19|AT|RU"
    )
    return loop("ST R 1", begin, loops=(payer,))


def review_guide(version: str, purposes: str, kind: Kind) -> Guide:
    """The table of one kind of 278, told from the others by its version and BHT02."""
    return guide("278", version, "HI", root(purposes, kind), purposes)


READING = review_guide("005010X21", "", Kind(answers=True))
"""Any 278, for reading: a file's own kind does not matter to where its segments stand."""
