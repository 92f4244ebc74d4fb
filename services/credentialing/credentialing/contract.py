"""What credentialing publishes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from common.contracts import Contract
from credentialing.domain.events import (
    CredentialExpiring,
    EnrollmentActivated,
    EnrollmentLapsed,
    EnrollmentLapsing,
    ListedExclusion,
    ProviderExcluded,
    ProviderReinstated,
    Span,
)

ENROLLMENT, PROVIDER = UUID("01937e00-0000-7000-8000-000000000011"), UUID("01937e00-0000-7000-8000-000000000012")
GROUP, LOCATION = UUID("01937e00-0000-7000-8000-000000000013"), UUID("01937e00-0000-7000-8000-000000000014")
CREDENTIAL = UUID("01937e00-0000-7000-8000-000000000015")

CONTRACT = Contract(
    service="credentialing",
    topic="dermbill.credentialing",
    key="uuid of the enrollment, credential or provider that it is about",
    publishes={
        EnrollmentActivated: 1,
        EnrollmentLapsing: 1,
        EnrollmentLapsed: 1,
        CredentialExpiring: 1,
        ProviderExcluded: 1,
        ProviderReinstated: 1,
    },
    examples=(
        EnrollmentActivated(
            enrollment_id=ENROLLMENT,
            provider_id=PROVIDER,
            npi="1245319599",
            payer_id="PAYERA",
            group_id=GROUP,
            billing_npi="1234567893",
            location_id=LOCATION,
            location_code="MAIN",
            effective_from=date(2026, 3, 1),
            spans=(Span(date(2023, 5, 1), date(2025, 12, 31)), Span(date(2026, 3, 1))),
            tin="123456789",
        ),
        EnrollmentLapsing(
            enrollment_id=ENROLLMENT,
            provider_id=PROVIDER,
            npi="1245319599",
            payer_id="PAYERA",
            group_id=GROUP,
            billing_npi="1234567893",
            location_id=LOCATION,
            location_code="MAIN",
            renewal="recredentialing",
            due_on=date(2029, 3, 31),
            days_left=90,
            tin="123456789",
        ),
        EnrollmentLapsed(
            enrollment_id=ENROLLMENT,
            provider_id=PROVIDER,
            npi="1245319599",
            payer_id="PAYERA",
            group_id=GROUP,
            billing_npi="1234567893",
            location_id=LOCATION,
            location_code="MAIN",
            cause="lapsed",
            effective_to=date(2029, 3, 31),
            spans=(Span(date(2023, 5, 1), date(2025, 12, 31)), Span(date(2026, 3, 1), date(2029, 3, 31))),
            tin="123456789",
        ),
        CredentialExpiring(CREDENTIAL, PROVIDER, "1245319599", "state_license", date(2026, 8, 31), 60, "NY"),
        ProviderExcluded(
            PROVIDER,
            "1245319599",
            date(2026, 2, 19),
            "1128a1",
            exclusions=(
                ListedExclusion("LEIE", date(2026, 2, 19), "1128a1", ("medicaid", "medicare")),
                ListedExclusion("MEDICAID-LA", date(2025, 11, 3), "state", ("medicaid",), "LA"),
            ),
        ),
        ProviderReinstated(PROVIDER, "1245319599", date(2026, 9, 30)),
    ),
)
