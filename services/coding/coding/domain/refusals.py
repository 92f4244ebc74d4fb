"""Why a visit cannot be read at all. What can be read but not coded is a hold, not a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from common.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the form. `says` never repeats the value: it may speak of a person."""

    path: str
    says: str

    def __str__(self) -> str:
        return f"{self.path} {self.says}"


class VisitUnreadable(Refusal):
    """The form has words, shapes or references that the vocabulary does not have. `faults` lists them all."""

    code = "visit-unreadable"
    sentence = "The visit cannot be read: {faults}."
    mend = "Correct the named facts; docs/guides/coding.md lists every word the form may use."
    status = 422

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(faults="; ".join(str(fault) for fault in self.faults[:20]))
