"""From a visit form to the facts that are coded and the document that is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coding.domain.coded_visit import CodedVisit
from coding.domain.encounter import within_one_claim
from coding.domain.engine import code_visit
from coding.domain.reading import read_visit
from coding.domain.refusals import Fault, VisitUnreadable
from coding.domain.visit import Visit
from coding.editions import SNAPSHOTS
from coding.operations.pricing import priced
from common.uow import Transaction

_NOT_A_FIELD = re.compile(r"[^A-Za-z0-9_.\[\]-]")


@dataclass(frozen=True, slots=True, repr=False)
class Documented:
    """A visit form (`document`, kept as it was sent) whose facts the vocabulary knows."""

    document: Mapping[str, Any]
    facts: Visit

    @property
    def names_a_service(self) -> bool:
        """Whether it documents anything that was done."""
        return self.facts.em is not None or bool(self.facts.procedures)

    async def coded(self, tx: Transaction) -> CodedVisit:
        """What the rules and the edits of its date make of it, at the practice's charges.

        A visit that no one claim can carry is held.
        """
        coded = within_one_claim(code_visit(self.facts, await SNAPSHOTS.on(tx, self.facts.date)))
        return await priced(tx, coded, self.facts.date)


def documented(document: Mapping[str, Any]) -> Documented:
    """Raises VisitUnreadable with every path that is wrong, and no value."""
    try:
        facts = read_visit(document)
    except VisitUnreadable as refusal:
        # A word that the client made up is part of the path, and may be anything at all.
        faults = [Fault(_NOT_A_FIELD.sub("?", fault.path), fault.says) for fault in refusal.faults]
        raise VisitUnreadable(faults) from None
    unstorable = _unstorable([problem.text.reveal() for problem in facts.problems])
    if unstorable:
        raise VisitUnreadable(unstorable)
    return Documented(document, facts)


def _unstorable(notes: Sequence[str]) -> list[Fault]:
    # Half of a surrogate pair and NUL are JSON, but Postgres keeps neither.
    return [
        Fault(f"problems[{position}].text", "must be text without NUL and without half a surrogate pair")
        for position, note in enumerate(notes)
        if "\0" in note or any("\ud800" <= character <= "\udfff" for character in note)
    ]
