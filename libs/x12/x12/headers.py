"""What the headers of groups and sets say of each other: kinds, versions, control numbers."""

import re
from collections.abc import Iterator

from x12.envelope import Event
from x12.errors import Position
from x12.findings import Finding, Level, Scope, Severity
from x12.model.envelope import Group, Interchange, SetHeader
from x12.values import day, moment

FUNCTIONAL_IDS = {
    "270": "HS", "271": "HB", "275": "PI", "276": "HR", "277": "HN", "278": "HI", "820": "RA", "824": "AG",
    "834": "BE", "835": "HP", "837": "HC", "997": "FA", "999": "FA",
}  # fmt: skip
"""GS01 for each ST01."""
_SET_NUMBER = re.compile("[0-9A-Za-z]{4,9}")
_GROUP_NUMBER = re.compile("[0-9]{1,9}")
_MOST_REMEMBERED = 100_000


class HeaderCheck:
    """Looks at the headers of a file as they pass."""

    def __init__(self) -> None:
        self._interchange = 0
        self._group: Group | None = None
        self._interchange_numbers: set[str] = set()
        self._group_numbers: set[str] = set()

    def look(self, event: Event) -> Iterator[Finding]:
        """What is wrong with one header."""
        match event:
            case Interchange():
                yield from self._of_interchange(event)
            case Group():
                yield from self._of_group(event)
            case SetHeader():
                yield from self._of_set(event)
            case _:
                pass

    def _of_interchange(self, header: Interchange) -> Iterator[Finding]:
        self._interchange = header.ordinal
        self._group_numbers = set()
        if header.control_number in self._interchange_numbers:
            message = "The interchange control number occurs twice in the file"
            yield self._found("interchange", "025", message, "ISA", 13, level="interchange")
        elif len(self._interchange_numbers) < _MOST_REMEMBERED:
            self._interchange_numbers.add(header.control_number)

    def _of_group(self, header: Group) -> Iterator[Finding]:
        self._group = header
        if not header.functional_id and not header.control_number:
            return
        if header.functional_id not in FUNCTIONAL_IDS.values():
            # A 999 could not name such a group (AK101), so that the TA1 answers: invalid interchange content.
            message = "GS does not name a known kind of group"
            yield self._found("interchange", "024", message, "GS", 1, level="interchange")
        for text, place in ((header.sender, 2), (header.receiver, 3)):
            if not 2 <= len(text.strip()) <= 15:
                yield self._found("group", "6", "GS does not name its sender and receiver", "GS", place, "warning")
        if not _reads(header.date):
            yield self._found("group", "6", "GS has no readable date", "GS", 4, "warning")
        if not header.time or not _reads("20000101", header.time):
            yield self._found("group", "6", "GS has no readable time", "GS", 5, "warning")
        if header.control_number and not _GROUP_NUMBER.fullmatch(header.control_number):
            yield self._found("group", "6", "The group control number is not one to nine digits", "GS", 6)
        if header.control_number in self._group_numbers:
            yield self._found("group", "19", "The group control number occurs twice in the interchange", "GS", 6)
        elif len(self._group_numbers) < _MOST_REMEMBERED:
            self._group_numbers.add(header.control_number)

    def _of_set(self, header: SetHeader) -> Iterator[Finding]:
        group = self._group
        at = Position(self._interchange, group.ordinal if group else 0, header.ordinal, 1)
        if header.control_number and not _SET_NUMBER.fullmatch(header.control_number):
            message = "The set control number is not four to nine letters or digits"
            yield self._found("set", "7", message, "ST", 2, at=at)
        if group is None or not group.functional_id:
            return
        expected = FUNCTIONAL_IDS.get(header.kind)
        if expected is not None and group.functional_id != expected:
            yield self._found("set", "6", "The group is not one for this kind of transaction", "ST", 1, at=at)
        if group.version and header.version != group.version:
            yield self._found("set", "I6", "ST names another guide than its group does", "ST", 3, at=at)

    def _found(
        self,
        scope: Scope,
        code: str,
        message: str,
        segment: str,
        element: int,
        severity: Severity = "error",
        *,
        at: Position | None = None,
        level: Level = "syntax",
    ) -> Finding:
        group = self._group.ordinal if self._group is not None and scope != "interchange" else 0
        where = at or Position(self._interchange, group, 0, 1)
        return Finding(severity, level, scope, code, message, where, segment=segment, element=element)


def _reads(on: str, at: str = "") -> bool:
    try:
        moment(on, at) if at else day(on)
    except ValueError:
        return False
    return True
