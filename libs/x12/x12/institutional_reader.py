"""837I to institutional claims, one at a time, as far as coordination of benefits needs them."""

from collections.abc import Iterator, Mapping

from x12 import values
from x12.coordination_reader import adjudication_of, coverage_of
from x12.fields import (
    amount,
    bad,
    dated,
    enclosing,
    frozen,
    longer,
    needed,
    needed_loop,
    optional,
    optional_amount,
    party,
    procedure,
    reference,
    value,
)  # fmt: skip
from x12.guides.institutional_claim import GUIDE
from x12.inquiry_fields import rest
from x12.model.claim import DatedEvent
from x12.model.envelope import Received
from x12.model.institutional import ClaimCode, InstitutionalClaim, InstitutionalLine
from x12.model.party import Reference
from x12.model.segments import COMPONENT, Loop, Segment, element
from x12.reader import OpenLoop
from x12.sets import Report, attempt, read_sets, reported
from x12.tokens import DEFAULT_LIMITS, Elements, Limits, Source


def read_institutional_claims(
    source: Source, *, report: Report | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[Received[InstitutionalClaim]]:
    """Stream the institutional claims (837I) of a file. Errors as `read_claims`."""
    return reported(_claims(source, report, limits), report)


def _claims(source: Source, report: Report | None, limits: Limits) -> Iterator[Received[InstitutionalClaim]]:
    for opened in read_sets(source, GUIDE, report, limits):
        for loop in opened.loops:
            claim = attempt(_claim, loop, report) if loop.id == "2300" else None
            if claim is not None:
                yield Received(opened.envelope, loop.position(), claim)


class _Rest:
    """Dates, references and what no field holds."""

    def __init__(self, loop: OpenLoop, *read: str) -> None:
        self.dates: list[DatedEvent] = []
        self.references: list[Reference] = []
        self.extra: list[Segment] = []
        for segment in loop.segments[1:]:
            if segment[0] not in read:
                self._take(loop, segment)

    def _take(self, loop: OpenLoop, segment: Elements) -> None:
        match segment[0]:
            case "DTP" if _readable(segment) and not longer(segment, 3):
                self.dates.append(dated(loop, segment))
            case "REF" if (read := reference(segment)) is not None:
                self.references.append(read)
            case _:
                self.extra.append(frozen(segment))


def _claim(loop: OpenLoop) -> InstitutionalClaim:
    head = loop.segments[0]
    others = _Rest(loop, "HI")
    bill = [*element(head, 5).split(COMPONENT), "", ""]
    insured = enclosing(loop, "2000B", "HL")
    dependent = loop.enclosing("2000C")
    coverages = {inner: coverage_of(inner) for inner in loop.loops if inner.id == "2320"}
    provider = needed_loop(enclosing(loop, "2000A", "HL"), "2010AA", "NM1")
    return InstitutionalClaim(
        billing_provider=party(provider),
        subscriber=party(needed_loop(insured, "2010BA", "NM1")),
        payer=party(needed_loop(insured, "2010BB", "NM1")),
        patient=party(needed_loop(dependent, "2010CA", "NM1")) if dependent else None,
        responsibility=element(needed(insured, "SBR"), 1),
        control_number=element(head, 1),
        charge=amount(loop, head, 2),
        facility=bill[0],
        frequency=bill[2],
        codes=tuple(code for item in loop.segments if item[0] == "HI" for code in _codes(loop, item)),
        lines=tuple(_line(inner) for inner in loop.loops if inner.id == "2400"),
        other_coverages=tuple(filter(None, coverages.values())),
        references=tuple(others.references),
        dates=tuple(others.dates),
        extra=(*others.extra, *rest(head, 5)),
        loops=_unread(loop, coverages, "2400"),
    )


def _readable(segment: Elements) -> bool:
    """Whether a DTP is a day or a range; coordination of benefits does not need others, which are kept as they came."""
    try:
        values.days(element(segment, 2), element(segment, 3))
    except ValueError:
        return False
    return True


def _codes(loop: OpenLoop, segment: Elements) -> Iterator[ClaimCode]:
    for number, text in enumerate(segment[1:], start=1):
        if text:
            parts = [*text.split(COMPONENT), "", "", "", ""]
            try:
                worth = values.decimal(parts[4]) if parts[4] else None
            except ValueError as error:
                raise bad(loop, segment, number, str(error)) from None
            further = tuple(text.split(COMPONENT)[5:])
            yield ClaimCode(parts[0], parts[1], parts[2], parts[3], worth, further)


def _unread(loop: OpenLoop, read: Mapping[OpenLoop, object], *ids: str) -> tuple[Loop, ...]:
    """The loops of which nothing was made."""
    return tuple(inner.kept() for inner in loop.loops if inner.id not in ids and not read.get(inner))


def _line(loop: OpenLoop) -> InstitutionalLine:
    service = needed(loop, "SV2")
    others = _Rest(loop, "SV2", "REF")
    decisions = {inner: adjudication_of(inner) for inner in loop.loops if inner.id == "2430"}
    return InstitutionalLine(
        number=value(loop, loop.segments[0], 1, values.integer),
        revenue_code=element(service, 1),
        procedure=optional(loop, service, 2, procedure),
        charge=amount(loop, service, 3),
        unit=element(service, 4),
        units=amount(loop, service, 5),
        not_covered=optional_amount(loop, service, 7),
        dates=tuple(others.dates),
        adjudications=tuple(filter(None, decisions.values())),
        extra=(*others.extra, *(frozen(item) for item in loop.segments if item[0] == "REF")),
        loops=_unread(loop, decisions),
    )
