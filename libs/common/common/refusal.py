"""A refusal: the business says no, in words that the person who asked can act on."""

from __future__ import annotations

from typing import Any, ClassVar


class Refusal(Exception):
    """Base of every "no" that a rule of the business can give.

    A subclass names what was refused and carries a stable `code` (the last part of the problem's type),
    a `sentence` and a `mend`, both format strings over the facts passed to the constructor. Facts are ids,
    codes, amounts and dates: a refusal is logged and parked, so it never carries a name or a member id.
    """

    code: str
    sentence: ClassVar[str]
    mend: ClassVar[str] = ""
    status: int = 409

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.sentence.format(**facts))

    @property
    def detail(self) -> str:
        return str(self)

    @property
    def remedy(self) -> str:
        return self.mend.format(**self.facts)


class NotFound(Refusal):
    """There is no such thing, or it belongs to another practice; the answer is the same."""

    code = "not-found"
    sentence = "There is no {kind} {id} in this practice."
    mend = "Check the id; a thing of another practice cannot be seen with this token."
    status = 404


class Stale(Refusal):
    """Somebody changed the row since it was read."""

    code = "stale"
    sentence = "{kind} {id} is no longer at version {version}."
    mend = "Read it again, look at what changed, and repeat the change with the new ETag."
    status = 412


class Invalid(Refusal):
    """The request is well formed but what it says cannot be right."""

    code = "invalid"
    sentence = "{what}"
    mend = "{how}"
    status = 422
