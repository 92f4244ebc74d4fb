"""The 150 visits of the demo day, the same ones every time: patients, benefits, documents. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from stack.demo import forms, people
from stack.demo.people import Patient
from stack.demo.practice import CLINICIANS, PAYERS, PLACES
from stack.demo.scenes import SCENES, Scene, Twist

SEED = 20_260_301
# Past MERIDIAN's 90 days and within the 180 that the practice believes in.
IN_A_DRAWER = timedelta(days=120)


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit: who, by whom, what was documented, and what was documented later when a question was asked."""

    number: str
    scene: Scene
    patient: Patient
    clinician_npi: str
    location_code: str
    form: dict[str, Any]
    answer: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Day:
    """`visits` in the order in which they are entered; a patient may stand in two of them."""

    visits: tuple[Visit, ...]

    @property
    def patients(self) -> tuple[Patient, ...]:
        return tuple({visit.patient.record_number: visit.patient for visit in self.visits}.values())


def the_day(on: date, run: str) -> Day:
    """The visits of `on`. `run` makes member ids of one run unknown to every other; it changes nothing else."""
    rng = Random(SEED)  # noqa: S311 - a made-up day, not a secret
    scenes = [scene for scene in SCENES for _ in range(scene.times)]
    rng.shuffle(scenes)
    visits = [visit for place, scene in enumerate(scenes, 1) for visit in _visits(place, scene, rng, on, run)]
    # The second entry of a visit comes at the end of the day, when the first one is long coded.
    return Day(tuple(sorted(visits, key=lambda visit: visit.number.endswith("B"))))


def _visits(place: int, scene: Scene, rng: Random, on: date, run: str) -> Iterator[Visit]:
    payer = PAYERS[rng.choice(list(scene.payers))]
    patient = people.patient(place, payer, rng, scene.twist, on, run)
    day = on - IN_A_DRAWER if scene.twist is Twist.OLD else on
    facts = scene.document(rng)
    clinician = rng.choice(CLINICIANS)

    def form(documented: dict[str, Any]) -> dict[str, Any]:
        return forms.dated(
            _with_surgery_before(documented, day),
            day=day.isoformat(),
            age=patient.age_on(day),
            sex=patient.person["sex"],
            payer=_payer_on_the_form(scene, payer.kind, payer.x_modifiers),
        )

    answer = form(scene.answered(facts)) if scene.answered else None
    numbers = [f"V{place:03d}", f"V{place:03d}B"] if scene.twist is Twist.TWICE else [f"V{place:03d}"]
    for number in numbers:
        yield Visit(number, scene, patient, clinician.npi, PLACES[place % 2].code, form(facts), answer)


def _with_surgery_before(facts: dict[str, Any], day: date) -> dict[str, Any]:
    periods = facts.get("global_periods")
    if not periods:
        return facts
    earlier = (day - timedelta(days=7)).isoformat()
    return facts | {"global_periods": [period | {"date": earlier} for period in periods]}


def _payer_on_the_form(scene: Scene, kind: str, x_modifiers: bool) -> dict[str, Any]:
    if scene.twist is Twist.SELF_PAY:
        return {"type": "self_pay", "x_modifiers": False, "wants_51": False}
    wanted = x_modifiers != (scene.twist is Twist.WRONG_HABIT)
    return {"type": kind, "x_modifiers": wanted, "wants_51": False}


def count_of_visits() -> int:
    """How many visits the scenes make."""
    return sum(scene.times * (2 if scene.twist is Twist.TWICE else 1) for scene in SCENES)
