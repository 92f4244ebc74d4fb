"""The registers: who asks, payers, and the practice's own rules; and whether a payer must agree first."""

from __future__ import annotations

from collections.abc import Sequence

from authorizations.domain.needed import Answer, Circumstances, PlannedService, Rule, answers
from authorizations.domain.registers import AskingProvider, Clinician, Payer
from authorizations.operations import deciding
from authorizations.store import registers as store
from authorizations.store.defaults import default_rules
from common.uow import Transaction, UnitOfWork


async def put_payer(uow: UnitOfWork, entry: Payer) -> Payer:
    async with uow.begin() as tx:
        before = await store.payer(tx, entry.payer_id)
        await store.put_payer(tx, entry)
        if before.known_plan_type is not entry.known_plan_type:
            deciding.rules_changed(tx)
        return tx.done(entry)


async def put_asking_provider(uow: UnitOfWork, entry: AskingProvider) -> AskingProvider:
    async with uow.begin() as tx:
        await store.put_asking_provider(tx, entry)
        return tx.done(entry)


async def put_clinician(uow: UnitOfWork, entry: Clinician) -> Clinician:
    async with uow.begin() as tx:
        await store.put_clinician(tx, entry)
        return tx.done(entry)


async def put_rule(uow: UnitOfWork, rule: Rule) -> Rule:
    """A rule of the practice; one of the same name gives way to it."""
    async with uow.begin() as tx:
        await store.put_rule(tx, rule)
        deciding.rules_changed(tx)
        tx.audit("update", "authorization rule", tx.practice_id, rule=rule.id)
        return tx.done(rule)


async def drop_rule(uow: UnitOfWork, name: str) -> None:
    """Raises NotFound."""
    async with uow.begin() as tx:
        await store.drop_rule(tx, name)
        deciding.rules_changed(tx)
        tx.audit("delete", "authorization rule", tx.practice_id, rule=name)
        tx.done(None)


async def needed(tx: Transaction, services: Sequence[PlannedService], around: Circumstances) -> tuple[Answer, ...]:
    """Whether each service needs an authorization, or a referral, by the practice's own rules over the defaults."""
    own = await store.own_rules(tx, around.payer_id)
    return answers((*own, *default_rules()), services, around)
