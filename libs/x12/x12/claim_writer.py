"""Claims to the body of an 837P."""

from collections.abc import Iterable, Iterator

from x12 import values
from x12.coordination_writer import adjudication_loop, coverage_loop
from x12.errors import WriteRefused
from x12.guides.claim import GUIDE
from x12.guides.spec import LoopSpec
from x12.model.claim import (
    BillingProvider,
    Claim837P,
    Drug,
    Note,
    Patient,
    RelatedCauses,
    ServiceLine,
    Submission,
    Subscriber,
)  # fmt: skip
from x12.model.party import Party
from x12.model.record import maker
from x12.model.segments import COMPONENT, Loop, Segment
from x12.phrases import dated, details, name, party, procedure, reference, references
from x12.writer import amount, body_text, composite, flatten

_MOST_MODIFIERS = 4
_loop = maker(Loop)


def render_claims_body(claims: Iterable[Claim837P], submission: Submission) -> str:
    """The segments between ST and SE of one 837P, in canonical delimiters.

    Claims that follow one another for the same billing provider, subscriber and patient share those
    levels; HL numbers are counted. Raises WriteRefused when there is no claim or a claim cannot be
    written, DelimiterInData.
    """
    return body_text(_segments(claims, submission))


def _segments(claims: Iterable[Claim837P], submission: Submission) -> Iterator[Segment]:
    head = Loop(
        "ST",
        (
            (
                "BHT", "0019", submission.purpose, submission.reference, values.day_text(submission.created),
                values.time_text(submission.created), submission.kind,
            ),
            *submission.extra,
        ),
        (
            Loop("1000A", party("41", submission.submitter)),
            Loop("1000B", party("40", submission.receiver)),
        ),
    )  # fmt: skip
    yield from flatten(head, GUIDE.root)
    levels = _Levels()
    for group in _families(claims):
        yield from levels.family(group)
    if not levels.count:
        raise WriteRefused("An 837 needs at least one claim")


def _families(claims: Iterable[Claim837P]) -> Iterator[list[Claim837P]]:
    """Runs of claims under one subscriber: the subscriber's own first, then dependents'.

    A claim of the subscriber after one of a dependent begins a new run, because loop 2000C cannot be left
    for 2300.
    """
    run: list[Claim837P] = []
    for claim in claims:
        last = run[-1] if run else None
        if last is not None and not (_same_subscriber(last, claim) and (last.patient is None or claim.patient)):
            yield run
            run = []
        run.append(claim)
    if run:
        yield run


def _same_subscriber(one: Claim837P, other: Claim837P) -> bool:
    return (
        _same(one.subscriber, other.subscriber)
        and _same(one.billing_provider, other.billing_provider)
        and _same(one.payer, other.payer)
    )


def _same(one: object, other: object) -> bool:
    return one is other or one == other


class _Levels:
    """Counts HL segments and remembers which billing provider is open."""

    def __init__(self) -> None:
        self.count = 0
        self.provider: BillingProvider | None = None
        self.provider_level = ""
        self.places = _places()

    def family(self, claims: list[Claim837P]) -> Iterator[Segment]:
        first = claims[0]
        if self.provider is not first.billing_provider and self.provider != first.billing_provider:
            self.provider = first.billing_provider
            self.provider_level = self._next()
            hl = ("HL", self.provider_level, "", "20", "1")
            yield from flatten(_billing_provider(self.provider, hl), self.places["2000A"])
        level = self._next()
        dependents = any(claim.patient for claim in claims)
        hl = ("HL", level, self.provider_level, "22", "1" if dependents else "0")
        yield from _subscriber(first.subscriber, first.payer, hl, self.places["2000B"])
        patient: Patient | None = None
        for claim in claims:
            if claim.patient is not None and claim.patient != patient:
                patient = claim.patient
                hl = ("HL", self._next(), level, "23", "0")
                yield from flatten(_patient(patient, hl), self.places["2000C"])
            yield from _claim(claim, self.places["2300"], self.places["2320"])

    def _next(self) -> str:
        self.count += 1
        return str(self.count)


def _places() -> dict[str, LoopSpec]:
    found: dict[str, LoopSpec] = {}
    waiting = [GUIDE.root]
    while waiting:
        spec = waiting.pop()
        found.setdefault(spec.id, spec)
        waiting.extend(spec.loops)
    return found


def _billing_provider(provider: BillingProvider, hl: Segment) -> Loop:
    own = [hl]
    if provider.taxonomy:
        own.append(("PRV", "BI", "PXC", provider.taxonomy))
    named = (
        name("85", provider.party),
        *reference(provider.tax_id_qualifier, provider.tax_id),
        *details(provider.party),
    )
    inner = [Loop("2010AA", named)]
    if provider.pay_to is not None:
        where = Party(kind=provider.pay_to_kind or provider.party.kind, address=provider.pay_to)
        inner.append(Loop("2010AB", party("87", where)))
    return Loop("2000A", (*own, *provider.extra), (*inner, *provider.loops))


def _subscriber(subscriber: Subscriber, payer: Party, hl: Segment, spec: LoopSpec) -> Iterable[Segment]:
    coverage = (
        "SBR", subscriber.responsibility, subscriber.relationship, subscriber.group_number,
        subscriber.group_name,
        subscriber.insurance_type, "", "", "", subscriber.filing_code,
    )  # fmt: skip
    who = subscriber.party
    named = (*party("IL", who), *_born(subscriber))
    paying = party("PR", payer)
    kept = subscriber.extra or subscriber.loops or who.extra or payer.extra
    if not (kept or who.references or who.contacts or who.taxonomy):
        return (hl, coverage, *named, *paying)
    inner = (Loop("2010BA", named), Loop("2010BB", paying), *subscriber.loops)
    return flatten(Loop("2000B", (hl, coverage, *subscriber.extra), inner), spec)


def _born(person: Subscriber | Patient) -> tuple[Segment, ...]:
    if person.birth_date is None:
        return ()
    return (("DMG", "D8", values.day_text(person.birth_date), person.sex),)


def _patient(patient: Patient, hl: Segment) -> Loop:
    relation: tuple[Segment, ...] = (("PAT", patient.relationship),)
    if any(segment[0] == "PAT" for segment in patient.extra):
        relation = ()
    named = Loop("2010CA", (*party("QC", patient.party), *_born(patient)))
    return Loop("2000C", (hl, *relation, *patient.extra), (named, *patient.loops))


def _claim(claim: Claim837P, spec: LoopSpec, coverage: LoopSpec) -> Iterable[Segment]:
    own: list[Segment] = [
        (
            "CLM", claim.control_number, amount(claim.charge), "", "",
            composite(claim.place_of_service, claim.facility_qualifier, claim.frequency),
            claim.provider_signature,
            claim.assignment, claim.benefits_assigned, claim.release, claim.patient_signature_source,
            _causes(claim.related_causes), claim.special_program,
            *(("", "", "", "", "", "", "", claim.delay_reason) if claim.delay_reason else ()),
        ),
    ]  # fmt: skip
    if claim.dates:
        own += map(dated, claim.dates)
    for item in claim.attachments:
        number = ("", "", "AC", item.control_number) if item.control_number else ()
        own.append(("PWK", item.report_type, item.transmission, *number))
    if claim.patient_paid is not None:
        own.append(("AMT", "F5", amount(claim.patient_paid)))
    numbers = (
        ("9F", claim.referral_number), ("G1", claim.prior_authorization), ("F8", claim.original_reference),
        ("X4", claim.clia_number),
    )  # fmt: skip
    own += [("REF", qualifier, number) for qualifier, number in numbers if number]
    if claim.references:
        own += references(claim.references)
    if claim.notes:
        own += _notes(claim.notes)
    if claim.diagnoses:
        own.append(("HI", *[composite(item.qualifier, item.code) for item in claim.diagnoses]))
    roles = (
        ("2310A", "DN", claim.referring),
        ("2310B", "82", claim.rendering),
        ("2310C", "77", claim.service_facility),
        ("2310D", "DQ", claim.supervising),
    )
    inner = [_loop(place, party(role, who)) for place, role, who in roles if who is not None]
    kept = any(who.extra for _, _, who in roles if who is not None)
    lines = [_line(line) for line in claim.lines]
    inner += [coverage_loop(item, coverage) for item in claim.other_coverages]
    if claim.extra or claim.loops or claim.other_coverages or kept or any(map(_keeps, claim.lines)):
        return flatten(Loop("2300", (*own, *claim.extra), (*inner, *lines, *claim.loops)), spec)
    # Nothing that the guide would have to put in its place: everything stands in order.
    for loop in (*inner, *lines):
        own += loop.segments
        for deeper in loop.loops:
            own += deeper.segments
    return own


def _keeps(line: ServiceLine) -> bool:
    """Whether a line has segments or loops of which only the guide knows the place."""
    kept = line.extra or line.loops or line.adjudications or (line.drug is not None and line.drug.extra)
    return bool(kept or (line.rendering is not None and line.rendering.extra))


def _causes(related: RelatedCauses | None) -> str:
    if related is None:
        return ""
    causes = [*related.causes, "", "", ""][:3]
    return composite(*causes, related.state, related.country)


def _notes(notes: Iterable[Note]) -> list[Segment]:
    return [("NTE", note.code, note.text) for note in notes]


def _line(line: ServiceLine) -> Loop:
    if len(line.procedure.modifiers) > _MOST_MODIFIERS:
        raise WriteRefused("A procedure has more than four modifiers", loop="2400", segment="SV1", element=1)
    own: list[Segment] = [
        ("LX", str(line.number)),
        (
            "SV1", procedure(line.procedure), amount(line.charge), line.unit, amount(line.units),
            line.place_of_service,
            "", COMPONENT.join(map(str, line.pointers)), *_flags(line),
        ),
        ("DTP", "472", *values.days_text(line.service_from, line.service_to)),
    ]  # fmt: skip
    if line.dates:
        own += map(dated, line.dates)
    numbers = (("6R", line.control_number), ("G1", line.prior_authorization), ("9F", line.referral_number))
    own += [("REF", qualifier, number) for qualifier, number in numbers if number]
    if line.references:
        own += references(line.references)
    if line.notes:
        own += _notes(line.notes)
    if line.extra:
        own += line.extra
    if line.drug is None and line.rendering is None and not line.adjudications:
        return _loop("2400", tuple(own), line.loops)
    inner: list[Loop] = []
    if line.drug is not None:
        inner.append(_drug(line.drug))
    if line.rendering is not None:
        inner.append(Loop("2420A", party("82", line.rendering)))
    inner += map(adjudication_loop, line.adjudications)
    return _loop("2400", tuple(own), (*inner, *line.loops))


def _flags(line: ServiceLine) -> tuple[str, ...]:
    """SV108-15, or nothing when none is given."""
    if not (line.emergency or line.epsdt or line.family_planning or line.copay_status):
        return ()
    return "", line.emergency, "", line.epsdt, line.family_planning, "", "", line.copay_status


def _drug(drug: Drug) -> Loop:
    own: list[Segment] = [
        ("LIN", "", drug.qualifier, drug.ndc),
        ("CTP", "", "", "", amount(drug.quantity), drug.unit),
    ]
    own += reference(drug.prescription_qualifier, drug.prescription)
    return Loop("2410", (*own, *drug.extra))
