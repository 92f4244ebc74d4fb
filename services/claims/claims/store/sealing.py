"""The sealed document of a claim: who it is about, by whom and to whom (docs/adr/0009)."""

from __future__ import annotations

from claims.domain.parties import Snapshot
from common.vault import Sealed

SNAPSHOT = Sealed(Snapshot, "claims", "snapshot")
