"""The FHIR Bundle of a request, of a change of one, and of an inquiry about one (Da Vinci PAS), made of the same
question as the 278.

The same question gives the same bytes, so that asking again under one key is asking the same.
"""

from __future__ import annotations

import json

import x12
from authorizations.domain.wish import Course
from authorizations.operations import pas_claim
from authorizations.operations.pas_parties import parties_of
from authorizations.operations.pas_words import TRACES, Entries, Resource, bundle_id, entry, moment, profile

REQUEST, INQUIRY = "profile-pas-request-bundle", "profile-pas-inquiry-request-bundle"
# UM02 of what changes a request that the payer took: extension, renewal, revision, cancellation.
_CHANGES = frozenset({"4", "R", "S", pas_claim.CANCEL})

services_of = pas_claim.services_of


def bundle_of(
    question: x12.AuthorizationRequest, *, earlier: x12.AuthorizationRequest | None = None, course: Course | None = None
) -> str:
    """The body of `Claim/$submit`: the Claim first, then everything that it refers to.

    What changes an `earlier` request is an update, with that one's Claim beside it.
    """
    entries = Entries(question.trace)
    claim = pas_claim.request_of(question, parties_of(question, entries), entries, course)
    if earlier is None or not _is_change(question):
        return _bundle(question, REQUEST, claim, entries)
    before = pas_claim.request_of(earlier, parties_of(earlier, entries), entries, course)
    update = pas_claim.update_of(question, earlier, claim, before)
    return _bundle(question, REQUEST, update, entries, before)


def inquiry_of(question: x12.AuthorizationRequest) -> str:
    """The body of `Claim/$inquire`: the same patient, payer, services and trace number, and nothing that narrows the
    search beyond that.
    """
    entries = Entries(question.trace)
    claim = pas_claim.head_of(question, parties_of(question, entries), "profile-claim-inquiry")
    return _bundle(question, INQUIRY, claim | {"item": list(pas_claim.items_of(question))}, entries)


def _is_change(question: x12.AuthorizationRequest) -> bool:
    review = question.event.review if question.event else None
    return review is not None and review.certification in _CHANGES


def _bundle(question: x12.AuthorizationRequest, kind: str, claim: Resource, entries: Entries, *others: Resource) -> str:
    bundle = {
        "resourceType": "Bundle",
        "id": bundle_id(question.trace, kind),
        "meta": profile(kind),
        "identifier": {"system": TRACES, "value": question.head.reference},
        "type": "collection",
        "timestamp": moment(question.head.created),
        "entry": [entry(claim), *map(entry, others), *entries.entries],
    }
    return json.dumps(bundle, ensure_ascii=False, separators=(",", ":"))
