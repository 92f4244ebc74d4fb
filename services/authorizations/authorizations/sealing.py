"""The sealed columns of an authorization: the request as it was asked, the last one that the payer took, the
answer as it came, and what staff write (docs/adr/0009).
"""

from __future__ import annotations

from uuid import UUID

import x12
from common.phi import Phi
from common.uow import Transaction
from common.vault import Sealed

QUESTION = Sealed(x12.AuthorizationRequest, "authorizations", "question")
EARLIER = Sealed(x12.AuthorizationRequest, "authorizations", "earlier")
REASON: Sealed[Phi[str]] = Sealed(Phi[str], "authorization_history", "sealed_reason")
_ANSWER = ("authorizations", "answer")


def seal_answer(tx: Transaction, authorization_id: UUID, content: bytes) -> bytes:
    return tx.vault.seal(content, tx.practice_id, *_ANSWER, authorization_id)


def open_answer(tx: Transaction, authorization_id: UUID, sealed: bytes) -> bytes:
    """Raises CannotOpen."""
    return tx.vault.open(sealed, tx.practice_id, *_ANSWER, authorization_id)
