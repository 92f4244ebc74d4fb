"""Coded visits are put to the rules: at once, and anew when a coverage or a rule changed while claims may wait.

Which payer comes first is known from what `patients` tells of coverages; it is asked once about a patient who was on
file before it was listened to.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from authorizations.domain.coverages import Coverage
from authorizations.domain.visit_needs import WAITING_DAYS, CodedVisit, told
from authorizations.store import coverages, encounters, needs
from common.http import RemoteRefusal
from common.uow import Transaction, UnitOfWork

LEARN = "learn-coverages"

# A decision that read the rules as they were before is long written when visits are looked at again.
SETTLED_AFTER = timedelta(minutes=1)
_PAGE = 200
_FIRST = UUID(int=0)
_NOT_FOUND = 404


async def visit_coded(tx: Transaction, visit: CodedVisit, *, first: bool = False) -> None:
    """Decide by the rules what a coded visit needed, for the coverage that pays first that day.

    The encounter is locked by who calls. A patient without coverage that day has no payer, and only rules that name
    none hold. Of a patient whose coverages are not all known, they are learned first. `first`: nothing was decided of
    the encounter before.
    """
    covered, book = await coverages.of(tx, visit.patient_id)
    if not covered.whole:
        tx.schedule(LEARN, visit.patient_id, due_at=tx.now)
        return
    kept = None if first else await needs.find(tx, visit.encounter_id)
    change = told(kept, book.says(visit, covered.pays_first(visit.on)))
    if change.events:
        await needs.save(tx, change)


async def decide_one(uow: UnitOfWork, encounter_id: UUID) -> None:
    """Put one visit to the rules, if it is coded now."""
    async with uow.begin() as tx:
        visit = await encounters.coded(tx, encounter_id)
        if visit is not None:
            await visit_coded(tx, visit)


async def patient_registered(uow: UnitOfWork, patient_id: UUID) -> None:
    """Of a patient who is new every coverage will be told of."""
    async with uow.begin() as tx:
        if await coverages.hear(tx, patient_id, whole=True):
            await _look_again(tx, patient_id, uow.today)


async def coverage_told(uow: UnitOfWork, patient_id: UUID, coverage: Coverage) -> None:
    """A coverage was recorded or amended: another payer may come first on days that lie behind."""
    async with uow.begin() as tx:
        if await coverages.hear(tx, patient_id, coverage):
            await _look_again(tx, patient_id, uow.today)


async def learn_coverages(uow: UnitOfWork, patient_id: UUID) -> None:
    """Ask `patients` for all coverages of a patient, once; a patient that it does not know has none.

    Raises RemoteUnavailable, and RemoteRefusal for any other refusal than that.
    """
    path = f"/patients/{patient_id}/coverages"
    try:
        answer: Any = await uow.clients["patients"].get_json(path, practice_id=uow.practice_id)
    except RemoteRefusal as refusal:
        if refusal.status != _NOT_FOUND:
            raise
        answer = []
    told_of = [_ON_FILE.validate_python(each).coverage for each in answer]
    async with uow.begin() as tx:
        await coverages.hear(tx, patient_id, *told_of, whole=True)
        # Also where nothing is new: the visit that asked for this may have been coded while the patient was registered.
        await _look_again(tx, patient_id, uow.today)


def rules_changed(tx: Transaction) -> None:
    """Have the visits whose claims may wait put to the rules again, in the transaction that changed the rules."""
    tx.schedule(needs.RULES_CHANGED, tx.practice_id, due_at=tx.now + SETTLED_AFTER)


async def decide_anew(uow: UnitOfWork) -> None:
    """Put every visit whose claim may wait to the rules as they are now; what they say otherwise is told.

    The payer is the one that was found before: of a change of coverage `patients` tells.
    """
    after: UUID | None = _FIRST
    while after is not None:
        async with uow.begin() as tx:
            page = await needs.since(tx, _since(uow.today), after, _PAGE)
            visits = await encounters.coded_among(tx, [kept.encounter_id for kept in page])
            book = await coverages.book(tx)
        for kept in page:
            visit = visits.get(kept.encounter_id)
            if visit is not None and told(kept, book.says(visit, kept.payer_id)).events:
                await decide_one(uow, visit.encounter_id)
        after = page[-1].encounter_id if len(page) == _PAGE else None


@dataclass(frozen=True, slots=True)
class _OnFile:
    """A coverage as `patients` answers with it; whose it is is passed over."""

    id: UUID
    version: int
    payer_id: str
    priority: int
    effective_from: date
    effective_to: date | None = None

    @property
    def coverage(self) -> Coverage:
        return Coverage(self.id, self.version, self.payer_id, self.priority, self.effective_from, self.effective_to)


_ON_FILE = TypeAdapter(_OnFile)


async def _look_again(tx: Transaction, patient_id: UUID, today: date) -> None:
    for encounter_id in await encounters.coded_of(tx, patient_id, _since(today)):
        tx.schedule(encounters.DECIDE, encounter_id, due_at=tx.now)


def _since(today: date) -> date:
    return today - timedelta(days=WAITING_DAYS)
