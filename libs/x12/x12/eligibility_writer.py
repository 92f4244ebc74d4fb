"""Inquiries and answers to the bodies of a 270 and a 271."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, pairwise

from x12.errors import WriteRefused
from x12.guides.eligibility_inquiry import GUIDE as INQUIRY
from x12.guides.eligibility_response import GUIDE as RESPONSE
from x12.guides.spec import LoopSpec
from x12.inquiry_phrases import birth, head, numbers, places, ranged_procedure, rejoined, trace, who
from x12.model.eligibility import (
    Benefit,
    Condition,
    Delivery,
    EligibilityAnswer,
    EligibilityInquiry,
    InformationReceiver,
    InformationSource,
    Member,
    Rejection,
    RelatedEntity,
    ServiceInquiry,
)  # fmt: skip
from x12.model.segments import REPETITION, Loop, Segment
from x12.phrases import dated, references
from x12.writer import amount, body_text, flatten

Part = EligibilityInquiry | EligibilityAnswer


def render_eligibility_inquiries_body(inquiries: Iterable[EligibilityInquiry]) -> str:
    """The segments between ST and SE of one 270, in canonical delimiters.

    Inquiries that follow one another share source, receiver and subscriber where these are equal. Raises WriteRefused
    when nothing is given or the heads differ, DelimiterInData.
    """
    return body_text(_segments(inquiries, places(INQUIRY)))


def render_eligibility_answers_body(answers: Iterable[EligibilityAnswer]) -> str:
    """The segments between ST and SE of one 271; as `render_eligibility_inquiries_body`."""
    return body_text(_segments(answers, places(RESPONSE)))


def _segments(parts: Iterable[Part], specs: Mapping[str, LoopSpec]) -> Iterator[Segment]:
    levels: _Levels | None = None
    for part, following in pairwise(chain(parts, (None,))):
        if part is None:
            break
        if levels is None:
            levels = _Levels(part, specs)
            yield from head(part.head)
        elif levels.begun.head != part.head:
            raise WriteRefused("One set has one head")
        yield from levels.write(part, following)
    if levels is None:
        raise WriteRefused("A set needs at least one patient")


class _Levels:
    """Counts HL segments and remembers which levels are open, so that equal ones are shared."""

    def __init__(self, begun: Part, specs: Mapping[str, LoopSpec]) -> None:
        self.begun = begun
        self.specs = specs
        self.count = 0
        self.source: InformationSource | None = None
        self.receiver: InformationReceiver | None = None
        self.subscriber: Member | None = None
        self.numbers: dict[str, str] = {}

    def write(self, part: Part, following: Part | None) -> Iterator[Segment]:
        yield from self._source(part)
        if part.receiver is None:
            return
        yield from self._receiver(part, part.receiver)
        if part.subscriber is None:
            return
        own = part.dependent is None
        if own or part.subscriber != self.subscriber:
            below = not own or _leads_to(part, following)
            yield from self._subscriber(part, part.subscriber, below=below)
        if part.dependent is not None:
            hl = self._hl("2000D", "2000C", "23", below=False)
            yield from self._member("2000D", hl, part.dependent, _said(part))

    def _source(self, part: Part) -> Iterator[Segment]:
        if part.source == self.source and part.receiver is not None:
            return
        hl = self._hl("2000A", "", "20", below=part.receiver is not None)
        yield from self._level("A", hl, part.source)
        self.source = part.source if part.receiver is not None else None
        self.receiver = self.subscriber = None

    def _receiver(self, part: Part, receiver: InformationReceiver) -> Iterator[Segment]:
        if receiver == self.receiver and part.subscriber is not None:
            return
        hl = self._hl("2000B", "2000A", "21", below=part.subscriber is not None)
        yield from self._level("B", hl, receiver)
        self.receiver = receiver if part.subscriber is not None else None
        self.subscriber = None

    def _subscriber(self, part: Part, subscriber: Member, *, below: bool) -> Iterator[Segment]:
        hl = self._hl("2000C", "2000B", "22", below=below)
        said = _said(part) if part.dependent is None else ()
        yield from self._member("2000C", hl, subscriber, said)
        self.subscriber = subscriber if below else None

    def _hl(self, loop: str, above: str, code: str, *, below: bool) -> Segment:
        self.count += 1
        self.numbers[loop] = str(self.count)
        return ("HL", str(self.count), self.numbers.get(above, ""), code, "1" if below else "0")

    def _level(self, letter: str, hl: Segment, level: InformationSource | InformationReceiver) -> Iterator[Segment]:
        own = (*who(level.entity, level.party), *map(rejection, level.rejections))
        loop = Loop(f"2000{letter}", (hl, *level.extra), (Loop(f"2100{letter}", own), *level.loops))
        yield from flatten(loop, self.specs[loop.id])

    def _member(
        self, place: str, hl: Segment, member: Member, said: tuple[ServiceInquiry | Benefit, ...]
    ) -> Iterator[Segment]:
        letter = place[-1]
        inner = Loop(f"2100{letter}", tuple(member_segments(member)), tuple(_item(item, letter) for item in said))
        own = (hl, *map(trace, member.traces), *member.extra)
        yield from flatten(Loop(place, own, (inner, *member.loops)), self.specs[place])


def _leads_to(part: Part, following: Part | None) -> bool:
    """Whether the next part is of a dependent that can stand below this subscriber. A subscriber of whom nothing is
    said is not shared: it could not be told from one who is only named for the dependents.
    """
    return (
        following is not None
        and bool(_said(part))
        and following.dependent is not None
        and (following.source, following.receiver) == (part.source, part.receiver)
        and following.subscriber == part.subscriber
    )


def _said(part: Part) -> tuple[ServiceInquiry | Benefit, ...]:
    return part.services if isinstance(part, EligibilityInquiry) else part.benefits


def rejection(item: Rejection) -> Segment:
    """AAA."""
    return ("AAA", item.valid, "", item.reason, item.follow_up)


def member_segments(member: Member) -> Iterator[Segment]:
    """NM1 of a subscriber or dependent and what follows it."""
    opening, *others = who(member.entity, member.person.party)
    yield opening
    if member.is_subscriber or member.relationship:
        yield from rejoined(("INS", member.is_subscriber, member.relationship), others)
    else:
        yield from others
    yield from birth(member.person)
    yield from map(rejection, member.rejections)
    yield from map(dated, member.dates)


def _item(item: ServiceInquiry | Benefit, letter: str) -> Loop:
    return _service(item, letter) if isinstance(item, ServiceInquiry) else _benefit(item, letter)


def _service(item: ServiceInquiry, letter: str) -> Loop:
    begin = (
        "EQ", REPETITION.join(item.service_types), ranged_procedure(item.procedure, item.procedure_end),
        item.coverage_level, item.insurance_type, numbers(item.pointers),
    )  # fmt: skip
    own = (*rejoined(begin, item.extra), *references(item.references), *map(dated, item.dates))
    return Loop(f"2110{letter}", own, item.loops)


def _benefit(item: Benefit, letter: str) -> Loop:
    begin = (
        "EB", item.information, item.coverage_level, REPETITION.join(item.service_types), item.insurance_type,
        item.plan,
        item.time_period, amount(item.amount), amount(item.percent), item.quantity_qualifier, amount(item.quantity),
        item.authorization_required, item.in_network, ranged_procedure(item.procedure, item.procedure_end),
        numbers(item.pointers),
    )  # fmt: skip
    own = (
        *rejoined(begin, item.extra), *map(delivery, item.deliveries), *references(item.references),
        *map(dated, item.dates), *map(rejection, item.rejections), *(("MSG", text) for text in item.messages),
    )  # fmt: skip
    inner = [_condition(condition, letter) for condition in item.conditions]
    if item.related:
        entities = tuple(_related(entity, letter) for entity in item.related)
        # LE comes after the entities, and stands in a loop of its own so that it is kept there.
        inner.append(Loop("LS", (("LS", "2120"),), (*entities, Loop("LE", (("LE", "2120"),)))))
    return Loop(f"2110{letter}", own, (*inner, *item.loops))


def delivery(item: Delivery) -> Segment:
    """HSD."""
    return (
        "HSD", item.quantity_qualifier, amount(item.quantity), item.unit, amount(item.sampling), item.time_period,
        amount(item.periods), item.calendar_pattern, item.time_pattern,
    )  # fmt: skip


def _condition(item: Condition, letter: str) -> Loop:
    begin = ("III", item.qualifier, item.code, item.category, item.text)
    return Loop(f"2115{letter}", tuple(rejoined(begin, item.extra)))


def _related(item: RelatedEntity, letter: str) -> Loop:
    return Loop(f"2120{letter}", tuple(who(item.entity, item.party, item.relationship)))
