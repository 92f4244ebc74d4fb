"""The dates that Medicare will give an enrollment, before its letter comes (42 CFR 424.520(d), 424.521(a))."""

from __future__ import annotations

from datetime import date, timedelta

from credentialing.domain.enrollment import Dates, Enrollment
from credentialing.domain.payers import Program, Terms
from credentialing.domain.refusals import LetterAloneSays, NotSubmittedYet


def expected_dates(enrollment: Enrollment, terms: Terms, first_service_on: date) -> Dates:
    """Effective from the later of the filing and the first service at the location.

    Services may be billed from as many days before as the payer's terms say (30), but from no day before the first
    service. Raises LetterAloneSays for a payer that is not Medicare, NotSubmittedYet.
    """
    if terms.program is not Program.MEDICARE:
        raise LetterAloneSays(payer_id=enrollment.identity.payer_id)
    if enrollment.submitted_on is None:
        raise NotSubmittedYet(enrollment_id=enrollment.id)
    effective = max(enrollment.submitted_on, first_service_on)
    return Dates(effective, max(effective - timedelta(days=terms.retroactive_days), first_service_on))
