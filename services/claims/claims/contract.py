"""What claims publishes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from claims.domain.events import (
    AdjudicatedLine,
    ClaimAccepted,
    ClaimClosed,
    ClaimDenied,
    ClaimHeld,
    ClaimPaid,
    ClaimRejected,
    ClaimReversed,
    ClaimSubmitted,
    LineAdjustment,
    SubmittedLine,
)
from common.contracts import Contract
from common.money import Money

CLAIM, ENCOUNTER, PATIENT, TRANSMISSION, REMITTANCE = (
    UUID(f"01937e00-0000-7000-8000-00000000000{number}") for number in range(1, 6)
)
SERVICE_DAY, DECIDED_ON = date(2026, 3, 2), date(2026, 3, 20)
CONTROL_NUMBER, PAYER_NUMBER = "4Z0K8M2Q01", "PC20260320001"
CHARGE = Money("210.00")

CONTRACT = Contract(
    service="claims",
    topic="dermbill.claims",
    key="claim_id",
    publishes={
        ClaimHeld: 1,
        ClaimSubmitted: 1,
        ClaimAccepted: 1,
        ClaimRejected: 1,
        ClaimPaid: 1,
        ClaimDenied: 1,
        ClaimReversed: 1,
        ClaimClosed: 1,
    },
    examples=(
        ClaimHeld(CLAIM, ENCOUNTER, ("E03", "E30")),
        ClaimSubmitted(
            claim_id=CLAIM,
            encounter_id=ENCOUNTER,
            patient_id=PATIENT,
            payer_id="PAYERA",
            control_number=CONTROL_NUMBER,
            frequency="1",
            charge=CHARGE,
            date_of_service=SERVICE_DAY,
            lines=(SubmittedLine(1, "17110", ("59",), 1, CHARGE),),
            transmission_id=TRANSMISSION,
            responsibility="P",
        ),
        ClaimAccepted(CLAIM, CONTROL_NUMBER, PAYER_NUMBER),
        ClaimRejected(CLAIM, CONTROL_NUMBER, "277CA", ("A7",), ("562",)),
        ClaimPaid(
            claim_id=CLAIM,
            control_number=CONTROL_NUMBER,
            remittance_id=REMITTANCE,
            outcome="paid",
            paid=Money("120.00"),
            adjusted=Money("70.00"),
            patient_responsibility=Money("20.00"),
            open_denied=Money.zero(),
        ),
        ClaimReversed(CLAIM, CONTROL_NUMBER, REMITTANCE, paid=Money("-120.00"), open_denied=Money.zero()),
        ClaimDenied(
            claim_id=CLAIM,
            encounter_id=ENCOUNTER,
            patient_id=PATIENT,
            payer_id="PAYERA",
            control_number=CONTROL_NUMBER,
            remittance_id=REMITTANCE,
            date_of_service=SERVICE_DAY,
            adjudicated_on=DECIDED_ON,
            charge=CHARGE,
            denied=CHARGE,
            lines=(
                AdjudicatedLine(
                    number=1,
                    cpt="17110",
                    modifiers=("59",),
                    charge=CHARGE,
                    paid=Money.zero(),
                    denied=CHARGE,
                    adjustments=(LineAdjustment("CO", "50", CHARGE),),
                    remarks=("N115",),
                ),
            ),
            remarks=(),
            payer_claim_number=PAYER_NUMBER,
            open_denied=CHARGE,
        ),
        ClaimClosed(CLAIM, "denial_upheld"),
    ),
)
