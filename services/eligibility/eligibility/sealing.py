"""The sealed columns of a check: the question as it was asked, and the answer as it came; what staff write of it; and
the good-faith estimate as it is handed over (docs/adr/0009).
"""

from __future__ import annotations

from uuid import UUID

import x12
from common.phi import Phi
from common.uow import Transaction
from common.vault import Sealed
from eligibility.domain.good_faith import Document

QUESTION = Sealed(x12.EligibilityInquiry, "checks", "question")
REASON: Sealed[Phi[str]] = Sealed(Phi[str], "check_history", "sealed_reason")
GOOD_FAITH: Sealed[Document] = Sealed(Document, "good_faith_estimates", "document")
_ANSWER = ("checks", "answer")


def seal_answer(tx: Transaction, check_id: UUID, content: bytes) -> bytes:
    return tx.vault.seal(content, tx.practice_id, *_ANSWER, check_id)


def open_answer(tx: Transaction, check_id: UUID, sealed: bytes) -> bytes:
    """Raises CannotOpen."""
    return tx.vault.open(sealed, tx.practice_id, *_ANSWER, check_id)


def fingerprint(tx: Transaction, *about: object) -> bytes:
    """A keyed hash that is equal for equal questions of this practice, and says nothing else of them."""
    return tx.vault.index(
        tx.practice_id, "question", *(each.reveal() if isinstance(each, Phi) else each for each in about)
    )
