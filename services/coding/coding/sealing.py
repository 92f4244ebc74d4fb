"""The visit as it was sent, notes and all, sealed on its row (docs/adr/0009)."""

from __future__ import annotations

from typing import Any

from common.vault import Sealed

Document = dict[str, Any]

VISIT: Sealed[Document] = Sealed(Document, "encounters", "visit")
PAST_VISIT: Sealed[Document] = Sealed(Document, "encounter_history", "visit")
