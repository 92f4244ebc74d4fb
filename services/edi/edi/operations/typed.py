"""Questions and answers of real time as typed data: what the X12 library renders and reads, by kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError

import x12
from edi.domain.refusals import BadQuestion

LONGEST_PLACE = 120


@dataclass(frozen=True, slots=True)
class TypedKind:
    """How a kind of question is rendered, and how the kind of its answer is read."""

    question: TypeAdapter[Any]
    render: Callable[[Any], str]
    read: Callable[[bytes], Iterable[x12.Received[Any]]]
    answer: TypeAdapter[Any]


TYPED: Mapping[str, TypedKind] = {
    "270": TypedKind(
        TypeAdapter(x12.EligibilityInquiry),
        lambda question: x12.render_eligibility_inquiries_body([question]),
        x12.read_eligibility_answers,
        TypeAdapter(x12.EligibilityAnswer),
    ),
    "276": TypedKind(
        TypeAdapter(x12.ClaimStatusInquiry),
        lambda question: x12.render_claim_status_inquiries_body([question]),
        x12.read_claim_statuses,
        TypeAdapter(x12.ClaimStatusPart),
    ),
    "278": TypedKind(
        TypeAdapter(x12.AuthorizationRequest),
        lambda question: x12.render_authorization_requests_body([question]),
        x12.read_authorization_decisions,
        TypeAdapter(x12.AuthorizationDecision),
    ),
}


def body_of(kind: str, question: Mapping[str, Any]) -> str:
    """The body of a typed question. Raises BadQuestion, which names places and no values."""
    typed = TYPED.get(kind)
    if typed is None:
        raise BadQuestion(kind=kind, where="question", what="is not taken as typed data; send a body")
    try:
        return typed.render(typed.question.validate_python(question))
    except ValidationError as fault:
        first = fault.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])[:LONGEST_PLACE] or "question"
        raise BadQuestion(kind=kind, where=where, what=str(first["type"]).replace("_", " ")) from None
    except x12.X12Error as error:
        raise BadQuestion(kind=kind, where="question", what=error.what[:1].lower() + error.what[1:]) from None


def answers_of(kind: str, content: bytes) -> list[Any] | None:
    """What the answer says, as JSON; None for a kind that is not read as typed data, and for what cannot be read."""
    typed = TYPED.get(kind)
    if typed is None:
        return None
    try:
        return [typed.answer.dump_python(received.value, mode="json") for received in typed.read(content)]
    except x12.X12Error:
        return None
