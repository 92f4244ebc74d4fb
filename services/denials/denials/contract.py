"""What denials publishes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from common.contracts import Contract
from common.money import Money
from denials.domain.events import (
    AppealFiled,
    CorrectionRequested,
    DenialCaseOpened,
    DenialOverturned,
    DenialUpheld,
    LineChange,
)

CASE, CLAIM, REMITTANCE = (UUID(f"01937e00-0000-7000-8000-00000000000{number}") for number in range(5, 8))

CONTRACT = Contract(
    service="denials",
    topic="dermbill.denials",
    key="case_id",
    publishes={
        DenialCaseOpened: 1,
        CorrectionRequested: 1,
        AppealFiled: 1,
        DenialOverturned: 1,
        DenialUpheld: 1,
    },
    examples=(
        DenialCaseOpened(CASE, CLAIM, "bundling", ("97",), Money("120.00"), date(2026, 6, 30)),
        CorrectionRequested(
            CASE, CLAIM, "K7Q2M9XA1", "PCN123", (LineChange(1, modifiers=("25",)),), remittance_id=REMITTANCE
        ),
        AppealFiled(CASE, CLAIM, 1, date(2026, 4, 2), date(2026, 6, 1), REMITTANCE),
        DenialOverturned(CASE, CLAIM, Money("96.40"), REMITTANCE),
        DenialUpheld(CASE, CLAIM, Money("120.00"), REMITTANCE),
    ),
)
