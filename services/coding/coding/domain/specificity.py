"""Diagnoses that leave out what the record says: the side, the place (rulebook 6, site characters and laterality)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from codes import icd10
from coding.domain.findings import Finding, Flag, ask
from coding.domain.service import Lesion, diagnosis_of
from coding.domain.sites import Part, Site
from coding.domain.visit import Visit

_NEOPLASM = re.compile(r"^(C43|C44|D03|D04|D22|D23)\.(\w+)$")
# The character after the point, by the part of the body; limbs, eyelids and ears then take a side.
_PLACE: Mapping[Part, str] = {
    Part.LIP: "0", Part.EYELID: "1", Part.EAR: "2", Part.FACE: "3", Part.NOSE: "3", Part.SCALP: "4", Part.NECK: "4",
    Part.TRUNK: "5", Part.AXILLA: "5", Part.ARM: "6", Part.HAND: "6", Part.LEG: "7", Part.FOOT: "7",
}  # fmt: skip
_SIDED = frozenset("267")
_SIDE = {"right": "1", "left": "2"}
# C44 writes the cell type before the side, and right and left as 2 and 9.
_CARCINOMA_SIDE = {"right": "2", "left": "9"}


def vaguer_than_the_record(visit: Visit, lesions: Sequence[Lesion]) -> tuple[Finding, ...]:
    """A question for each diagnosis that says "unspecified" where the procedure's site says more."""
    found: dict[tuple[str, str], Finding] = {}
    for lesion in lesions:
        dx, sites = diagnosis_of(visit, lesion.procedure), lesion.sites or ()
        better = better_codes(dx, sites, visit.date) if dx else ()
        if dx and better:
            fact = "pathology_icd10" if lesion.procedure.pathology_icd10 else "problem_ref"
            says = f"{dx} leaves out what the record says of the site; was {' or '.join(better)} meant?"
            found[(dx, lesion.procedure.path)] = ask(Flag.DX_UNSPECIFIED, f"{lesion.procedure.path}.{fact}", says)
    return tuple(found.values())


def better_codes(dx: str, sites: Iterable[Site], on: date) -> tuple[str, ...]:
    """The billable codes that say the side or place which `dx` leaves unspecified; none when it leaves out nothing."""
    match = _NEOPLASM.match(dx)
    if match is None:
        return ()
    family, rest = match.groups()
    proposals = dict.fromkeys(code for site in sites for code in _proposed(family, rest, site))
    return tuple(code for code in proposals if code != dx and icd10.is_billable(code, on))


def _proposed(family: str, rest: str, site: Site) -> Iterator[str]:
    place = _PLACE.get(site.part)
    if place is None or not _unspecified(family, rest, place):
        return
    if family == "C44":
        cell = rest[1:2]
        if place in _SIDED and site.side:
            yield f"{family}.{place}{cell}{_CARCINOMA_SIDE[site.side]}"
        elif rest[0] == "9" and place in ("0", "4"):
            yield f"{family}.{place}{cell}"
        elif rest[0] == "9" and place == "3":
            yield f"{family}.{place}{cell}{'1' if site.part is Part.NOSE else '9'}"
        return
    if place in _SIDED and site.side:
        yield f"{family}.{place}{_SIDE[site.side]}"
    elif rest in ("9", "30") and place == "3":
        yield from (f"{family}.{place}{last}" for last in ("1" if site.part is Part.NOSE else "9", "9"))
    elif rest == "9" and place in ("0", "4", "5"):
        yield f"{family}.{place}"


def _unspecified(family: str, rest: str, place: str) -> bool:
    """Whether the code leaves out the place altogether, or the side of this place."""
    if rest[0] == "9":
        return True
    if rest[0] != place:
        return False
    if family == "C44":
        return place in _SIDED and rest[2:3] == "1"
    return rest[1:2] == "0" and (place in _SIDED or place == "3")
