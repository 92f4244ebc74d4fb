"""What kind of plan a patient has, as far as it decides who may come to a specialist without being sent."""

from __future__ import annotations

from enum import StrEnum


class PlanType(StrEnum):
    """The claim filing codes (SBR09) of each: HM, 13, 12, 14 and 15."""

    HMO = "hmo"
    POS = "pos"
    PPO = "ppo"
    EPO = "epo"
    INDEMNITY = "indemnity"
