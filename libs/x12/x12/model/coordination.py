"""Coordination of benefits: what a claim says of its other payers (loops 2320, 2330A-I, 2430; rulebook 9.5). Amounts
are dollars as Decimal.
"""

from datetime import date
from decimal import Decimal

from x12.model.adjustment import Adjustment, remark_codes
from x12.model.party import Party
from x12.model.procedure import Procedure
from x12.model.record import record
from x12.model.segments import Loop, Segment


@record
class PayerProvider:
    """Loops 2330C and later: a provider of the claim as the other payer knows it.

    `role` is NM101 (of an 837P: DN or P3 referring, 82 rendering, 77 facility, DQ supervising, 85 billing); the payer's
    numbers for it are the references of the party.
    """

    role: str
    party: Party


@record
class OtherCoverage:
    """Loop 2320 with all of 2330: a coverage besides the one the claim is sent to, and what its payer decided.

    `responsibility` SBR01, `relationship` SBR02 (of the patient to `insured`, 2330A), `filing_code` SBR09. `payer` is
    2330B; its id is what `LineAdjudication.payer_id` names, its REF F8 its own number of the claim. `paid` AMT D,
    `not_covered` AMT A8, `remaining` AMT EAF (what the patient still owes). `benefits_assigned` OI03,
    `signature_source` OI04, `release` OI06. `decided` is DTP 573 of 2330B, given when no line carries it.
    """

    responsibility: str
    insured: Party
    payer: Party
    relationship: str = "18"
    group_number: str = ""
    group_name: str = ""
    insurance_type: str = ""
    filing_code: str = ""
    adjustments: tuple[Adjustment, ...] = ()
    paid: Decimal | None = None
    not_covered: Decimal | None = None
    remaining: Decimal | None = None
    benefits_assigned: str = "Y"
    signature_source: str = ""
    release: str = "Y"
    moa: Segment = ()
    mia: Segment = ()
    decided: date | None = None
    providers: tuple[PayerProvider, ...] = ()
    extra: tuple[Segment, ...] = ()
    loops: tuple[Loop, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """Remittance remark codes of MOA and MIA, in order."""
        return remark_codes(self.moa, self.mia)


@record
class LineAdjudication:
    """Loop 2430: what another payer did with a line.

    `payer_id` SVD01 names the payer of an `OtherCoverage`, `paid` SVD02, `procedure` SVD03 as the payer took it,
    `units` SVD05, `bundled_into` SVD06 the number of the line it was paid with. `decided` DTP 573, `remaining` AMT EAF.
    """

    payer_id: str
    paid: Decimal
    procedure: Procedure | None
    units: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    decided: date | None = None
    remaining: Decimal | None = None
    revenue_code: str = ""
    bundled_into: int | None = None
    extra: tuple[Segment, ...] = ()
