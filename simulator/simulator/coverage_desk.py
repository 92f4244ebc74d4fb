"""Questions about coverage: 270 in, 271 out (guide 005010X279A1)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import x12
from simulator.adjudication.payer import Payer
from simulator.asking import Question
from simulator.benefits import (
    ACTIVE,
    OTHER_PAYER,
    UNKNOWN_PAYER,
    Benefit,
    CoverageAnswer,
    CoverageQuestion,
    OtherPayer,
    coverage,
)
from simulator.questions import AskedSet, Level, at, day, echoed, plain, written

VERSION = "005010X279A1"
CANNOT_NOW = "42"
_FOLLOW_UP = {CANNOT_NOW: "R"}
_ENTITY = {"P": "PRP", "S": "SEP", "T": "TTP"}


def answers(question: Question) -> list[x12.TransactionSet]:
    """One 271 for every 270 of the file."""
    today = question.clock.moment(question.day).date()
    return [x12.TransactionSet("271", VERSION, _answered(question, asked, today)) for asked in question.sets("270")]


def _answered(question: Question, asked: AskedSet, today: date) -> str:
    bht = asked.head.first("BHT")
    moment = question.clock.moment(question.day)
    parts = [written("BHT", "0022", "11", plain(at(bht, 3)), f"{moment:%Y%m%d}", f"{moment:%H%M}")]
    numbers = iter(range(1, 1_000_000))
    for source in asked.levels("20"):
        parts += _source(question, source, numbers, today)
    return "".join(parts)


def _source(question: Question, source: Level, numbers: Iterator[int], today: date) -> Iterator[str]:
    name = source.first("NM1")
    payer = question.store.payer(at(name, 9))
    top, known = next(numbers), payer is not None and not _no_participant(question, payer, source)
    yield written("HL", top, "", "20", "1" if source.children and known else "0")
    yield echoed(name)
    if payer is None or not known:
        yield written("AAA", "N", "", UNKNOWN_PAYER, "C")
        return
    for receiver in source.children:
        number = next(numbers)
        yield written("HL", number, top, "21", "1" if receiver.children else "0")
        yield from map(echoed, receiver.segments)
        for subscriber in receiver.children:
            yield from _subscriber(question, payer, subscriber, number, numbers, today)


def _no_participant(question: Question, payer: Payer, source: Level) -> bool:
    """Whether a test wants one of those asked about to find no participant, which is said at the top (loop 2100A)."""
    for subscriber in source.down("22"):
        benefits = question.store.benefits(payer.id, plain(at(subscriber.first("NM1", "IL"), 9)))
        if benefits is not None and benefits.reject == UNKNOWN_PAYER:
            return True
    return False


def _subscriber(
    question: Question, payer: Payer, subscriber: Level, above: int, numbers: Iterator[int], today: date
) -> Iterator[str]:
    number, dependents = next(numbers), subscriber.children
    yield written("HL", number, above, "22", "1" if dependents else "0")
    member_id = at(subscriber.first("NM1", "IL"), 9)
    asked = [subscriber] if not dependents else []
    if dependents:
        yield from map(echoed, (*_who(subscriber), *_more(subscriber)))
    for level in (*asked, *dependents):
        if level is not subscriber:
            yield written("HL", next(numbers), number, "23", "0")
        yield from _person(question, payer, level, member_id, today)


def _person(question: Question, payer: Payer, level: Level, member_id: str, today: date) -> Iterator[str]:
    for trace in level.all("TRN"):
        yield written("TRN", "2", plain(at(trace, 2)), plain(at(trace, 3)))
    name = level.up("22").first("NM1", "IL")
    asked = CoverageQuestion(
        payer.id,
        plain(member_id),
        plain(at(name, 3)),
        day(at(level.first("DTP", "291"), 3)) or today,
        tuple(dict.fromkeys(filter(None, _services(level)))) or ("30",),
    )
    store = question.store
    answer = coverage(asked, payer, store.member(payer.id, asked.member_id), store.benefits(payer.id, asked.member_id))
    rejection = written("AAA", "N", "", answer.reject, _FOLLOW_UP.get(answer.reject, "C")) if answer.reject else ""
    yield from map(echoed, _who(level))
    yield rejection
    yield from map(echoed, _more(level))
    yield from _coverage(answer)


def _who(level: Level) -> list[list[str]]:
    return [segment for segment in level.segments if segment[0] in ("NM1", "N3", "N4")]


def _more(level: Level) -> list[list[str]]:
    """What stands after a rejection (loop 2100C: NM1, N3, N4, AAA, DMG, INS)."""
    return [segment for segment in level.segments if segment[0] in ("DMG", "INS")]


def _services(level: Level) -> Iterator[str]:
    for question in level.all("EQ"):
        yield from map(plain, at(question, 1).split("^"))


def _coverage(answer: CoverageAnswer) -> Iterator[str]:
    member, benefits = answer.member, answer.benefits
    if member is not None:
        yield written("DTP", "346", "D8", f"{member.effective_from:%Y%m%d}")
        if member.effective_to is not None:
            yield written("DTP", "347", "D8", f"{member.effective_to:%Y%m%d}")
    for line in answer.lines:
        yield from _benefit(line)
    if answer.active and benefits is not None:
        for other in benefits.other_payers:
            yield from _other_payer(other)


def _benefit(line: Benefit) -> Iterator[str]:
    services = "" if line.code == OTHER_PAYER and line.services == ("30",) else "^".join(line.services)
    yield written(
        "EB", line.code, line.level, services, "", plain(line.plan) if line.code in (ACTIVE, "6") else "", line.period,
        line.amount, line.percent, line.quantity_kind, line.quantity, line.authorization, line.network,
    )  # fmt: skip
    if line.message:
        yield written("MSG", plain(line.message))


def _other_payer(other: OtherPayer) -> Iterator[str]:
    yield written("EB", OTHER_PAYER)
    if other.member_id:
        yield written("REF", "1W", plain(other.member_id))
    yield written("LS", "2120")
    yield written(
        "NM1", _ENTITY[other.responsibility], "2", plain(other.name), "", "", "", "", "PI", plain(other.payer_id)
    )
    yield written("LE", "2120")
