"""What a claim says of its other payers must agree with itself: ranks, payers, dates, and the balances
(005010X222A1, 1.4.1.1): what a payer paid and what it adjusted make up the charge, of each line and of the claim.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from x12.balance import Line, OtherPayerFigures, coordination_imbalances
from x12.errors import Position
from x12.figures import adjusted, first_of, found, money
from x12.findings import Finding
from x12.model.segments import element
from x12.reader import OpenLoop

_RANKS = {code: place for place, code in enumerate("PSTABCDEFGH")}
"""SBR01 in order; U is of unknown rank."""
_ZERO = Decimal(0)
# IK304: what the guide asks for in this situation is missing.
_SEGMENT, _LOOP = "I6", "I7"
Unit = tuple[str, str]


def coordination_findings(claim: OpenLoop, lines: Sequence[OpenLoop]) -> Iterator[Finding]:
    """What does not agree in the other coverages (2320) of a claim (2300) and in the decisions (2430) on its lines."""
    coverages = [inner for inner in claim.loops if inner.spec.id == "2320"]
    answers = [(at, inner) for at, line in enumerate(lines) for inner in line.loops if inner.spec.id == "2430"]
    if coverages or answers:
        yield from _Coordination(claim, lines, coverages, answers).findings()


class _Coordination:
    """The other payers of one claim; `answers` are the decisions on its lines, each with the index of its line."""

    def __init__(
        self,
        claim: OpenLoop,
        lines: Sequence[OpenLoop],
        coverages: Sequence[OpenLoop],
        answers: Sequence[tuple[int, OpenLoop]],
    ) -> None:
        self._claim = claim
        self._lines = lines
        self._coverages = coverages
        self._answers = answers
        self._unit: Unit = ("CLM01", element(claim.segments[0], 1))
        self._named = Counter(_payer_id(coverage) for coverage in coverages)

    def findings(self) -> Iterator[Finding]:
        yield from self._ranks()
        for at, answer in self._answers:
            yield from self._answer(at, answer)
        for coverage in self._coverages:
            yield from self._coverage(coverage)

    def _ranks(self) -> Iterator[Finding]:
        """Each payer of a claim has a rank of its own (SBR01), and those before the one it is sent to are named."""
        insured = self._claim.enclosing("2000B")
        own = element(first_of(insured, "SBR"), 1) if insured else ""
        taken = {own}
        for coverage in self._coverages:
            head = coverage.segments[0]
            rank = element(head, 1)
            if rank in taken and rank in _RANKS:
                message = "Two payers of the claim have the same rank"
                yield found(coverage, head, 1, message, level="situation", unit=self._unit)
            elif _RANKS.get(rank, -1) > _RANKS.get(own, len(_RANKS)) and _said(coverage, "D"):
                message = "A payer that comes after the one the claim is sent to is said to have decided"
                yield found(coverage, head, 1, message, level="situation", severity="warning", unit=self._unit)
            taken.add(rank)
        before = [rank for rank, place in _RANKS.items() if place < _RANKS.get(own, 0)]
        if self._coverages and "U" not in taken and not taken.issuperset(before):
            message = "A payer before the one the claim is sent to is not named"
            place = self._claim.position()
            yield Finding("warning", "situation", "segment", _LOOP, message, place, "2320", "SBR", unit=self._unit)

    def _answer(self, at: int, answer: OpenLoop) -> Iterator[Finding]:
        head = answer.segments[0]
        if element(head, 1) not in self._named:
            message = "The line was answered by a payer that the claim does not name"
            yield found(answer, head, 1, message, level="situation", unit=self._unit)
        bundled = element(head, 6)
        others = {element(line.segments[0], 1).lstrip("0") for place, line in enumerate(self._lines) if place != at}
        if bundled and bundled.lstrip("0") not in others:
            message = "The line was paid with a line that the claim does not have"
            yield found(answer, head, 6, message, level="situation", unit=self._unit)

    def _coverage(self, coverage: OpenLoop) -> Iterator[Finding]:
        payer = _payer_id(coverage)
        answers = [(at, answer) for at, answer in self._answers if payer and element(answer.segments[0], 1) == payer]
        if answers and self._named[payer] > 1:
            message = "Two payers of the claim have one number, so that the lines do not tell which of them decided"
            payer_loop = coverage.inner("2330B") or coverage
            yield found(
                payer_loop, payer_loop.segments[0], 9, message, level="situation", severity="warning", unit=self._unit
            )
            return
        yield from self._decided(coverage, answers)
        yield from self._not_covered(coverage, bool(answers))
        yield from self._balance(coverage, answers)

    def _decided(self, coverage: OpenLoop, answers: Sequence[tuple[int, OpenLoop]]) -> Iterator[Finding]:
        """A payer that decided says what it paid, and when."""
        paid = _said(coverage, "D")
        if answers and paid is None:
            message = "A payer that answered a line says what it paid for the claim"
            yield self._missing(coverage, "AMT", message)
        payer = coverage.inner("2330B")
        if paid is None or answers or payer is None:
            return
        if not any(item[:2] == ["DTP", "573"] for item in payer.segments):
            yield self._missing(payer, "DTP", "A payer that decided on the claim as a whole says when")

    def _not_covered(self, coverage: OpenLoop, answered: bool) -> Iterator[Finding]:
        """AMT A8 stands for a claim that the payer was not asked to decide, with the whole charge."""
        said = _said(coverage, "A8")
        if said is None:
            return
        decided = answered or _said(coverage, "D") is not None or any(item[0] == "CAS" for item in coverage.segments)
        if decided:
            message = "An amount that was not covered is sent only for a claim that the payer did not decide"
        elif money(said, 2) != money(self._claim.segments[0], 2):
            message = "The amount that was not covered is not the charge of the claim"
        else:
            return
        yield found(coverage, said, 2, message, severity="warning", unit=self._unit)

    def _balance(self, coverage: OpenLoop, answers: Sequence[tuple[int, OpenLoop]]) -> Iterator[Finding]:
        charge, taken = money(self._claim.segments[0], 2), adjusted(coverage)
        if charge is None or taken is None:
            return
        paid = _amount(coverage, "D")
        figures: dict[int, Line] = {}
        for at, answer in answers:
            asked, got, off = money(first_of(self._lines[at], "SV1"), 2), money(answer.segments[0], 2), adjusted(answer)
            if asked is None or got is None or off is None:
                paid = None
            else:
                before = figures.get(at, Line(asked, _ZERO, _ZERO))
                figures[at] = Line(asked, before.paid + got, before.taken + off)
        whole = any(item[0] == "CAS" for item in coverage.segments)
        told = OtherPayerFigures(charge, paid, taken, whole, figures)
        for item in coordination_imbalances(told):
            if item.line is None:
                said = _said(coverage, "D") or coverage.segments[0]
                yield found(coverage, said, 2, item.message, unit=self._unit)
            else:
                answer = next(answer for at, answer in answers if at == item.line)
                yield found(answer, answer.segments[0], 2, item.message, unit=self._unit)

    def _missing(self, loop: OpenLoop, segment: str, message: str) -> Finding:
        base = loop.position()
        end = Position(base.interchange, base.group, base.set, loop.positions[-1] + 1)
        return Finding("error", "situation", "segment", _SEGMENT, message, end, loop.id, segment, unit=self._unit)


def _payer_id(coverage: OpenLoop) -> str:
    payer = coverage.inner("2330B")
    return element(payer.segments[0], 9) if payer else ""


def _said(coverage: OpenLoop, qualifier: str) -> list[str] | None:
    return next((item for item in coverage.segments if item[:2] == ["AMT", qualifier]), None)


def _amount(coverage: OpenLoop, qualifier: str) -> Decimal | None:
    return money(_said(coverage, qualifier) or [], 2)
