"""How long a payer gives for a correction or an appeal (rulebook 9.3 and 10); contracts override the defaults."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Program(StrEnum):
    MEDICARE = "medicare"
    COMMERCIAL = "commercial"


# Medicare presumes that a notice is received five days after its date (rulebook 10).
PRESUMED_RECEIPT = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Terms:
    """One payer's windows, in days from the remittance (from its presumed receipt for Medicare)."""

    program: Program
    correction_days: int
    appeal_days: int
    decision_days: int

    def correct_by(self, adjudicated_on: date) -> date:
        return adjudicated_on + timedelta(days=self.correction_days)

    def appeal_by(self, adjudicated_on: date) -> date:
        received = PRESUMED_RECEIPT if self.program is Program.MEDICARE else timedelta()
        return adjudicated_on + received + timedelta(days=self.appeal_days)

    def decision_due(self, filed_on: date) -> date:
        return filed_on + timedelta(days=self.decision_days)


DEFAULTS = {
    Program.MEDICARE: Terms(Program.MEDICARE, correction_days=365, appeal_days=120, decision_days=60),
    Program.COMMERCIAL: Terms(Program.COMMERCIAL, correction_days=90, appeal_days=180, decision_days=60),
}
