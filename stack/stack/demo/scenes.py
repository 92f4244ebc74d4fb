"""What a day in a dermatology clinic holds: each kind of visit, how often it comes, and what goes wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

from stack.demo import forms
from stack.demo.forms import Facts, problem

ALL = ("MERIDIAN", "CASCADIA", "TIDEWATER")
ARMS = ("left forearm", "right forearm", "left upper arm", "right upper arm")
TRUNK = ("back", "chest", "abdomen")
# Ustekinumab, one billing unit for each milligram.
BIOLOGIC, DOSE = "J3357", 45
AK, WART, UNKNOWN = ("L57.0", "actinic keratoses"), ("B07.8", "common warts"), ("D49.2", "lesion of unknown nature")


class Twist(StrEnum):
    """What is not as it should be, before any payer has seen the visit."""

    NONE = "none"
    WRONG_HABIT = "the modifier of another payer's habit"
    WRONG_MEMBER_ID = "a member id copied wrongly from the card"
    NO_COVERAGE = "no coverage on file"
    COVERAGE_ENDED = "a coverage that ended"
    OLD = "found in a drawer after four months"
    TWICE = "entered by two people"
    SELF_PAY = "the patient pays"
    AUTHORIZATION_ENDED = "the day after the last day of its authorization"
    TURNED_AWAY = "turned away once by the payer's own front end"


@dataclass(frozen=True, slots=True)
class HandCoding:
    """Lines that a coder put in the place of the engine's, and what was given as the reason."""

    lines: tuple[dict[str, Any], ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Scene:
    """A kind of visit. `answered` is what the clinic documents later in the day, when a question was asked.

    `authorized`: its payer was asked to agree beforehand.
    """

    name: str
    times: int
    document: Callable[[Random], Facts]
    payers: Sequence[str] = ALL
    twist: Twist = Twist.NONE
    hand: HandCoding | None = None
    answered: Callable[[Facts], Facts] | None = None
    authorized: bool = False


def _line(cpt: str, *dx: str, units: int = 1, modifiers: Sequence[str] = ()) -> dict[str, Any]:
    return {"cpt": cpt, "units": units, "modifiers": list(modifiers), "dx": list(dx)}


def _follow_up(rng: Random) -> Facts:
    icd10, text = rng.choice(forms.FOLLOWED)
    return forms.visit([problem("p1", icd10, text)], em=forms.evaluation(rng.choice(["low", "low", "moderate"]), "p1"))


def _first_visit(rng: Random) -> Facts:
    return _follow_up(rng) | {"new_or_established": "new"}


def _video_visit(rng: Random) -> Facts:
    return _follow_up(rng) | {
        "telehealth": {"mode": "audio_video", "patient_location": "home"},
        "place_of_service": "10",
    }


def _keratoses(rng: Random, low: int = 2, high: int = 13) -> Facts:
    site = rng.choice(("scalp", "forehead", *ARMS))
    return forms.visit([problem("p1", *AK)], [forms.freezing("p1", "premalignant", site, rng.randint(low, high))])


def _many_keratoses(rng: Random) -> Facts:
    return _keratoses(rng, 15, 30)


def _visit_and_keratoses(rng: Random) -> Facts:
    icd10, text = rng.choice(forms.FOLLOWED)
    return forms.visit(
        [problem("p1", icd10, text), problem("p2", *AK)],
        [forms.freezing("p2", "premalignant", "scalp", rng.randint(2, 12))],
        forms.evaluation(rng.choice(["low", "moderate"]), "p1"),
    )


def _biopsy(rng: Random) -> Facts:
    technique = rng.choice(["tangential", "tangential", "punch", "incisional"])
    return forms.visit([problem("p1", *UNKNOWN)], [forms.biopsy("p1", technique, rng.choice((*ARMS, *TRUNK)))])


def _first_visit_and_biopsies(rng: Random) -> Facts:
    icd10, text = rng.choice(forms.FOLLOWED)
    return forms.visit(
        [problem("p1", icd10, text), problem("p2", *UNKNOWN), problem("p3", *UNKNOWN)],
        [forms.biopsy("p2", "punch", rng.choice(ARMS)), forms.biopsy("p3", "tangential", rng.choice(TRUNK))],
        forms.evaluation("low", "p1"),
        new_or_established="new",
    )


def _visit_and_biopsy_to_code(rng: Random) -> Facts:
    return forms.visit(
        [problem("p1", "L40.0", "plaque psoriasis, topical therapy changed"), problem("p2", *UNKNOWN)],
        [forms.biopsy("p2", None, rng.choice(TRUNK))],
        forms.evaluation("low", "p1"),
    )


def _warts_and_keratosis_to_code(rng: Random) -> Facts:
    return forms.visit(
        [problem("p1", *WART), problem("p2", *AK)],
        [forms.freezing("p1", "benign", "right hand", 4), forms.freezing("p2", "premalignant", "forehead", None)],
    )


def _slide_to_code(rng: Random) -> Facts:
    slide = {"kind": "pathology", "level": "IV", "specimen": "A skin back", "problem_ref": "p1"}
    return forms.visit([problem("p1", "D22.5", "nevus of the trunk")], [slide], component="global")


def _biopsy_and_keratoses(rng: Random) -> Facts:
    return forms.visit(
        [problem("p1", *UNKNOWN), problem("p2", *AK)],
        [
            forms.biopsy("p1", "tangential", rng.choice(TRUNK)),
            forms.freezing("p2", "premalignant", "hands", rng.randint(2, 8)),
        ],
    )


def _benign_excision(rng: Random) -> Facts:
    site, width = rng.choice(TRUNK), rng.choice([0.8, 1.2, 1.6])
    cyst = problem("p1", "L72.0", "epidermal cyst, tender, drained repeatedly")
    return forms.visit(
        [cyst], [forms.excision("p1", "benign", site, width, 0.2, "L72.0"), forms.closure("p1", site, 4.0)]
    )


def _malignant_excision(rng: Random) -> Facts:
    width = rng.choice([0.6, 0.9, 1.4])
    tumour = problem("p1", "C44.519", "basal cell carcinoma of the trunk, proven by biopsy")
    return forms.visit(
        [tumour],
        [forms.excision("p1", "malignant", "back", width, 0.4, "C44.519"), forms.closure("p1", "back", 4.5)],
    )


def _excision_before_pathology(rng: Random) -> Facts:
    lesion = problem("p1", "D48.5", "atypical pigmented lesion of the back, excised whole")
    return forms.visit([lesion], [forms.excision("p1", "uncertain", "back", 0.8, 0.2, None)])


def _pathology_came_back(facts: Facts) -> Facts:
    nevus = problem("p1", "D22.5", "nevus of the trunk, reported by pathology")
    excised = facts["procedures"][0] | {"lesion_type": "benign", "pathology_icd10": "D22.5", "symptoms": ["bleeding"]}
    return facts | {"problems": [nevus], "procedures": [excised]}


def _excision_without_margin(rng: Random) -> Facts:
    tumour = problem("p1", "C44.519", "basal cell carcinoma of the trunk, proven by biopsy")
    return forms.visit([tumour], [forms.excision("p1", "malignant", "back", 1.1, None, "C44.519")])


def _margin_documented(facts: Facts) -> Facts:
    return facts | {"procedures": [facts["procedures"][0] | {"margin_cm": 0.4}]}


def _excision_without_size(rng: Random) -> Facts:
    cyst = problem("p1", "L72.0", "epidermal cyst, tender")
    return forms.visit([cyst], [forms.excision("p1", "benign", rng.choice(TRUNK), None, 0.2, "L72.0")])


def _keratoses_without_count(rng: Random) -> Facts:
    return forms.visit([problem("p1", *AK)], [forms.freezing("p1", "premalignant", "scalp", None)])


def _biopsy_without_technique(rng: Random) -> Facts:
    return forms.visit([problem("p1", *UNKNOWN)], [forms.biopsy("p1", None, rng.choice(TRUNK))])


def _warts(rng: Random, low: int = 2, high: int = 14) -> Facts:
    site = rng.choice(("right hand", "left hand", "left foot"))
    return forms.visit([problem("p1", *WART)], [forms.freezing("p1", "benign", site, rng.randint(low, high))])


def _many_warts(rng: Random) -> Facts:
    return _warts(rng, 15, 25)


def _warts_and_keratoses(rng: Random) -> Facts:
    return forms.visit(
        [problem("p1", *WART), problem("p2", *AK)],
        [
            forms.freezing("p1", "benign", "right hand", rng.randint(2, 9)),
            forms.freezing("p2", "premalignant", "forehead", rng.randint(2, 9)),
        ],
    )


def _inflamed_keratoses(rng: Random) -> Facts:
    inflamed = problem("p1", "L82.0", "inflamed seborrheic keratoses, bleeding and itching")
    frozen = forms.freezing("p1", "benign", rng.choice(TRUNK), rng.randint(2, 8), ("bleeding", "inflammation"))
    return forms.visit([inflamed], [frozen], forms.evaluation("low", separate=False))


def _curettage(rng: Random) -> Facts:
    tumour = problem("p1", "C44.519", "superficial basal cell carcinoma of the trunk")
    return forms.visit([tumour], [forms.curettage("p1", "back", rng.choice([0.8, 1.4, 2.2]))])


def _shave(rng: Random) -> Facts:
    nevus = problem("p1", "D22.5", "nevus of the trunk that catches on clothing")
    return forms.visit([nevus], [forms.shave("p1", rng.choice(TRUNK), rng.choice([0.4, 0.8]))])


def _mohs(rng: Random) -> Facts:
    tumour = problem("p1", "C44.311", "basal cell carcinoma of the nose, biopsy three weeks ago")
    surgery = {"kind": "mohs", "site": "nose", "stages": [{"blocks": 3}, {"blocks": 2}], "problem_ref": "p1"}
    return forms.visit([tumour], [surgery])


def _cysts_injected(rng: Random) -> Facts:
    injected = {"kind": "injection_intralesional", "site": "face", "count": rng.randint(2, 6), "problem_ref": "p1"}
    return forms.visit([problem("p1", "L70.0", "nodular acne")], [injected])


def _sutures_out(rng: Random) -> Facts:
    return forms.visit(
        [problem("p1", "Z48.02", "suture removal, wound clean")],
        [{"kind": "suture_removal", "site": "back", "problem_ref": "p1"}],
        forms.evaluation("straightforward", separate=False),
        global_periods=[{"cpt": "11603", "date": None, "days": 10}],
    )


def _tags_for_looks(rng: Random) -> Facts:
    return forms.visit(
        [problem("p1", "L91.8", "skin tags, appearance only")], [forms.tags("p1", rng.randint(3, 9), ())]
    )


def _tags_that_bleed(rng: Random) -> Facts:
    tags = problem("p1", "L91.8", "skin tags that catch on a necklace and bleed")
    return forms.visit([tags], [forms.tags("p1", rng.randint(8, 20), ("bleeding", "irritation"))])


def _biologic(rng: Random) -> Facts:
    psoriasis = problem("p1", "L40.0", "plaque psoriasis, next dose of the biologic")
    return forms.visit([psoriasis], [{"kind": "drug", "hcpcs": BIOLOGIC, "dose_mg": DOSE, "problem_ref": "p1"}])


def _birthmark(rng: Random) -> Facts:
    mark = problem("p1", "Q82.5", "port-wine stain of the cheek, treated by laser")
    laser = forms.freezing("p1", "vascular_proliferative", "left cheek", 1) | {
        "technique": "laser", "area_sq_cm": 8,
    }  # fmt: skip
    return forms.visit([mark], [laser])


_NO_25 = HandCoding(
    (_line("99213", "L40.0"), _line("11102", "D49.2")),
    "A shave biopsy, and psoriasis seen too; coded from the superbill.",
)
_NO_59 = HandCoding(
    (_line("17110", "B07.8"), _line("17000", "L57.0")), "One keratosis, the clinician says; coded from the superbill."
)
_OWN_SLIDES = HandCoding((_line("88305", "D22.5"),), "The slide was read in the office.")

SCENES: tuple[Scene, ...] = (
    Scene("follow-up visit", 10, _follow_up),
    Scene("first visit", 6, _first_visit),
    Scene("video visit", 2, _video_visit, ("MERIDIAN", "CASCADIA")),
    Scene("keratoses frozen", 14, _keratoses),
    Scene("many keratoses frozen", 4, _many_keratoses),
    Scene("visit and keratoses", 9, _visit_and_keratoses),
    Scene("biopsy", 13, _biopsy),
    Scene("first visit and biopsies", 6, _first_visit_and_biopsies),
    Scene("biopsy and keratoses", 7, _biopsy_and_keratoses),
    Scene("benign excision", 6, _benign_excision),
    Scene("malignant excision", 7, _malignant_excision),
    Scene("warts frozen", 8, _warts),
    Scene("many warts frozen", 2, _many_warts),
    Scene("warts and keratoses", 4, _warts_and_keratoses),
    Scene("inflamed keratoses", 4, _inflamed_keratoses),
    Scene("curettage", 3, _curettage),
    Scene("shave", 3, _shave),
    Scene("Mohs surgery", 2, _mohs, ("MERIDIAN", "TIDEWATER")),
    Scene("path pending, then back", 3, _excision_before_pathology, answered=_pathology_came_back),
    Scene("path pending", 2, _excision_before_pathology),
    Scene("margin asked for and given", 1, _excision_without_margin, answered=_margin_documented),
    Scene("margin missing", 2, _excision_without_margin),
    Scene("size missing", 1, _excision_without_size),
    Scene("count missing", 2, _keratoses_without_count),
    Scene("technique missing", 2, _biopsy_without_technique),
    Scene("sutures out", 3, _sutures_out),
    Scene("tags for looks", 2, _tags_for_looks, ("TIDEWATER",), Twist.SELF_PAY),
    Scene("cysts injected", 1, _cysts_injected),
    Scene("wrong modifier", 2, _biopsy_and_keratoses, ("MERIDIAN",), Twist.WRONG_HABIT),
    Scene("wrong modifier", 2, _warts_and_keratoses, ("CASCADIA",), Twist.WRONG_HABIT),
    Scene("25 left out", 2, _visit_and_biopsy_to_code, ("MERIDIAN",), hand=_NO_25),
    Scene("59 left out", 1, _warts_and_keratosis_to_code, ("CASCADIA",), hand=_NO_59),
    Scene("biologic", 2, _biologic, ("MERIDIAN", "CASCADIA"), authorized=True),
    Scene("biologic after the last day", 1, _biologic, ("MERIDIAN",), Twist.AUTHORIZATION_ENDED, authorized=True),
    Scene("not authorized", 1, _birthmark, ("MERIDIAN",)),
    Scene("not necessary", 2, _tags_that_bleed, ("TIDEWATER",)),
    Scene("too late", 1, _keratoses, ("MERIDIAN",), Twist.OLD),
    Scene("entered twice", 1, _curettage, ("TIDEWATER",), Twist.TWICE),
    Scene("laboratory line", 1, _slide_to_code, ("TIDEWATER",), hand=_OWN_SLIDES),
    Scene("turned away", 1, _follow_up, ("MERIDIAN",), Twist.TURNED_AWAY),
    Scene("wrong member id", 1, _follow_up, ("MERIDIAN",), Twist.WRONG_MEMBER_ID),
    Scene("no coverage", 1, _biopsy, ("CASCADIA",), Twist.NO_COVERAGE),
    Scene("coverage ended", 1, _follow_up, ("TIDEWATER",), Twist.COVERAGE_ENDED),
)
