"""What of a claim is sealed on its row: who it is about, and what staff write of it (docs/adr/0009)."""

from __future__ import annotations

from claims.domain.decisions import EarlierPayer
from claims.domain.findings import Override
from claims.domain.parties import Snapshot
from common.phi import Phi
from common.vault import Sealed

SNAPSHOT = Sealed(Snapshot, "claims", "snapshot")
OVERRIDES: Sealed[tuple[Override, ...]] = Sealed(tuple[Override, ...], "claims", "sealed_overrides")
EARLIER: Sealed[tuple[EarlierPayer, ...]] = Sealed(tuple[EarlierPayer, ...], "claims", "sealed_earlier")
REASON: Sealed[Phi[str]] = Sealed(Phi[str], "claim_history", "sealed_reason")
ANSWER: Sealed[Phi[str]] = Sealed(Phi[str], "follow_ups", "sealed_answer")
