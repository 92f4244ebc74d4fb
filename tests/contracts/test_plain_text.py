"""What stands in a row as text that anybody may have written: sealed, or here with the reason why it may be read.

Names, birth dates, addresses and member ids are sealed documents (docs/adr/0009), and so is what people write in words
of their own: a reason may name the patient. A column of text whose name suggests such words is looked at once, and
then it is either bytes or in this table. Columns of JSON hold what a domain's own classes hold, codes and amounts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from services_under_test import SERVICES
from sqlalchemy import Text

from common.tables import TENANT

SUGGESTIVE = re.compile(
    "reason|note|why|text|comment|remark|name|reference|finding|description|message|answer|error|failure|phone|line1"
    "|contact|cursor|explanation|statement"
)
ORGANISATION = "an organisation's"
CLINICIAN = "a clinician's, public in the registry of NPIs"
WORD = "a word of a list in the code"
OWN_NUMBER = "a number that this service makes itself"
THEIRS = "a number that the far side gives to what it decided, none of a person"

READABLE: Mapping[str, str] = {
    "claims.batches.reference": OWN_NUMBER,
    "claims.follow_ups.reason": WORD,
    "claims.locations.name": ORGANISATION,
    "claims.payers.name": ORGANISATION,
    "claims.practices.contact_name": "the billing office's, as it stands in every 837P",
    "claims.practices.contact_phone": "the billing office's, as it stands in every 837P",
    "claims.practices.name": ORGANISATION,
    "claims.rendering_providers.first_name": CLINICIAN,
    "claims.rendering_providers.last_name": CLINICIAN,
    "claims.submissions.original_reference": THEIRS,
    "edi.acknowledgements.note": "TA105, a code of X12",
    "edi.acknowledgements.reason": WORD,
    "edi.files.reason": WORD,
    "edi.interchanges.reason": WORD,
    "edi.mailboxes.cursor": "how far a partner's list was read, in the partner's own marks",
    "edi.mailboxes.last_error": WORD,
    "edi.partners.name": ORGANISATION,
    "edi.pickups.name": "a keyed hash of it",
    "edi.subscriptions.last_error": "CORE's word, or the HTTP status",
    "edi.transmissions.failure": WORD,
    "credentialing.changes.reference": THEIRS,
    "credentialing.enrollments.reference": THEIRS,
    "credentialing.groups.name": ORGANISATION,
    "credentialing.locations.line1": ORGANISATION,
    "credentialing.locations.name": ORGANISATION,
    "credentialing.payers.name": ORGANISATION,
    "credentialing.verifications.reference": THEIRS,
    "eligibility.asking_providers.name": CLINICIAN,
    "eligibility.good_faith_estimates.why": WORD,
    "eligibility.payers.name": ORGANISATION,
    "authorizations.asking_providers.name": CLINICIAN,
    "authorizations.clinicians.first_name": CLINICIAN,
    "authorizations.clinicians.last_name": CLINICIAN,
    "authorizations.payers.name": ORGANISATION,
    "authorizations.rules.name": "what a practice calls a payer's rule",
}


def suggestive() -> Iterator[str]:
    for service in SERVICES:
        for table in service.metadata.sorted_tables:
            if not table.info.get(TENANT):
                continue
            for column in table.columns:
                if isinstance(column.type, Text) and SUGGESTIVE.search(column.name):
                    yield f"{service.name}.{table.name}.{column.name}"


class TestTextInPlain:
    def test_is_sealed_or_has_a_reason_why_anybody_may_read_it(self) -> None:
        assert sorted(set(suggestive()) - set(READABLE)) == []

    def test_has_no_reason_left_over_from_a_column_that_is_gone(self) -> None:
        here = {service.name for service in SERVICES}
        assert sorted(place for place in set(READABLE) - set(suggestive()) if place.partition(".")[0] in here) == []
