"""Anatomic modifiers of eyelids, fingers and toes, from a site's words (rulebook 3.17 and 5)."""

from __future__ import annotations

from coding.domain.sites import Part, Site

_LIDS = {("left", "upper"): "E1", ("left", "lower"): "E2", ("right", "upper"): "E3", ("right", "lower"): "E4"}
_FINGERS = ("thumb", "index", "middle", "ring", "little")
_TOES = ("great", "second", "third", "fourth", "fifth")
_LEFT_FINGERS = ("FA", "F1", "F2", "F3", "F4")
_RIGHT_FINGERS = ("F5", "F6", "F7", "F8", "F9")
_LEFT_TOES = ("TA", "T1", "T2", "T3", "T4")
_RIGHT_TOES = ("T5", "T6", "T7", "T8", "T9")


def lid(site: Site) -> str | None:
    """E1 to E4, or None when the side or the lid is not said."""
    level = next((word for word in ("upper", "lower") if word in site.exact), "")
    return _LIDS.get((site.side or "", level))


def digit(site: Site) -> str | None:
    """FA to F9 or TA to T9, or None when the side or the digit is not said."""
    if site.side is None:
        return None
    toe = "toe" in site.exact
    if not toe and not {"finger", "thumb"} & set(site.exact):
        return None
    names = _TOES if toe else _FINGERS
    words = {"fifth" if word == "little" and toe else word for word in site.exact}
    places = [place for place, name in enumerate(names) if name in words]
    if len(places) != 1 or site.part not in (Part.NAIL, Part.HAND, Part.FOOT):
        return None
    left, right = (_LEFT_TOES, _RIGHT_TOES) if toe else (_LEFT_FINGERS, _RIGHT_FINGERS)
    return (left if site.side == "left" else right)[places[0]]
