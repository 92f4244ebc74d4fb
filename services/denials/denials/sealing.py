"""What staff write about a case in their own words, sealed on its row (docs/adr/0009)."""

from __future__ import annotations

from common.phi import Phi
from common.vault import Sealed

REASON: Sealed[Phi[str]] = Sealed(Phi[str], "case_history", "sealed_reason")
