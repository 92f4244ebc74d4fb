"""A 271 as the rules read it: the answer to one question, chosen, and its lines in the rules' own terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import x12
from eligibility.domain.heard import BenefitLine, Dated, Delivered, Heard, Related, TurnedAway

PLACE_OF_SERVICE = "ZZ"


class CannotHear(Exception):
    """The answer cannot be used; `code` says why: answer-unreadable, answer-not-ours."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def answers_in(content: bytes) -> list[x12.EligibilityAnswer]:
    """Every answer of an interchange, read without loss. Raises CannotHear."""
    try:
        return [received.value for received in x12.read_eligibility_answers(content)]
    except x12.X12Error:
        raise CannotHear("answer-unreadable") from None


def answer_to(trace: str, answers: list[x12.EligibilityAnswer]) -> x12.EligibilityAnswer:
    """The answer that repeats our trace number, or the only one there is. Raises CannotHear."""
    ours = [answer for answer in answers if trace in _traces(answer)]
    if len(ours) == 1:
        return ours[0]
    if len(answers) == 1:
        return answers[0]
    raise CannotHear("answer-not-ours")


def heard(answer: x12.EligibilityAnswer, asked: x12.EligibilityInquiry | None = None) -> Heard:
    """What the answer says, in the terms of the rules; with `asked` also what the payer has otherwise."""
    members = [member for member in (answer.subscriber, answer.dependent) if member is not None]
    return Heard(
        turned_away=tuple(_turned_away(answer)),
        dates=tuple(_dated(date) for member in members[-1:] for date in member.dates),
        lines=tuple(_line(number, benefit) for number, benefit in enumerate(answer.benefits, start=1)),
        differs=tuple(_differs(answer, asked)) if asked else (),
    )


def _traces(answer: x12.EligibilityAnswer) -> set[str]:
    patient = answer.patient
    return {trace.number for trace in patient.traces} if patient else set()


def _turned_away(answer: x12.EligibilityAnswer) -> Iterator[TurnedAway]:
    levels: tuple[tuple[str, Iterable[x12.Rejection]], ...] = (
        ("payer", answer.source.rejections),
        ("provider", answer.receiver.rejections if answer.receiver else ()),
        ("subscriber", answer.subscriber.rejections if answer.subscriber else ()),
        ("dependent", answer.dependent.rejections if answer.dependent else ()),
        ("benefit", (said for benefit in answer.benefits for said in benefit.rejections)),
    )
    for level, rejections in levels:
        yield from (TurnedAway(level, said.reason, said.follow_up) for said in rejections)


def _line(number: int, said: x12.Benefit) -> BenefitLine:
    return BenefitLine(
        number=number,
        information=said.information,
        level=said.coverage_level,
        services=said.service_types,
        insurance_type=said.insurance_type,
        plan=said.plan,
        period=said.time_period,
        amount=said.amount,
        fraction=said.percent,
        quantity_kind=said.quantity_qualifier,
        quantity=said.quantity,
        authorization=said.authorization_required,
        network=said.in_network,
        procedure=_procedure(said),
        places=tuple(one.code for one in said.conditions if one.qualifier == PLACE_OF_SERVICE),
        dates=tuple(map(_dated, said.dates)),
        delivered=tuple(
            Delivered(one.quantity_qualifier, one.quantity, one.time_period, one.periods) for one in said.deliveries
        ),
        related=tuple(map(_related, said.related)),
        references=tuple((one.qualifier, one.value) for one in said.references),
        messages=said.messages,
    )


def _procedure(said: x12.Benefit) -> str:
    """A code, or the first and last of a range."""
    if said.procedure is None:
        return ""
    return f"{said.procedure.code}-{said.procedure_end}" if said.procedure_end else said.procedure.code


def _dated(said: x12.DatedEvent) -> Dated:
    return Dated(said.qualifier, said.start, said.end)


def _related(said: x12.RelatedEntity) -> Related:
    party = said.party
    name = " ".join(part for part in (party.first, party.middle, party.name) if part)
    numbers = [number for contact in party.contacts for kind, number in contact.numbers if kind == "TE"]
    return Related(said.entity, party.id_qualifier, party.id, name, numbers[0] if numbers else "")


def _differs(answer: x12.EligibilityAnswer, asked: x12.EligibilityInquiry) -> Iterator[str]:
    """What the payer sent back otherwise than we asked; what it leaves out is no difference."""
    if answer.subscriber is not None:
        theirs, ours = answer.subscriber.person.party.id, asked.subscriber.person.party.id
        if theirs and ours and theirs.upper() != ours.upper():
            yield "member-id"
    if answer.patient is None:
        return
    theirs, ours = answer.patient.person, asked.patient.person
    pairs = ((theirs.party.name, ours.party.name), (theirs.party.first, ours.party.first))
    if any(one and other and one.upper() != other.upper() for one, other in pairs):
        yield "name"
    if theirs.birth_date and ours.birth_date and theirs.birth_date != ours.birth_date:
        yield "birth-date"
    if {theirs.sex, ours.sex} == {"F", "M"}:
        yield "sex"
