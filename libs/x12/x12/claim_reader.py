"""837P to claims, one at a time."""

import re
from collections.abc import Iterator
from dataclasses import replace

from x12 import usual_claim, values
from x12.claim_parts import ClaimRest, Rest, causes, pointers
from x12.coordination_reader import adjudication_of, coverage_of
from x12.errors import MissingSegment, Position, X12Error
from x12.fields import (
    amount,
    bad,
    birth,
    enclosing,
    frozen,
    longer,
    needed,
    needed_loop,
    party,
    procedure,
    value,
)  # fmt: skip
from x12.guides.claim import GUIDE
from x12.model.claim import (
    BillingProvider,
    Claim837P,
    Drug,
    Patient,
    ServiceLine,
    Submission,
    Subscriber,
)  # fmt: skip
from x12.model.envelope import Envelope
from x12.model.party import Party, Reference
from x12.model.record import maker, record
from x12.model.segments import COMPONENT, Loop, Segment, element
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
    for opened in read_sets(source, GUIDE, report, limits):
        yield from _Set(opened, report, limits).claims()


_HL = f"HL{ELEMENT}"
_LEVEL = f"{SEGMENT}{_HL}"
_PROVIDER_LEVEL, _SUBSCRIBER_LEVEL, _PATIENT_LEVEL = "20", "22", "23"
_CODE = re.compile(f"[^{SEGMENT}{ELEMENT}]*{ELEMENT}[^{SEGMENT}{ELEMENT}]*{ELEMENT}(2[023])(?![^{SEGMENT}{ELEMENT}])")
_ODD = "?"
_MOST_HELD = 65_536


class _Set:
    """The claims of one set, level (HL) by level: a subscriber or patient of the usual shape is read from its text
    at once, any other is walked along the guide.

    The walk stands in loop 2000A while usual levels pass by. `_parent` is the last usual subscriber, with its text
    and position: when an unusual patient follows, the walk goes through that subscriber first.
    """

    def __init__(self, opened: OpenSet, report: Report | None, limits: Limits) -> None:
        self._opened = opened
        self._report = report
        self._limits = limits
        self._walker = Walker(GUIDE, opened.position, limits)
        self._parent: tuple[Insured, str, int] | None = None
        self._held = self._code = ""
        self._around: OpenLoop | None = None
        self._submission: Submission | None = None
        self._provider: BillingProvider | None = None

    def claims(self) -> Iterator[ReceivedClaim]:
        """The claims of the set. Raises EnvelopeBroken, and without a listener BadElement, MissingSegment."""
        try:
            for run in self._opened.runs:
                yield from self._more(run.text)
        except X12Error:
            # What came before the fault is handed out, but for the claim that was still open.
            yield from self._walk(self._held, self._code)
            raise
        if self._code:
            yield from self._level(self._held, self._code)
        else:
            yield from self._walk(self._held, "")
        yield from self._walked(self._walker.finish())

    def _more(self, text: str) -> Iterator[ReceivedClaim]:
        """The claims of the levels that end in a further text; the last level is held until the next one begins."""
        pieces = (f"{self._held}{SEGMENT}{text}" if self._held else text).split(_LEVEL)
        held, code = pieces.pop(), self._code
        self._held = ""
        for piece, after in zip(pieces, [*pieces, held][1:], strict=True):
            found = _CODE.match(after)
            # A level that the guide does not have stays with what is open, which must then be walked.
            yield from self._level(piece, code) if code and found else self._walk(piece, code)
            code = found[1] if found else _ODD
        if len(held) > _MOST_HELD:
            yield from self._walk(held, code)
            held, code = "", ""
        self._held, self._code = held, code

    def _level(self, text: str, code: str) -> Iterator[ReceivedClaim]:
        """The claims of one level; `text` begins after `HL*`."""
        if code == _SUBSCRIBER_LEVEL and self._walker.loop is not self._around:
            yield from self._walked(self._walker.close("2000A"))
            self._stand()
        size = text.count(SEGMENT) + 1
        submission = self._submission
        found = self._usual(text, code) if size <= self._limits.loop else None
        if found is None or submission is None:
            yield from self._walk(text, code)
            return
        base, number = self._opened.position, self._walker.number + 1
        self._walker.number += size
        for at, claim in found:
            place = _position(base.interchange, base.group, base.set, number + text.count(SEGMENT, 0, at))
            yield _received(self._opened.envelope, place, submission, claim)

    def _stand(self) -> None:
        """Read what the usual claims of a billing provider share; when that cannot be read, none is usual."""
        around = self._walker.loop
        self._around = None
        try:
            if around.spec.id == "2000A":
                self._submission, self._provider = (
                    _submission(enclosing(around, "ST", "BHT")),
                    _billing_provider(around),
                )
                self._around = around
        except X12Error:
            pass

    def _usual(self, text: str, code: str) -> list[tuple[int, Claim837P]] | None:
        """The claims of a level of the usual shape, with where their CLM begins; None when it is of another."""
        if self._walker.loop is not self._around or self._provider is None:
            return None
        try:
            if code == _SUBSCRIBER_LEVEL:
                read = usual_claim.insured_of(text)
                if read is None:
                    return None
                insured, at = read
                found = usual_claim.claims_of(text, at, self._provider, insured, None)
                if found is not None:
                    self._parent = (insured, text, self._walker.number)
                return found
            if code == _PATIENT_LEVEL and self._parent is not None:
                return usual_claim.patient_claims(text, self._provider, self._parent[0])
        except (X12Error, ValueError):
            pass
        return None

    def _walk(self, text: str, code: str) -> Iterator[ReceivedClaim]:
        """Walk a level along the guide."""
        if not text:
            return
        walker = self._walker
        if code == _PATIENT_LEVEL and self._parent is not None:
            _, before, number = self._parent
            yield from self._walked(walker.close("2000A"))
            here, walker.number = walker.number, number
            for _ in walker.feed(split_rows(_HL + before)):
                pass
            walker.number = here
            # Its own claims were handed out when it passed.
            while walker.loop.enclosing("2300") is not None and walker.loop.around is not None:
                walker.loop = walker.loop.around
        self._parent = None
        yield from self._walked(walker.feed(split_rows(_HL + text if code else text)))

    def _walked(self, loops: Iterator[OpenLoop]) -> Iterator[ReceivedClaim]:
        for loop in loops:
            if loop.spec.id != "2300":
                continue
            claim = attempt(claim_of, loop, self._report)
            submission = attempt(_submission, enclosing(loop, "ST", "BHT"), self._report)
            if claim is not None and submission is not None:
                yield _received(self._opened.envelope, loop.position(), submission, claim)


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


def _insured(loop: OpenLoop) -> Insured:
    if isinstance(loop.value, Insured):
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
    loop.value = Insured(subscriber, party(paying))
    return loop.value


def _person(loop: OpenLoop):
    who = party(loop)
    for segment in loop.segments:
        if segment[0] == "DMG" and element(segment, 1) == "D8" and not longer(segment, 3):
            return who.without(frozen(segment)), birth(loop, segment), element(segment, 3)
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


def claim_of(loop: OpenLoop) -> Claim837P:
    """The claim of a closed loop 2300. Raises BadElement, MissingSegment."""
    head = loop.segments[0]
    rest = ClaimRest(loop, loop.segments[1:])
    insured = _insured(enclosing(loop, "2000B", "HL"))
    dependent = loop.enclosing("2000C")
    place = element(head, 5).split(COMPONENT)
    referring = loop.inner("2310A")
    if referring and element(referring.segments[0], 1) != "DN":
        referring = None
    roles = {name: loop.inner(name) for name in ("2310B", "2310C", "2310D")}
    coverages = {inner: coverage_of(inner) for inner in loop.loops if inner.id == "2320"}
    read = [referring, *roles.values(), *(inner for inner in loop.loops if inner.id == "2400" or coverages.get(inner))]
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
        related_causes=causes(element(head, 11)),
        special_program=element(head, 12),
        delay_reason=element(head, 20),
        diagnoses=rest.diagnoses,
        prior_authorization=rest.pick("G1"),
        referral_number=rest.pick("9F"),
        original_reference=rest.pick("F8"),
        clia_number=rest.pick("X4"),
        references=tuple(rest.references),
        patient_paid=rest.paid,
        notes=tuple(rest.notes),
        dates=tuple(rest.dates),
        attachments=tuple(rest.attachments),
        referring=party(referring) if referring else None,
        rendering=who["2310B"],
        service_facility=who["2310C"],
        supervising=who["2310D"],
        other_coverages=tuple(filter(None, coverages.values())),
        lines=tuple(_line(inner) for inner in loop.loops if inner.id == "2400"),
        extra=tuple(rest.extra),
        loops=_unread(loop, *read),
    )


def _line(loop: OpenLoop) -> ServiceLine:
    service = needed(loop, "SV1")
    rest = Rest(loop)
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
    decisions = {inner: adjudication_of(inner) for inner in loop.loops if inner.id == "2430"}
    read = [rendering, drug if given else None, *(inner for inner, decision in decisions.items() if decision)]
    return ServiceLine(
        number=value(loop, loop.segments[0], 1, values.integer),
        procedure=value(loop, service, 1, procedure),
        charge=amount(loop, service, 2),
        unit=element(service, 3),
        units=amount(loop, service, 4),
        place_of_service=element(service, 5),
        pointers=value(loop, service, 7, pointers),
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
        adjudications=tuple(filter(None, decisions.values())),
        extra=tuple(rest.extra),
        loops=_unread(loop, *read),
    )


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
