"""Acknowledgements to the bodies of a 999 and a 277CA."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from x12 import values
from x12.errors import WriteRefused
from x12.model.acknowledgement import (
    AckSource,
    ClaimAck,
    ClaimAckPart,
    Context,
    ElementError,
    FunctionalAck,
    LevelAck,
    LineAck,
    SegmentError,
    SetAck,
    Status,
    StatusReport,
)  # fmt: skip
from x12.model.claim import DatedEvent
from x12.model.segments import Segment
from x12.phrases import dated, party, procedure, reference, references, served
from x12.writer import amount, body_text, composite

_TOTALS = {"receiver": ("90", "AA"), "provider": ("QA", "QC")}
_MOST_STATUSES = 3


def render_functional_ack_body(ack: FunctionalAck) -> str:
    """The segments between ST and SE of one 999, in canonical delimiters. Raises DelimiterInData."""
    return body_text(_functional_ack(ack))


def _functional_ack(ack: FunctionalAck) -> Iterator[Segment]:
    yield ("AK1", ack.functional_id, ack.group_control_number, ack.version)
    yield from ack.extra
    for item in ack.sets:
        yield from _set_ack(item)
    yield ("AK9", ack.code, str(ack.included), str(ack.received), str(ack.accepted), *ack.errors)


def _set_ack(item: SetAck) -> Iterator[Segment]:
    yield ("AK2", item.kind, item.control_number, item.version)
    for error in item.segments:
        yield from _segment_error(error)
    yield ("IK5", item.code, *item.errors)
    # After the verdict, so that nothing kept can be taken for it.
    yield from item.extra


def _segment_error(error: SegmentError) -> Iterator[Segment]:
    yield ("IK3", error.segment, str(error.position), error.loop, error.code)
    yield from map(_context, error.contexts)
    yield from error.extra
    for item in error.elements:
        yield from _element_error(item)


def _element_error(error: ElementError) -> Iterator[Segment]:
    place = composite(str(error.element), _number(error.component), _number(error.repetition))
    yield ("IK4", place, error.reference, error.code, error.value)
    yield from map(_context, error.contexts)
    yield from error.extra


def _context(item: Context) -> Segment:
    return (
        "CTX", composite(item.name, item.value), item.segment, _number(item.position), item.loop,
        composite(_number(item.element), _number(item.component)), item.reference,
    )  # fmt: skip


def _number(number: int | None) -> str:
    return "" if number is None else str(number)


def render_claim_acks_body(parts: Iterable[ClaimAckPart]) -> str:
    """The segments between ST and SE of one 277CA, in canonical delimiters.

    All parts come from one source. A claim brings its provider and receiver levels with it, so that they
    need to be given themselves only when nothing stands below them; consecutive claims of one patient and
    provider share levels. Raises WriteRefused when nothing is given or the sources differ,
    DelimiterInData.
    """
    return body_text(_claim_acks(parts))


def _claim_acks(parts: Iterable[ClaimAckPart]) -> Iterator[Segment]:
    levels: _AckLevels | None = None
    for part in parts:
        if levels is None:
            levels = _AckLevels(part.source)
            yield from levels.begin()
        elif levels.source != part.source:
            raise WriteRefused("A 277CA speaks for one source")
        yield from levels.claim(part) if isinstance(part, ClaimAck) else levels.level(part)
    if levels is None:
        raise WriteRefused("A 277CA needs at least one status")
    yield from levels.pending()


class _AckLevels:
    """Counts HL segments. A level is held back until it is known whether another stands below it (HL04)."""

    def __init__(self, source: AckSource) -> None:
        self.source = source
        self.count = 0
        self.receiver: LevelAck | None = None
        self.provider: LevelAck | None = None
        self.receiver_level = self.provider_level = ""
        self.patient: tuple[object, ...] = ()
        self.held: list[tuple[LevelAck, str, str]] = []

    def begin(self) -> Iterator[Segment]:
        source = self.source
        yield (
            "BHT", "0085", "08", source.reference, values.day_text(source.created),
            values.time_text(source.created), "TH",
        )  # fmt: skip
        yield ("HL", self._next(), "", "20", "1")
        yield from party(source.entity, source.party)
        yield ("TRN", "1", source.trace)
        for qualifier, on in (("050", source.received), ("009", source.processed)):
            if on is not None:
                yield dated(DatedEvent(qualifier, on))
        yield from source.extra

    def level(self, ack: LevelAck) -> Iterator[Segment]:
        if ack.level == "receiver":
            if ack == self.receiver:
                return
            yield from self.pending()
            self.receiver, self.provider = ack, None
            self.receiver_level = self._next()
            self.held.append((ack, self.receiver_level, "1"))
            return
        if ack.receiver is None:
            raise WriteRefused("A provider level needs its receiver level")
        yield from self.level(ack.receiver)
        if ack == self.provider:
            return
        yield from self.pending(below=self.provider is None)
        self.provider = ack
        self.provider_level = self._next()
        self.held.append((ack, self.provider_level, self.receiver_level))

    def claim(self, ack: ClaimAck) -> Iterator[Segment]:
        yield from self.level(ack.provider)
        yield from self.pending(below=True)
        patient = (self.provider_level, ack.patient)
        if patient != self.patient:
            self.patient = patient
            yield ("HL", self._next(), self.provider_level, "PT")
            yield from party("QC", ack.patient)
        yield from _claim_status(ack)

    def pending(self, *, below: bool = False) -> Iterator[Segment]:
        """Write the level held back, now that it is known whether something stands below it."""
        for ack, number, parent in self.held:
            yield ("HL", number, parent, "21" if ack.level == "receiver" else "19", "1" if below else "0")
            yield from party("41" if ack.level == "receiver" else "85", ack.party)
            yield from _level_status(ack)
        self.held = []

    def _next(self) -> str:
        self.count += 1
        return str(self.count)


def _level_status(ack: LevelAck) -> Iterator[Segment]:
    accepted, rejected = _TOTALS[ack.level]
    said = (
        *map(_status, ack.reports),
        *references(ack.references),
        *_total("QTY", accepted, ack.accepted_count),
        *_total("QTY", rejected, ack.rejected_count),
        *_total("AMT", "YU", ack.accepted_amount),
        *_total("AMT", "YY", ack.rejected_amount),
        *ack.extra,
    )
    if said or ack.trace or ack.level == "receiver":
        # A provider level has no number of the submitter to repeat: TRN01 1, TRN02 0 (guide 005010X214,
        # 2200C).
        yield ("TRN", "2", ack.trace) if ack.level == "receiver" else ("TRN", "1", ack.trace or "0")
        yield from said


def _total(segment: str, qualifier: str, total: Decimal | None) -> tuple[Segment, ...]:
    return () if total is None else ((segment, qualifier, amount(total)),)


def _claim_status(ack: ClaimAck) -> Iterator[Segment]:
    yield ("TRN", "2", ack.control_number)
    yield from map(_status, ack.reports)
    yield from reference("1K", ack.payer_control_number)
    yield from reference("D9", ack.clearinghouse_trace)
    yield from references(ack.references)
    yield from served(ack.service_from, ack.service_to)
    yield from ack.extra
    for line in ack.lines:
        yield from _line_status(line)


def _line_status(line: LineAck) -> Iterator[Segment]:
    yield (
        "SVC", procedure(line.procedure), amount(line.charge), "", line.revenue_code, "", "",
        amount(line.units),
    )  # fmt: skip
    yield from map(_status, line.reports)
    yield from reference("FJ", line.control_number)
    yield from references(line.references)
    yield from served(line.service_from, line.service_to)
    yield from line.extra


def _status(report: StatusReport) -> Segment:
    if not 0 < len(report.statuses) <= _MOST_STATUSES:
        raise WriteRefused("A status report holds one to three statuses", segment="STC")
    first, *others = (_code(status) for status in report.statuses)
    second, third = [*others, "", ""][:2]
    on = values.day_text(report.effective) if report.effective else ""
    return (
        "STC", first, on, report.action, amount(report.amount), "", "", "", "", "", second, third,
        report.message,
    )  # fmt: skip


def _code(status: Status) -> str:
    return composite(status.category, status.code, status.entity, status.code_list)
