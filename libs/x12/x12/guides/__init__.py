"""One declarative table for each transaction: loops, segments, elements, usage, repeats and codes."""

from x12.guides import (
    attachment,
    authorization_notice,
    authorization_request,
    authorization_response,
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
    *attachment.CLAIMS,
    *attachment.AUTHORIZATIONS,
    authorization_request.GUIDE,
    authorization_request.QUERY,
    authorization_response.GUIDE,
    authorization_request.INQUIRY,
    authorization_response.INQUIRY,
    authorization_notice.GUIDE,
    authorization_notice.ACKNOWLEDGEMENT,
)


def guide_for(kind: str, version: str, purpose: str = "") -> Guide | None:
    """The table for a set by ST01, its version and BHT02, or None when there is none.

    A version is known by its beginning, so that errata (X222A1, X222A2) share one table. Where several share a version
    (278), `purpose` tells which; one that none of them has gets the first, which then names it as a fault.
    """
    found = [guide for guide in GUIDES if guide.kind == kind and version.startswith(guide.version)]
    return next((guide for guide in found if purpose in guide.purposes), found[0] if found else None)
