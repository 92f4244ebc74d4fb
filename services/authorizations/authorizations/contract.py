"""What authorizations publishes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from authorizations.domain.events import (
    AuthApproved,
    AuthDenied,
    AuthExhausted,
    AuthExpiring,
    AuthNeedDecided,
    AuthRequested,
    ReferralNeed,
    RequestedService,
    ServiceNeed,
)
from common.contracts import Contract

ENCOUNTER = UUID("01937e00-0000-7000-8000-000000000021")
AUTHORIZATION, PATIENT = UUID("01937e00-0000-7000-8000-000000000051"), UUID("01937e00-0000-7000-8000-000000000001")
COURSE = (RequestedService("96910", 30),)

CONTRACT = Contract(
    service="authorizations",
    topic="dermbill.authorizations",
    key="uuid of the authorization, or of the encounter that it is about",
    publishes={AuthNeedDecided: 1, AuthRequested: 1, AuthApproved: 1, AuthDenied: 1, AuthExpiring: 1, AuthExhausted: 1},
    examples=(
        AuthNeedDecided(
            ENCOUNTER,
            PATIENT,
            date(2026, 3, 9),
            1,
            (
                ServiceNeed("96910", "ask", "LIGHT", "rulebook 7.4"),
                ServiceNeed("99213", "not_needed", "ROUTINE", "rulebook 7.4"),
            ),
            ReferralNeed("needed", "SENT", "rulebook 7.4"),
            "PAYERA",
            "hmo",
        ),
        AuthRequested(AUTHORIZATION, PATIENT, "PAYERA", "services", "I", COURSE, date(2026, 3, 9), "1245319599"),
        AuthApproved(
            AUTHORIZATION,
            PATIENT,
            "PAYERA",
            "services",
            "approved",
            "AUTH0000017",
            COURSE,
            date(2026, 3, 9),
            date(2026, 6, 8),
            date(2026, 3, 4),
            "1245319599",
        ),
        AuthDenied(
            AUTHORIZATION,
            PATIENT,
            "PAYERA",
            "services",
            "denied",
            COURSE,
            date(2026, 3, 4),
            ("0U",),
            date(2026, 3, 9),
            "1245319599",
        ),
        AuthExpiring(AUTHORIZATION, PATIENT, "PAYERA", "units", date(2026, 6, 8), 6, "96910"),
        AuthExhausted(AUTHORIZATION, PATIENT, "PAYERA", "date"),
    ),
)
