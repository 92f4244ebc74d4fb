"""What a claim says of its other payers to loops 2320, 2330 and 2430."""

from x12 import values
from x12.guides.spec import LoopSpec
from x12.model.coordination import LineAdjudication, OtherCoverage
from x12.model.segments import Loop, Segment
from x12.phrases import adjustments, party, procedure
from x12.writer import amount


def coverage_loop(coverage: OtherCoverage, spec: LoopSpec) -> Loop:
    """Loop 2320; `spec` is its place in the guide, which names the loop of each provider by its role."""
    own: list[Segment] = [
        (
            "SBR", coverage.responsibility, coverage.relationship, coverage.group_number, coverage.group_name,
            coverage.insurance_type, "", "", "", coverage.filing_code,
        ),
        *adjustments(coverage.adjustments),
    ]  # fmt: skip
    amounts = (("D", coverage.paid), ("A8", coverage.not_covered), ("EAF", coverage.remaining))
    own += [("AMT", qualifier, amount(told)) for qualifier, told in amounts if told is not None]
    if coverage.benefits_assigned or coverage.signature_source or coverage.release:
        own.append(("OI", "", "", coverage.benefits_assigned, coverage.signature_source, "", coverage.release))
    own += [segment for segment in (coverage.mia, coverage.moa) if segment]
    decided = () if coverage.decided is None else (("DTP", "573", "D8", values.day_text(coverage.decided)),)
    inner = [
        Loop("2330A", party("IL", coverage.insured)),
        Loop("2330B", (*party("PR", coverage.payer), *decided)),
        *(Loop(_place(item.role, spec), party(item.role, item.party)) for item in coverage.providers),
    ]
    return Loop("2320", (*own, *coverage.extra), (*inner, *coverage.loops))


def _place(role: str, spec: LoopSpec) -> str:
    return next((inner.id for inner in spec.loops if role in inner.trigger.qualifiers), spec.loops[-1].id)


def adjudication_loop(decision: LineAdjudication) -> Loop:
    """Loop 2430."""
    bundled = "" if decision.bundled_into is None else str(decision.bundled_into)
    own: list[Segment] = [
        (
            "SVD", decision.payer_id, amount(decision.paid), procedure(decision.procedure), decision.revenue_code,
            amount(decision.units), bundled,
        ),
        *adjustments(decision.adjustments),
    ]  # fmt: skip
    if decision.decided is not None:
        own.append(("DTP", "573", "D8", values.day_text(decision.decided)))
    if decision.remaining is not None:
        own.append(("AMT", "EAF", amount(decision.remaining)))
    return Loop("2430", (*own, *decision.extra))
