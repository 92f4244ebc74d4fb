"""A scenario as it is told: sentences with their facts, and what had to be so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Ending = Mapping[str, int]
"""What a scenario came to, as counts; `cents_off` is always among them."""


class NotAsExpected(Exception):
    """Something is not as the scenario says that it is; `str` of it is a sentence with ids, codes and amounts."""


@dataclass(frozen=True, slots=True)
class Step:
    """One sentence, and the ids, amounts and reasons in it as data."""

    sentence: str
    facts: Mapping[str, Any]


def _unheard(sentence: str) -> None:
    """Nobody listens."""


def _unkept(name: str, content: bytes) -> str:
    return name


@dataclass(slots=True)
class Story:
    """What was told so far.

    `tell` hears every sentence as it is said; `keep` takes a document that is handed over, and says where it is.
    """

    tell: Callable[[str], None] = _unheard
    keep: Callable[[str, bytes], str] = _unkept
    steps: list[Step] = field(default_factory=list[Step])

    def hand_over(self, name: str, content: bytes) -> str:
        """Keep a document; where it is from now on."""
        return self.keep(name, content)

    def say(self, sentence: str, **facts: Any) -> None:
        self.steps.append(Step(sentence, facts))
        self.tell(sentence)

    def expect(self, what: str, found: Any, expected: Any) -> None:
        """Raises NotAsExpected."""
        if found != expected:
            raise NotAsExpected(f"{what}: expected {expected}, found {found}.")
