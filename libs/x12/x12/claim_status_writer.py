"""Claim status inquiries and answers to the bodies of a 276 and a 277 (005010X212)."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, pairwise

from x12 import values
from x12.errors import WriteRefused
from x12.guides.claim_status_request import GUIDE as REQUEST
from x12.guides.claim_status_response import GUIDE as RESPONSE
from x12.guides.spec import LoopSpec
from x12.inquiry_phrases import birth, head, places, rejoined, trace, who
from x12.model.acknowledgement import Status
from x12.model.claim_status import (
    ClaimStatusAnswer,
    ClaimStatusInquiry,
    ClaimStatusPart,
    ClaimStatusReport,
    LevelStatus,
    StatusLevel,
    StatusLine,
    StatusPerson,
)  # fmt: skip
from x12.model.inquiry import TransactionHead
from x12.model.segments import Loop, Segment
from x12.phrases import procedure, reference, references, served
from x12.writer import amount, body_text, composite, flatten

Asked = ClaimStatusInquiry | ClaimStatusAnswer
_MOST_STATUSES = 3


def render_claim_status_inquiries_body(inquiries: Iterable[ClaimStatusInquiry]) -> str:
    """The segments between ST and SE of one 276, in canonical delimiters.

    Claims that follow one another share the levels that are equal. Raises WriteRefused when nothing is given or the
    heads differ, DelimiterInData.
    """
    return body_text(_segments(inquiries, places(REQUEST), "2210"))


def render_claim_statuses_body(parts: Iterable[ClaimStatusPart]) -> str:
    """The segments between ST and SE of one 277; as `render_claim_status_inquiries_body`."""
    return body_text(_segments(parts, places(RESPONSE), "2220"))


def _segments(parts: Iterable[Asked | LevelStatus], specs: Mapping[str, LoopSpec], line: str) -> Iterator[Segment]:
    levels: _Levels | None = None
    for group, following in pairwise(chain(_families(parts), (None,))):
        if group is None:
            break
        if levels is None:
            levels = _Levels(group[0].head, specs, line)
            yield from head(levels.head)
        if any(part.head != levels.head for part in group):
            raise WriteRefused("One set has one head")
        yield from levels.write(group, following[0] if following else None)
    if levels is None:
        raise WriteRefused("A set needs at least one claim or status")


def _families(parts: Iterable[Asked | LevelStatus]) -> Iterator[list[Asked | LevelStatus]]:
    """Runs of claims under one subscriber, the subscriber's own before those of dependents; levels stand alone."""
    run: list[Asked | LevelStatus] = []
    for part in parts:
        if run and not _same_family(run[-1], part):
            yield run
            run = []
        run.append(part)
    if run:
        yield run


def _same_family(last: Asked | LevelStatus, part: Asked | LevelStatus) -> bool:
    if isinstance(last, LevelStatus) or isinstance(part, LevelStatus):
        return False
    return (
        _above(last) == _above(part)
        and last.subscriber == part.subscriber
        and not (last.dependent and not part.dependent)
    )


def _above(part: Asked | LevelStatus) -> tuple[StatusLevel | None, ...]:
    return part.source, part.receiver, part.provider


class _Levels:
    """Counts HL segments and remembers which levels are open, so that equal ones are shared."""

    def __init__(self, head: TransactionHead, specs: Mapping[str, LoopSpec], line: str) -> None:
        self.head = head
        self.specs = specs
        self.line = line
        self.count = 0
        self.numbers: dict[str, str] = {}
        self.open: dict[str, StatusLevel | None] = {}

    def write(self, group: list[Asked | LevelStatus], following: Asked | LevelStatus | None) -> Iterator[Segment]:
        first = group[0]
        yield from self._shared("A", first.source, "20")
        if isinstance(first, LevelStatus):
            yield from self._refused(first, following)
            return
        yield from self._shared("B", first.receiver, "21")
        yield from self._shared("C", first.provider, "19")
        claims = [part for part in group if not isinstance(part, LevelStatus)]
        own = tuple(self._claim(part, "D") for part in claims if part.dependent is None)
        hl = self._hl("D", "22", "1" if len(own) < len(claims) else "0")
        yield from self._person("D", hl, first.subscriber, own)
        dependent: StatusPerson | None = None
        held: list[Loop] = []
        for part in claims[len(own) :]:
            if dependent is not None and part.dependent != dependent:
                yield from self._person("E", self._hl("E", "23", ""), dependent, tuple(held))
                held = []
            dependent = part.dependent
            held.append(self._claim(part, "E"))
        if dependent is not None:
            yield from self._person("E", self._hl("E", "23", ""), dependent, tuple(held))

    def _shared(self, letter: str, level: StatusLevel, code: str) -> Iterator[Segment]:
        if self.open.get(letter) == level:
            return
        yield from self._level(letter, level, self._hl(letter, code, "1"))

    def _refused(self, part: LevelStatus, following: Asked | LevelStatus | None) -> Iterator[Segment]:
        depth = 2 if part.provider is None else 3
        shared = (
            following is not None
            and part.trace is not None
            and _above(following)[:depth] == _above(part)[:depth]
            and following.provider is not None
            and not (isinstance(following, LevelStatus) and depth == 3)
        )
        below = "1" if shared else "0"
        if part.provider is None:
            yield from self._level("B", part.receiver, self._hl("B", "21", below), self._status(part, "2200B"))
        else:
            yield from self._shared("B", part.receiver, "21")
            yield from self._level("C", part.provider, self._hl("C", "19", below), self._status(part, "2200C"))
        if not shared:
            self.open["B" if part.provider is None else "C"] = None

    def _level(self, letter: str, level: StatusLevel, hl: Segment, said: tuple[Loop, ...] = ()) -> Iterator[Segment]:
        role = {"A": "PR", "B": "41", "C": "1P"}[letter]
        parties = tuple(Loop(f"2100{letter}", tuple(who(role, party))) for party in level.parties)
        loop = Loop(f"2000{letter}", (hl, *level.extra), (*parties, *said, *level.loops))
        yield from flatten(loop, self.specs[loop.id])
        self.open[letter] = level
        for inner in "BC":
            if inner > letter:
                self.open[inner] = None

    def _person(self, letter: str, hl: Segment, someone: StatusPerson, claims: tuple[Loop, ...]) -> Iterator[Segment]:
        inner = Loop(f"2100{letter}", tuple(who("IL" if letter == "D" else "QC", someone.person.party)))
        own = (hl, *birth(someone.person), *someone.extra)
        loop = Loop(f"2000{letter}", own, (inner, *claims, *someone.loops))
        yield from flatten(loop, self.specs[loop.id])

    def _hl(self, letter: str, code: str, below: str) -> Segment:
        self.count += 1
        self.numbers[letter] = str(self.count)
        return ("HL", str(self.count), self.numbers.get(chr(ord(letter) - 1), ""), code, below)

    def _status(self, part: LevelStatus, place: str) -> tuple[Loop, ...]:
        if part.trace is None:
            return ()
        own = (*rejoined(trace(part.trace), part.extra), *map(_report, part.reports), *references(part.references))
        return (Loop(place, own),)

    def _claim(self, part: Asked, letter: str) -> Loop:
        reports = part.reports if isinstance(part, ClaimStatusAnswer) else ()
        own: list[Segment] = [
            *rejoined(trace(part.trace), part.extra), *map(_report, reports),
            *reference("1K", part.payer_control_number), *references(part.references),
            *served(part.service_from, part.service_to),
        ]  # fmt: skip
        if part.charge is not None:
            own.append(("AMT", "T3", amount(part.charge)))
        return Loop(
            f"2200{letter}", tuple(own), (*(_line(line, self.line + letter) for line in part.lines), *part.loops)
        )


def _line(line: StatusLine, place: str) -> Loop:
    begin = (
        "SVC", procedure(line.procedure), amount(line.charge), amount(line.paid), line.revenue_code,
        amount(line.paid_units), procedure(line.original_procedure), amount(line.units),
    )  # fmt: skip
    own = (
        *rejoined(begin, line.extra), *map(_report, line.reports), *reference("FJ", line.control_number),
        *references(line.references), *served(line.service_from, line.service_to),
    )  # fmt: skip
    return Loop(place, own)


def _report(report: ClaimStatusReport) -> Segment:
    if not 0 < len(report.statuses) <= _MOST_STATUSES:
        raise WriteRefused("A status report holds one to three statuses", segment="STC")
    first, *others = map(_status, report.statuses)
    second, third = [*others, "", ""][:2]
    days = [values.day_text(on) if on else "" for on in (report.effective, report.decided, report.payment_date)]
    return (
        "STC", first, days[0], report.action, amount(report.charge), amount(report.paid), days[1], report.method,
        days[2],
        report.payment_number, second, third, report.message,
    )  # fmt: skip


def _status(status: Status) -> str:
    return composite(status.category, status.code, status.entity, status.code_list)
