"""What an aggregate's method gives back: itself after the change, and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Change(Generic[A]):
    """`aggregate` after the change and the `events` that tell the other services, in order."""

    aggregate: A
    events: tuple[Any, ...] = ()
