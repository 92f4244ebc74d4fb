"""An answer shown: the picture, the lines it was made from, and the interchange as it came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import x12
from common.uow import Transaction
from eligibility.domain.check import CoverageCheck
from eligibility.domain.heard import Heard
from eligibility.domain.picture import Picture, picture
from eligibility.domain.refusals import NoAnswerYet
from eligibility.operations import hearing
from eligibility.store import checks as store


@dataclass(frozen=True, slots=True)
class Shown:
    """What a payer answered. `answer` is None where the interchange cannot be read without loss."""

    content: bytes
    answer: x12.EligibilityAnswer | None
    heard: Heard
    picture: Picture


async def show(tx: Transaction, check: CoverageCheck, on: date | None = None) -> Shown:
    """What was answered, put together for the check's day or for another one. Raises NoAnswerYet."""
    day = on or check.on
    content = await store.answer_of(tx, check.answer_of)
    if content is None:
        raise NoAnswerYet(check_id=check.id, status=check.status.value)
    try:
        answer = hearing.answer_to(check.answer_of.hex, hearing.answers_in(content))
    except hearing.CannotHear:
        return Shown(content, None, Heard(), picture(Heard(), day))
    said = hearing.heard(answer, await store.question_of(tx, check.answer_of))
    return Shown(content, answer, said, picture(said, day))


async def picture_of(tx: Transaction, check: CoverageCheck) -> Picture:
    """Raises NoAnswerYet."""
    return (await show(tx, check)).picture
