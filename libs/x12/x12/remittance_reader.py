"""835 to a header, then claim payments one at a time, then provider adjustments."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from x12 import usual_payment, values
from x12.errors import LimitExceeded, Position, X12Error
from x12.fields import address as read_address
from x12.fields import (
    adjustments,
    amount,
    contact,
    frozen,
    longer,
    named_only,
    needed,
    needed_loop,
    optional,
    optional_amount,
    procedure,
    reference,
    value,
)  # fmt: skip
from x12.guides.remittance import GUIDE
from x12.model.adjustment import Adjustment
from x12.model.claim import DatedEvent
from x12.model.envelope import Received
from x12.model.party import Party, Reference
from x12.model.record import maker
from x12.model.remittance import (
    BankAccount,
    ClaimPayment,
    ProviderAdjustment,
    Remittance,
    RemittanceAdvice,
    RemittancePart,
    ServicePayment,
)  # fmt: skip
from x12.model.segments import COMPONENT, Segment, element
from x12.reader import OpenLoop, Walker
from x12.sets import OpenSet, Report, attempt, read_sets, reported
from x12.tokens import DEFAULT_LIMITS, ELEMENT, SEGMENT, Elements, Limits, Source, split_rows

_PLB_STARTS = range(3, 15, 2)
_ROLES = {"QC": "patient", "IL": "subscriber", "82": "rendering"}


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
    for opened in read_sets(source, GUIDE, report, limits):
        yield from _set_parts(opened, report, limits)


def _set_parts(opened: OpenSet, report: Report | None, limits: Limits) -> Iterator[Received[RemittancePart]]:
    return _Set(opened, report, limits).parts()


_CLP = f"CLP{ELEMENT}"
_PAYMENT = f"{SEGMENT}{_CLP}"
_MOST_HELD = 65_536
_received, _position = maker(Received[RemittancePart]), maker(Position)


class _Set:
    """The parts of one set, CLP by CLP: a payment of the usual shape is read from its text at once, anything else is
    walked along the guide. The walk stands in loop 2000 while usual payments pass by.
    """

    def __init__(self, opened: OpenSet, report: Report | None, limits: Limits) -> None:
        self._opened = opened
        self._report = report
        self._limits = limits
        self._walker = Walker(GUIDE, opened.position, limits)
        self._headed = False
        self._held = ""
        self._pays = False

    def parts(self) -> Iterator[Received[RemittancePart]]:
        """The parts of the set. Raises EnvelopeBroken, and without a listener BadElement, MissingSegment."""
        try:
            for run in self._opened.runs:
                yield from self._more(run.text)
        except X12Error:
            # What came before the fault is handed out, but for the payment that was still open.
            yield from self._walk(self._held, self._pays)
            raise
        yield from self._piece(self._held, self._pays)
        yield from self._walked(self._walker.finish())

    def _more(self, text: str) -> Iterator[Received[RemittancePart]]:
        """What ends in a further text; the last payment is held until the next one begins."""
        pieces = (f"{self._held}{SEGMENT}{text}" if self._held else text).split(_PAYMENT)
        held, pays = pieces.pop(), self._pays
        self._held = ""
        for piece in pieces:
            yield from self._piece(piece, pays)
            pays = True
        if len(held) > _MOST_HELD:
            yield from self._walk(held, pays)
            held, pays = "", False
        self._held, self._pays = held, pays

    def _piece(self, text: str, pays: bool) -> Iterator[Received[RemittancePart]]:
        """A payment (`text` begins after `CLP*`), or what stands between ST and the first."""
        size = text.count(SEGMENT) + 1
        if pays and size <= self._limits.loop:
            walker = self._walker
            yield from self._walked(walker.close("2000"))
            payment = self._usual(text) if walker.loop.spec.id == "2000" else None
            if payment is not None:
                yield from self._head(walker.loop)
                base, number = self._opened.position, walker.number
                walker.number += size
                walker.loop.pass_by("2100")
                place = _position(base.interchange, base.group, base.set, number)
                yield _received(self._opened.envelope, place, payment)
                return
        yield from self._walk(text, pays)

    def _usual(self, text: str) -> ClaimPayment | None:
        around = self._walker.loop
        try:
            extra = () if "2100" in around.counts else tuple(map(frozen, around.segments[1:]))
            return usual_payment.payment_of(text, element(around.segments[0], 1), extra)
        except (X12Error, ValueError):
            return None

    def _walk(self, text: str, pays: bool) -> Iterator[Received[RemittancePart]]:
        """Walk along the guide."""
        if text:
            yield from self._walked(self._walker.feed(split_rows(_CLP + text if pays else text)))

    def _walked(self, loops: Iterator[OpenLoop]) -> Iterator[Received[RemittancePart]]:
        for loop in loops:
            yield from self._head(loop)
            if loop.id == "2100":
                claim = attempt(_claim, loop, self._report)
                if claim is not None:
                    yield _received(self._opened.envelope, loop.position(), claim)
            elif loop.id == "PLB":
                for adjustment in attempt(_provider_adjustments, loop, self._report) or ():
                    yield _received(self._opened.envelope, loop.position(), adjustment)

    def _head(self, loop: OpenLoop) -> Iterator[Received[RemittancePart]]:
        """The remittance itself, before the first of its parts."""
        if not self._headed:
            self._headed = True
            head = attempt(_header, _root(loop), self._report)
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


def remittance_parts(loop: OpenLoop) -> Iterator[RemittancePart]:
    """What one closed loop says: the set's own loop the header, a CLP or PLB loop what it pays or takes.

    Raises BadElement, MissingSegment.
    """
    if loop.around is None:
        yield _header(loop)
    elif loop.id == "2100":
        yield _claim(loop)
    elif loop.id == "PLB":
        yield from _provider_adjustments(loop)


def _root(loop: OpenLoop) -> OpenLoop:
    while loop.around is not None:
        loop = loop.around
    return loop


def _header(root: OpenLoop) -> Remittance:
    payment = needed(root, "BPR")
    trace = needed(root, "TRN")
    produced: date | None = None
    receiver = ""
    extra: list[Segment] = []
    for segment in root.segments:
        match segment[0]:
            case "BPR" | "TRN" if segment is payment or segment is trace:
                pass
            case "DTM" if produced is None and element(segment, 1) == "405" and not longer(segment, 2):
                produced = value(root, segment, 2, values.day)
            case "REF" if not receiver and element(segment, 1) == "EV" and not longer(segment, 2):
                receiver = element(segment, 2)
            case _:
                extra.append(frozen(segment))
    return Remittance(
        total=amount(root, payment, 2),
        payment_date=value(root, payment, 16, values.day),
        trace=element(trace, 2),
        payer=_party(needed_loop(root, "1000A", "N1")),
        payee=_party(needed_loop(root, "1000B", "N1")),
        handling=element(payment, 1),
        credit=element(payment, 3),
        method=element(payment, 4),
        payment_format=element(payment, 5),
        sender_account=_account(payment, 6),
        originator=element(payment, 10),
        originator_supplement=element(payment, 11),
        receiver_account=_account(payment, 12),
        trace_issuer=element(trace, 3),
        trace_supplement=element(trace, 4),
        production_date=produced,
        receiver_id=receiver,
        extra=tuple(extra),
    )


def _account(payment: Elements, start: int) -> BankAccount | None:
    parts = [element(payment, number) for number in range(start, start + 4)]
    return BankAccount(*parts) if any(parts) else None


def _party(loop: OpenLoop) -> Party:
    """A party that N1 opens, payer or payee."""
    named = loop.segments[0]
    street = next((segment for segment in loop.segments if segment[0] == "N3"), None)
    city = next((segment for segment in loop.segments if segment[0] == "N4" and not any(segment[5:7])), None)
    references: list[Reference] = []
    extra: list[Segment] = []
    for segment in loop.segments[1:]:
        if segment is street or segment is city or segment[0] == "PER":
            continue
        read = reference(segment) if segment[0] == "REF" else None
        if read is None:
            extra.append(frozen(segment))
        else:
            references.append(read)
    return Party(
        element(named, 2),
        id_qualifier=element(named, 3),
        id=element(named, 4),
        address=read_address(street, city),
        contacts=tuple(contact(segment) for segment in loop.segments if segment[0] == "PER"),
        references=tuple(references),
        extra=tuple(extra),
    )


class _Gathered:
    """What the segments of a claim or a service say, and what no field holds."""

    def __init__(self) -> None:
        self.adjustments: list[Adjustment] = []
        self.references: list[Reference] = []
        self.extra: list[Segment] = []

    def take(self, loop: OpenLoop, segment: Elements) -> None:
        match segment[0]:
            case "CAS" if not longer(segment, 19):
                self.adjustments.extend(adjustments(loop, segment))
            case "REF" if (read := reference(segment)) is not None:
                self.references.append(read)
            case _:
                self.extra.append(frozen(segment))


def _claim(loop: OpenLoop) -> ClaimPayment:
    head = loop.segments[0]
    gathered = _Gathered()
    people: dict[str, Party] = {}
    dates: list[DatedEvent] = []
    outpatient: Segment = ()
    inpatient: Segment = ()
    allowed: Decimal | None = None
    for segment in loop.segments[1:]:
        match segment[0]:
            case "NM1" if _role(segment) not in ("", *people) and not longer(segment, 9):
                people[_role(segment)] = named_only(segment)
            case "DTM" if not longer(segment, 2):
                dates.append(DatedEvent(element(segment, 1), value(loop, segment, 2, values.day)))
            case "MOA" if not outpatient:
                outpatient = frozen(segment)
            case "MIA" if not inpatient:
                inpatient = frozen(segment)
            case "AMT" if allowed is None and element(segment, 1) == "AU" and not longer(segment, 2):
                allowed = amount(loop, segment, 2)
            case _:
                gathered.take(loop, segment)
    if longer(head, 9):
        gathered.extra.append(frozen(head))
    around = loop.around
    first = around is not None and around.counts.get("2100") == 1
    return ClaimPayment(
        control_number=element(head, 1),
        status=element(head, 2),
        charge=amount(loop, head, 3),
        paid=amount(loop, head, 4),
        patient_responsibility=optional_amount(loop, head, 5),
        filing_code=element(head, 6),
        payer_control_number=element(head, 7),
        place_of_service=element(head, 8),
        frequency=element(head, 9),
        patient=people.get("patient"),
        subscriber=people.get("subscriber"),
        rendering=people.get("rendering"),
        adjustments=tuple(gathered.adjustments),
        services=tuple(_service(inner) for inner in loop.loops),
        dates=tuple(dates),
        references=tuple(gathered.references),
        allowed=allowed,
        moa=outpatient,
        mia=inpatient,
        group_number=element(around.segments[0], 1) if around and around.segments else "",
        group_extra=tuple(map(frozen, around.segments[1:])) if around and first else (),
        extra=tuple(gathered.extra),
    )


def _role(segment: Elements) -> str:
    return _ROLES.get(element(segment, 1), "")


def _service(loop: OpenLoop) -> ServicePayment:
    head = loop.segments[0]
    gathered = _Gathered()
    days: dict[str, date] = {}
    remarks: list[str] = []
    allowed: Decimal | None = None
    for segment in loop.segments[1:]:
        code = element(segment, 1)
        match segment[0]:
            case "DTM" if code in ("472", "150", "151") and code not in days and not longer(segment, 2):
                days[code] = value(loop, segment, 2, values.day)
            case "AMT" if allowed is None and code == "B6" and not longer(segment, 2):
                allowed = amount(loop, segment, 2)
            case "LQ" if code == "HE" and not longer(segment, 2):
                remarks.append(element(segment, 2))
            case _:
                gathered.take(loop, segment)
    ranged = "150" in days and "151" in days and "472" not in days
    if not ranged:
        for code in ("150", "151"):
            if code in days:
                gathered.extra.append(("DTM", code, values.day_text(days[code])))
    line = next((item for item in gathered.references if item.qualifier == "6R" and not item.description), None)
    if line is not None:
        gathered.references.remove(line)
    return ServicePayment(
        paid_procedure=value(loop, head, 1, procedure),
        charge=amount(loop, head, 2),
        paid=amount(loop, head, 3),
        revenue_code=element(head, 4),
        paid_units=optional_amount(loop, head, 5),
        original_procedure=optional(loop, head, 6, procedure),
        original_units=optional_amount(loop, head, 7),
        service_from=days.get("150") if ranged else days.get("472"),
        service_to=days.get("151") if ranged else None,
        control_number=line.value if line else "",
        allowed=allowed,
        adjustments=tuple(gathered.adjustments),
        references=tuple(gathered.references),
        remarks=tuple(remarks),
        extra=tuple(gathered.extra),
    )


def _provider_adjustments(loop: OpenLoop) -> tuple[ProviderAdjustment, ...]:
    head = loop.segments[0]
    ends = value(loop, head, 2, values.day)
    found: list[ProviderAdjustment] = []
    for start in _PLB_STARTS:
        if any(head[start : start + 2]):
            reason, _, number = element(head, start).partition(COMPONENT)
            taken = amount(loop, head, start + 1)
            found.append(ProviderAdjustment(element(head, 1), ends, reason, taken, number))
    return tuple(found)
