"""What no element is wrong by itself, and yet makes no sense: quantities below zero, numbers told twice, pointers that
lead nowhere, days in the wrong order, totals that are not those of what is below.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from x12.figures import first_of, found, money
from x12.findings import Finding
from x12.model.segments import COMPONENT, element
from x12.reader import OpenLoop
from x12.tokens import Elements

_QUANTITIES = (("SV1", 4), ("SV2", 5), ("SV3", 6), ("HSD", 2))
_EFFECTIVE, _EXPIRES = "007", "036"
_ALSO_OF_THE_CLAIM = frozenset({"G1", "9F"})
"""REF01 of the numbers that a line has of its own only where they are not its claim's."""
_TOTALS = ("YU", "YY")
"""AMT01 of a 277CA: the amounts of the claims accepted and rejected."""


def line_findings(lines: Iterable[OpenLoop], written: str, unit: tuple[str, str]) -> Iterator[Finding]:
    """Of the lines of an 837P (loop 2400): SV104 is above zero, no service (DTP 472) is later than the day on which the
    set was `written` (BHT04), each line has a number of its own (REF 6R), and repeats none that its claim has.
    """
    numbers: set[str] = set()
    for line in lines:
        for segment in line.segments:
            name = segment[0]
            if name == "SV1":
                yield from _units(line, segment, unit)
            elif name == "DTP":
                if element(segment, 3)[-8:] > written and segment[1] == "472":
                    message = "The service is later than the file"
                    yield found(line, segment, 3, message, level="situation", severity="warning", unit=unit)
            elif name == "REF" and element(segment, 1) == "6R":
                number = element(segment, 2)
                if number in numbers:
                    message = "Two lines of a claim have the same control number"
                    yield found(line, segment, 2, message, level="situation", severity="warning", unit=unit)
                numbers.add(number)
            elif name == "REF" and element(segment, 1) in _ALSO_OF_THE_CLAIM and _is_the_claims(line, segment):
                message = "A line has an authorization or referral of its own only where its claim has another"
                yield found(line, segment, 2, message, level="situation", severity="warning", unit=unit)


def _is_the_claims(line: OpenLoop, number: Elements) -> bool:
    claim = line.enclosing("2300")
    return claim is not None and any(told[:3] == number[:3] for told in claim.segments) and not element(number, 4)


def _units(line: OpenLoop, service: Elements, unit: tuple[str, str]) -> Iterator[Finding]:
    if element(service, 4)[:1] not in ("-", "0", "."):
        return
    units = money(service, 4)
    if units is not None and units <= 0:
        message, severity = "The quantity of a service is above zero", "error" if units < 0 else "warning"
        yield found(line, service, 4, message, level="situation", severity=severity, unit=unit)


def place_findings(claim: OpenLoop, unit: tuple[str, str]) -> Iterator[Finding]:
    """Of an 837P claim that names where the service was (loop 2310C): that is not the billing provider's address
    (2010AA), and not a part of the billing provider under the same NPI.
    """
    place, provider = claim.inner("2310C"), claim.enclosing("2000A")
    billing = provider.inner("2010AA") if provider else None
    if place is None or billing is None:
        return
    if all(first_of(place, name)[1:4] == first_of(billing, name)[1:4] for name in ("N3", "N4")):
        message = "The place of service is named only where it is not at the billing provider's address"
        yield found(place, first_of(place, "N3"), 1, message, level="situation", severity="warning", unit=unit)
    own, npi = element(billing.segments[0], 9), element(place.segments[0], 9)
    if npi and npi == own:
        message = "A place of service that is a part of the billing provider has no number of its own"
        yield found(place, place.segments[0], 9, message, level="situation", severity="warning", unit=unit)


def birth_findings(person: OpenLoop | None, written: str) -> Iterator[Finding]:
    """A person is not born after the day on which the set was written."""
    birth = first_of(person, "DMG") if person else []
    if person and len(element(birth, 2)) == len(written) and element(birth, 2) > written:
        message = "The birth date is later than the file"
        yield found(person, birth, 2, message, level="situation", severity="warning")


def review_findings(event: OpenLoop) -> Iterator[Finding]:
    """Of a patient event of a 278 (loop 2000E) and its services (2000F)."""
    diagnoses = sum(bool(part) for segment in event.segments if segment[0] == "HI" for part in segment[1:])
    yield from _period(event)
    yield from _quantities(event)
    for service in event.loops:
        if service.spec.id == "2000F":
            yield from _period(service)
            yield from _quantities(service)
            yield from _pointers(service, diagnoses)


def _quantities(loop: OpenLoop) -> Iterator[Finding]:
    for segment in loop.segments:
        for name, place in _QUANTITIES:
            if segment[0] == name and element(segment, place) and (money(segment, place) or 1) < 0:
                yield found(loop, segment, place, "A quantity is not below zero", level="situation")


def _pointers(service: OpenLoop, diagnoses: int) -> Iterator[Finding]:
    line = first_of(service, "SV1")
    for place, pointer in enumerate(element(line, 7).split(COMPONENT), start=1):
        if pointer.isdigit() and not 1 <= int(pointer) <= diagnoses:
            message = "The service points to a diagnosis that was not sent"
            yield found(service, line, 7, message, component=place)


def _period(loop: OpenLoop) -> Iterator[Finding]:
    """A certification does not expire before it begins."""
    days = {element(item, 1): item for item in loop.segments if item[0] == "DTP" and element(item, 2) == "D8"}
    begins, ends = days.get(_EFFECTIVE), days.get(_EXPIRES)
    if begins and ends and element(ends, 3) < element(begins, 3):
        yield found(loop, ends, 3, "The certification expires before it begins", level="situation")


def benefit_findings(level: OpenLoop) -> Iterator[Finding]:
    """Of the benefits (EB) below a member of a 271: a share is at most the whole, an amount not below zero."""
    for name in level.loops:
        for benefit in name.loops:
            head = benefit.segments[0]
            if head[0] != "EB":
                continue
            amount, share = money(head, 7), money(head, 8)
            if amount is not None and amount < 0:
                message = "The amount of a benefit is not below zero"
                yield found(benefit, head, 7, message, level="situation", severity="warning")
            if share is not None and not 0 <= share <= 1:
                message = "A share is told as a part of one"
                yield found(benefit, head, 8, message, level="situation", severity="warning")


class AckTotals:
    """The amounts of the claims of a 277CA that were accepted and rejected since the level began."""

    def __init__(self) -> None:
        self._sums = [Decimal(0), Decimal(0)]
        self._readable = True
        self._claims = 0

    def add(self, status: Elements, *, rejected: bool) -> None:
        """Count a claim by its first STC."""
        charge = money(status, 4)
        self._claims += 1
        if charge is None:
            self._readable = False
        else:
            self._sums[rejected] += charge

    def findings(self, said: OpenLoop | None) -> Iterator[Finding]:
        """Where AMT YU and YY of a level are not the sums of the claims below it."""
        if said is None or not self._readable or not self._claims:
            return
        for qualifier, total in zip(_TOTALS, self._sums, strict=True):
            for segment in said.segments:
                if segment[:2] == ["AMT", qualifier] and money(segment, 2) not in (None, total):
                    message = "The level does not sum up the claims below it"
                    yield found(said, segment, 2, message, severity="warning")
