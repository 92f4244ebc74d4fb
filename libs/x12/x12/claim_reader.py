"""837P to claims, one at a time."""

import re
from collections.abc import Iterator
from itertools import chain

from x12 import usual_claim
from x12.claim_loops import claim_of, provider_of, submission_of
from x12.errors import Position, X12Error
from x12.fields import enclosing
from x12.guides.claim import GUIDE
from x12.model.claim import BillingProvider, Claim837P, Submission
from x12.model.envelope import Envelope
from x12.model.record import maker, record
from x12.reader import OpenLoop, Walker
from x12.sets import OpenSet, Report, attempt, read_sets, reported
from x12.tokens import DEFAULT_LIMITS, ELEMENT, SEGMENT, Limits, Source, split_rows
from x12.usual_claim import Insured


@record
class ReceivedClaim:
    """A claim with the envelope and the head of the set it came in, and the position of its CLM."""

    envelope: Envelope
    position: Position
    submission: Submission
    claim: Claim837P


_received, _position = maker(ReceivedClaim), maker(Position)


def read_claims(
    source: Source, *, report: Report | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[ReceivedClaim]:
    """Stream the professional claims of a file.

    Without `report`, the first thing wrong is raised as an X12Error. With it, what is wrong is reported as
    a Finding, a claim that cannot be read is left out, and reading goes on.
    """
    return reported(_claims(source, report, limits), report)


def _claims(source: Source, report: Report | None, limits: Limits) -> Iterator[ReceivedClaim]:
    sets = read_sets(source, GUIDE, report, limits)
    return chain.from_iterable(_Set(opened, report, limits).claims() for opened in sets)


_LEVEL = f"{SEGMENT}HL{ELEMENT}"
_LEVEL_CODE = f"{_LEVEL}[^{SEGMENT}{ELEMENT}]*{ELEMENT}[^{SEGMENT}{ELEMENT}]*{ELEMENT}"
_SUBSCRIBER_LEVEL = re.compile(f"{_LEVEL_CODE}22(?![^{SEGMENT}{ELEMENT}])")
_PATIENT_LEVEL = re.compile(f"{_LEVEL_CODE}23(?![^{SEGMENT}{ELEMENT}])")
_MOST_HELD = 65_536


@record
class _Parent:
    """A usual subscriber: what its level says, where that stands in its text, and the position of its HL."""

    insured: Insured
    text: str
    begin: int
    end: int
    number: int


_parent = maker(_Parent)


class _Set:
    """The claims of one set, level (HL) by level: a subscriber or patient of the usual shape is read from its text
    at once, any other is walked along the guide.

    Texts have a SEGMENT before each segment. The walk stands in loop 2000A while usual levels pass by. When an unusual
    patient follows a usual subscriber, `_parent`, the walk goes through that subscriber first.
    """

    def __init__(self, opened: OpenSet, report: Report | None, limits: Limits) -> None:
        self._opened = opened
        self._report = report
        self._limits = limits
        self._walker = Walker(GUIDE, opened.position, limits)
        self._parent: _Parent | None = None
        self._held = ""
        self._around: OpenLoop | None = None
        self._submission: Submission | None = None
        self._provider: BillingProvider | None = None

    def claims(self) -> Iterator[ReceivedClaim]:
        """The claims of the set. Raises EnvelopeBroken, and without a listener BadElement, MissingSegment."""
        try:
            for run in self._opened.runs:
                text = f"{self._held}{SEGMENT}{run.text}"
                # The last level may go on in the next run.
                end = max(text.rfind(_LEVEL), 0)
                self._held = ""
                yield from self._levels(text, end)
                if len(text) - end > _MOST_HELD:
                    yield from self._walk(text[end:])
                else:
                    self._held = text[end:]
        except X12Error:
            # What came before the fault is handed out, but for the claim that was still open.
            yield from self._walk(self._held)
            raise
        yield from self._levels(self._held, len(self._held))
        yield from self._walked(self._walker.finish())

    def _levels(self, text: str, end: int) -> Iterator[ReceivedClaim]:
        """The claims of the levels of a text that begin before `end`, where one of them ends."""
        walker, base, envelope = self._walker, self._opened.position, self._opened.envelope
        interchange, group, ordinal = base.interchange, base.group, base.set
        at = 0
        while at < end:
            if walker.loop is not self._around and _SUBSCRIBER_LEVEL.match(text, at):
                yield from self._walked(walker.close("2000A"))
                self._stand()
            usual = self._usual(text, at) if walker.loop is self._around else None
            submission = self._submission
            if usual is None or submission is None:
                after = text.find(_LEVEL, at + 1, end)
                after = end if after == -1 else after
                yield from self._walk(text[at:after])
                at = after
                continue
            claims, after = usual
            number = walker.number
            for start, claim in claims:
                number += text.count(SEGMENT, at, start)
                at = start
                yield _received(envelope, _position(interchange, group, ordinal, number), submission, claim)
            walker.number = number + text.count(SEGMENT, at, after)
            at = after

    def _stand(self) -> None:
        """Read what the usual claims of a billing provider share; when that cannot be read, none is usual."""
        around = self._walker.loop
        self._around = None
        try:
            if around.spec.id == "2000A":
                self._submission, self._provider = submission_of(enclosing(around, "ST", "BHT")), provider_of(around)
                self._around = around
        except X12Error:
            pass

    def _usual(self, text: str, at: int) -> usual_claim.Found | None:
        """The claims of the level that begins there, if it is of the usual shape."""
        provider = self._provider
        if provider is None:
            return None
        insured = None
        try:
            read = usual_claim.insured_of(text, at)
            if read is not None:
                insured, start = read
                found = usual_claim.claims_of(text, start, provider, insured, None)
            elif self._parent is not None:
                found = usual_claim.patient_claims(text, at, provider, self._parent.insured)
            else:
                return None
        except (X12Error, ValueError):
            return None
        most = self._limits.loop
        if found is None or (found[1] - at > most and text.count(SEGMENT, at, found[1]) > most):
            return None
        if insured is not None:
            self._parent = _parent(insured, text, at, found[1], self._walker.number)
        return found

    def _walk(self, text: str) -> Iterator[ReceivedClaim]:
        """Walk a level along the guide."""
        if not text:
            return
        walker = self._walker
        if self._parent is not None and _PATIENT_LEVEL.match(text):
            yield from self._back_to(self._parent)
        self._parent = None
        yield from self._walked(walker.feed(split_rows(text[1:])))

    def _back_to(self, parent: _Parent) -> Iterator[ReceivedClaim]:
        """Let the walk stand in a subscriber that passed by, for a patient below it."""
        walker = self._walker
        yield from self._walked(walker.close("2000A"))
        here, walker.number = walker.number, parent.number
        for _ in walker.feed(split_rows(parent.text[parent.begin + 1 : parent.end])):
            pass
        walker.number = here
        # Its own claims were handed out when it passed.
        while walker.loop.enclosing("2300") is not None and walker.loop.around is not None:
            walker.loop = walker.loop.around

    def _walked(self, loops: Iterator[OpenLoop]) -> Iterator[ReceivedClaim]:
        for loop in loops:
            if loop.spec.id != "2300":
                continue
            claim = attempt(claim_of, loop, self._report)
            submission = attempt(submission_of, enclosing(loop, "ST", "BHT"), self._report)
            if claim is not None and submission is not None:
                yield _received(self._opened.envelope, loop.position(), submission, claim)
