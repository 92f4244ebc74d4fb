"""What payments publishes."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from common.contracts import Contract
from common.money import Money
from payments.domain.events import PatientBalanceDue, PostedLine, RemittancePosted, Standing
from payments.domain.remittance import Adjustment

CLAIM = UUID("0198c0de-0000-7000-8000-000000000001")

CONTRACT = Contract(
    service="payments",
    topic="dermbill.payments",
    key="uuid of the claim",
    publishes={RemittancePosted: 1, PatientBalanceDue: 1},
    examples=(
        RemittancePosted(
            remittance_id=UUID("0198c0de-0000-7000-8000-000000000002"),
            claim_id=CLAIM,
            control_number="100023-1",
            payer_claim_number="2026310000417",
            status_code="1",
            reversal=False,
            adjudicated_on=date(2026, 11, 20),
            charge=Money("180.00"),
            paid=Money("84.00"),
            contractual=Money("45.00"),
            patient_responsibility=Money("21.00"),
            denied=Money("30.00"),
            lines=(
                PostedLine(
                    number=1,
                    cpt="17000",
                    modifiers=("25",),
                    charge=Money("150.00"),
                    paid=Money("84.00"),
                    denied=Money("0.00"),
                    adjustments=(
                        Adjustment("CO", "45", Money("45.00")),
                        Adjustment("PR", "2", Money("21.00")),
                    ),
                    remarks=(),
                ),
                PostedLine(
                    number=2,
                    cpt="17003",
                    modifiers=(),
                    charge=Money("30.00"),
                    paid=Money("0.00"),
                    denied=Money("30.00"),
                    adjustments=(Adjustment("CO", "97", Money("30.00")),),
                    remarks=("N19",),
                ),
            ),
            adjustments=(),
            remarks=("MA01",),
            standing=Standing(
                paid=Money("84.00"),
                adjusted=Money("45.00"),
                patient=Money("21.00"),
                open_denied=Money("30.00"),
                open_with_payer=Money("0.00"),
            ),
        ),
        PatientBalanceDue(
            claim_id=CLAIM,
            patient_id=UUID("0198c0de-0000-7000-8000-000000000003"),
            amount=Money("21.00"),
            deductible=Money("0.00"),
            coinsurance=Money("21.00"),
            copay=Money("0.00"),
            noncovered=Money("0.00"),
        ),
    ),
)
