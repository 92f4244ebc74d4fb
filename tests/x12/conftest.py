"""Synthetic claims, remittances and acknowledgements to build on, and what is drawn of each (tests/x12/drawn.py)."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import strategies as st
from tests.x12.drawn import (
    NPIS,
    drawn_advices,
    drawn_claim_acks,
    drawn_claims,
    drawn_functional_acks,
)

import x12

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "samples"
TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 10, 30)  # noqa: DTZ001


@pytest.fixture(scope="session")
def header() -> x12.InterchangeHeader:
    return x12.InterchangeHeader("ZZ", "DERMBILL", "ZZ", "CLEARING", NOW, 905, 17, usage="T")


@pytest.fixture(scope="session")
def submission() -> x12.Submission:
    submitter = x12.Party(
        "SUNRISE DERMATOLOGY", id_qualifier="46", id="TP0001",
        contacts=(x12.Contact("IC", "BILLING OFFICE", (("TE", "5555550100"),)),),
    )  # fmt: skip
    return x12.Submission("BATCH1", NOW, submitter, x12.Party("CLEARINGHOUSE", id_qualifier="46", id="CH0001"))


@pytest.fixture(scope="session")
def claim() -> x12.Claim837P:
    """An office visit with a biopsy, billed by a group for one of its dermatologists."""
    home = x12.Address("12 ELM STREET", "", "SPRINGFIELD", "IL", "627010001")
    return x12.Claim837P(
        billing_provider=x12.BillingProvider(
            x12.Party(
                "SUNRISE DERMATOLOGY", id_qualifier="XX", id=NPIS[0],
                address=x12.Address("1 CLINIC WAY", "SUITE 2", "SPRINGFIELD", "IL", "627010002"),
            ),
            tax_id="123456789", taxonomy="207N00000X",
        ),
        subscriber=x12.Subscriber(
            x12.Party("DOE", "1", "JANE", id_qualifier="MI", id="MEMBER0001", address=home),
            relationship="18", group_number="GRP1", filing_code="CI", birth_date=date(1980, 5, 17), sex="F",
        ),
        payer=x12.Party("ACME HEALTH", id_qualifier="PI", id="60054"),
        control_number="CLAIM0001",
        charge=Decimal("345.50"),
        place_of_service="11",
        diagnoses=(x12.Diagnosis("ABK", "D485"), x12.Diagnosis("ABF", "L570")),
        lines=(
            x12.ServiceLine(
                1, x12.Procedure("11102"), Decimal("195.50"), Decimal(1), TODAY, (1,), control_number="LINE1"
            ),
            x12.ServiceLine(
                2, x12.Procedure("99213", ("25",)), Decimal("150.00"), Decimal(1), TODAY, (1, 2), control_number="LINE2"
            ),
        ),
        rendering=x12.Party(
            "SMITH", "1", "ALEX", id_qualifier="XX", id=NPIS[1], taxonomy="207N00000X", provider_role="PE"
        ),
    )  # fmt: skip


@pytest.fixture(scope="session")
def advice() -> x12.RemittanceAdvice:
    """One paid claim with a write-off and a co-payment, one denial, and interest added by the payer."""
    head = x12.Remittance(
        total=Decimal("180.25"), payment_date=TODAY, trace="EFT900001", method="ACH", trace_issuer="1512345678",
        payment_format="CCP", sender_account=x12.BankAccount("01", "999999992", "DA", "123456"),
        originator="1512345678",
        receiver_account=x12.BankAccount("01", "999988880", "DA", "98765"), production_date=TODAY,
        payer=x12.Party(
            "ACME HEALTH", address=x12.Address("5 PAYER PLAZA", "", "CHICAGO", "IL", "60601"),
            contacts=(x12.Contact("BL", "PROVIDER LINE", (("TE", "5555550199"),)),),
        ),
        payee=x12.Party(
            "SUNRISE DERMATOLOGY", id_qualifier="XX", id=NPIS[0], references=(x12.Reference("TJ", "123456789"),)
        ),
    )  # fmt: skip
    who = x12.Party("DOE", "1", "JANE", id_qualifier="MI", id="MEMBER0001")
    paid = x12.ClaimPayment(
        "CLAIM0001", "1", Decimal("345.50"), Decimal("180.00"), Decimal("30.00"), "12", "PAYER77", "11", "1",
        patient=who,
        services=(
            x12.ServicePayment(
                x12.Procedure("11102"), Decimal("195.50"), Decimal("100.00"), paid_units=Decimal(1), service_from=TODAY,
                control_number="LINE1", allowed=Decimal("100.00"),
                adjustments=(x12.Adjustment("CO", "45", Decimal("95.50")),),
            ),
            x12.ServicePayment(
                x12.Procedure("99212", ("25",)), Decimal("150.00"), Decimal("80.00"), paid_units=Decimal(1),
                original_procedure=x12.Procedure("99213", ("25",)), service_from=TODAY, control_number="LINE2",
                allowed=Decimal("110.00"), remarks=("N19",),
                adjustments=(
                    x12.Adjustment("CO", "150", Decimal("40.00")), x12.Adjustment("PR", "3", Decimal("30.00")),
                ),
            ),
        ),
        moa=("MOA", "", "", "MA01"),
    )  # fmt: skip
    denied = x12.ClaimPayment(
        "CLAIM0002", "4", Decimal("90"), Decimal("0"), Decimal("0"), "12", "PAYER78", "11", "1", patient=who,
        adjustments=(x12.Adjustment("CO", "29", Decimal("90")),),
    )  # fmt: skip
    interest = x12.ProviderAdjustment(NPIS[0], date(2026, 12, 31), "L6", Decimal("-0.25"), "INT1")
    return x12.RemittanceAdvice(head, (paid, denied), (interest,))


@pytest.fixture(scope="session")
def samples() -> Path:
    if not SAMPLES.is_dir():
        pytest.skip("the public samples are not beside this checkout")
    return SAMPLES


@pytest.fixture(scope="session")
def any_claims() -> st.SearchStrategy:
    return st.lists(drawn_claims(), min_size=1, max_size=3)


@pytest.fixture(scope="session")
def any_advice() -> st.SearchStrategy:
    return drawn_advices()


@pytest.fixture(scope="session")
def any_functional_ack() -> st.SearchStrategy:
    return drawn_functional_acks()


@pytest.fixture(scope="session")
def any_claim_acks() -> st.SearchStrategy:
    return drawn_claim_acks()
