"""What is wrong with a file, where, and which acknowledgement code says so."""

from dataclasses import dataclass, field
from typing import Literal

from x12.errors import START, Position, X12Error

Severity = Literal["error", "warning", "info"]
Level = Literal["interchange", "syntax", "guide", "situation", "balance", "code"]
Scope = Literal["interchange", "group", "set", "segment", "element"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong, in plain words that hold no element value.

    `scope` says which acknowledgement field takes `code`: interchange TA105, group AK905, set IK502,
    segment IK304, element IK403. `element` and `component` count from 1; 0 is the segment as a whole.
    `unit` names the business unit it belongs to for CTX, such as ("CLM01", its control number), the one
    value a finding carries.
    """

    severity: Severity
    level: Level
    scope: Scope
    code: str
    message: str
    position: Position = START
    loop: str = ""
    segment: str = ""
    element: int = 0
    component: int = 0
    unit: tuple[str, str] | None = field(default=None, repr=False)

    @classmethod
    def of(cls, error: X12Error) -> "Finding":
        """The finding that stands for an error met while reading."""
        return cls(
            "error",
            "guide" if error.loop else "syntax",
            "element" if error.element else "segment",
            "7" if error.element else "8",
            f"{error.what}. {error.mend}",
            error.position,
            error.loop,
            error.segment,
            error.element,
        )
