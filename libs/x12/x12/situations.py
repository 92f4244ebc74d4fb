"""Situational rules: what one element or segment of a loop asks of another (SNIP level 4).

A rule is written as `rule(loop, when, needs, words)`. `when` and `needs` are terms, `when` may join several
with ` & `:

- `CLM-05.3=7|8` element 05, component 3 is one of the values; without `=`, it was sent
- `REF*F8` a segment with that qualifier was sent; `AMT*D-02` its element 02
- `<2000C>` an inner loop was sent
- `2010BA:DMG` the term holds in that loop, inside or around; `!` before a term turns it around

A rule whose terms speak of one kind of segment is held against each such segment. The loop `*` means every
loop that has the segment of `needs`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from x12.findings import Severity
from x12.guides.spec import QUALIFIED_BY
from x12.model.segments import COMPONENT, element
from x12.reader import OpenLoop
from x12.tokens import Elements

_TERM = re.compile(
    r"(?P<no>!?)(?:(?P<scope>\w+):)?(?:<(?P<loop>\w+)>|(?P<segment>[A-Z][A-Z0-9]{1,2})(?:\*(?P<qualifier>\w+))?"
    r"(?:-(?P<element>\d\d)(?:\.(?P<component>\d))?)?(?:=(?P<values>\S+))?)"
)
_MISSING_SEGMENT, _UNWANTED_SEGMENT = "I6", "I9"
_MISSING_LOOP = "I7"
_MISSING_ELEMENT, _UNWANTED_ELEMENT, _VALUE = "I9", "I13", "I6"


@dataclass(frozen=True, slots=True)
class Term:
    """One thing a loop says or does not say."""

    no: bool
    scope: str
    loop: str
    segment: str
    qualifier: str
    element: int
    component: int
    values: frozenset[str]

    def place(self, loop: OpenLoop) -> OpenLoop | None:
        """The loop the term speaks of, or None when there is none."""
        if not self.scope:
            return loop
        return loop.enclosing(self.scope) or loop.inner(self.scope)

    def candidates(self, loop: OpenLoop) -> list[Elements]:
        """The segments the term could hold of."""
        name, qualifier = self.segment, self.qualifier
        if not qualifier:
            return [segment for segment in loop.segments if segment[0] == name]
        at = QUALIFIED_BY.get(name, 1)
        return [segment for segment in loop.segments if segment[0] == name and element(segment, at) == qualifier]

    def holds_of(self, segment: Elements) -> bool:
        """Whether the term holds of one segment."""
        return self._says(segment) is not self.no

    def _says(self, segment: Elements) -> bool:
        if not self.element:
            return True
        text = segment[self.element] if self.element < len(segment) else ""
        if self.component:
            parts = text.split(COMPONENT)
            text = parts[self.component - 1] if self.component <= len(parts) else ""
        return text in self.values if self.values else bool(text)

    def holds(self, loop: OpenLoop) -> bool | None:
        """Whether the term holds in a loop; None when the loop it speaks of is absent."""
        at = self.place(loop)
        if at is None:
            return None
        if self.loop:
            return (self.loop in at.counts) is not self.no
        for segment in self.candidates(at):
            if self._says(segment):
                return not self.no
        return self.no


@dataclass(frozen=True, slots=True)
class Rule:
    """One situational rule and where it places its finding; `code` is of IK304 or IK403."""

    loop: str
    when: tuple[Term, ...]
    needs: Term
    words: str
    severity: Severity
    code: str
    place: str
    segment: str
    element: int
    component: int
    by_segment: bool
    gate: tuple[str, int]
    """A segment that must be there, with more parts than this, before the rule can be broken."""

    def broken(self, loop: OpenLoop) -> bool:
        """Whether the loop breaks the rule."""
        if self.by_segment:
            return self._offender(loop) is not None
        for term in self.when:
            if not term.holds(loop):
                return False
        return self.needs.holds(loop) is False

    def _offender(self, loop: OpenLoop) -> Elements | None:
        at = self.needs.place(loop)
        for segment in self.needs.candidates(at) if at else ():
            if all(term.holds_of(segment) for term in self.when) and not self.needs.holds_of(segment):
                return segment
        return None

    def number(self, loop: OpenLoop) -> int:
        """The ordinal of the segment that is wrong, or of the end of the loop that misses one."""
        at = self.needs.place(loop) or loop
        found = self._offender(loop) if self.by_segment else next(iter(self.needs.candidates(at)), None)
        if found is not None:
            return at.position(found).segment
        return (at.positions[-1] if at.positions else 1) + 1


def rule(loop: str, when: str, needs: str, words: str, severity: Severity = "error") -> Rule:
    """Read a rule as written in a table."""
    need = _term(needs)
    conditions = tuple(_term(text) for text in when.split(" & ") if text)
    alike = all(
        (term.segment, term.scope, term.qualifier) == (need.segment, need.scope, need.qualifier) for term in conditions
    )
    return Rule(
        loop, conditions, need, words, severity, _code(need), need.loop or need.scope, need.segment,
        need.element, need.component, bool(need.segment and need.element) and alike, _gate(conditions),
    )  # fmt: skip


def _gate(conditions: tuple[Term, ...]) -> tuple[str, int]:
    for term in conditions:
        if term.segment and not term.scope and not term.no:
            return term.segment, term.element
    return "", 0


def lengths(segments: list[Elements]) -> dict[str, int]:
    """The longest of the segments of each identifier, in parts."""
    found = {"": 1}
    for segment in segments:
        if len(segment) > found.get(segment[0], 0):
            found[segment[0]] = len(segment)
    return found


def _term(text: str) -> Term:
    found = _TERM.fullmatch(text)
    if found is None:
        raise ValueError(f"{text} is not a term of a situational rule")
    part: Callable[[str], str] = lambda name: found[name] or ""  # noqa: E731
    values = frozenset(part("values").split("|")) if found["values"] else frozenset[str]()
    return Term(
        bool(found["no"]), part("scope"), part("loop"), part("segment"), part("qualifier"),
        int(found["element"] or 0), int(found["component"] or 0), values,
    )  # fmt: skip


def _code(need: Term) -> str:
    if need.loop:
        return _UNWANTED_SEGMENT if need.no else _MISSING_LOOP
    if not need.element:
        return _UNWANTED_SEGMENT if need.no else _MISSING_SEGMENT
    if need.values:
        return _VALUE
    return _UNWANTED_ELEMENT if need.no else _MISSING_ELEMENT
