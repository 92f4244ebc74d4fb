"""OIG's list as it was loaded, and the matches of this practice's providers with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from common.ids import new_id
from common.pagination import Cursor, keyset
from common.refusal import NotFound
from common.store import save_version
from common.uow import Transaction
from credentialing.domain.sanctions import Entry, Likeness, Match, Person, Standing, capitals, first_standing
from credentialing.sealing import ENTRY, PERSONAL, WHO, entry_hash
from credentialing.tables import exclusion_lists, exclusion_matches, exclusions, providers


@dataclass(frozen=True, slots=True)
class ExclusionList:
    id: UUID
    file: str
    sha256: str
    rows: int
    loaded_at: datetime


@dataclass(frozen=True, slots=True)
class Screened:
    """A provider as the screening finds one: `version` is that of the row, `excluded_on` what it says so far."""

    id: UUID
    person: Person
    active: bool
    excluded_on: date | None
    version: int


async def current_list(tx: Transaction) -> ExclusionList | None:
    row = await tx.row(select(exclusion_lists).order_by(exclusion_lists.c.loaded_at.desc()).limit(1))
    return None if row is None else ExclusionList(**{name: row[name] for name in ExclusionList.__slots__})


async def provider(tx: Transaction, provider_id: UUID) -> Screened:
    """Raises NotFound."""
    return _screened(tx, await _row(tx, providers.c.id, provider_id))


async def provider_with(tx: Transaction, npi: str) -> Screened:
    """Raises NotFound."""
    return _screened(tx, await _row(tx, providers.c.npi, npi))


async def like(tx: Transaction, found: ExclusionList, person: Person, today: date) -> list[tuple[Likeness, Entry]]:
    """The entries in force that are like the person, by one look at either index."""
    wanted = exclusions.c.npi == person.npi
    if person.birth_date is not None:
        by_name = exclusions.c.family == capitals(person.family)
        wanted = or_(wanted, by_name & (exclusions.c.birth_date == person.birth_date))
    rows = await tx.rows(select(exclusions).where(exclusions.c.list_id == found.id, wanted).order_by(exclusions.c.line))
    entries = [Entry(**{name: row[name] for name in Entry.__slots__}) for row in rows]
    judged = [(person.likeness(entry), entry) for entry in entries if entry.in_force(today)]
    return [(likeness, entry) for likeness, entry in judged if likeness is not None]


async def see(tx: Transaction, whose: Screened, found: ExclusionList, likeness: Likeness, entry: Entry) -> Match | None:
    """Note that the entry is on this list; gives the match where it was not known yet."""
    id, hashed = new_id(), entry_hash(tx.vault, tx.practice_id, entry)
    fresh = insert(exclusion_matches).values(
        practice_id=tx.practice_id,
        id=id,
        version=1,
        provider_id=whose.id,
        likeness=likeness.value,
        standing=first_standing(likeness).value,
        entry=ENTRY.seal(tx.vault, tx.practice_id, id, entry),
        entry_hash=hashed,
        seen_on=found.id,
    )
    added = await tx.scalar(fresh.on_conflict_do_nothing().returning(exclusion_matches.c.id))
    if added is not None:
        return Match(id, whose.id, whose.person.npi, likeness, first_standing(likeness), entry)
    same = (exclusion_matches.c.provider_id == whose.id, exclusion_matches.c.entry_hash == hashed)
    await tx.execute(update(exclusion_matches).where(*same).values(seen_on=found.id))
    return None


async def note_screening(tx: Transaction, whose: Screened, found: ExclusionList, today: date) -> None:
    """When and on which list the provider was looked up: no change of the provider, so its version stays."""
    when = {"screened_on": today, "screened_list": found.id}
    await tx.execute(update(providers).where(providers.c.id == whose.id).values(when))


async def exclude(tx: Transaction, whose: Screened, since: date | None) -> int:
    """Write since when the provider is excluded, or that it is not; gives the new version. Raises Stale."""
    return await save_version(tx, providers, whose.id, whose.version, {"excluded_on": since}, kind="provider")


async def load(tx: Transaction, match_id: UUID) -> Match:
    """Raises NotFound."""
    row = await tx.row(_statement().where(exclusion_matches.c.id == match_id))
    if row is None:
        raise NotFound(kind="exclusion match", id=match_id)
    return _match(tx, row)


async def matches_of(tx: Transaction, provider_id: UUID) -> tuple[Match, ...]:
    statement = _statement().where(exclusion_matches.c.provider_id == provider_id).order_by(exclusion_matches.c.id)
    return tuple(_match(tx, row) for row in await tx.rows(statement))


async def page(tx: Transaction, standing: Standing | None, cursor: Cursor | None, limit: int) -> list[Match]:
    statement = _statement()
    if standing is not None:
        statement = statement.where(exclusion_matches.c.standing == standing.value)
    rows = await tx.rows(keyset(statement, exclusion_matches.c.id, cursor, limit))
    return [_match(tx, row) for row in rows]


async def save(tx: Transaction, match: Match) -> Match:
    """Raises Stale."""
    values = {"standing": match.standing.value}
    version = await save_version(tx, exclusion_matches, match.id, match.version, values, kind="exclusion match")
    return replace(match, version=version)


def _statement() -> Select[Any]:
    newest = select(exclusion_lists.c.id).order_by(exclusion_lists.c.loaded_at.desc()).limit(1).scalar_subquery()
    return select(exclusion_matches, providers.c.npi, (exclusion_matches.c.seen_on == newest).label("on_list")).join(
        providers, providers.c.id == exclusion_matches.c.provider_id
    )


async def _row(tx: Transaction, column: Any, value: object) -> Any:
    row = await tx.row(select(providers).where(column == value))
    if row is None:
        raise NotFound(kind="provider", id=value)
    return row


def _screened(tx: Transaction, row: Any) -> Screened:
    place = (tx.vault, tx.practice_id, row["id"])
    name = WHO.open(*place, row["who"])
    personal = PERSONAL.open(*place, row["personal"]) if row["personal"] else None
    born = personal.birth_date.reveal() if personal else None
    person = Person(row["npi"], name.family.reveal(), name.given.reveal(), born)
    names = ("id", "active", "excluded_on", "version")
    return Screened(person=person, **{name: row[name] for name in names})


def _match(tx: Transaction, row: Any) -> Match:
    return Match(
        id=row["id"],
        provider_id=row["provider_id"],
        npi=row["npi"],
        likeness=Likeness(row["likeness"]),
        standing=Standing(row["standing"]),
        entry=ENTRY.open(tx.vault, tx.practice_id, row["id"], row["entry"]),
        on_list=bool(row["on_list"]),
        version=row["version"],
    )
