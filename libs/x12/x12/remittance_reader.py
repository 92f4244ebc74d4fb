"""835 to a header, then claim payments one at a time, then provider adjustments."""

from collections.abc import Iterator
from itertools import chain

from x12 import usual_payment
from x12.errors import LimitExceeded, Position, X12Error
from x12.fields import frozen
from x12.guides.remittance import GUIDE
from x12.model.envelope import Received
from x12.model.record import maker
from x12.model.remittance import (
    ClaimPayment,
    ProviderAdjustment,
    Remittance,
    RemittanceAdvice,
    RemittancePart,
)  # fmt: skip
from x12.model.segments import Segment, element
from x12.reader import OpenLoop, Walker
from x12.remittance_loops import header_of, payment_of_loop, provider_adjustments_of, root_of
from x12.sets import OpenSet, Report, attempt, read_sets, reported
from x12.tokens import DEFAULT_LIMITS, ELEMENT, SEGMENT, Limits, Source, split_rows


def read_remittances(
    source: Source, *, report: Report | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Received[RemittancePart]]:
    """Stream the remittances of a file: of each set its `Remittance`, its `ClaimPayment`s, its
    `ProviderAdjustment`s.

    Without `report`, the first thing wrong is raised as an X12Error, a count or trailer that is wrong
    after the last part of the set. With it, what is wrong is reported as a Finding, what cannot be read is
    left out, and reading goes on; a caller that posts money must then look at what was reported.
    """
    return reported(_parts(source, report, limits), report)


def _parts(source: Source, report: Report | None, limits: Limits) -> Iterator[Received[RemittancePart]]:
    sets = read_sets(source, GUIDE, report, limits)
    return chain.from_iterable(_set_parts(opened, report, limits) for opened in sets)


def _set_parts(opened: OpenSet, report: Report | None, limits: Limits) -> Iterator[Received[RemittancePart]]:
    return _Set(opened, report, limits).parts()


_PAYMENT = f"{SEGMENT}CLP{ELEMENT}"
_MOST_HELD = 65_536
_received, _position = maker(Received[RemittancePart]), maker(Position)


class _Set:
    """The parts of one set, CLP by CLP: a payment of the usual shape is read from its text at once, anything else is
    walked along the guide. Texts have a SEGMENT before each segment. The walk stands in loop 2000 while usual payments
    pass by.
    """

    def __init__(self, opened: OpenSet, report: Report | None, limits: Limits) -> None:
        self._opened = opened
        self._report = report
        self._limits = limits
        self._walker = Walker(GUIDE, opened.position, limits)
        self._headed = False
        self._held = ""

    def parts(self) -> Iterator[Received[RemittancePart]]:
        """The parts of the set. Raises EnvelopeBroken, and without a listener BadElement, MissingSegment."""
        try:
            for run in self._opened.runs:
                text = f"{self._held}{SEGMENT}{run.text}"
                # The last payment may go on in the next run.
                end = max(text.rfind(_PAYMENT), 0)
                self._held = ""
                yield from self._payments(text, end)
                if len(text) - end > _MOST_HELD:
                    yield from self._walk(text[end:])
                else:
                    self._held = text[end:]
        except X12Error:
            # What came before the fault is handed out, but for the payment that was still open.
            yield from self._walk(self._held)
            raise
        yield from self._payments(self._held, len(self._held))
        yield from self._walked(self._walker.finish())

    def _payments(self, text: str, end: int) -> Iterator[Received[RemittancePart]]:
        """The parts of a text that begin before `end`, where one of them ends."""
        walker, base, envelope = self._walker, self._opened.position, self._opened.envelope
        interchange, group, ordinal = base.interchange, base.group, base.set
        at = 0
        while at < end:
            if walker.loop.spec.id != "2000" and text.startswith(_PAYMENT, at):
                yield from self._walked(walker.close("2000"))
            usual = self._usual(text, at) if walker.loop.spec.id == "2000" else None
            if usual is None:
                after = text.find(_PAYMENT, at + 1, end)
                after = end if after == -1 else after
                yield from self._walk(text[at:after])
            else:
                payment, after = usual
                if not self._headed:
                    yield from self._head(walker.loop)
                walker.loop.pass_by("2100")
                yield _received(envelope, _position(interchange, group, ordinal, walker.number), payment)
                walker.number += text.count(SEGMENT, at, after)
            at = after

    def _usual(self, text: str, at: int) -> tuple[ClaimPayment, int] | None:
        """The payment that begins there, if it is of the usual shape, and where it ends."""
        around = self._walker.loop
        extra: tuple[Segment, ...] = ()
        if len(around.segments) > 1 and "2100" not in around.counts:
            extra = tuple(map(frozen, around.segments[1:]))
        try:
            found = usual_payment.payment_of(text, at, element(around.segments[0], 1), extra)
        except (X12Error, ValueError):
            return None
        most = self._limits.loop
        if found is None or (found[1] - at > most and text.count(SEGMENT, at, found[1]) > most):
            return None
        return found

    def _walk(self, text: str) -> Iterator[Received[RemittancePart]]:
        """Walk along the guide."""
        if text:
            yield from self._walked(self._walker.feed(split_rows(text[1:])))

    def _walked(self, loops: Iterator[OpenLoop]) -> Iterator[Received[RemittancePart]]:
        for loop in loops:
            if not self._headed:
                yield from self._head(loop)
            if loop.id == "2100":
                claim = attempt(payment_of_loop, loop, self._report)
                if claim is not None:
                    yield _received(self._opened.envelope, loop.position(), claim)
            elif loop.id == "PLB":
                for adjustment in attempt(provider_adjustments_of, loop, self._report) or ():
                    yield _received(self._opened.envelope, loop.position(), adjustment)

    def _head(self, loop: OpenLoop) -> Iterator[Received[RemittancePart]]:
        """The remittance itself, before the first of its parts."""
        self._headed = True
        head = attempt(header_of, root_of(loop), self._report)
        if head is not None:
            yield _received(self._opened.envelope, self._opened.position, head)


def read_remittance_advices(
    source: Source, *, report: Report | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Received[RemittanceAdvice]]:
    """Stream the remittances of a file, each held whole; a set is handed out after its trailer was checked.

    Raises as `read_remittances`, and LimitExceeded when a set holds more claims than `limits.sets`.
    """
    return reported(_advices(source, report, limits), report)


def _advices(source: Source, report: Report | None, limits: Limits) -> Iterator[Received[RemittanceAdvice]]:
    for opened in read_sets(source, GUIDE, report, limits):
        head: Remittance | None = None
        claims: list[ClaimPayment] = []
        adjustments: list[ProviderAdjustment] = []
        for part in _set_parts(opened, report, limits):
            match part.value:
                case Remittance():
                    head = part.value
                case ClaimPayment():
                    claims.append(part.value)
                case ProviderAdjustment():
                    adjustments.append(part.value)
            if len(claims) + len(adjustments) > limits.sets:
                raise LimitExceeded("A remittance holds more claims than the limit", opened.position)
        if head is not None:
            advice = RemittanceAdvice(head, tuple(claims), tuple(adjustments))
            yield Received(opened.envelope, opened.position, advice)
