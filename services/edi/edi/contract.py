"""What edi publishes."""

from __future__ import annotations

from uuid import UUID

from common.contracts import Contract
from edi.domain.events import (
    InterchangeReceived,
    SetError,
    SetOutcome,
    TransmissionAcknowledged,
    TransmissionFailed,
    TransmissionSent,
)

TRANSMISSION = UUID("01937e00-0000-7000-8000-000000000011")
BATCH = UUID("01937e00-0000-7000-8000-000000000012")
INTERCHANGE = UUID("01937e00-0000-7000-8000-000000000013")
PARTNER = UUID("01937e00-0000-7000-8000-000000000014")

CONTRACT = Contract(
    service="edi",
    topic="dermbill.edi",
    key="uuid of the transmission, or of the interchange received",
    publishes={
        TransmissionSent: 1,
        TransmissionAcknowledged: 1,
        TransmissionFailed: 1,
        InterchangeReceived: 1,
    },
    examples=(
        TransmissionSent(TRANSMISSION, BATCH, "837P", "000000017", "17"),
        TransmissionAcknowledged(
            TRANSMISSION,
            BATCH,
            "P",
            (SetError("0002", "NM1", 8, "7", 9),),
            (SetOutcome("0001", "A"), SetOutcome("0002", "R")),
        ),
        TransmissionFailed(TRANSMISSION, BATCH, "ta1-020"),
        InterchangeReceived(INTERCHANGE, "835", PARTNER, "000000905", 1),
    ),
)
