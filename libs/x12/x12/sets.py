"""The sets of one kind in a file, each with its envelope and its segments still to come."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from x12.envelope import Event, Run, SetEnd, read_runs
from x12.errors import EnvelopeBroken, Position, X12Error
from x12.findings import Finding
from x12.guides.spec import Guide
from x12.model.envelope import Envelope, Group, Interchange, SetHeader
from x12.reader import OpenLoop, walk_rows
from x12.tokens import Limits, Source

T = TypeVar("T")
Report = Callable[[Finding], None]


@dataclass(frozen=True, slots=True)
class OpenSet:
    """A transaction set being read; `loops` (or `runs`) must be used up before the next set is asked for, or is
    passed over.
    """

    envelope: Envelope
    position: Position
    loops: Iterator[OpenLoop]
    runs: Iterator[Run]


def read_sets(source: Source, guide: Guide, report: Report | None, limits: Limits) -> Iterator[OpenSet]:
    """Stream the sets that a guide covers; sets of other kinds are passed over.

    Errors of the envelope go to `report`, or without one are raised as EnvelopeBroken where they are met.
    """
    events = read_runs(source, limits)
    interchange: Interchange | None = None
    group: Group | None = None
    for event in events:
        match event:
            case Finding():
                tell(event, report)
            case Interchange():
                interchange = event
            case Group():
                group = event
            case SetHeader() if _covered(event, guide) and interchange is not None and group is not None:
                position = Position(interchange.ordinal, group.ordinal, event.ordinal, 1)
                body = _body(events, report)
                loops = walk_rows((run.rows for run in body), guide, position, limits)
                yield OpenSet(Envelope(interchange, group, event), position, loops, body)
                for _ in body:
                    pass
            case _:
                pass


def _covered(header: SetHeader, guide: Guide) -> bool:
    return header.kind == guide.kind and header.version.startswith(guide.version)


def _body(events: Iterator[Event | Run], report: Report | None) -> Iterator[Run]:
    for event in events:
        if isinstance(event, Run):
            yield event
        elif isinstance(event, Finding):
            tell(event, report)
        elif isinstance(event, SetEnd):
            return


def tell(finding: Finding, report: Report | None) -> None:
    """Report a finding, or raise it when nobody listens and it is an error."""
    if report is not None:
        report(finding)
    elif finding.severity == "error":
        raise EnvelopeBroken(finding.message, finding.position, segment=finding.segment, element=finding.element)


def attempt(make: Callable[[OpenLoop], T], loop: OpenLoop, report: Report | None) -> T | None:
    """Read a loop; when it cannot be read, report why and answer None, or raise when nobody listens."""
    try:
        return make(loop)
    except X12Error as error:
        if report is None:
            raise
        report(Finding.of(error))
        return None


def reported(items: Iterator[T], report: Report | None) -> Iterator[T]:
    """The items, up to an error that ends the file; the error goes to `report`, or is raised without one."""
    return items if report is None else _until_error(items, report)


def _until_error(items: Iterator[T], report: Report) -> Iterator[T]:
    try:
        yield from items
    except X12Error as error:
        report(Finding.of(error))
