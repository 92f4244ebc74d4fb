"""Adjustment group codes of an 835: who bears the amount (rulebook 10 and 11)."""

from __future__ import annotations

from enum import StrEnum


class GroupCode(StrEnum):
    """Who bears an adjusted amount. A 5010 remittance allows only these four."""

    CO = "CO"
    OA = "OA"
    PI = "PI"
    PR = "PR"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def patient_may_be_billed(self) -> bool:
        return self is GroupCode.PR


_LABELS = {
    GroupCode.CO: "contract: the provider bears it",
    GroupCode.OA: "other: neither contract nor patient",
    GroupCode.PI: "payer's own reduction: the provider disputes it",
    GroupCode.PR: "patient owes it",
}
