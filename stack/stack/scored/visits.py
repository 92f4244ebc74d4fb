"""The visits of a scored run: as many as asked for, the same ones for the same seed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from random import Random

from stack.demo import forms, people
from stack.demo.day import Day, Visit
from stack.demo.people import Patient
from stack.demo.practice import CLINICIANS, MAIN, PAYERS
from stack.demo.scenes import SCENES, Scene, Twist

# Visits that are billed as they are documented, mostly with several lines, and how often each comes.
_WEIGHTS: Mapping[str, int] = {
    "visit and keratoses": 8,
    "biopsy and keratoses": 4,
    "warts and keratoses": 3,
    "malignant excision": 3,
    "keratoses frozen": 1,
    "follow-up visit": 1,
}
# How many days ago a patient came: payers remember an excision when they see a visit of the week after it.
_DAYS_AGO = (33, 27, 13, 4)
_DEDUCTIBLES = ("0.00", "15.00", "60.00")
_COINSURANCES = ("0.10", "0.20", "0.30")
_COPAYS = ("0.00", "0.00", "30.00")
_OUT_OF_POCKET = (None, None, "90.00")


def visits(count: int, seed: int, on: date, run: str) -> Day:
    """Some patients, each of whom came several times before `on`. `run` makes member ids unknown to any other run."""
    rng = Random(seed)  # noqa: S311 - made-up visits, not a secret
    scenes = [scene for scene in SCENES if scene.name in _WEIGHTS and scene.twist is Twist.NONE and not scene.hand]
    found: list[Visit] = []
    for place in range(1, -(-count // len(_DAYS_AGO)) + 1):
        found += _visits_of(_patient(place, rng, on, run), scenes, rng, on)
    return Day(tuple(found[:count]))


def _patient(place: int, rng: Random, on: date, run: str) -> Patient:
    payer = PAYERS[rng.choice(sorted(PAYERS))]
    patient = people.patient(place, payer, rng, Twist.NONE, on, run)
    benefits = {
        "deductible_remaining": rng.choice(_DEDUCTIBLES),
        "coinsurance": rng.choice(_COINSURANCES),
        "copay": rng.choice(_COPAYS),
        "out_of_pocket_remaining": rng.choice(_OUT_OF_POCKET),
    }
    return replace(patient, member={"member_id": patient.member["member_id"], **benefits})


def _visits_of(patient: Patient, scenes: list[Scene], rng: Random, on: date) -> Iterator[Visit]:
    payer = PAYERS[patient.payer_id]
    for number, days in enumerate(_DAYS_AGO, 1):
        [scene] = rng.choices(scenes, [_WEIGHTS[scene.name] for scene in scenes])
        day = on - timedelta(days=days)
        form = forms.dated(
            scene.document(rng),
            day=day.isoformat(),
            age=patient.age_on(day),
            sex=patient.person["sex"],
            payer={"type": payer.kind, "x_modifiers": payer.x_modifiers, "wants_51": False},
        )
        yield Visit(
            f"{patient.record_number}-{number}", scene, patient, rng.choice(CLINICIANS).npi, MAIN.code, form, None
        )
