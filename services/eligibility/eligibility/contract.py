"""What eligibility publishes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from common.contracts import Contract
from common.money import Money
from eligibility.domain.events import (
    CoverageGapFound,
    CoverageInactive,
    CoverageVerified,
    Gap,
    ServiceCoinsurance,
    ServiceCopay,
)

CHECK, PATIENT = UUID("01937e00-0000-7000-8000-000000000041"), UUID("01937e00-0000-7000-8000-000000000001")
REVIEW = UUID("01937e00-0000-7000-8000-000000000042")
ENCOUNTER = UUID("01937e00-0000-7000-8000-000000000011")
COVERAGE = UUID("01937e00-0000-7000-8000-000000000002")
DAY, CHECKED = date(2026, 3, 4), date(2026, 3, 2)

CONTRACT = Contract(
    service="eligibility",
    topic="dermbill.eligibility",
    key="uuid of the check or review",
    publishes={CoverageVerified: 1, CoverageInactive: 1, CoverageGapFound: 1},
    examples=(
        CoverageVerified(
            CHECK,
            PATIENT,
            COVERAGE,
            "PAYERA",
            DAY,
            CHECKED,
            deductible_remaining=Money("150.00"),
            out_of_pocket_remaining=Money("2100.00"),
            copays=(ServiceCopay("98", Money("30.00")),),
            coinsurances=(ServiceCoinsurance("30", Decimal("0.2")),),
            authorization_required=("78",),
        ),
        CoverageInactive(CHECK, PATIENT, COVERAGE, "PAYERA", DAY, CHECKED),
        CoverageGapFound(
            REVIEW, PATIENT, DAY, (Gap("authorization-needed", 1, "J2357", "78"),), "PAYERA", CHECK, ENCOUNTER, 2
        ),
    ),
)
