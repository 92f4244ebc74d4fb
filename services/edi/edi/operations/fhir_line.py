"""The wire of FHIR: one Bundle to an operation of the payer's server, and what came back."""

from __future__ import annotations

from common.http import RemoteRefusal, RemoteUnavailable
from edi.domain import fhir
from edi.domain.inbound import Flaw, Found, Reading, Reason
from edi.domain.partner import Partner, PartnerFacts
from edi.domain.real_time import HARD_SECONDS
from edi.operations.http_line import endpoint
from edi.operations.reach import Installation
from edi.operations.reading import digest


async def put(partner: Partner, installation: Installation, kind: str, content: bytes) -> bytes:
    """The answer byte for byte; a 4xx with an OperationOutcome is one, of the question and not of the call.

    Raises RemoteRefusal, RemoteUnavailable, and what `endpoint` raises.
    """
    outside = await endpoint(partner, installation, seconds=HARD_SECONDS)
    try:
        answer = await outside.request(
            "POST",
            fhir.OPERATIONS[kind],
            body=content,
            media_type=fhir.MEDIA_TYPE,
            headers={"Accept": fhir.MEDIA_TYPE},
            once=True,
        )
    except RemoteRefusal as refusal:
        if fhir.refused(refusal.body) is None:
            raise
        return refusal.body
    finally:
        await outside.close()
    if not answer.body:
        raise RemoteUnavailable("partner", "no-payload")
    return answer.body


def read(content: bytes, facts: PartnerFacts, kind: str, control: str) -> Reading:
    """The answer as one entry of the archive, under our number of the question; or why it is none."""
    if not fhir.is_answer(content):
        return Reading(reason=Reason.MALFORMED, flaws=(Flaw("fhir", "The answer is no FHIR resource that answers."),))
    found = Found(
        sender=facts.theirs.id,
        receiver=facts.ours.id,
        control=control,
        groups=(),
        usage=facts.usage,
        start=0,
        size=len(content),
        sha256=digest(content),
        kinds={kind: 1},
    )
    return Reading((found,))
