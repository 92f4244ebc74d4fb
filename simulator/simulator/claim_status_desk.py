"""Questions about claims: 276 in, 277 out (guide 005010X212)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import x12
from simulator.asking import Question
from simulator.claim_standing import ClaimQuestion, Standing, standing
from simulator.questions import AskedSet, Level, at, day, echoed, last_day, number, plain, written
from simulator.records import ClaimRecord

VERSION = "005010X212"


def answers(question: Question) -> list[x12.TransactionSet]:
    """One 277 for every 276 of the file."""
    return [x12.TransactionSet("277", VERSION, _answered(question, asked)) for asked in question.sets("276")]


def _answered(question: Question, asked: AskedSet) -> str:
    moment = question.clock.moment(question.day)
    reference = plain(at(asked.head.first("BHT"), 3))
    parts = [written("BHT", "0010", "08", reference, f"{moment:%Y%m%d}", f"{moment:%H%M}", "DG")]
    for level in asked.levels("20", "21", "19", "22", "23"):
        parts += _level(question, level)
    return "".join(parts)


def _level(question: Question, level: Level) -> Iterator[str]:
    parent = level.parent.number if level.parent else ""
    yield written("HL", plain(level.number), plain(parent), level.code, "1" if level.children else "0")
    # What follows a trace is about that claim; what stands before it says who this is.
    traces = [place for place, segment in enumerate(level.segments) if segment[0] == "TRN"]
    who = level.segments[: traces[0]] if traces else level.segments
    yield from (echoed(segment) for segment in who if segment[0] == "NM1")
    for start, end in pairwise([*traces, len(level.segments)] if traces else []):
        yield from _claim(question, level, level.segments[start:end])


def _claim(question: Question, level: Level, segments: Sequence[list[str]]) -> Iterator[str]:
    about = Level(level.code, level.number, level.parent, list(segments))
    asked = ClaimQuestion(
        payer_id=at(level.up("20").first("NM1"), 9),
        member_id=plain(at(level.up("22").first("NM1", "IL"), 9)),
        payer_claim_number=plain(at(about.first("REF", "1K"), 2)),
        control_number=plain(at(about.first("REF", "EJ"), 2)),
        charge=number(at(about.first("AMT", "T3"), 2)),
        service_from=day(at(about.first("DTP", "472"), 3)),
        service_to=last_day(at(about.first("DTP", "472"), 3)),
        trace=plain(at(about.first("TRN"), 2)),
    )
    store = question.store
    found = [one for one in store.claims_of_member(asked.payer_id, asked.member_id) if asked.means(one)]
    record = found[-1] if found else None
    said = standing(record, question.day, store.hold(record.id) if record is not None else None)
    yield written("TRN", "2", asked.trace)
    yield from _status(question, said, asked)
    yield from _identified(said.record, about, asked)


def _status(question: Question, said: Standing, asked: ClaimQuestion) -> Iterator[str]:
    today = f"{question.clock.moment(question.day):%Y%m%d}"
    code = ":".join(part for part in (said.category, said.status, said.entity) if part)
    record = said.record
    charge = asked.charge if record is None else record.claim.charge
    finalised = said.finalised_on.replace("-", "")
    trace = record.trace if record is not None and finalised else ""
    yield written(
        "STC",
        code,
        today,
        "",
        charge,
        said.paid if finalised else None,
        finalised,
        "",
        finalised if trace else "",
        plain(trace),
    )


def _identified(record: ClaimRecord | None, about: Level, asked: ClaimQuestion) -> Iterator[str]:
    if record is None:
        yield from (echoed(segment) for segment in about.segments if segment[0] in ("REF", "DTP"))
        return
    if record.payer_number:
        yield written("REF", "1K", record.payer_number)
    yield written("REF", "EJ", record.claim.control_number)
    days = sorted(line.service_on for line in record.claim.lines)
    if days:
        yield written("DTP", "472", "RD8", f"{days[0]:%Y%m%d}-{days[-1]:%Y%m%d}")
