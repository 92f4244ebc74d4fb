"""Trouble on the wires, as a table that a test fills: what happens to a file, to an acknowledgement or to a call."""

from __future__ import annotations

import hashlib
from collections.abc import Set
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from simulator.adjudication.payer import LONGEST_WAIT, STRICT

MOST_TIMES = 1_000_000
LONGEST_SECONDS = 600.0

Name = Literal[
    "duplicate", "redelivered", "late", "truncated", "malformed", "out_of_order", "silence",
    "ta1", "functional_ack",
    "unavailable", "answer_lost", "refused", "disconnect", "hang", "slow", "malformed_answer",
]  # fmt: skip

FILES: Set[str] = {"duplicate", "redelivered", "late", "truncated", "malformed", "out_of_order", "silence"}
CALLS: Set[str] = {"unavailable", "answer_lost", "refused", "disconnect", "hang", "slow", "malformed_answer"}

INTERCHANGE_NOTES: Set[str] = {"001", "008", "020", "021", "025"}

Call = Literal["submit", "receipt", "listing", "read", "clear", "real_time"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Trouble for one partner (`receiver`, its sender id) or all: `times` in a row, or by chance at a `rate`.

    To files on their way into a mailbox, of `kind` (TA1, 999, 277CA, 835, 271 ...; empty for any): `duplicate` the
    same bytes again under another name; `redelivered` again `days` later; `late` not before `days` have passed;
    `truncated` a copy cut short first, the whole one `days` later; `malformed` something that is no X12 first;
    `out_of_order` after the next file, at the latest `days` later; `silence` never.

    To what comes in: `ta1` rejects the interchange with `note`; `functional_ack` answers every group with `code`:
    A, E (accepted with an error), P (the sets numbered in `sets` rejected, the first when empty) or R.

    To a `call` on either wire: `unavailable` not done, said so; `answer_lost` done, said to be unavailable; `refused`
    with `status`; `disconnect` in the middle, before or after it is done (`taken`); `hang` no answer for `seconds`, not
    done; `slow` done and answered after `seconds`; `malformed_answer` done and answered with nonsense.
    Questions over FHIR are calls `real_time` of kind PAS and PASINQUIRY; notifications of a subscription over FHIR are
    files of kind PASNOTIFICATION.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT

    fault: Name
    kind: str = ""
    receiver: str = ""
    times: int | None = None
    days: float = 1.0
    rate: float | None = None
    seed: int = 1
    call: Call = "submit"
    note: str = "020"
    code: Literal["A", "E", "P", "R"] = "R"
    sets: tuple[int, ...] = ()
    status: int = 403
    seconds: float = 1.0
    taken: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for a fault that never happens, never ends or cannot be said."""
        if self.times is not None and not 1 <= self.times <= MOST_TIMES:
            raise ValueError(f"times is between 1 and {MOST_TIMES}")
        if not 0 <= self.days <= LONGEST_WAIT:
            raise ValueError(f"days is between 0 and {LONGEST_WAIT}")
        if self.rate is not None and not 0 < self.rate <= 1:
            raise ValueError("rate is more than 0 and at most 1")
        if not 0 <= self.seconds <= LONGEST_SECONDS:
            raise ValueError(f"seconds is between 0 and {LONGEST_SECONDS:.0f}")
        if not 400 <= self.status <= 499:
            raise ValueError("status is between 400 and 499")
        if self.note not in INTERCHANGE_NOTES:
            raise ValueError(f"note is one of {', '.join(sorted(INTERCHANGE_NOTES))}")

    @property
    def most(self) -> int:
        """How often it strikes: once unless it is told otherwise or comes by chance."""
        return self.times or (1 if self.rate is None else MOST_TIMES)

    def matches(self, wanted: Set[str], receiver: str, kind: str, call: str) -> bool:
        if self.fault not in wanted or self.receiver not in ("", receiver):
            return False
        if self.fault in CALLS and self.call != call:
            return False
        return self.kind in ("", kind)

    @property
    def before(self) -> bool:
        """Whether a call that it strikes is not done."""
        return self.fault in ("unavailable", "refused", "hang") or (self.fault == "disconnect" and not self.taken)

    def strikes(self, occasion: int) -> bool:
        """Whether it strikes on the `occasion`-th time that it could, from 1: always, or by chance from the seed."""
        if self.rate is None:
            return True
        drawn = hashlib.sha256(f"{self.seed}:{self.fault}:{occasion}".encode()).digest()
        return int.from_bytes(drawn[:8], "big") < self.rate * 2**64
