"""Remittance remark codes: the detail behind a reason code, for those that our rules read.

Labels are our own short words (rulebook 9.5 and 10).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rarc:
    """One remark. `appeal_barred`: the payer gives no appeal right, so the claim is corrected and sent anew.

    `patient_barred`: the patient may not be billed for the amount. `alert`: says something about the claim
    without explaining an adjustment.
    """

    code: str
    label: str
    appeal_barred: bool = False
    patient_barred: bool = False
    alert: bool = False


def lookup(code: str) -> Rarc | None:
    """The remark's facts, or None when our table does not know it."""
    return TABLE.get(code.strip().upper())


TABLE: Mapping[str, Rarc] = {
    rarc.code: rarc
    for rarc in (
        Rarc("M15", "billed apart but paid as one service"),
        Rarc("M76", "diagnosis missing or invalid"),
        Rarc("M80", "not covered in the same session as a service already processed"),
        Rarc("MA13", "do not bill the patient beyond the patient responsibility", alert=True),
        Rarc("MA18", "forwarded to the supplemental payer", alert=True),
        Rarc("MA120", "laboratory certificate number missing or invalid"),
        Rarc("MA130", "unprocessable: correct it and send a new claim", appeal_barred=True),
        Rarc("N19", "incidental to the main procedure"),
        Rarc("N89", "forwarded to other payers", alert=True),
        Rarc("N115", "decided by a local coverage determination"),
        Rarc("N257", "billing provider identifier missing or invalid"),
        Rarc("N290", "rendering provider identifier missing or invalid"),
        Rarc("N362", "units exceed the acceptable maximum"),
        Rarc("N525", "within the global period of another service"),
        Rarc("N640", "more often than allowed in the period"),
        Rarc("N781", "qualified Medicare beneficiary: no deductible", patient_barred=True, alert=True),
        Rarc("N782", "qualified Medicare beneficiary: no coinsurance", patient_barred=True, alert=True),
    )
}
