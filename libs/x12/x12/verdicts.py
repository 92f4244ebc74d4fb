"""Claim by claim: what was found wrong with each claim of an 837P, so that one bad claim loses only itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from x12 import values
from x12.claim_loops import claim_of
from x12.envelope import SetEnd
from x12.errors import Position
from x12.fields import named_only
from x12.findings import Finding
from x12.loopcheck import CheckCode
from x12.model.claim import Claim837P
from x12.model.party import Party
from x12.model.segments import element
from x12.reader import OpenLoop
from x12.tokens import DEFAULT_LIMITS, Elements, Limits, Source
from x12.validate import CLAIM_LEVELS, CLAIM_LOOP, JudgedLoop, judged_events

_SUBSCRIBER, _PATIENT = CLAIM_LEVELS
_MOST_WAITING = 5_000
"""Claims held for one subscriber until its level closes; the guide allows a hundred."""


@dataclass(frozen=True, slots=True)
class JudgedClaim:
    """One claim of an 837P and what was found wrong with it, its subscriber and its patient."""

    loop: OpenLoop = field(repr=False)
    findings: tuple[Finding, ...]

    @property
    def accepted(self) -> bool:
        """Whether nothing graver than a warning was found."""
        return not any(finding.severity == "error" for finding in self.findings)

    @property
    def position(self) -> Position:
        """Where its CLM stands."""
        return self.loop.position()

    @property
    def control_number(self) -> str:
        """CLM01."""
        return element(self.loop.segments[0], 1)

    @property
    def charge(self) -> Decimal:
        """CLM02, zero when it cannot be read."""
        try:
            return values.decimal(element(self.loop.segments[0], 2))
        except ValueError:
            return Decimal(0)

    @property
    def reference(self) -> str:
        """BHT03, the submitter's number of the set."""
        root = self.loop.enclosing("ST")
        heads = [item for item in root.segments if item[0] == "BHT"] if root else []
        return element(heads[0], 3) if heads else ""

    @property
    def patient(self) -> Party:
        """Who was treated: NM1 of the patient, or of the subscriber when that is the patient."""
        return self._party(_PATIENT, "2010CA") or self.subscriber

    @property
    def subscriber(self) -> Party:
        """NM1 of the subscriber."""
        return self._party(_SUBSCRIBER, "2010BA") or Party("")

    @property
    def provider(self) -> Party:
        """NM1 of the billing provider."""
        return self._party("2000A", "2010AA") or Party("")

    @property
    def submitter(self) -> Party:
        """NM1 of loop 1000A."""
        return self._party("ST", "1000A") or Party("")

    @property
    def payer(self) -> Party:
        """NM1 of loop 2010BB."""
        return self._party(_SUBSCRIBER, "2010BB") or Party("")

    def served(self) -> tuple[date | None, date | None]:
        """The first and the last day of service that can be read."""
        found: list[date] = []
        for line in self.loop.loops:
            for segment in line.segments if line.spec.id == "2400" else ():
                if segment[0] == "DTP" and element(segment, 1) == "472":
                    found.extend(_days(segment))
        return (min(found), max(found)) if found else (None, None)

    def read(self) -> Claim837P:
        """The claim as the typed reader reads it. Raises BadElement, MissingSegment."""
        return claim_of(self.loop)

    def _party(self, around: str, inner: str) -> Party | None:
        outer = self.loop.enclosing(around)
        named = outer.inner(inner) if outer else None
        return named_only(named.segments[0]) if named else None


def _days(segment: Elements) -> tuple[date, ...]:
    try:
        start, end = values.days(element(segment, 2), element(segment, 3))
    except ValueError:
        return ()
    return (start, end or start)


class Sorter:
    """Sorts what is found in the loops of one set: to a claim, to the claims of a subscriber or patient, or
    to the set as a whole.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[OpenLoop, list[Finding]]] = []
        self.shared: list[Finding] = []

    def take(self, judged: JudgedLoop) -> Iterator[JudgedClaim]:
        """Take a closed loop; claims come out when their subscriber's level closes."""
        loop, found = judged.loop, judged.findings
        if loop.id == CLAIM_LOOP:
            self._waiting.append((loop, list(found)))
            if len(self._waiting) > _MOST_WAITING:
                yield self._let_go(0)
        elif loop.id in (_SUBSCRIBER, _PATIENT):
            for claim, own in self._waiting:
                if claim.enclosing(loop.id) is loop:
                    own.extend(found)
            if loop.id == _SUBSCRIBER:
                while self._waiting:
                    yield self._let_go(0)
        else:
            self.shared.extend(item for item in found if item.severity == "error")

    def _let_go(self, place: int) -> JudgedClaim:
        claim, found = self._waiting.pop(place)
        return JudgedClaim(claim, tuple(found))


def judge_claims(
    source: Source, *, check_code: CheckCode | None = None, limits: Limits = DEFAULT_LIMITS
) -> Iterator[JudgedClaim]:
    """Stream the claims of the 837Ps in a file, each with what was found wrong with it.

    What is wrong with the file, a set or a provider as a whole is not among the findings: `examine` tells
    that, and a set that its 999 rejects has no claims worth processing. Raises as `read_events`.
    """
    sorter = Sorter()
    for event in judged_events(source, check_code, limits):
        if isinstance(event, JudgedLoop):
            yield from sorter.take(event)
        elif isinstance(event, SetEnd):
            sorter = Sorter()
