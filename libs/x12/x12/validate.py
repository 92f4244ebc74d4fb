"""Findings about a file: envelope, guide, balance, and code sets through a hook."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from x12.balance import ChequeBalance, claim_imbalances, payment_imbalances
from x12.claim_reader import claim_of
from x12.envelope import Event, GroupEnd, InterchangeEnd, SetEnd, read_events
from x12.errors import Position, X12Error
from x12.findings import Finding
from x12.guides import guide_for
from x12.loopcheck import CheckCode, Inspector
from x12.model.envelope import Group, Interchange, SetHeader
from x12.model.remittance import ClaimPayment
from x12.reader import OpenLoop, walk
from x12.remittance_reader import remittance_parts
from x12.tokens import DEFAULT_LIMITS, Elements, Limits, Source

MOST_FINDINGS = 1_000
"""Findings kept for one set by `examine`; `validate` streams them all."""


@dataclass(frozen=True, slots=True)
class SetReport:
    """One set: how many segments it held, and what was found in it."""

    set: SetHeader
    segments: int
    findings: tuple[Finding, ...]


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

    `check_code(kind, code)` answers the complaint about a code, or None; kinds are npi, procedure,
    modifier, diagnosis, place, taxonomy, carc and remark.
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
        for event in _judged(source, check_code, limits):
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
    events = read_events(source, limits=limits)
    interchange = group = 0
    for event in events:
        match event:
            case list():
                continue
            case Interchange():
                interchange = event.ordinal
            case Group():
                group = event.ordinal
            case SetHeader():
                yield event
                position = Position(interchange, group, event.ordinal, 1)
                yield from _judged_set(event, position, events, check_code, limits)
                continue
            case _:
                pass
        yield event


def _judged_set(
    header: SetHeader,
    position: Position,
    events: Iterator[Event],
    check_code: CheckCode | None,
    limits: Limits,
) -> Iterator[Event]:
    guide = guide_for(header.kind, header.version)
    late: list[Event] = []
    body = _body(events, late)
    if guide is None:
        for _ in body:
            pass
        message = "No guide is known for this kind and version of transaction"
        yield Finding("error", "syntax", "set", "1", message, position, segment="ST", element=1)
    else:
        inspector = Inspector(guide, position, check_code)
        content = _CONTENT.get(header.kind, _nothing)
        cheque = ChequeBalance()
        for loop in walk(inspector.watch(body), guide, position, limits):
            yield from inspector.findings(loop)
            yield from content(loop, cheque)
        yield from cheque.imbalances(position)
    yield from late


def _body(events: Iterator[Event], late: list[Event]) -> Iterator[Elements]:
    for event in events:
        if isinstance(event, list):
            yield event
        else:
            late.append(event)
            if isinstance(event, SetEnd):
                return


def _claim_content(loop: OpenLoop, _: ChequeBalance) -> Iterator[Finding]:
    if loop.id == "2300":
        try:
            claim = claim_of(loop)
        except X12Error as error:
            yield Finding.of(error)
            return
        yield from claim_imbalances(claim, loop.position())


def _remittance_content(loop: OpenLoop, cheque: ChequeBalance) -> Iterator[Finding]:
    try:
        for part in remittance_parts(loop):
            cheque.add(part)
            if isinstance(part, ClaimPayment):
                yield from payment_imbalances(part, loop.position())
    except X12Error as error:
        yield Finding.of(error)


def _nothing(_loop: OpenLoop, _cheque: ChequeBalance) -> Iterator[Finding]:
    return iter(())


_CONTENT: dict[str, Callable[[OpenLoop, ChequeBalance], Iterator[Finding]]] = {
    "837": _claim_content,
    "835": _remittance_content,
}


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

    def add(self, event: Event) -> InterchangeReport | None:
        match event:
            case Interchange():
                self._begin()
                self.interchange = event
            case Group():
                self.group = event
            case SetHeader():
                self.set = event
            case Finding():
                self._keep(event)
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
        self.sets.append(SetReport(header, segments, self._take("set")))
        self.set = None

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
