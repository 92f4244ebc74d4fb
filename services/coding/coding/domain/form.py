"""Readers of single facts on a visit form: each takes a JSON value and gives a fact or a complaint."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, cast

from codes import icd10
from coding.domain.refusals import Fault

LONGEST_TEXT = 2000
LONGEST_WORDS = 200
# Nothing measured on one patient's skin is larger; a larger figure is a slip of unit or of the keyboard.
LARGEST_MEASURE = 20_000
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)

Reader = Callable[[Any], Any]


class Complaint(Exception):
    """What a value may be instead."""


@dataclass(slots=True)
class Faults:
    """Everything wrong with one form, so that it is mended in one go."""

    found: list[Fault] = field(default_factory=list[Fault])

    def add(self, path: str, says: str) -> None:
        self.found.append(Fault(path, says))


class Form:
    """One object of the form, and where it stands."""

    __slots__ = ("content", "faults", "path")

    def __init__(self, content: Any, path: str, faults: Faults) -> None:
        self.path, self.faults = path, faults
        self.content: Mapping[str, Any] = {}
        if isinstance(content, dict):
            self.content = cast(Mapping[str, Any], content)
        else:
            faults.add(path or "encounter", "must be an object")

    def at(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def knows(self, *names: str) -> None:
        """Complain of every word that is not one of these."""
        for name in self.content:
            if name not in names:
                self.faults.add(self.at(str(name)[:40]), f"is not known; known here: {', '.join(names)}")

    def may(self, name: str, reader: Reader) -> Any:
        """The fact, or None when it is absent, null or wrong (the last with a complaint)."""
        value = self.content.get(name)
        if value is None:
            return None
        try:
            return reader(value)
        except Complaint as complaint:
            self.faults.add(self.at(name), str(complaint))
            return None

    def needs(self, name: str, reader: Reader) -> Any:
        """The fact; absent or null is a complaint too."""
        value = self.may(name, reader)
        if value is None and self.content.get(name) is None:
            self.faults.add(self.at(name), "is needed")
        return value

    def child(self, name: str, *names: str, required: bool = False) -> Form | None:
        value = self.content.get(name)
        if value is None:
            if required:
                self.faults.add(self.at(name), "is needed")
            return None
        child = Form(value, self.at(name), self.faults)
        child.knows(*names)
        return child

    def items(self, name: str, most: int) -> Iterator[Form]:
        value = self.content.get(name)
        if value is None:
            return
        if not isinstance(value, list):
            self.faults.add(self.at(name), "must be a list")
            return
        entries = cast(list[Any], value)
        path = self.at(name)
        if len(entries) > most:
            self.faults.add(path, f"may have at most {most} entries")
            return
        for position, entry in enumerate(entries):
            yield Form(entry, f"{path}[{position}]", self.faults)


def one_of(*allowed: str | int) -> Reader:
    known = frozenset(allowed)

    def read(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, str | int) or value not in known:
            raise Complaint(f"must be one of {', '.join(str(word) for word in allowed)}")
        return value

    return read


def flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Complaint("must be true or false")
    return value


def _text(value: Any, longest: int) -> str:
    text = value.strip() if isinstance(value, str) and len(value) <= longest else ""
    if not text:
        raise Complaint(f"must be text of 1 to {longest} characters")
    if not value.isprintable():
        raise Complaint("must be printable text on one line")
    return text


def word(value: Any) -> str:
    return _text(value, 60)


def words(value: Any) -> str:
    return _text(value, LONGEST_WORDS)


def free_text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise Complaint(f"must be text of at most {LONGEST_TEXT} characters")
    return value


def listed(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(cast(list[Any], value)) > 50:
        raise Complaint("must be a list of at most 50 words")
    return tuple(word(item) for item in cast(list[Any], value))


def _integer(value: Any, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise Complaint(f"must be a whole number from {low} to {high}")
    return value


def count(value: Any) -> int:
    return _integer(value, 1, 999)


def age(value: Any) -> int:
    return _integer(value, 0, 130)


def minutes(value: Any) -> int:
    return _integer(value, 0, 1440)


def measure_or_zero(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Complaint("must be a number")
    # Compared before it is written out: not a number fails too, and a monstrous one is never spelled.
    if not 0 <= value <= LARGEST_MEASURE:
        raise Complaint(f"must be a number from 0 to {LARGEST_MEASURE}")
    return Decimal(str(value))


def measure(value: Any) -> Decimal:
    number = measure_or_zero(value)
    if not number:
        raise Complaint("must be more than 0")
    return number


def day(value: Any) -> date:
    try:
        read = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Complaint("must be a date such as 2026-03-04") from None
    if not EARLIEST <= read <= LATEST:
        raise Complaint(f"must be a date from {EARLIEST} to {LATEST}")
    return read


def diagnosis(value: Any) -> str:
    try:
        return icd10.dotted(value)
    except (AttributeError, ValueError):
        raise Complaint("must be an ICD-10-CM code such as L57.0") from None


def stages(value: Any) -> tuple[int | None, ...]:
    """The blocks of each Mohs stage, in order; None where a stage's blocks are not documented."""
    if not isinstance(value, list) or not 1 <= len(cast(list[Any], value)) <= 30:
        raise Complaint("must be a list of 1 to 30 stages")
    return tuple(_blocks(stage) for stage in cast(list[Any], value))


def _blocks(stage: Any) -> int | None:
    if not isinstance(stage, Mapping) or set(cast(Mapping[str, Any], stage)) - {"blocks"}:
        raise Complaint("must have stages of the form {blocks: number}")
    blocks = cast(Mapping[str, Any], stage).get("blocks")
    return None if blocks is None else count(blocks)
