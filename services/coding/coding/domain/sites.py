"""Where on the body: a site's words, the part they name, and the group each code family puts it in.

The groups differ by family (rulebook 3.1). Words that are not known here are asked about, never skipped: a
missed "near" or "behind" is another site.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Part(StrEnum):
    TRUNK = "trunk"
    ARM = "arm"
    LEG = "leg"
    SCALP = "scalp"
    AXILLA = "axilla"
    NECK = "neck"
    HAND = "hand"
    FOOT = "foot"
    GENITALIA = "genitalia"
    FACE = "face"
    EYELID = "eyelid"
    NOSE = "nose"
    EAR = "ear"
    LIP = "lip"
    MUCOSA = "mucosa"
    ANUS = "anus"
    NAIL = "nail"


@dataclass(frozen=True, slots=True)
class Site:
    """A place that was named. `exact` holds every word that tells it from its neighbours, sorted."""

    part: Part
    noun: str
    side: str | None
    exact: tuple[str, ...]


_NOUNS: Mapping[Part, str] = {
    Part.TRUNK: "trunk back chest abdomen abdominal belly buttock buttocks flank breast sternum presternal "
    "umbilicus umbilical lumbar sacrum sacral scapula interscapular torso waist groin inguinal gluteal",
    Part.ARM: "arm arms forearm forearms shoulder shoulders elbow elbows wrist wrists antecubital",
    Part.LEG: "leg legs thigh thighs shin shins calf calves knee knees hip hips ankle ankles popliteal pretibial",
    Part.SCALP: "scalp",
    Part.AXILLA: "axilla axillae axillary armpit armpits",
    Part.NECK: "neck nape",
    Part.HAND: "hand hands finger fingers thumb thumbs palm palms knuckle knuckles",
    Part.FOOT: "foot feet toe toes heel heels sole soles plantar instep",
    Part.GENITALIA: "genitalia penis penile glans foreskin scrotum scrotal vulva vulvar labia labium perineum perineal",
    Part.FACE: "face cheek cheeks forehead chin temple temples jaw jawline brow eyebrow eyebrows glabella "
    "preauricular perioral malar",
    Part.EYELID: "eyelid eyelids canthus",
    Part.NOSE: "nose nasal nostril ala columella",
    Part.EAR: "ear ears helix antihelix concha tragus earlobe",
    Part.LIP: "lip lips vermilion philtrum",
    Part.MUCOSA: "tongue buccal gingiva palate vestibule intranasal",
    Part.ANUS: "anus anal perianal",
    Part.NAIL: "nail nails nailbed",
}
# Where the adjective and the noun, or singular and plural, are one place.
_SAME_NOUN: Mapping[str, str] = {
    "nasal": "nose", "vulvar": "vulva", "penile": "penis", "scrotal": "scrotum", "labium": "labia",
    "umbilical": "umbilicus", "inguinal": "groin", "perineal": "perineum", "big": "great",
    "abdominal": "abdomen", "belly": "abdomen", "sacral": "sacrum", "axillae": "axilla", "axillary": "axilla",
    "armpit": "axilla", "armpits": "axilla", "buttocks": "buttock", "gluteal": "buttock",
    "calves": "calf", "feet": "foot",
    "arms": "arm", "forearms": "forearm", "shoulders": "shoulder", "elbows": "elbow", "wrists": "wrist",
    "legs": "leg", "thighs": "thigh", "shins": "shin", "knees": "knee", "hips": "hip", "ankles": "ankle",
    "hands": "hand", "fingers": "finger", "thumbs": "thumb", "palms": "palm", "knuckles": "knuckle",
    "toes": "toe", "heels": "heel", "soles": "sole", "cheeks": "cheek", "temples": "temple",
    "eyebrows": "eyebrow", "eyelids": "eyelid", "ears": "ear", "lips": "lip", "nails": "nail",
}  # fmt: skip
_PART_OF_NOUN: Mapping[str, Part] = {noun: part for part, nouns in _NOUNS.items() for noun in nouns.split()}

_SIDES = frozenset({"left", "right"})
_QUALIFIERS = frozenset(
    {
        "upper", "lower", "mid", "middle", "central", "medial", "lateral", "anterior", "posterior",
        "distal", "proximal", "dorsal", "dorsum", "volar", "ventral", "inner", "outer", "superior",
        "inferior", "frontal", "parietal", "occipital", "temporal", "vertex", "crown", "tip", "sidewall",
        "bridge", "root", "rim", "lobe", "margin", "border", "great", "little", "big", "index", "ring",
        "second", "third", "fourth", "fifth", "small", "cutaneous", "mucosal", "red", "skin", "webspace",
        "base", "shaft", "folds", "fold", "crease", "rib", "ribs", "side", "front", "fossa", "wall", "low",
        "postauricular", "retroauricular", "infraorbital", "zygomatic",
    }
)  # fmt: skip
_EMPTY = frozenset({"the", "of", "on", "both", "bilateral"})
# Ways of writing that name a place in other words: "the back of the hand" is a hand, a toenail a toe's nail.
_REWRITTEN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bbacks? of (?:the )?"), "posterior "),
    (re.compile(r"\b(?:l|lt)\b"), "left"),
    (re.compile(r"\b(?:r|rt)\b"), "right"),
    (re.compile(r"\b(toe|finger|thumb)\s?nails?\b"), r"\1 nail"),
    (re.compile(r"\bnail (?:unit|plate|matrix|folds?)\b"), "nail"),
    (re.compile(r"\bocciput\b"), "occipital scalp"),
    (re.compile(r"\bconchal bowl\b"), "concha"),
    (re.compile(r"\bweb space\b"), "webspace"),
    (re.compile(r"\b(?:hallux|(?:1st|first) toe)\b"), "great toe"),
    (re.compile(r"\bpinky\b"), "little"),
    (re.compile(r"\b2nd\b"), "second"),
    (re.compile(r"\b3rd\b"), "third"),
    (re.compile(r"\b4th\b"), "fourth"),
    (re.compile(r"\b5th\b"), "fifth"),
)
_WORDS = re.compile(r"[a-z]+")
_OPPOSED: tuple[frozenset[str], ...] = (
    frozenset({"upper", "mid", "middle", "lower"}),
    frozenset({"superior", "inferior"}),
    frozenset({"medial", "lateral"}),
    frozenset({"inner", "outer"}),
    frozenset({"anterior", "posterior"}),
    frozenset({"dorsal", "ventral", "volar"}),
    frozenset({"distal", "proximal"}),
    frozenset({"frontal", "parietal", "occipital", "vertex", "temporal"}),
    frozenset({"great", "second", "third", "fourth", "fifth", "little"}),
    frozenset({"index", "middle", "ring", "little"}),
)
# A word that takes in several of the others' places.
_REGIONS: Mapping[str, frozenset[Part]] = {"face": frozenset({Part.FACE}), "trunk": frozenset({Part.TRUNK})}


@lru_cache(maxsize=4096)
def read_sites(text: str | None) -> tuple[Site, ...] | None:
    """Every place that the text names, or None when any of its words is not understood."""
    if text is None:
        return None
    clean = text.lower()
    for pattern, words in _REWRITTEN:
        clean = pattern.sub(words, clean)
    sites: list[Site] = []
    side: str | None = None
    for phrase in re.split(r",|;|/|\+|&|\band\b", clean):
        site = _site(phrase, side)
        if site is None:
            return None
        side = site.side
        sites.append(site)
    return tuple(sites)


def _site(phrase: str, side_before: str | None) -> Site | None:
    words = _WORDS.findall(phrase)
    nouns = [word for word in words if word in _PART_OF_NOUN]
    known = _SIDES | _QUALIFIERS | _EMPTY | _PART_OF_NOUN.keys()
    sides = {word for word in words if word in _SIDES}
    if not nouns or any(word not in known for word in words) or len(sides) > 1:
        return None
    parts = {_PART_OF_NOUN[noun] for noun in nouns}
    part = _narrowest(parts)
    if part is None:
        return None
    noun = next(_SAME_NOUN.get(noun, noun) for noun in reversed(nouns) if _PART_OF_NOUN[noun] is part)
    side = next(iter(sides), side_before)
    exact = tuple(sorted({_SAME_NOUN.get(word, word) for word in words if word not in _EMPTY | _SIDES}))
    return Site(part, noun, side, exact)


def _narrowest(parts: set[Part]) -> Part | None:
    """The one part meant when a phrase names two, such as the vermilion of the lip or a nail of a toe."""
    if len(parts) == 1:
        return next(iter(parts))
    for inner, outer in ((Part.NAIL, Part.FOOT), (Part.NAIL, Part.HAND), (Part.MUCOSA, Part.LIP)):
        if parts == {inner, outer}:
            return inner
    return None


def surely_apart(one: Site, other: Site) -> bool:
    """True when the words name two different places: other sides, parts or nouns, or opposed qualifiers.

    The same noun, or "face" beside one of its planes, proves nothing.
    """
    if one.side and other.side and one.side != other.side:
        return True
    if one.part is not other.part:
        return True
    if one.noun != other.noun:
        return one.noun not in _REGIONS and other.noun not in _REGIONS
    return any((a := set(one.exact) & group) and (b := set(other.exact) & group) and not a & b for group in _OPPOSED)


class Group(StrEnum):
    """The site groups of the code table (rulebook 3.1)."""

    TRUNK_LIMBS = "trunk-limbs"
    SCALP_HANDS_FEET = "scalp-neck-hands-feet-genitalia"
    FACE_MUCOSA = "face-mucosa"
    SIMPLE_BODY = "scalp-neck-trunk-limbs"
    LAYERED_BODY = "scalp-trunk-limbs"
    LAYERED_NECK_HANDS = "neck-hands-feet-genitalia"
    TRUNK = "trunk"
    SCALP_LIMBS = "scalp-limbs"
    FOREHEAD_TO_FEET = "forehead-to-feet"
    FEATURES = "nose-ears-eyelids-lips"
    FACE_SCALP_HANDS_FEET = "face-scalp-neck-hands-feet-genitalia"


_LESION: Mapping[Part, Group] = {
    **dict.fromkeys((Part.TRUNK, Part.ARM, Part.LEG, Part.AXILLA), Group.TRUNK_LIMBS),
    **dict.fromkeys((Part.SCALP, Part.NECK, Part.HAND, Part.FOOT, Part.GENITALIA), Group.SCALP_HANDS_FEET),
    **dict.fromkeys((Part.FACE, Part.EYELID, Part.NOSE, Part.EAR, Part.LIP, Part.MUCOSA), Group.FACE_MUCOSA),
}
_SKIN_LESION = {part: group for part, group in _LESION.items() if part is not Part.MUCOSA}
_BODY = (Part.TRUNK, Part.ARM, Part.LEG, Part.SCALP, Part.AXILLA)
_SMALL = (Part.NECK, Part.HAND, Part.FOOT, Part.GENITALIA)
_FACIAL = (Part.FACE, Part.EYELID, Part.NOSE, Part.EAR, Part.LIP, Part.MUCOSA)
_DEEP: Mapping[Part, Group] = {
    Part.TRUNK: Group.TRUNK,
    **dict.fromkeys((Part.ARM, Part.LEG, Part.SCALP), Group.SCALP_LIMBS),
    **dict.fromkeys((Part.AXILLA, *_SMALL, Part.FACE), Group.FOREHEAD_TO_FEET),
    **dict.fromkeys((Part.EYELID, Part.NOSE, Part.EAR, Part.LIP), Group.FEATURES),
}
GROUPS: Mapping[str, Mapping[Part, Group]] = {
    "benign-excision": _LESION,
    # Malignant lesions of mucosa have codes of their own, by organ.
    "malignant-excision": _SKIN_LESION,
    "shave-removal": _LESION,
    "destruction-malignant": _LESION,
    "simple-repair": {
        **dict.fromkeys((*_BODY, *_SMALL), Group.SIMPLE_BODY), **dict.fromkeys(_FACIAL, Group.FACE_MUCOSA),
    },
    "intermediate-repair": {
        **dict.fromkeys(_BODY, Group.LAYERED_BODY),
        **dict.fromkeys(_SMALL, Group.LAYERED_NECK_HANDS),
        **dict.fromkeys(_FACIAL, Group.FACE_MUCOSA),
    },
    "complex-repair": _DEEP,
    "adjacent-tissue-transfer": _DEEP,
    "full-thickness-graft": _DEEP,
    "split-graft": {
        **dict.fromkeys((Part.TRUNK, Part.ARM, Part.LEG, Part.AXILLA), Group.TRUNK_LIMBS),
        **dict.fromkeys((Part.SCALP, *_SMALL, *_FACIAL), Group.FACE_SCALP_HANDS_FEET),
    },
}  # fmt: skip
# "Face" alone does not say whether a nose, ear, eyelid or lip was meant, which these families tell apart.
_NEEDS_EXACT_FACE = frozenset({"complex-repair", "adjacent-tissue-transfer", "full-thickness-graft"})


def group_of(family: str, sites: tuple[Site, ...] | None) -> Group | None:
    """The family's group for these places; None when unknown, unlisted, or in more than one group."""
    if not sites:
        return None
    if family in _NEEDS_EXACT_FACE and any(site.noun == "face" for site in sites):
        return None
    groups = {GROUPS[family].get(site.part) for site in sites}
    return next(iter(groups)) if len(groups) == 1 else None
