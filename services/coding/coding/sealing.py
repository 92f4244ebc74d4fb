"""The visit as it was sent, notes and all, and what a coder wrote of it, sealed on their rows (docs/adr/0009)."""

from __future__ import annotations

from typing import Any

from coding.domain.encounter import Override
from common.phi import Phi
from common.vault import Sealed

Document = dict[str, Any]

VISIT: Sealed[Document] = Sealed(Document, "encounters", "visit")
PAST_VISIT: Sealed[Document] = Sealed(Document, "encounter_history", "visit")
OVERRIDE: Sealed[Override] = Sealed(Override, "encounters", "sealed_override")
REASON: Sealed[Phi[str]] = Sealed(Phi[str], "encounter_history", "sealed_reason")
