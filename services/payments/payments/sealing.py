"""What of payments is sealed on its row, since people or payers wrote it freely (docs/adr/0009)."""

from __future__ import annotations

from uuid import UUID

from common.phi import Phi
from common.vault import Sealed, Vault

# PLB03-2 of each amount of `provider_level`, in the same order.
REFERENCES: Sealed[tuple[str, ...]] = Sealed(tuple[str, ...], "remittances", "sealed_references")
REFERENCE: Sealed[Phi[str]] = Sealed(Phi[str], "patient_payments", "sealed_reference")
FINDINGS: Sealed[tuple[str, ...]] = Sealed(tuple[str, ...], "queue_items", "sealed_findings")


def reference_hash(vault: Vault, practice_id: UUID, reference: Phi[str]) -> bytes:
    """What a payment is found by: its check or card reference, hashed by the practice's key."""
    return vault.index(practice_id, "payment reference", reference)
