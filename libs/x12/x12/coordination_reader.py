"""Loops 2320, 2330A-I and 2430 to what a claim says of its other payers; the same for 837P and 837I.

A loop that says more than the models hold is not read at all: the caller keeps it as it came.
"""

from datetime import date
from decimal import Decimal

from x12 import values
from x12.fields import adjustments, amount, frozen, longer, optional, optional_amount, party, procedure, value
from x12.model.adjustment import Adjustment
from x12.model.coordination import LineAdjudication, OtherCoverage, PayerProvider
from x12.model.segments import COMPONENT, Segment, element
from x12.reader import OpenLoop
from x12.tokens import Elements

_MOST_COMPONENTS = 7
_DECIDED = "573"


class _Told:
    """What the segments of a loop say of a payer's decision, and what no field holds."""

    def __init__(self, loop: OpenLoop, *amounts: str) -> None:
        self._loop = loop
        self._qualifiers = amounts
        self.adjustments: list[Adjustment] = []
        self.amounts: dict[str, Decimal] = {}
        self.decided: date | None = None
        self.remarks: dict[str, Segment] = {}
        self.extra: list[Segment] = []

    def take(self, segment: Elements) -> None:
        """Sort one segment in. Raises BadElement."""
        code = element(segment, 1)
        match segment[0]:
            case "CAS" if not longer(segment, 19):
                self.adjustments.extend(adjustments(self._loop, segment))
            case "AMT" if code in self._qualifiers and code not in self.amounts and not longer(segment, 2):
                self.amounts[code] = amount(self._loop, segment, 2)
            case "DTP" if self.decided is None and _decision(segment):
                self.decided = value(self._loop, segment, 3, values.day)
            case _:
                self.extra.append(frozen(segment))


class _Coverage(_Told):
    """The same for loop 2320, which also has remarks and OI."""

    def __init__(self, loop: OpenLoop) -> None:
        super().__init__(loop, "D", "A8", "EAF")
        self.benefits: Elements = []

    def take(self, segment: Elements) -> None:
        match segment[0]:
            case "OI" if not (self.benefits or any(segment[1:3]) or element(segment, 5) or longer(segment, 6)):
                self.benefits = segment
            case "MOA" | "MIA" if segment[0] not in self.remarks:
                self.remarks[segment[0]] = frozen(segment)
            case "DTP":
                self.extra.append(frozen(segment))
            case _:
                super().take(segment)


def coverage_of(loop: OpenLoop) -> OtherCoverage | None:
    """The coverage of a loop 2320; None when it names no subscriber or payer, or SBR says more than a coverage holds.

    Raises BadElement for an amount or a date that cannot be read.
    """
    head = loop.segments[0]
    insured, payer = loop.inner("2330A"), loop.inner("2330B")
    if insured is None or payer is None or any(head[6:9]) or longer(head, 9):
        return None
    told = _Coverage(loop)
    for segment in loop.segments[1:]:
        told.take(segment)
    paying = party(payer)
    decided = next((item for item in payer.segments if item[0] == "DTP" and _decision(item)), None)
    if decided is not None:
        paying = paying.without(frozen(decided))
    return OtherCoverage(
        responsibility=element(head, 1),
        insured=party(insured),
        payer=paying,
        relationship=element(head, 2),
        group_number=element(head, 3),
        group_name=element(head, 4),
        insurance_type=element(head, 5),
        filing_code=element(head, 9),
        adjustments=tuple(told.adjustments),
        paid=told.amounts.get("D"),
        not_covered=told.amounts.get("A8"),
        remaining=told.amounts.get("EAF"),
        benefits_assigned=element(told.benefits, 3),
        signature_source=element(told.benefits, 4),
        release=element(told.benefits, 6),
        moa=told.remarks.get("MOA", ()),
        mia=told.remarks.get("MIA", ()),
        decided=value(payer, decided, 3, values.day) if decided is not None else None,
        providers=tuple(_provider(inner) for inner in loop.loops if inner.id not in ("2330A", "2330B")),
        extra=tuple(told.extra),
        loops=tuple(
            inner.kept() for inner in loop.loops
            if inner.id in ("2330A", "2330B") and inner is not insured and inner is not payer
        ),
    )  # fmt: skip


def _provider(loop: OpenLoop) -> PayerProvider:
    return PayerProvider(element(loop.segments[0], 1), party(loop))


def _decision(segment: Elements) -> bool:
    """Whether a DTP is the day of a payer's decision."""
    return segment[1:3] == [_DECIDED, "D8"] and not longer(segment, 3)


def adjudication_of(loop: OpenLoop) -> LineAdjudication | None:
    """What a loop 2430 says; None when SVD says more than a `LineAdjudication` holds.

    Raises BadElement for an amount, a date or a procedure that cannot be read.
    """
    head = loop.segments[0]
    if longer(head, 6) or element(head, 3).count(COMPONENT) >= _MOST_COMPONENTS:
        return None
    told = _Told(loop, "EAF")
    for segment in loop.segments[1:]:
        told.take(segment)
    return LineAdjudication(
        payer_id=element(head, 1),
        paid=amount(loop, head, 2),
        procedure=optional(loop, head, 3, procedure),
        units=optional_amount(loop, head, 5),
        adjustments=tuple(told.adjustments),
        decided=told.decided,
        remaining=told.amounts.get("EAF"),
        revenue_code=element(head, 4),
        bundled_into=optional(loop, head, 6, values.integer),
        extra=tuple(told.extra),
    )
