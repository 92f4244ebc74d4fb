"""What passed over the wire, as it stands in the archive: sealed as a whole (docs/adr/0009), and so are names of files.

Interchanges name people, with member ids and birth dates. The digests beside them, which the duplicate guard
needs, are of every byte with its control numbers and times: they confirm a guess only of all of it.
"""

from __future__ import annotations

from uuid import UUID

from common.vault import Sealed, Vault

# A partner calls its files as it likes.
NAME: Sealed[str] = Sealed(str, "files", "sealed_name")
# By which a partner proves that a notification is its own.
SECRET: Sealed[str] = Sealed(str, "subscriptions", "sealed_secret")
_PLACE = ("archive", "content")


def seal_content(vault: Vault, practice_id: UUID, archive_id: UUID, content: bytes) -> bytes:
    return vault.seal(content, practice_id, *_PLACE, archive_id)


def open_content(vault: Vault, practice_id: UUID, archive_id: UUID, sealed: bytes) -> bytes:
    """Raises CannotOpen."""
    return vault.open(sealed, practice_id, *_PLACE, archive_id)


def fingerprint_of(vault: Vault, practice_id: UUID, kind: str, payer_id: str, body: str) -> str:
    """Tells a question from others. A plain digest would give a birth date away to whoever tries all of them."""
    return vault.index(practice_id, "question", kind, payer_id, body).hex()


def name_hash(vault: Vault, practice_id: UUID, name: str) -> str:
    """Tells a name in a mailbox from others."""
    return vault.index(practice_id, "name in a mailbox", name).hex()
