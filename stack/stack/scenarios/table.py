"""The scenarios that can be run, by their number in the plan of what people should find."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from zoneinfo import ZoneInfo

from stack.demo.office import Office
from stack.scenarios import (
    cosmetic_and_medical,
    everything_delivered_twice,
    expired_authorization,
    provider_not_yet_effective,
    visit_bundled_into_a_biopsy,
)
from stack.scenarios.clinic import Clinic, SayAgain
from stack.scenarios.story import Ending, Story

# The services' default for a practice (common.settings), which a scenario's practice keeps.
_TIME_ZONE = "America/New_York"


@dataclass(frozen=True, slots=True)
class Scenario:
    """`name` is the page's and the module's, `title` a sentence."""

    number: int
    name: str
    title: str
    run: Callable[[Clinic], Awaitable[Ending]]

    @property
    def page(self) -> str:
        return f"{self.number:02d}-{self.name.replace('_', '-')}.md"


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(
        2,
        "visit_bundled_into_a_biopsy",
        "A visit and a biopsy on one day, billed without modifier 25",
        visit_bundled_into_a_biopsy.run,
    ),
    Scenario(
        5,
        "expired_authorization",
        "A biologic is given the day after its authorization ended",
        expired_authorization.run,
    ),
    Scenario(
        6,
        "provider_not_yet_effective",
        "A new clinician sees fourteen patients before her payer has enrolled her",
        provider_not_yet_effective.run,
    ),
    Scenario(
        11,
        "cosmetic_and_medical",
        "Keratoses and skin tags in one visit, with a good-faith estimate",
        cosmetic_and_medical.run,
    ),
    Scenario(
        12,
        "everything_delivered_twice",
        "Everything is delivered twice, and then all of it is said again",
        everything_delivered_twice.run,
    ),
)
BY_NUMBER = {scenario.number: scenario for scenario in SCENARIOS}


async def play(scenario: Scenario, office: Office, story: Story, *, seed: int, say_again: SayAgain) -> Ending:
    """Live through a scenario as the practice of `office`. Raises NotAsExpected.

    Its last expectation is that not a cent is missing.
    """
    today = datetime.now(ZoneInfo(_TIME_ZONE)).date()
    rng = Random(seed)  # noqa: S311 - made-up patients, not a secret
    ending = await scenario.run(Clinic(office, story, today, rng, say_again))
    story.expect("Cents that the books are off", ending["cents_off"], 0)
    return ending
