"""One declarative table for each transaction: loops, segments, elements, usage, repeats and codes."""

from x12.guides import (
    claim,
    claim_ack,
    claim_status_request,
    claim_status_response,
    eligibility_inquiry,
    eligibility_response,
    functional_ack,
    institutional_claim,
    remittance,
)
from x12.guides.spec import Guide

GUIDES: tuple[Guide, ...] = (
    claim.GUIDE,
    remittance.GUIDE,
    functional_ack.GUIDE,
    claim_ack.GUIDE,
    eligibility_inquiry.GUIDE,
    eligibility_response.GUIDE,
    claim_status_request.GUIDE,
    claim_status_response.GUIDE,
    institutional_claim.GUIDE,
)


def guide_for(kind: str, version: str) -> Guide | None:
    """The table for a set by ST01 and its version, or None when there is none.

    A version is known by its beginning, so that errata (X222A1, X222A2) share one table.
    """
    for guide in GUIDES:
        if guide.kind == kind and version.startswith(guide.version):
            return guide
    return None
