"""Findings about a file: envelope, guide, situations, balance, and code sets."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from x12.content import content_of
from x12.envelope import Event, GroupEnd, InterchangeEnd, SetEnd, read_events
from x12.errors import Position, X12Error
from x12.findings import Finding
from x12.guides import guide_for
from x12.headers import HeaderCheck
from x12.loopcheck import CheckCode, Inspector
from x12.model.envelope import Group, Interchange, SetHeader
from x12.model.segments import element
from x12.reader import OpenLoop, walk
from x12.tokens import DEFAULT_LIMITS, Elements, Limits, Source

MOST_FINDINGS = 1_000
"""Findings kept for one set by `examine`; `validate` streams them all."""


@dataclass(frozen=True, slots=True)
class SetReport:
    """One set: how many segments it held, and what was found in it.

    `rejected` says whether something graver than a warning concerns the set as a whole, or every claim of
    an 837P (balances and codes aside: those are for the payer to answer).
    """

    set: SetHeader
    segments: int
    findings: tuple[Finding, ...]
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class GroupReport:
    """One group: its sets, GE01 (-1 when absent), and what was found about the group itself."""

    group: Group
    sets: tuple[SetReport, ...]
    declared: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class InterchangeReport:
    """One interchange: its groups, and what was found about the interchange itself."""

    interchange: Interchange
    groups: tuple[GroupReport, ...]
    findings: tuple[Finding, ...]

    def all_findings(self) -> Iterator[Finding]:
        """Every finding, outermost first."""
        yield from self.findings
        for group in self.groups:
            yield from group.findings
            for item in group.sets:
                yield from item.findings


def validate(
    source: Source, *, check_code: CheckCode | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Finding]:
    """Stream what is wrong with a file; an unreadable file ends in one finding, never in an exception.

    The form of codes is always judged. `check_code(kind, code)` answers the complaint about a code, or
    None; kinds are those of `x12.code_sets.FORMS`: npi, procedure, modifier, diagnosis, place, taxonomy,
    carc, remark, status ...
    """
    try:
        for event in _judged(source, check_code, limits):
            if isinstance(event, Finding):
                yield event
    except X12Error as error:
        yield _fatal(error)


def examine(
    source: Source, *, check_code: CheckCode | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[InterchangeReport]:
    """What is wrong with a file, by interchange, group and set, for acknowledging it.

    At most MOST_FINDINGS are kept for a set. Raises NotX12 or BadDelimiters when there is no interchange
    to report on; a file that becomes unreadable later ends in a finding of its last interchange.
    """
    builder = _ReportBuilder()
    try:
        for event in judged_events(source, check_code, limits):
            report = builder.add(event)
            if report is not None:
                yield report
    except X12Error as error:
        if builder.interchange is None:
            raise
        yield builder.cut_short(_fatal(error))


def _fatal(error: X12Error) -> Finding:
    return Finding(
        "error", "interchange", "interchange", "022", f"{error.what}. {error.mend}", error.position,
        error.loop,
        error.segment, error.element,
    )  # fmt: skip


def _judged(source: Source, check_code: CheckCode | None, limits: Limits) -> Iterator[Event]:
    """The events of a file with, for each set, the findings about its content instead of its segments."""
    for event in judged_events(source, check_code, limits):
        if isinstance(event, JudgedLoop):
            yield from event.findings
        else:
            yield event


@dataclass(frozen=True, slots=True)
class JudgedLoop:
    """A closed loop and what was found in it."""

    loop: OpenLoop
    findings: tuple[Finding, ...]


def judged_events(
    source: Source, check_code: CheckCode | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Event | JudgedLoop]:
    """The events of a file, with the loops of each set as they close, innermost first, instead of its
    segments. Raises as `read_events`.
    """
    events = read_events(source, limits=limits)
    headers = HeaderCheck()
    interchange = group = 0
    for event in events:
        match event:
            case list():
                continue
            case Interchange():
                interchange = event.ordinal
            case Group():
                group = event.ordinal
            case _:
                pass
        yield event
        yield from headers.look(event)
        if isinstance(event, SetHeader):
            position = Position(interchange, group, event.ordinal, 1)
            yield from _judged_set(event, position, events, check_code, limits)


def _judged_set(
    header: SetHeader,
    position: Position,
    events: Iterator[Event],
    check_code: CheckCode | None,
    limits: Limits,
) -> Iterator[Event | JudgedLoop]:
    opening = next(events, None)
    purpose = element(opening, 2) if isinstance(opening, list) and opening[0] == "BHT" else ""
    guide = guide_for(header.kind, header.version, purpose)
    events = chain(() if opening is None else (opening,), events)
    late: list[Event] = []
    if guide is None:
        for _ in _body(events, late, None):
            pass
        message = "No guide is known for this kind and version of transaction"
        yield Finding("error", "syntax", "set", "1", message, position, segment="ST", element=1)
    else:
        inspector = Inspector(guide, position, check_code)
        content = content_of(header.kind, header.version, position)
        for loop in walk(_body(events, late, inspector), guide, position, limits):
            yield JudgedLoop(loop, (*inspector.findings(loop), *content.look(loop)))
        yield from content.end()
    yield from late


def _body(events: Iterator[Event], late: list[Event], inspector: Inspector | None) -> Iterator[Elements]:
    """The segments of a set; what comes after its last one goes to `late`."""
    number = 1
    for event in events:
        if isinstance(event, list):
            number += 1
            if event[0] == "HL" and inspector is not None:
                inspector.watch(number, event)
            yield event
        else:
            late.append(event)
            if isinstance(event, SetEnd):
                return


class _Tally:
    """Whether what is wrong with a set leaves anything of it to process.

    The claims of an 837P stand for themselves: an error in one, its subscriber or its patient leaves the
    others. Of any other kind of set every error concerns the whole.
    """

    def __init__(self) -> None:
        self._whole = self._lost = False
        self._claims = self._bad = 0
        self._waiting: list[tuple[OpenLoop, bool]] = []

    def note(self, finding: Finding) -> None:
        """An error outside any loop."""
        self._whole = self._whole or (finding.scope not in ("interchange", "group") and _rejecting(finding))

    def count(self, judged: "JudgedLoop") -> None:
        """A closed loop."""
        loop = judged.loop
        wrong = any(map(_rejecting, judged.findings))
        if loop.id == CLAIM_LOOP:
            self._claims += 1
            self._bad += wrong
            self._waiting.append((loop, wrong))
        elif loop.id in CLAIM_LEVELS and self._waiting:
            if wrong:
                self._spread(loop)
            if loop.id == CLAIM_LEVELS[0]:
                self._waiting = []
        elif loop.id in CLAIM_LEVELS:
            self._lost = self._lost or wrong
        elif wrong:
            self._whole = True

    def _spread(self, level: OpenLoop) -> None:
        for place, (loop, wrong) in enumerate(self._waiting):
            if not wrong and loop.enclosing(level.id) is level:
                self._bad += 1
                self._waiting[place] = (loop, True)

    @property
    def rejects(self) -> bool:
        """Whether the set is lost."""
        return self._whole or (self._bad == self._claims and (self._bad > 0 or self._lost))


CLAIM_LOOP = "2300"
CLAIM_LEVELS = ("2000B", "2000C")
"""Loops of an 837P in which an error concerns only the claims below: subscriber and patient."""


def _rejecting(finding: Finding) -> bool:
    return finding.severity == "error" and finding.level not in ("balance", "code")


class _ReportBuilder:
    """Sorts events into reports."""

    def __init__(self) -> None:
        self.interchange: Interchange | None = None
        self._begin()

    def _begin(self) -> None:
        self.groups: list[GroupReport] = []
        self.sets: list[SetReport] = []
        self.found: dict[str, list[Finding]] = {"interchange": [], "group": [], "set": []}
        self.group: Group | None = None
        self.set: SetHeader | None = None
        self.tally = _Tally()

    def add(self, event: "Event | JudgedLoop") -> InterchangeReport | None:
        match event:
            case JudgedLoop():
                self.tally.count(event)
                for finding in event.findings:
                    self._keep(finding)
            case Interchange():
                self._begin()
                self.interchange = event
            case Group():
                self.group = event
            case SetHeader():
                self.set = event
            case Finding():
                self._keep(event)
                self.tally.note(event)
            case SetEnd():
                self._end_set(event.set, event.segments)
            case GroupEnd():
                self._end_group(event.group, event.declared)
            case InterchangeEnd():
                return self._end()
            case _:
                pass
        return None

    def _keep(self, finding: Finding) -> None:
        scope = finding.scope if finding.scope in ("interchange", "group") else "set"
        if len(self.found[scope]) < MOST_FINDINGS:
            self.found[scope].append(finding)

    def _take(self, scope: str) -> tuple[Finding, ...]:
        found = tuple(self.found[scope])
        self.found[scope] = []
        return found

    def _end_set(self, header: SetHeader, segments: int) -> None:
        self.sets.append(SetReport(header, segments, self._take("set"), self.tally.rejects))
        self.set = None
        self.tally = _Tally()

    def _end_group(self, group: Group, declared: int) -> None:
        self.groups.append(GroupReport(group, tuple(self.sets), declared, self._take("group")))
        self.sets, self.group = [], None

    def _end(self) -> InterchangeReport:
        if self.interchange is None:
            raise AssertionError("an interchange ends that did not begin")
        report = InterchangeReport(self.interchange, tuple(self.groups), self._take("interchange"))
        self._begin()
        return report

    def cut_short(self, finding: Finding) -> InterchangeReport:
        """The report of an interchange whose reading had to be given up."""
        self._keep(finding)
        if self.set is not None:
            self._end_set(self.set, 0)
        if self.group is not None:
            self._end_group(self.group, -1)
        return self._end()
