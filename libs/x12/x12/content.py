"""What the segments of a set must add up to, whatever each of them holds: sums, counts, numbering, pointers.

Works on the loops as they were sent, so that a finding names the very segment; a number that cannot be read
is passed over, because the guide's own check has named it.
"""

from collections.abc import Iterator
from decimal import Decimal

from x12.balance import Figures, Line, figures_imbalances
from x12.coordination import coordination_findings
from x12.errors import Position
from x12.figures import adjusted, first_of, found, money, owed_by_patient
from x12.findings import Finding
from x12.model.segments import COMPONENT, element
from x12.reader import OpenLoop
from x12.sense import (
    AckTotals,
    benefit_findings,
    birth_findings,
    line_findings,
    place_findings,
    review_findings,
)
from x12.tokens import Elements

_ZERO = Decimal(0)
_MOST_REMEMBERED = 200_000
_DIAGNOSES = frozenset({"ABK", "ABF", "BK", "BF"})
_PERSONS = {"2000B": "2010BA", "2000C": "2010CA"}
_NO_DAY = "99999999"
_TOTALS = {"2000B": ("2200B", "90", "AA"), "2000C": ("2200C", "QA", "QC")}
"""Of a 277CA, by level: where its totals stand, and which count the accepted and the rejected."""


class Content:
    """Looks at the loops of one set as they close; a subclass for each kind of transaction that adds up."""

    def __init__(self, position: Position) -> None:
        self.position = position

    def look(self, loop: OpenLoop) -> Iterator[Finding]:
        """What does not add up in a closed loop."""
        return iter(())

    def end(self) -> Iterator[Finding]:
        """What does not add up in the set as a whole."""
        return iter(())


class ClaimContent(Content):
    """837P: CLM02 is the sum of its lines, lines are numbered, pointers point, other payers' figures balance."""

    def __init__(self, position: Position) -> None:
        super().__init__(position)
        self._seen: set[int] = set()
        self._written = ""

    def look(self, loop: OpenLoop) -> Iterator[Finding]:
        """A claim (loop 2300) with its lines, or the person of a level."""
        if loop.id in _PERSONS:
            yield from birth_findings(loop.inner(_PERSONS[loop.id]), self._day_of(loop))
        if loop.id != "2300":
            return
        head = loop.segments[0]
        unit = ("CLM01", element(head, 1))
        lines = [inner for inner in loop.loops if inner.spec.id == "2400"]
        yield from self._repeated(loop, head, unit)
        yield from self._numbered(lines, unit)
        yield from self._charge(loop, head, lines, unit)
        yield from self._pointers(loop, lines, unit)
        yield from line_findings(lines, self._day_of(loop), unit)
        yield from place_findings(loop, unit)
        yield from coordination_findings(loop, lines)

    def _day_of(self, loop: OpenLoop) -> str:
        """BHT04, read once; the last of all days where it is not one."""
        if not self._written:
            root = loop.enclosing("ST")
            day = element(first_of(root, "BHT"), 4) if root else ""
            self._written = day if len(day) == len(_NO_DAY) and day.isdigit() else _NO_DAY
        return self._written

    def _repeated(self, loop: OpenLoop, head: Elements, unit: tuple[str, str]) -> Iterator[Finding]:
        key = hash(unit[1])
        if key in self._seen and unit[1]:
            message = "The claim's control number occurs twice in the set"
            yield found(loop, head, 1, message, level="situation", severity="warning", unit=unit)
        elif len(self._seen) < _MOST_REMEMBERED:
            self._seen.add(key)

    def _numbered(self, lines: list[OpenLoop], unit: tuple[str, str]) -> Iterator[Finding]:
        for number, line in enumerate(lines, start=1):
            if element(line.segments[0], 1) not in (str(number), f"{number:02d}", f"{number:03d}"):
                message = "The lines of a claim are numbered from 1 in order"
                yield found(line, line.segments[0], 1, message, level="syntax", unit=unit)
                return

    def _charge(
        self, loop: OpenLoop, head: Elements, lines: list[OpenLoop], unit: tuple[str, str]
    ) -> Iterator[Finding]:
        charges = [money(first_of(line, "SV1"), 2) for line in lines]
        charge = money(head, 2)
        if charge is not None and charges and None not in charges and sum(filter(None, charges)) != charge:
            yield found(loop, head, 2, "The claim's charge is not the sum of its lines", unit=unit)

    def _pointers(self, loop: OpenLoop, lines: list[OpenLoop], unit: tuple[str, str]) -> Iterator[Finding]:
        known = sum(
            part.partition(COMPONENT)[0] in _DIAGNOSES
            for segment in loop.segments if segment[0] == "HI"
            for part in segment[1:]
        )  # fmt: skip
        for line in lines:
            service = first_of(line, "SV1")
            pointers = element(service, 7).split(COMPONENT)
            for place, pointer in enumerate(pointers, start=1):
                if pointer.isdigit() and not 1 <= int(pointer) <= known:
                    message = "The line points to a diagnosis that was not sent"
                    yield found(line, service, 7, message, component=place, unit=unit)
                elif pointer and pointer in pointers[: place - 1]:
                    message = "The line points to the same diagnosis twice"
                    yield found(
                        line, service, 7, message, component=place, severity="warning", unit=unit
                    )  # fmt: skip


class RemittanceContent(Content):
    """835: the balances of line, claim and cheque (rulebook 11), and statuses that agree with their amounts."""

    def __init__(self, position: Position) -> None:
        super().__init__(position)
        self._paid = self._withheld = _ZERO
        self._root: OpenLoop | None = None
        self._readable = True

    def look(self, loop: OpenLoop) -> Iterator[Finding]:
        """A claim (loop 2100) with its services, a PLB, or the set's own loop."""
        if loop.id == "2100":
            yield from self._claim(loop)
        elif loop.id == "PLB":
            for place in range(4, 15, 2):
                if element(loop.segments[0], place):
                    self._withheld += self._counted(money(loop.segments[0], place))
        elif loop.around is None:
            self._root = loop

    def end(self) -> Iterator[Finding]:
        """BPR02 is the sum of CLP04 less the sum of the PLB amounts."""
        payment = first_of(self._root, "BPR") if self._root else []
        total = money(payment, 2)
        if self._root is None or total is None or not self._readable:
            return
        if self._paid - self._withheld != (-total if element(payment, 3) == "D" else total):
            message = "The payment is not the sum of its claims less the provider adjustments"
            yield found(self._root, payment, 2, message)

    def _counted(self, number: Decimal | None) -> Decimal:
        if number is None:
            self._readable = False
        return number or _ZERO

    def _claim(self, loop: OpenLoop) -> Iterator[Finding]:
        head = loop.segments[0]
        unit = ("CLP01", element(head, 1))
        charge, paid = money(head, 3), money(head, 4)
        self._paid += self._counted(paid)
        yield from self._status(loop, head, charge, paid, unit)
        figures = _figures(loop, head, charge, paid)
        if figures is None:
            return
        for item in figures_imbalances(figures):
            at = loop if item.line is None else loop.loops[item.line]
            yield found(at, at.segments[0], item.element, item.message, severity=item.severity, unit=unit)

    def _status(
        self, loop: OpenLoop, head: Elements, charge: Decimal | None, paid: Decimal | None, unit: tuple[str, str]
    ) -> Iterator[Finding]:
        status = element(head, 2)
        message = ""
        if status == "4" and paid:
            message = "A denied claim is said to be paid"
        elif status == "22" and charge is not None and paid is not None and (charge > 0 or paid > 0):
            message = "A reversal takes back, so that its amounts are not above zero"
        elif status != "22" and charge is not None and charge < 0:
            message = "Only a reversal has a charge below zero"
        if message:
            yield found(loop, head, 2, message, unit=unit)


class ClaimAckContent(Content):
    """277CA: the totals of provider and receiver count the claims below them (as warnings), and an action
    agrees with its category.
    """

    def __init__(self, position: Position) -> None:
        super().__init__(position)
        self._below = {name: [0, 0] for name in _TOTALS}
        self._sums = {name: AckTotals() for name in _TOTALS}

    def look(self, loop: OpenLoop) -> Iterator[Finding]:
        """A patient's claims, or a level with its totals."""
        if loop.id == "2000D":
            for claim in loop.loops:
                if claim.spec.id == "2200D":
                    self._count(claim)
        elif loop.id in _TOTALS:
            name, *qualifiers = _TOTALS[loop.id]
            said = loop.inner(name)
            below = self._below[loop.id]
            for qualifier, counted in zip(qualifiers, below, strict=True):
                for segment in said.segments if said else ():
                    if segment[:2] == ["QTY", qualifier] and sum(below) and money(segment, 2) != counted:
                        message = "The level does not count the claims below it"
                        yield found(said or loop, segment, 2, message, severity="warning")
            yield from self._sums[loop.id].findings(said)
            self._below[loop.id], self._sums[loop.id] = [0, 0], AckTotals()

    def _count(self, claim: OpenLoop) -> None:
        rejected = any(item[0] == "STC" and element(item, 3) == "U" for item in claim.segments)
        for counts in self._below.values():
            counts[rejected] += 1
        for sums in self._sums.values():
            sums.add(first_of(claim, "STC"), rejected=rejected)


class FunctionalAckContent(Content):
    """999: AK9 counts the sets that were answered."""

    def __init__(self, position: Position) -> None:
        super().__init__(position)
        self._received = self._accepted = 0
        self._numbers: set[str] = set()

    def look(self, loop: OpenLoop) -> Iterator[Finding]:
        """An answered set, or the summary of the group."""
        if loop.id == "2000":
            number = element(loop.segments[0], 2)
            if number in self._numbers:
                message = "A set is answered twice"
                yield found(loop, loop.segments[0], 2, message, level="situation", severity="warning")
            if len(self._numbers) < _MOST_REMEMBERED:
                self._numbers.add(number)
            self._received += 1
            self._accepted += element(first_of(loop, "IK5"), 1) in ("A", "E")
        elif loop.around is None and self._received:
            yield from self._summary(loop, first_of(loop, "AK9"))

    def _summary(self, loop: OpenLoop, summary: Elements) -> Iterator[Finding]:
        received, accepted = money(summary, 3), money(summary, 4)
        if received is not None and received != self._received:
            yield found(loop, summary, 3, "The sets received are not those answered")
        if accepted is not None and accepted != self._accepted:
            yield found(loop, summary, 4, "The sets accepted are not those answered as accepted")
        verdict = element(summary, 1)
        if (verdict == "A" and self._accepted < self._received) or (verdict == "R" and self._accepted):
            message = "The verdict on the group contradicts those on its sets"
            yield found(loop, summary, 1, message, severity="warning")


class ReviewContent(Content):
    """278: what an event and its services say together."""

    def look(self, loop: OpenLoop) -> Iterator[Finding]:
        """A patient event with its services."""
        if loop.id == "2000E":
            yield from review_findings(loop)


class BenefitContent(Content):
    """271: amounts and shares of benefits."""

    def look(self, loop: OpenLoop) -> Iterator[Finding]:
        """A subscriber or a dependent."""
        if loop.id in ("2000C", "2000D"):
            yield from benefit_findings(loop)


def content_of(kind: str, version: str, position: Position) -> Content:
    """What adds up in a set of that kind and version; nothing for a kind that has no sums."""
    for (name, prefix), made in _CONTENTS.items():
        if kind == name and version.startswith(prefix):
            return made(position)
    return Content(position)


_CONTENTS: dict[tuple[str, str], type[Content]] = {
    ("837", "005010X222"): ClaimContent,
    ("835", "005010X221"): RemittanceContent,
    ("277", "005010X214"): ClaimAckContent,
    ("999", "005010X231"): FunctionalAckContent,
    ("271", "005010X279"): BenefitContent,
    ("278", "005010X21"): ReviewContent,
}


def _figures(loop: OpenLoop, head: Elements, charge: Decimal | None, paid: Decimal | None) -> Figures | None:
    on_claim = adjusted(loop)
    if charge is None or paid is None or on_claim is None:
        return None
    lines: list[Line] = []
    owed = owed_by_patient(loop)
    for inner in loop.loops:
        service = inner.segments[0]
        asked, got, taken = money(service, 2), money(service, 3), adjusted(inner)
        if asked is None or got is None or taken is None:
            return None
        owed += owed_by_patient(inner)
        lines.append(Line(asked, got, taken))
    said = money(head, 5) if element(head, 5) else None
    return Figures(element(head, 2), charge, paid, on_claim, tuple(lines), owed, said)
