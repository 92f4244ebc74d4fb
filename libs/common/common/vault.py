"""What names a person is sealed before it reaches Postgres, and found again by keyed hashes.

AES-256-GCM, with a fresh nonce for each value. The ciphertext carries the id of its key, so that a new key can seal
while old ones still open; it is bound to its practice, table, column and row, so that one copied elsewhere does not
open. Look-ups use HMAC-SHA256 under a key of their own. See docs/adr/0009-sealed-columns.md.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Mapping
from typing import Generic, TypeVar, cast
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import TypeAdapter

from common.phi import Phi, Sealing

T = TypeVar("T")

FORMAT = b"\x01"
KEY_BYTES = 32
NONCE_BYTES = 12
LONGEST_KEY_ID = 32


class CannotOpen(Exception):
    """A sealed value that was changed or moved, or whose key this service does not have. Says nothing of it."""


class Vault:
    """The keys of one service. The first key seals, every one of them opens."""

    def __init__(self, keys: Mapping[str, bytes], index_key: bytes) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in (*keys.values(), index_key)):
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        if index_key in keys.values():
            raise ValueError("the key of the look-ups must be another than those that seal")
        self._ciphers = {id: AESGCM(key) for id, key in keys.items()}
        self._current = next(iter(keys))
        self._index_key = index_key

    @classmethod
    def of(cls, keys: str, index_key: str) -> Vault:
        """From settings: `id:key,id:key` and one key, each key 32 bytes in URL-safe base64.

        Raises ValueError, which quotes none of it.
        """
        named = [entry.strip().partition(":") for entry in keys.split(",")]
        ids = [id for id, _, _ in named]
        if len(set(ids)) != len(ids) or not all(id.isalnum() and len(id) <= LONGEST_KEY_ID for id in ids):
            raise ValueError("each key needs an id of its own, of letters and digits: id:key,id:key")
        return cls({id: _bytes_of(key) for id, _, key in named}, _bytes_of(index_key))

    def seal(self, plain: bytes, *about: object) -> bytes:
        """`plain` for this place alone; `about` is the practice, table, column and row."""
        nonce, head = os.urandom(NONCE_BYTES), self.head
        return head + nonce + self._ciphers[self._current].encrypt(nonce, plain, _bound(head, about))

    def open(self, sealed: bytes, *about: object) -> bytes:
        """Raises CannotOpen."""
        sealed = bytes(sealed)
        end = 2 + (sealed[1] if len(sealed) > 1 else 0)
        cipher = self._ciphers.get(sealed[2:end].decode("ascii", "replace"))
        nonce, body = sealed[end : end + NONCE_BYTES], sealed[end + NONCE_BYTES :]
        if cipher is None or not sealed.startswith(FORMAT):
            raise CannotOpen("sealed with a key that this service does not have")
        try:
            return cipher.decrypt(nonce, body, _bound(sealed[:end], about))
        except (InvalidTag, ValueError):
            raise CannotOpen("changed, or moved from where it was sealed") from None

    @property
    def head(self) -> bytes:
        """With what a value begins that the first key sealed; one that begins otherwise needs another key to open."""
        id = self._current.encode()
        return FORMAT + bytes([len(id)]) + id

    def index(self, *values: object) -> bytes:
        """What stands in a look-up column for these values: equal for equal values, and nothing else is learnt."""
        return hmac.new(self._index_key, _joined(values), hashlib.sha256).digest()


class Sealed(Generic[T]):
    """One sealed column, `place` its table and name: how its document is written and read.

    `T` may hold Phi, which nothing else serializes.
    """

    def __init__(self, document: type[T], table: str, column: str) -> None:
        self._adapter: TypeAdapter[T] = TypeAdapter(document)
        self.place = (table, column)

    def seal(self, vault: Vault, practice_id: UUID, id: UUID, document: T) -> bytes:
        plain = self._adapter.dump_json(document, context=Sealing())  # pyright: ignore[reportArgumentType]
        return vault.seal(plain, practice_id, *self.place, id)

    def seal_if(self, vault: Vault, practice_id: UUID, id: UUID, document: T | None) -> bytes | None:
        """None for None, so that a row without one shows that it has none."""
        return None if document is None else self.seal(vault, practice_id, id, document)

    def parse(self, plain: str | bytes) -> T:
        """The document of its JSON."""
        return self._adapter.validate_json(plain)

    def open(self, vault: Vault, practice_id: UUID, id: UUID, sealed: bytes) -> T:
        """Raises CannotOpen."""
        return self.parse(vault.open(sealed, practice_id, *self.place, id))

    def open_if(self, vault: Vault, practice_id: UUID, id: UUID, sealed: bytes | None) -> T | None:
        """None for None. Raises CannotOpen."""
        return None if sealed is None else self.open(vault, practice_id, id, sealed)


def _bytes_of(key: str) -> bytes:
    text = key.strip()
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("a key is URL-safe base64") from None
    if len(found) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes")
    return found


def _bound(head: bytes, about: tuple[object, ...]) -> bytes:
    return head + _joined(about)


def _joined(values: tuple[object, ...]) -> bytes:
    """Each with its length in front: ("ab", "c") is not ("a", "bc")."""
    parts = [str(cast(Phi[object], value).reveal() if isinstance(value, Phi) else value).encode() for value in values]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
