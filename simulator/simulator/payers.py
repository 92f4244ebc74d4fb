"""The three payers the simulator starts with. Names, numbers and rates are invented; habits are what real ones have.

Rates are 2025 relative values x the 2025 conversion factor (rulebook 12) x a rate of our own making.
"""

from __future__ import annotations

from decimal import Decimal

from simulator.adjudication.payer import Contract, Delays, NecessityPolicy, Payer, Wire

CONVERSION_FACTOR_2025 = Decimal("32.3465")

# Seborrheic keratosis without inflammation and skin tags: cosmetic unless another diagnosis says more (rulebook 7.1).
_COSMETIC = NecessityPolicy(
    cpts=("11200", "11201", "17110", "17111"),
    excluded=("L82.1", "L91.8"),
)

MERIDIAN = Payer(
    id="MERIDIAN",
    name="MERIDIAN MUTUAL",
    contract=Contract(CONVERSION_FACTOR_2025, rate=Decimal("1.10")),
    delays=Delays(clearinghouse=0.1, payer=0.5, remittance=7.0, cheque_interval=1.0),
    filing_limit_days=90,
    distinct_modifiers="X",
    authorization_cpts=("15271", "15275", "17106", "17107", "17108", "64650", "96920", "96921", "96922"),
    necessity=(_COSMETIC,),
    payment_method="ACH",
    payer_number_prefix="MM",
    tax_id="990000001",
)

CASCADIA = Payer(
    id="CASCADIA",
    name="CASCADIA BLUE",
    contract=Contract(CONVERSION_FACTOR_2025, rate=Decimal("1.25"), mppr_as_own_reason=False),
    delays=Delays(clearinghouse=0.1, payer=1.0, remittance=14.0, cheque_interval=2.0),
    wire=Wire(delimiters="|>^~", line_break="\n"),
    filing_limit_days=180,
    distinct_modifiers="59",
    bundling_carc="236",
    authorization_cpts=("15271", "15275", "64650", "96573", "96574", "96920", "96921", "96922"),
    claim_level_carcs=("18", "29"),
    payment_method="CHK",
    payer_number_prefix="CB",
    tax_id="990000002",
)

TIDEWATER = Payer(
    id="TIDEWATER",
    name="TIDEWATER FEDERAL",
    contract=Contract(CONVERSION_FACTOR_2025, rate=Decimal("1.00")),
    delays=Delays(clearinghouse=0.1, payer=0.5, remittance=10.0, cheque_interval=1.0),
    wire=Wire(delimiters="*:^\n"),
    filing_code="MB",
    filing_limit_days=365,
    distinct_modifiers="any",
    modifier_side="either",
    modifier_25_on_new_visits=False,
    necessity=(_COSMETIC,),
    wants_clia=True,
    zero_pay_apart=True,
    payment_method="ACH",
    payer_number_prefix="TF",
    tax_id="990000003",
)

DEFAULT_PAYERS: tuple[Payer, ...] = (MERIDIAN, CASCADIA, TIDEWATER)
