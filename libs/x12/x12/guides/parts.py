"""Segments that several guides write alike."""

from x12.guides.spec import SegmentSpec, seg

STATE = "S ID/2-2 @state"
NPI = "@npi?8=XX"


def name(
    role: str,
    usage: str = "R",
    kinds: str = "1|2",
    identifiers: str = "XX",
    *,
    named: str = "R",
    identified: str = "S",
    repeat: str = "1",
) -> SegmentSpec:
    """NM1: `named` and `identified` are the usage of NM103 and of NM108 and NM109."""
    code = f"AN/2-80 {NPI}" if "XX" in identifiers.split("|") else "AN/2-80"
    return seg(
        f"NM1 {usage} {repeat}", f"R ID/2-3 {role}", f"R ID/1-1 {kinds}", f"{named} AN/1-60", "S AN/1-35",
        "S AN/1-25",
        "S AN/1-10", "S AN/1-10", f"{identified} ID/1-2 {identifiers}", f"{identified} {code}",
    )  # fmt: skip


def street(usage: str = "R") -> SegmentSpec:
    """N3."""
    return seg(f"N3 {usage} 1", "R AN/1-55", "S AN/1-55")


def city(usage: str = "R") -> SegmentSpec:
    """N4."""
    return seg(f"N4 {usage} 1", "R AN/2-30", STATE, "S ID/3-15 @zip?4=/US", "S ID/2-3", "N", "N", "S ID/1-3")


def reference(qualifiers: str, usage: str = "S", repeat: str = "1") -> SegmentSpec:
    """REF."""
    return seg(
        f"REF {usage} {repeat}", f"R ID/2-3 {qualifiers}", "R AN/1-50 @tax?1=EI/SY&clia?1=X4/F4", "S AN/1-80",
        "S <R AN/1-3;R AN/1-50>",
    )  # fmt: skip


def number(qualifiers: str, usage: str = "S", repeat: str = "1", payer: str = "") -> SegmentSpec:
    """REF with nothing but its qualifier and number, and, where `payer` is its usage, REF04 2U: the payer the
    number belongs to.
    """
    further = ("N", f"{payer} <R ID/2-3 2U;R AN/1-50>") if payer else ()
    return seg(
        f"REF {usage} {repeat}", f"R ID/2-3 {qualifiers}", "R AN/1-50 @tax?1=EI/SY&clia?1=X4/F4", *further
    )  # fmt: skip


def contact(
    function: str = "IC", usage: str = "S", repeat: str = "2", *, numbered: str = "R", kinds: str = "EM|EX|FX|TE|UR"
) -> SegmentSpec:
    """PER."""
    return seg(
        f"PER {usage} {repeat}", f"R ID/2-2 {function}", "S AN/1-60", f"{numbered} ID/2-2 {kinds}",
        f"{numbered} AN/1-256",
        f"S ID/2-2 {kinds}", "S AN/1-256", f"S ID/2-2 {kinds}", "S AN/1-256",
    )  # fmt: skip


def dated(qualifiers: str, usage: str = "S", repeat: str = "1", forms: str = "D8") -> SegmentSpec:
    """DTP."""
    return seg(f"DTP {usage} {repeat}", f"R ID/3-3 {qualifiers}", f"R ID/2-3 {forms}", "R AN/1-35")


def amount(qualifiers: str, usage: str = "S", repeat: str = "1") -> SegmentSpec:
    """AMT."""
    return seg(f"AMT {usage} {repeat}", f"R ID/1-3 {qualifiers}", "R M/1-18")


def quantity(qualifiers: str, usage: str = "S", repeat: str = "1") -> SegmentSpec:
    """QTY."""
    return seg(f"QTY {usage} {repeat}", f"R ID/2-2 {qualifiers}", "R R/1-15")


def day(qualifiers: str, usage: str = "S", repeat: str = "1") -> SegmentSpec:
    """DTM."""
    return seg(f"DTM {usage} {repeat}", f"R ID/3-3 {qualifiers}", "R DT/8-8")


def adjustment(groups: str, repeat: str) -> SegmentSpec:
    """CAS: a group and up to six reasons with amount and quantity."""
    first = ("R ID/1-5 @carc", "R M/1-18", "S R/1-15")
    more = ("S ID/1-5 @carc", "S M/1-18", "S R/1-15") * 5
    return seg(f"CAS S {repeat}", f"R ID/1-2 {groups}", *first, *more)


def level(code: str, usage: str = "R", parent: str = "R", child: str = "S ID/1-1 0|1") -> SegmentSpec:
    """HL: the writer's own numbering, the level code, and whether levels follow below."""
    return seg(f"HL {usage} 1", "R AN/1-12", f"{parent} AN/1-12" if parent != "N" else "N", f"R ID/1-2 {code}", child)


def remarks(segment: str) -> SegmentSpec:
    """MOA or MIA: what a payer remarks about an outpatient or an inpatient claim."""
    code = "S AN/1-50 @remark"
    if segment == "MOA":
        return seg("MOA S 1", "S R/1-10", "S M/1-18", *([code] * 5), "S M/1-18", "S M/1-18")
    money = "S M/1-18"
    return seg(
        "MIA S 1", "R R/1-15", money, "S R/1-15", money, code, *([money] * 9), "S R/1-15", *([money] * 4),
        *([code] * 4), money,
    )  # fmt: skip


_MODIFIERS = "S AN/2-2 @modifier;" * 4
_CODE = "@procedure?1=HC&ndc?1=N4&revenue?1=NU"
PROCEDURE = "<R ID/2-2 {codes};R AN/1-48 " + _CODE + ";" + _MODIFIERS + "S AN/1-80;N>"
"""The procedure composite; fill in the qualifiers with `format`."""
