"""837P to claims, one at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from x12 import values
from x12.errors import MissingSegment, Position
from x12.fields import (
    amount,
    bad,
    birth,
    dated,
    enclosing,
    frozen,
    in_days,
    longer,
    needed,
    needed_loop,
    party,
    procedure,
    reference,
    value,
)  # fmt: skip
from x12.guides.claim import GUIDE
from x12.model.claim import (
    Attachment,
    BillingProvider,
    Claim837P,
    DatedEvent,
    Diagnosis,
    Drug,
    Note,
    Patient,
    RelatedCauses,
    ServiceLine,
    Submission,
    Subscriber,
)  # fmt: skip
from x12.model.envelope import Envelope
from x12.model.party import Party, Reference
from x12.model.segments import COMPONENT, Loop, Segment, element
from x12.reader import OpenLoop
from x12.sets import Report, attempt, read_sets, reported
from x12.tokens import DEFAULT_LIMITS, Elements, Limits, Source

_DIAGNOSES = frozenset({"ABK", "ABF", "BK", "BF"})


@dataclass(frozen=True, slots=True)
class ReceivedClaim:
    """A claim with the envelope and the head of the set it came in, and the position of its CLM."""

    envelope: Envelope
    position: Position
    submission: Submission
    claim: Claim837P


def read_claims(
    source: Source, *, report: Report | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[ReceivedClaim]:
    """Stream the professional claims of a file.

    Without `report`, the first thing wrong is raised as an X12Error. With it, what is wrong is reported as
    a Finding, a claim that cannot be read is left out, and reading goes on.
    """
    return reported(_claims(source, report, limits), report)


def _claims(source: Source, report: Report | None, limits: Limits) -> Iterator[ReceivedClaim]:
    for opened in read_sets(source, GUIDE, report, limits):
        for loop in opened.loops:
            if loop.id != "2300":
                continue
            claim = attempt(claim_of, loop, report)
            submission = attempt(_submission, enclosing(loop, "ST", "BHT"), report)
            if claim is not None and submission is not None:
                yield ReceivedClaim(opened.envelope, loop.position(), submission, claim)


def _submission(root: OpenLoop) -> Submission:
    if isinstance(root.value, Submission):
        return root.value
    head = needed(root, "BHT")
    try:
        created = values.moment(element(head, 4), element(head, 5))
    except ValueError as error:
        raise bad(root, head, 4, str(error)) from None
    root.value = Submission(
        element(head, 3),
        created,
        party(needed_loop(root, "1000A", "NM1")),
        party(needed_loop(root, "1000B", "NM1")),
        element(head, 2),
        element(head, 6),
        tuple(frozen(segment) for segment in root.segments if segment is not head),
    )
    return root.value


def _billing_provider(loop: OpenLoop) -> BillingProvider:
    if isinstance(loop.value, BillingProvider):
        return loop.value
    taxonomy = ""
    extra: list[Segment] = []
    for segment in loop.segments[1:]:
        if segment[0] == "PRV" and segment[1:3] == ["BI", "PXC"] and not taxonomy and not longer(segment, 3):
            taxonomy = element(segment, 3)
        else:
            extra.append(frozen(segment))
    named = needed_loop(loop, "2010AA", "NM1")
    who, tax_id = _with_tax_id(party(named))
    pay_to = loop.inner("2010AB")
    where = party(pay_to) if pay_to else None
    if where is None or where != Party(kind=where.kind, address=where.address) or where.address is None:
        pay_to, where = None, None
    loop.value = BillingProvider(
        who,
        tax_id.value if tax_id else "",
        tax_id.qualifier if tax_id else "EI",
        taxonomy,
        where.address if where else None,
        where.kind if where else "",
        tuple(extra),
        _unread(loop, named, pay_to),
    )
    return loop.value


def _with_tax_id(who: Party) -> tuple[Party, Reference | None]:
    for item in who.references:
        if item.qualifier in ("EI", "SY") and not item.description:
            rest = list(who.references)
            rest.remove(item)
            return replace(who, references=tuple(rest)), item
    return who, None


def _unread(loop: OpenLoop, *read: OpenLoop | None) -> tuple[Loop, ...]:
    return tuple(inner.kept() for inner in loop.loops if not any(inner is item for item in read))


@dataclass(slots=True)
class _Insured:
    """What one 2000B says: the subscriber and the payer."""

    subscriber: Subscriber
    payer: Party


def _insured(loop: OpenLoop) -> _Insured:
    if isinstance(loop.value, _Insured):
        return loop.value
    coverage = needed(loop, "SBR")
    named = needed_loop(loop, "2010BA", "NM1")
    paying = needed_loop(loop, "2010BB", "NM1")
    who, born, sex = _person(named)
    subscriber = Subscriber(
        who, element(coverage, 1), element(coverage, 2), element(coverage, 3), element(coverage, 4),
        element(coverage, 5),
        element(coverage, 9), born, sex,
        tuple(frozen(segment) for segment in loop.segments[1:] if segment is not coverage),
        _unread(loop, named, paying),
    )  # fmt: skip
    loop.value = _Insured(subscriber, party(paying))
    return loop.value


def _person(loop: OpenLoop):
    who = party(loop)
    for segment in loop.segments:
        if segment[0] == "DMG" and element(segment, 1) == "D8" and not longer(segment, 3):
            extra = list(who.extra)
            extra.remove(frozen(segment))
            return replace(who, extra=tuple(extra)), birth(loop, segment), element(segment, 3)
    return who, None, ""


def _patient(loop: OpenLoop) -> Patient:
    if isinstance(loop.value, Patient):
        return loop.value
    relation = needed(loop, "PAT")
    named = needed_loop(loop, "2010CA", "NM1")
    who, born, sex = _person(named)
    extra = [frozen(segment) for segment in loop.segments[1:] if segment is not relation]
    if longer(relation, 1):
        extra.append(frozen(relation))
    loop.value = Patient(who, element(relation, 1), born, sex, tuple(extra), _unread(loop, named))
    return loop.value


class _Rest:
    """Collects what the segments of a claim or a line say, and keeps what no field holds."""

    def __init__(self, loop: OpenLoop) -> None:
        self.loop = loop
        self.extra: list[Segment] = []
        self.dates: list[DatedEvent] = []
        self.notes: list[Note] = []
        self.references: list[Reference] = []

    def take(self, segment: Elements) -> None:
        match segment[0]:
            case "DTP" if in_days(segment) and not longer(segment, 3):
                self.dates.append(dated(self.loop, segment))
            case "NTE" if not longer(segment, 2):
                self.notes.append(Note(element(segment, 1), element(segment, 2)))
            case "REF" if (read := reference(segment)) is not None:
                self.references.append(read)
            case _:
                self.extra.append(frozen(segment))

    def pick(self, qualifier: str) -> str:
        """Take the first reference of that qualifier out, for a field of its own."""
        for item in self.references:
            if item.qualifier == qualifier and not item.description:
                self.references.remove(item)
                return item.value
        return ""


def claim_of(loop: OpenLoop) -> Claim837P:
    """The claim of a closed loop 2300. Raises BadElement, MissingSegment."""
    head = loop.segments[0]
    rest = _Rest(loop)
    diagnoses: tuple[Diagnosis, ...] = ()
    attachments: list[Attachment] = []
    paid: Decimal | None = None
    for segment in loop.segments[1:]:
        match segment[0]:
            case "HI" if not diagnoses and (read := _diagnoses(segment)):
                diagnoses = read
            case "AMT" if paid is None and element(segment, 1) == "F5" and not longer(segment, 2):
                paid = amount(loop, segment, 2)
            case "PWK" if _plain_attachment(segment):
                attachments.append(Attachment(segment[1], element(segment, 2), element(segment, 6)))
            case _:
                rest.take(segment)
    return _assemble(loop, head, rest, diagnoses, tuple(attachments), paid)


def _assemble(
    loop: OpenLoop,
    head: Elements,
    rest: _Rest,
    diagnoses: tuple[Diagnosis, ...],
    attachments: tuple[Attachment, ...],
    paid: Decimal | None,
) -> Claim837P:
    insured = _insured(enclosing(loop, "2000B", "HL"))
    dependent = loop.enclosing("2000C")
    place = element(head, 5).split(COMPONENT)
    referring = loop.inner("2310A")
    if referring and element(referring.segments[0], 1) != "DN":
        referring = None
    roles = {name: loop.inner(name) for name in ("2310B", "2310C", "2310D")}
    read = [referring, *roles.values(), *(inner for inner in loop.loops if inner.id == "2400")]
    who = {name: party(inner) if inner else None for name, inner in roles.items()}
    return Claim837P(
        billing_provider=_billing_provider(enclosing(loop, "2000A", "HL")),
        subscriber=insured.subscriber,
        payer=insured.payer,
        patient=_patient(dependent) if dependent else None,
        control_number=element(head, 1),
        charge=amount(loop, head, 2),
        place_of_service=place[0],
        facility_qualifier=place[1] if len(place) > 1 else "",
        frequency=place[2] if len(place) > 2 else "",
        provider_signature=element(head, 6),
        assignment=element(head, 7),
        benefits_assigned=element(head, 8),
        release=element(head, 9),
        patient_signature_source=element(head, 10),
        related_causes=_causes(element(head, 11)),
        special_program=element(head, 12),
        delay_reason=element(head, 20),
        diagnoses=diagnoses,
        prior_authorization=rest.pick("G1"),
        referral_number=rest.pick("9F"),
        original_reference=rest.pick("F8"),
        clia_number=rest.pick("X4"),
        references=tuple(rest.references),
        patient_paid=paid,
        notes=tuple(rest.notes),
        dates=tuple(rest.dates),
        attachments=attachments,
        referring=party(referring) if referring else None,
        rendering=who["2310B"],
        service_facility=who["2310C"],
        supervising=who["2310D"],
        lines=tuple(_line(inner) for inner in loop.loops if inner.id == "2400"),
        extra=tuple(rest.extra),
        loops=_unread(loop, *read),
    )


def _diagnoses(segment: Elements) -> tuple[Diagnosis, ...]:
    """The codes of an HI segment that holds nothing but diagnoses; none when it holds anything else."""
    pairs = [part.split(COMPONENT) for part in frozen(segment)[1:]]
    if any(len(pair) != 2 or pair[0] not in _DIAGNOSES for pair in pairs):
        return ()
    return tuple(Diagnosis(qualifier, code) for qualifier, code in pairs)


def _plain_attachment(segment: Elements) -> bool:
    if len(segment) < 2 or any(segment[3:5]) or longer(segment, 6):
        return False
    return (element(segment, 5) == "AC") == bool(element(segment, 6)) and element(segment, 5) in ("", "AC")


def _causes(text: str) -> RelatedCauses | None:
    if not text:
        return None
    parts = [*text.split(COMPONENT), "", "", "", "", ""][:5]
    return RelatedCauses(tuple(cause for cause in parts[:3] if cause), parts[3], parts[4])


def _line(loop: OpenLoop) -> ServiceLine:
    service = needed(loop, "SV1")
    rest = _Rest(loop)
    for segment in loop.segments[1:]:
        if segment is not service:
            rest.take(segment)
    on = next((item for item in rest.dates if item.qualifier == "472"), None)
    if on is None:
        raise MissingSegment("The service line has no date", loop.position(), loop=loop.id, segment="DTP")
    rest.dates.remove(on)
    drug = loop.inner("2410")
    given = _drug(drug) if drug else None
    rendering = loop.inner("2420A")
    return ServiceLine(
        number=value(loop, loop.segments[0], 1, values.integer),
        procedure=value(loop, service, 1, procedure),
        charge=amount(loop, service, 2),
        unit=element(service, 3),
        units=amount(loop, service, 4),
        place_of_service=element(service, 5),
        pointers=value(loop, service, 7, _pointers),
        emergency=element(service, 9),
        epsdt=element(service, 11),
        family_planning=element(service, 12),
        copay_status=element(service, 15),
        service_from=on.start,
        service_to=on.end,
        control_number=rest.pick("6R"),
        drug=given,
        notes=tuple(rest.notes),
        dates=tuple(rest.dates),
        references=tuple(rest.references),
        rendering=party(rendering) if rendering else None,
        extra=tuple(rest.extra),
        loops=_unread(loop, rendering, drug if given else None),
    )


def _pointers(text: str) -> tuple[int, ...]:
    return tuple(values.integer(part) for part in text.split(COMPONENT) if part)


def _drug(loop: OpenLoop) -> Drug | None:
    """Loop 2410, or None (the loop is then kept as it came) when it does not say how much of what."""
    item = loop.segments[0]
    measured = next((segment for segment in loop.segments if segment[0] == "CTP"), None)
    if measured is None or COMPONENT in element(measured, 5) or any(measured[1:4]) or longer(measured, 5):
        return None
    if element(item, 1) or longer(item, 3):
        return None
    number = next((segment for segment in loop.segments[1:] if segment[0] == "REF" and not longer(segment, 2)), None)
    return Drug(
        element(item, 3),
        amount(loop, measured, 4),
        element(measured, 5),
        element(item, 2),
        element(number or [], 2),
        element(number or [], 1) if number else "XZ",
        tuple(frozen(item) for item in loop.segments[1:] if item is not measured and item is not number),
    )
