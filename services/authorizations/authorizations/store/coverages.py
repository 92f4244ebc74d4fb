"""What is known of patients' coverages, and of the rules that are asked with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from authorizations.domain.clocks import Program
from authorizations.domain.coverages import Coverage, Covered
from authorizations.domain.needed import Rule
from authorizations.domain.plans import PlanType
from authorizations.domain.registers import Payer
from authorizations.domain.visit_needs import Book
from authorizations.store import registers
from authorizations.store.defaults import default_rules
from authorizations.tables import covered
from common.uow import Transaction

_COVERAGES, _RULES = TypeAdapter(tuple[Coverage, ...]), TypeAdapter(tuple[Rule, ...])

# Every visit asks this: all that it is decided by in one statement. The lock makes who changes the coverages wait, and
# then see the visit that was decided by them.
_KNOWN = text(
    """
    SELECT c.coverages, c.whole,
           (SELECT jsonb_agg(r.rule) FROM rules AS r) AS rules,
           (SELECT jsonb_object_agg(p.payer_id, jsonb_build_array(p.program, p.plan_type)) FROM payers AS p) AS payers
    FROM covered AS c WHERE c.id = :patient_id FOR SHARE OF c
    """
).columns(coverages=JSONB, rules=JSONB, payers=JSONB)


async def of(tx: Transaction, patient_id: UUID) -> tuple[Covered, Book]:
    """The patient's coverages, locked against change until the transaction ends, and the rules."""
    row = (await tx.execute(_KNOWN, {"patient_id": patient_id})).mappings().first()
    if row is None:
        return Covered(patient_id), Book((), {})
    plan_types = {
        payer_id: Payer(payer_id, program=Program(program), plan_type=PlanType(plan) if plan else None).known_plan_type
        for payer_id, (program, plan) in (row["payers"] or {}).items()
    }
    return _covered(patient_id, row), _book(_RULES.validate_python(row["rules"] or ()), plan_types)


async def book(tx: Transaction) -> Book:
    payers = await registers.all_payers(tx)
    return _book(await registers.own_rules(tx), {payer.payer_id: payer.known_plan_type for payer in payers})


async def hear(tx: Transaction, patient_id: UUID, *told: Coverage, whole: bool = False) -> bool:
    """Keep what was told; whether it is another picture than before."""
    begin = upsert(covered).values(practice_id=tx.practice_id, id=patient_id, coverages=[], whole=False)
    await tx.execute(begin.on_conflict_do_nothing())
    row = await tx.row(select(covered).where(covered.c.id == patient_id).with_for_update())
    assert row is not None
    before = _covered(patient_id, row)
    after = before.hearing(*told, whole=whole)
    if after == before:
        return False
    values = {"coverages": _COVERAGES.dump_python(after.coverages, mode="json"), "whole": after.whole}
    await tx.execute(covered.update().where(covered.c.id == patient_id).values(**values))
    return True


def _covered(patient_id: UUID, row: Any) -> Covered:
    return Covered(patient_id, _COVERAGES.validate_python(row["coverages"]), row["whole"])


def _book(own: Iterable[Rule], plan_types: Mapping[str, PlanType | None]) -> Book:
    return Book((*own, *default_rules()), plan_types)
