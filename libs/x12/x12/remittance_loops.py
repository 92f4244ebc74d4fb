"""The loops of an 835 to a remittance, its claim payments and its provider adjustments."""

from datetime import date
from decimal import Decimal

from x12 import values
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
from x12.model.adjustment import Adjustment
from x12.model.claim import DatedEvent
from x12.model.party import Party, Reference
from x12.model.remittance import (
    BankAccount,
    ClaimPayment,
    ProviderAdjustment,
    Remittance,
    ServicePayment,
)  # fmt: skip
from x12.model.segments import COMPONENT, Segment, element
from x12.reader import OpenLoop
from x12.tokens import Elements

_PLB_STARTS = range(3, 15, 2)
_ROLES = {"QC": "patient", "IL": "subscriber", "82": "rendering"}


def root_of(loop: OpenLoop) -> OpenLoop:
    """The set's own loop, which is around this one."""
    while loop.around is not None:
        loop = loop.around
    return loop


def header_of(root: OpenLoop) -> Remittance:
    """The head of a set, from its own loop. Raises BadElement, MissingSegment."""
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


def payment_of_loop(loop: OpenLoop) -> ClaimPayment:
    """The payment of a loop 2100. Raises BadElement, MissingSegment."""
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


def provider_adjustments_of(loop: OpenLoop) -> tuple[ProviderAdjustment, ...]:
    """The reasons of a PLB. Raises BadElement."""
    head = loop.segments[0]
    ends = value(loop, head, 2, values.day)
    found: list[ProviderAdjustment] = []
    for start in _PLB_STARTS:
        if any(head[start : start + 2]):
            reason, _, number = element(head, start).partition(COMPONENT)
            taken = amount(loop, head, start + 1)
            found.append(ProviderAdjustment(element(head, 1), ends, reason, taken, number))
    return tuple(found)
