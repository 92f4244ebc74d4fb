"""What a payer's program says of renewals and of the days before the effective date (rulebook 13).

The contract or the payer's notice is the truth; these are what is assumed where the register says nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from credentialing.domain.dates import end_of_month, months_after


class Program(StrEnum):
    MEDICARE = "medicare"
    DMEPOS = "medicare_dmepos"
    MEDICAID = "medicaid"
    COMMERCIAL = "commercial"


class Renewal(StrEnum):
    """What a payer calls looking again at somebody it has enrolled."""

    REVALIDATION = "revalidation"
    RECREDENTIALING = "recredentialing"


# Programs that pay with federal money: an OIG exclusion bars payment by them (42 CFR 1001.1901).
FEDERAL = frozenset({Program.MEDICARE, Program.DMEPOS, Program.MEDICAID})


@dataclass(frozen=True, slots=True)
class Terms:
    """`retroactive_days`: how far before the effective date services may be billed. `notice_days`: within how many days
    after its committee met the payer tells what it decided, None where nothing says so.
    """

    program: Program
    renewal: Renewal
    renewal_months: int
    retroactive_days: int
    notice_days: int | None = None

    def renewal_due(self, decided_on: date) -> date:
        """The last day of the month in which the renewal falls: payers count to the month, not to the day."""
        return end_of_month(months_after(decided_on, self.renewal_months))


@dataclass(frozen=True, slots=True)
class Payer:
    """`state` is the one whose Medicaid it is, or runs; None where that is the state of the location."""

    payer_id: str
    name: str
    terms: Terms
    state: str | None = None


# Medicare and Medicaid revalidate every five years, suppliers of DMEPOS every three; NCQA recredentials every 36 months
# and has a decision told within 30 days. Medicare lets services of up to 30 days before the effective date be billed
# (42 CFR 424.521); states and plans differ, mostly nothing.
DEFAULTS: Mapping[Program, Terms] = {
    Program.MEDICARE: Terms(Program.MEDICARE, Renewal.REVALIDATION, renewal_months=60, retroactive_days=30),
    Program.DMEPOS: Terms(Program.DMEPOS, Renewal.REVALIDATION, renewal_months=36, retroactive_days=0),
    Program.MEDICAID: Terms(Program.MEDICAID, Renewal.REVALIDATION, renewal_months=60, retroactive_days=0),
    Program.COMMERCIAL: Terms(
        Program.COMMERCIAL, Renewal.RECREDENTIALING, renewal_months=36, retroactive_days=0, notice_days=30
    ),
}
