"""The sealed documents of the register, and the keyed hashes by which their rows are found (docs/adr/0009)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from common.phi import Phi
from common.vault import Sealed, Vault
from patients.domain.person import Guarantor, Person


@dataclass(frozen=True, slots=True)
class Who:
    """`patients.who`: everything about the patient that names somebody."""

    record_number: Phi[str]
    person: Person
    phone: Phi[str] | None
    guarantor: Guarantor | None

    def columns(self, vault: Vault, practice_id: UUID, id: UUID) -> dict[str, Any]:
        """The document and its hashes, for the row `id`."""
        return {
            "who": WHO.seal(vault, practice_id, id, self),
            "record_number_hash": record_number_hash(vault, practice_id, self.record_number),
            "name_hash": name_hash(vault, practice_id, self.person.name.family, self.person.birth_date),
        }


@dataclass(frozen=True, slots=True)
class Card:
    """`coverages.card`: what the card says about a person."""

    member_id: Phi[str]
    group_number: Phi[str] | None
    subscriber: Person | None

    def columns(self, vault: Vault, practice_id: UUID, id: UUID) -> dict[str, Any]:
        """The document and its hash, for the row `id`."""
        return {
            "card": CARD.seal(vault, practice_id, id, self),
            "member_hash": member_hash(vault, practice_id, self.member_id),
        }


WHO = Sealed(Who, "patients", "who")
CARD = Sealed(Card, "coverages", "card")


def record_number_hash(vault: Vault, practice_id: UUID, number: Phi[str]) -> bytes:
    return vault.index(practice_id, "record number", number)


def name_hash(vault: Vault, practice_id: UUID, family: Phi[str], born: Phi[date]) -> bytes:
    return vault.index(practice_id, "family name and birth date", family, born)


def member_hash(vault: Vault, practice_id: UUID, member_id: Phi[str]) -> bytes:
    return vault.index(practice_id, "member id", member_id)
