"""What patients publishes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from common.contracts import Contract
from patients.domain.events import CoverageChanged, CoverageRecorded, PatientChanged, PatientRegistered

PATIENT, COVERAGE = UUID("01937e00-0000-7000-8000-000000000001"), UUID("01937e00-0000-7000-8000-000000000002")

CONTRACT = Contract(
    service="patients",
    topic="dermbill.patients",
    publishes={PatientRegistered: 1, PatientChanged: 1, CoverageRecorded: 1, CoverageChanged: 1},
    examples=(
        PatientRegistered(PATIENT),
        PatientChanged(PATIENT),
        CoverageRecorded(PATIENT, COVERAGE, "PAYERA", 1, date(2026, 1, 1)),
        CoverageChanged(PATIENT, COVERAGE, "PAYERA", 1, date(2026, 1, 1), date(2026, 12, 31)),
    ),
)
