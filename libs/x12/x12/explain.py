"""Reading a file to a person: what it is, from whom to whom, what it holds, what is wrong and how to mend it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from x12.delimiters import Delimiters
from x12.envelope import Event, SetEnd, read_events, readable_moment
from x12.errors import Position, X12Error
from x12.findings import Finding
from x12.loopcheck import CheckCode
from x12.model.acknowledgement import InterchangeAck
from x12.model.envelope import Group, Interchange, SetHeader
from x12.summaries import MOST_ITEMS, Facts, Summary, counted, summary_of
from x12.tokens import DEFAULT_LIMITS, Limits
from x12.validate import validate
from x12.wordings import GUIDES, INTERCHANGE_NOTES, SET_VERDICTS, TRANSACTIONS, USAGES, mend_of

MOST_FINDINGS = 10_000


@dataclass(frozen=True, slots=True)
class SetView:
    """One transaction: `kind` by ST01 or, where one number serves several guides, more closely (837P, 277CA);
    `says` counts and totals, `items` what it holds with the values of persons.
    """

    kind: str
    name: str
    version: str
    control_number: str
    segments: int
    says: tuple[str, ...]
    facts: Facts
    items: tuple[str, ...]
    more: int


@dataclass(slots=True)
class InterchangeView:
    """One interchange: its header, the answers (TA1) it carries, and its transactions."""

    header: Interchange
    acknowledgements: list[InterchangeAck] = field(default_factory=lambda: list[InterchangeAck]())
    groups: list[Group] = field(default_factory=lambda: list[Group]())
    sets: list[tuple[int, SetView]] = field(default_factory=lambda: list[tuple[int, SetView]]())


@dataclass(frozen=True, slots=True)
class Explanation:
    """A file explained. `findings` holds at most MOST_FINDINGS; `unread` counts the others."""

    interchanges: tuple[InterchangeView, ...]
    findings: tuple[Finding, ...]
    unread: int = 0


def explain(content: bytes, *, check_code: CheckCode | None = None, limits: Limits = DEFAULT_LIMITS) -> Explanation:
    """Explain a file. Raises NotX12 or BadDelimiters when there is nothing to explain; a file that becomes
    unreadable later is explained up to there, with a finding.
    """
    views = _Views()
    try:
        for event in read_events(content, limits=limits):
            views.take(event)
    except X12Error:
        if not views.found:
            raise
    views.end_set(0)
    found: list[Finding] = []
    unread = 0
    for finding in validate(content, check_code=check_code, limits=limits):
        if len(found) < MOST_FINDINGS:
            found.append(finding)
        else:
            unread += 1
    return Explanation(tuple(views.found), tuple(found), unread)


class _Views:
    """Gathers what the events of a file say."""

    def __init__(self) -> None:
        self.found: list[InterchangeView] = []
        self._set: SetHeader | None = None
        self._summary = Summary()

    def take(self, event: Event) -> None:
        match event:
            case list():
                self._summary.take(event)
            case Interchange():
                self.found.append(InterchangeView(event))
            case Group():
                self.found[-1].groups.append(event)
            case SetHeader():
                self._set, self._summary = event, summary_of(event.kind)
            case SetEnd():
                self.end_set(event.segments)
            case InterchangeAck():
                self.found[-1].acknowledgements.append(event)
            case _:
                pass

    def end_set(self, segments: int) -> None:
        """Keep what the set that is open said."""
        if self._set is None:
            return
        header, told = self._set, self._summary
        kind = next((name for guide, name in GUIDES.items() if header.version.startswith(guide)), header.kind)
        view = SetView(
            kind, TRANSACTIONS.get(kind, "a transaction of another kind"), header.version, header.control_number,
            segments or sum(told.segments.values()) + 1, tuple(told.says()), told.facts(), tuple(told.items),
            told.told - len(told.items),
        )  # fmt: skip
        self.found[-1].sets.append((len(self.found[-1].groups), view))
        self._set = None


def as_json(explanation: Explanation, *, values: bool = True) -> dict[str, object]:
    """The explanation as what JSON can hold; without `values` no name, number or text of a person is in it."""
    return {
        "interchanges": [_interchange(view, values) for view in explanation.interchanges],
        "findings": [finding_as_json(finding) for finding in explanation.findings],
        "unread_findings": explanation.unread,
    }


def finding_as_json(finding: Finding) -> dict[str, object]:
    """One finding: severity, level, loop, segment, element, component, position, message, code and mend."""
    return {
        "severity": finding.severity, "level": finding.level, "loop": finding.loop, "segment": finding.segment,
        "element": finding.element, "component": finding.component, "position": _position(finding.position),
        "message": finding.message, "code": finding.code, "scope": finding.scope,
        "mend": mend_of(finding.scope, finding.code, finding.level),
    }  # fmt: skip


def _position(position: Position) -> dict[str, int]:
    return {
        "interchange": position.interchange, "group": position.group, "set": position.set, "segment": position.segment
    }  # fmt: skip


def _interchange(view: InterchangeView, values: bool) -> dict[str, object]:
    header = view.header
    created = readable_moment(header.date, header.time)
    return {
        "sender": {"qualifier": header.sender_qualifier, "id": header.sender},
        "receiver": {"qualifier": header.receiver_qualifier, "id": header.receiver},
        "control_number": header.control_number,
        "created": created.isoformat() if created else None,
        "usage": USAGES.get(header.usage, "unknown"),
        "delimiters": _delimiters(header.delimiters),
        "acknowledgements": [
            {"control_number": ack.control_number, "code": ack.code, "note": ack.note}
            for ack in view.acknowledgements
        ],
        "groups": [
            {
                "functional_id": group.functional_id, "sender": group.sender, "receiver": group.receiver,
                "control_number": group.control_number, "version": group.version,
                "sets": [_set(item, values) for place, item in view.sets if place == number],
            }
            for number, group in enumerate(view.groups, start=1)
        ],
    }  # fmt: skip


def _delimiters(delimiters: Delimiters) -> dict[str, str]:
    return {
        "segment": delimiters.segment, "element": delimiters.element, "component": delimiters.component,
        "repetition": delimiters.repetition,
    }  # fmt: skip


def _set(view: SetView, values: bool) -> dict[str, object]:
    said: dict[str, object] = {
        "kind": view.kind, "name": view.name, "version": view.version, "control_number": view.control_number,
        "segments": view.segments, "says": list(view.says), "facts": view.facts,
    }  # fmt: skip
    return {**said, "items": list(view.items), "more": view.more} if values else said


def as_text(explanation: Explanation, *, values: bool = True) -> Iterator[str]:
    """The explanation as lines for a person; without `values` no name, number or text of a person is in it."""
    for view in explanation.interchanges:
        yield from _interchange_lines(view, values)
    yield ""
    yield from _findings_lines(explanation)


def _interchange_lines(view: InterchangeView, values: bool) -> Iterator[str]:
    header = view.header
    created = readable_moment(header.date, header.time)
    when = f", made {created:%Y-%m-%d %H:%M}" if created else ""
    usage = USAGES.get(header.usage, "unknown use")
    yield f"Interchange {header.control_number} from {header.sender} to {header.receiver}{when} ({usage})."
    for ack in view.acknowledgements:
        said = SET_VERDICTS.get(ack.code, "answered")
        note = INTERCHANGE_NOTES.get(ack.note, "a note that is not known")
        yield f"  Interchange {ack.control_number} of the receiver was {said}: {note}."
    for _, item in view.sets:
        yield f"  {item.kind} {item.control_number}: {item.name} ({item.version}), {counted(item.segments, 'segment')}."
        for sentence in item.says:
            yield f"    {sentence}"
        for line in item.items if values else ():
            yield f"      {line}"
        if values and item.more:
            yield f"      ... and {item.more} more (the first {MOST_ITEMS} are told)."


def _findings_lines(explanation: Explanation) -> Iterator[str]:
    if not explanation.findings:
        yield "Nothing is wrong with it."
        return
    grave = sum(finding.severity == "error" for finding in explanation.findings)
    yield f"{counted(grave, 'error')}, {counted(len(explanation.findings) - grave, 'lesser finding')}:"
    for finding in explanation.findings:
        yield f"  {finding.severity}: {place_of(finding)}: {finding.message}."
        yield f"    {mend_of(finding.scope, finding.code, finding.level)}"
    if explanation.unread:
        yield f"  ... and {explanation.unread} more."


def place_of(finding: Finding) -> str:
    """Where a finding is, as a person says it: `segment 22 of set 1, loop 2300, CLM05-3`."""
    at = finding.position
    where = f"segment {at.segment}" + (f" of set {at.set}" if at.set else " of the envelope")
    loop = f", loop {finding.loop}" if finding.loop else ""
    element = f"{finding.element:02d}" if finding.element else ""
    component = f"-{finding.component}" if finding.component else ""
    return f"{where}{loop}, {finding.segment}{element}{component}"
