"""Benign lesions of penis, vulva, anus and mouth: area codes that go before 17110 (rulebook 3.9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coding.domain.findings import Flag, ask
from coding.domain.reasons import because
from coding.domain.service import Chosen, Lesion, service_for
from coding.domain.sites import Part
from coding.domain.visit import Visit

_METHODS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("chemical", ("chemical", "podophyll", "trichloroacetic", "cantharidin")),
    ("electric", ("electrodesiccation", "electrocautery", "hyfrecation")),
    ("cold", ("cryotherapy", "cryosurgery", "liquid nitrogen")),
    ("laser", ("laser",)),
)
_PENIS = {"chemical": "54050", "electric": "54055", "cold": "54056", "laser": "54057"}
_VULVA: Mapping[str, str] = dict.fromkeys(("chemical", "electric", "cold", "laser"), "56501")
_ANUS = {"chemical": "46900", "cold": "46916"}
# The extensive codes need a statement that the form has no word for, so only the simple ones are chosen.
_CODES: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(("penis", "glans", "foreskin"), _PENIS),
    **dict.fromkeys(("vulva", "labia"), _VULVA),
    **dict.fromkeys(("anus", "anal", "perianal"), _ANUS),
}
_SKIN_NOUNS = frozenset({"scrotum", "perineum"})


def has_own_code(lesion: Lesion) -> bool:
    """True when any of the lesion's places is left out of 17110."""
    return any(
        (site.part in (Part.GENITALIA, Part.ANUS) and site.noun not in _SKIN_NOUNS)
        or site.part is Part.MUCOSA
        or (site.part is Part.LIP and bool({"vermilion", "mucosal", "red"} & set(site.exact)))
        or (site.part is Part.EYELID and "margin" in site.exact)
        for site in lesion.sites or ()
    )


def choose(visit: Visit, lesions: Sequence[Lesion]) -> Chosen:
    """One line for each code, whatever the number of lesions."""
    by_code: dict[str, list[Lesion]] = {}
    chosen = Chosen()
    for lesion in lesions:
        code = _code(lesion)
        if code is None:
            says = "This place and technique have a code that is not held here; a coder must choose it."
            chosen += Chosen(findings=(ask(Flag.NO_CODE, f"{lesion.procedure.path}.site", says),))
        else:
            by_code.setdefault(code, []).append(lesion)
    for code, entries in sorted(by_code.items()):
        chosen += Chosen((service_for(visit, code, 1, entries, because("BENIGN-COUNT", area_code=code)),))
    return chosen


def _code(lesion: Lesion) -> str | None:
    technique = (lesion.procedure.technique or "").lower()
    methods = {method for method, words in _METHODS if any(word in technique for word in words)}
    nouns = {site.noun for site in lesion.sites or ()}
    if len(methods) != 1 or len(nouns) != 1:
        return None
    return _CODES.get(next(iter(nouns)), {}).get(next(iter(methods)))
