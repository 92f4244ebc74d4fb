"""Coded visits are put to the rules: at once, and anew when a coverage or a rule changed while claims may wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from authorizations.domain.needed import Circumstances, Rule
from authorizations.domain.plans import PlanType
from authorizations.domain.visit_needs import WAITING_DAYS, CodedVisit, VisitNeeds, decide, told
from authorizations.operations.patient_facts import ask_patients
from authorizations.store import encounters, needs, registers
from authorizations.store.defaults import default_rules
from common.uow import Transaction, UnitOfWork

# A decision that read the rules as they were before is long written when visits are looked at again.
SETTLED_AFTER = timedelta(minutes=1)
_PAGE = 200
_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Book:
    """The rules as they are now, and what is known of the payers' plans."""

    rules: tuple[Rule, ...]
    plan_types: Mapping[str, PlanType | None]

    def says(self, visit: CodedVisit, payer_id: str | None) -> VisitNeeds:
        plan_type = self.plan_types.get(payer_id) if payer_id else None
        return decide(visit, self.rules, Circumstances(payer_id, visit.on, visit.place, plan_type=plan_type))


async def visit_coded(uow: UnitOfWork, encounter_id: UUID) -> None:
    """Decide by the rules what a coded visit needed, for the coverage that pays first that day.

    A patient without coverage that day has no payer, and only rules that name none hold. What was coded or covered
    otherwise meanwhile is left to who comes after. Raises RemoteUnavailable when `patients` does not answer.
    """
    async with uow.begin() as tx:
        visit = await encounters.coded(tx, encounter_id)
    if visit is None:
        return
    facts = await ask_patients(uow, visit.patient_id, visit.on)
    coverage = facts.coverage(None) if facts else None
    async with uow.begin() as tx:
        if await encounters.coded(tx, encounter_id, lock=True) == visit:
            await _decide(tx, visit, coverage.payer_id if coverage else None)


async def coverages_changed(uow: UnitOfWork, patient_id: UUID) -> None:
    """A coverage of the patient was recorded or amended: another payer may come first on days that lie behind."""
    async with uow.begin() as tx:
        await encounters.coverages_changed(tx, patient_id, _since(uow.today))


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
            book = await _book(tx)
        for kept in page:
            visit = visits.get(kept.encounter_id)
            if visit is not None and told(kept, book.says(visit, kept.payer_id)).events:
                await _decide_again(uow, kept)
        after = page[-1].encounter_id if len(page) == _PAGE else None


async def _decide_again(uow: UnitOfWork, kept: VisitNeeds) -> None:
    """A visit that is being coded anew is left to its own decision."""
    async with uow.begin() as tx:
        visit = await encounters.coded(tx, kept.encounter_id, lock=True)
        if visit is not None and visit.word == kept.coded_version:
            await _decide(tx, visit, kept.payer_id)


async def _decide(tx: Transaction, visit: CodedVisit, payer_id: str | None) -> None:
    book = await _book(tx, payer_id)
    change = told(await needs.find(tx, visit.encounter_id), book.says(visit, payer_id))
    if change.events:
        await needs.save(tx, change)


async def _book(tx: Transaction, payer_id: str | None = None) -> Book:
    own, payers = await registers.own_rules(tx, payer_id), await registers.all_payers(tx)
    return Book((*own, *default_rules()), {payer.payer_id: payer.known_plan_type for payer in payers})


def _since(today: date) -> date:
    return today - timedelta(days=WAITING_DAYS)
