"""The sealed documents of credentialing (docs/adr/0009)."""

from __future__ import annotations

from uuid import UUID

from common.phi import Phi
from common.vault import Sealed, Vault
from credentialing.domain.credentials import Facts
from credentialing.domain.provider import Name, PersonalFacts
from credentialing.domain.sanctions import LEIE, Entry
from credentialing.domain.work_history import WorkHistory

WHO = Sealed(Name, "providers", "who")
PERSONAL = Sealed(PersonalFacts, "providers", "personal")
PERSONAL_TIN: Sealed[Phi[str]] = Sealed(Phi[str], "groups", "personal_tin")
WORK_HISTORY = Sealed(WorkHistory, "providers", "work_history")
ENTRY = Sealed(Entry, "exclusion_matches", "entry")
REASON: Sealed[Phi[str]] = Sealed(Phi[str], "history", "reason")
PAPER = Sealed(Facts, "credentials", "paper")

_DOCUMENT = ("documents", "content")


def seal_document(vault: Vault, practice_id: UUID, id: UUID, content: bytes) -> bytes:
    return vault.seal(content, practice_id, *_DOCUMENT, id)


def open_document(vault: Vault, practice_id: UUID, id: UUID, sealed: bytes) -> bytes:
    """Raises CannotOpen."""
    return vault.open(sealed, practice_id, *_DOCUMENT, id)


def entry_hash(vault: Vault, practice_id: UUID, source: str, entry: Entry) -> bytes:
    """Tells one exclusion from another, on whatever line of whatever copy of a source's list it stands."""
    told = (getattr(entry, name) for name in Entry.__slots__)
    # OIG's entries were hashed before there were other lists; what was decided about them stands.
    return vault.index(practice_id, "exclusion", *(() if source == LEIE else (source,)), *told)
