"""Payers, the provider who asks, clinicians, and the practice's own rules."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert

from authorizations.domain.clocks import PayerDays, Program
from authorizations.domain.needed import Rule
from authorizations.domain.plans import PlanType
from authorizations.domain.registers import AskingProvider, Clinician, Contact, Office, Payer
from authorizations.domain.request import Route, Wire
from authorizations.tables import asking_providers, clinicians, payers, rules
from common.ids import new_id
from common.refusal import NotFound
from common.uow import Transaction

_RULE = TypeAdapter(Rule)


@dataclass(frozen=True, slots=True)
class _Details:
    """What of the provider who asks stands in one column."""

    tin: str | None = None
    office: Office | None = None
    contact: Contact | None = None


_DETAILS = TypeAdapter(_Details)


async def payer(tx: Transaction, payer_id: str) -> Payer:
    """What is known of the payer; the defaults where nothing is set."""
    row = await tx.row(select(payers).where(payers.c.payer_id == payer_id))
    return _payer(row) if row else Payer(payer_id, payer_id)


async def all_payers(tx: Transaction) -> list[Payer]:
    return [_payer(row) for row in await tx.rows(select(payers).order_by(payers.c.payer_id))]


async def put_payer(tx: Transaction, entry: Payer) -> None:
    values = {
        "name": entry.name,
        "program": entry.program.value,
        "standard_days": entry.days.standard,
        "urgent_days": entry.days.urgent,
        "wire": entry.route.wire.value,
        "partner_id": entry.route.partner_id,
        "plan_type": entry.plan_type,
        "retro_days": entry.retro_days,
    }
    row = upsert(payers).values(practice_id=tx.practice_id, id=new_id(), version=1, payer_id=entry.payer_id, **values)
    await tx.execute(
        row.on_conflict_do_update(
            index_elements=["practice_id", "payer_id"], set_=values | {"version": payers.c.version + 1}
        )
    )


async def asking_provider(tx: Transaction) -> AskingProvider | None:
    row = await tx.row(select(asking_providers))
    if row is None:
        return None
    details = _DETAILS.validate_python(row["details"] or {})
    return AskingProvider(row["name"], row["npi"], details.tin, details.office, details.contact)


async def put_asking_provider(tx: Transaction, entry: AskingProvider) -> None:
    details = _DETAILS.dump_python(_Details(entry.tin, entry.office, entry.contact), mode="json")
    values = {"name": entry.name, "npi": entry.npi, "details": details}
    row = upsert(asking_providers).values(practice_id=tx.practice_id, id=new_id(), version=1, **values)
    await tx.execute(
        row.on_conflict_do_update(
            index_elements=["practice_id"], set_=values | {"version": asking_providers.c.version + 1}
        )
    )


async def clinicians_of(tx: Transaction, npis: Collection[str]) -> dict[str, Clinician]:
    """Those of the NPIs that have a name in the register."""
    rows = await tx.rows(select(clinicians).where(clinicians.c.npi.in_(npis)))
    return {row["npi"]: Clinician(row["npi"], row["last_name"], row["first_name"], row["taxonomy"]) for row in rows}


async def put_clinician(tx: Transaction, entry: Clinician) -> None:
    values = {"last_name": entry.last_name, "first_name": entry.first_name, "taxonomy": entry.taxonomy}
    row = upsert(clinicians).values(practice_id=tx.practice_id, id=new_id(), version=1, npi=entry.npi, **values)
    await tx.execute(
        row.on_conflict_do_update(
            index_elements=["practice_id", "npi"], set_=values | {"version": clinicians.c.version + 1}
        )
    )


async def own_rules(tx: Transaction, payer_id: str | None = None) -> list[Rule]:
    """The practice's own rules; with `payer_id` those of that payer and those of every payer."""
    statement = select(rules.c.rule).order_by(rules.c.name)
    if payer_id is not None:
        statement = statement.where(rules.c.payer_id.is_(None) | (rules.c.payer_id == payer_id))
    return [_RULE.validate_python(row["rule"]) for row in await tx.rows(statement)]


async def put_rule(tx: Transaction, rule: Rule) -> None:
    values = {"payer_id": rule.payer_id, "rule": _RULE.dump_python(rule, mode="json")}
    row = upsert(rules).values(practice_id=tx.practice_id, id=new_id(), version=1, name=rule.id, **values)
    await tx.execute(
        row.on_conflict_do_update(
            index_elements=["practice_id", "name"], set_=values | {"version": rules.c.version + 1}
        )
    )


async def drop_rule(tx: Transaction, name: str) -> None:
    """Raises NotFound."""
    found = await tx.scalar(delete(rules).where(rules.c.name == name).returning(rules.c.id))
    if found is None:
        raise NotFound(kind="rule", id=name)


def _payer(row: Any) -> Payer:
    days = PayerDays(row["standard_days"], row["urgent_days"])
    route = Route(Wire(row["wire"]), row["partner_id"])
    plan_type = PlanType(row["plan_type"]) if row["plan_type"] else None
    return Payer(row["payer_id"], row["name"], Program(row["program"]), days, route, plan_type, row["retro_days"])
