"""What keeps an authorization or a referral from covering what is billed, and whether the payer has waived it since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from claims.domain.facts import NOT_REQUIRED, AuthDenied, AuthorizationHeard


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why one authorization or referral, decided on a day, does not cover what is billed."""

    reason: str
    decided_on: date
    sentence: str


def waived_on(own: Iterable[AuthorizationHeard], concerns: Callable[[AuthDenied], bool]) -> date | None:
    """The last day on which the payer said that it does not want one."""
    said = (one for heard in own if (one := heard.denied) and one.outcome == NOT_REQUIRED and concerns(one))
    return max((one.decided_on for one in said), default=None)


def foremost(found: Iterable[Obstacle | None], order: Sequence[str], waived: date | None) -> Obstacle | None:
    """What is told of several obstacles, the first reason of `order`; what the payer waived since is none."""
    standing = [one for one in found if one is not None and (waived is None or waived < one.decided_on)]
    return min(standing, key=lambda one: (order.index(one.reason), one.sentence), default=None)
