"""The lists of exclusions as they were loaded, and the matches of this practice's providers with them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from common.ids import new_id
from common.pagination import Cursor, keyset
from common.refusal import NotFound
from common.store import save_version
from common.uow import Transaction
from credentialing.domain.likeness import How, Likeness, Part, Person
from credentialing.domain.sanctions import (
    LEIE,
    Entry,
    Excluded,
    Match,
    Standing,
    excluded_since,
    first_standing,
)
from credentialing.sealing import ENTRY, PERSONAL, WHO, entry_hash
from credentialing.tables import exclusion_lists, exclusion_matches, exclusions, providers

_EXCLUDED = TypeAdapter(tuple[Excluded, ...])


@dataclass(frozen=True, slots=True)
class ExclusionList:
    id: UUID
    source: str
    file: str
    sha256: str
    rows: int
    loaded_at: datetime


@dataclass(frozen=True, slots=True)
class Screened:
    """A provider as the screening finds one: `version` is that of the row, `excluded` what it says so far."""

    id: UUID
    person: Person
    active: bool
    excluded: tuple[Excluded, ...]
    version: int


async def current_lists(tx: Transaction) -> list[ExclusionList]:
    """The newest of each source, in the order of the sources."""
    newest = (
        select(exclusion_lists)
        .ext(distinct_on(exclusion_lists.c.source))
        .order_by(exclusion_lists.c.source, exclusion_lists.c.loaded_at.desc())
    )
    return [ExclusionList(**{name: row[name] for name in ExclusionList.__slots__}) for row in await tx.rows(newest)]


async def provider(tx: Transaction, provider_id: UUID) -> Screened:
    """Raises NotFound."""
    return _screened(tx, await _row(tx, providers.c.id, provider_id))


async def provider_with(tx: Transaction, npi: str) -> Screened:
    """Raises NotFound."""
    return _screened(tx, await _row(tx, providers.c.npi, npi))


async def like(tx: Transaction, found: ExclusionList, person: Person, today: date) -> list[tuple[Likeness, Entry]]:
    """The entries in force that are like the person, by one look at each index; the rules judge what it gives."""
    named = exclusions.c.family_key.in_(person.family_keys)
    if person.birth_date is not None:
        named = named & or_(exclusions.c.birth_date.is_(None), exclusions.c.birth_date == person.birth_date)
    # Entries of a list that was loaded before names had keys.
    capitals = " ".join(person.family.upper().split())
    unkeyed = and_(exclusions.c.family_key.is_(None), exclusions.c.family == capitals)
    wanted = or_(exclusions.c.npi == person.npi, named, unkeyed)
    rows = await tx.rows(select(exclusions).where(exclusions.c.list_id == found.id, wanted).order_by(exclusions.c.line))
    entries = [Entry(**{name: row[name] for name in Entry.__slots__}) for row in rows]
    judged = [(person.likeness(entry.described), entry) for entry in entries if entry.in_force(today)]
    return [(likeness, entry) for likeness, entry in judged if likeness is not None]


async def see(tx: Transaction, whose: Screened, found: ExclusionList, likeness: Likeness, entry: Entry) -> Match | None:
    """Note that the entry is on this list; gives the match where it is new, or says more than it did."""
    id, hashed = new_id(), entry_hash(tx.vault, tx.practice_id, found.source, entry)
    standing = first_standing(likeness)
    fresh = insert(exclusion_matches).values(
        practice_id=tx.practice_id,
        id=id,
        version=1,
        provider_id=whose.id,
        standing=standing.value,
        entry=ENTRY.seal(tx.vault, tx.practice_id, id, entry),
        entry_hash=hashed,
        seen_on=found.id,
        **_of_likeness(likeness),
    )
    added = await tx.scalar(fresh.on_conflict_do_nothing().returning(exclusion_matches.c.id))
    if added is not None:
        return Match(id, whose.id, whose.person.npi, likeness, standing, entry, found.source)
    same = (exclusion_matches.c.provider_id == whose.id, exclusion_matches.c.entry_hash == hashed)
    await tx.execute(update(exclusion_matches).where(*same).values(seen_on=found.id))
    known = _match(tx, await tx.row(_statement().where(*same)))
    now = known.seen_as(likeness)
    return None if now == known else await save(tx, now)


async def note_screening(tx: Transaction, whose: Screened, found: ExclusionList, today: date) -> None:
    """When and on which list the provider was looked up: no change of the provider, so its version stays."""
    when = {"screened_on": today, "screened_list": found.id}
    await tx.execute(update(providers).where(providers.c.id == whose.id).values(when))


async def exclude(tx: Transaction, whose: Screened, excluded: tuple[Excluded, ...]) -> int:
    """Write by which lists the provider is excluded, if by any; gives the new version. Raises Stale."""
    values = {"excluded_on": excluded_since(excluded), "exclusions": _EXCLUDED.dump_python(excluded, mode="json")}
    return await save_version(tx, providers, whose.id, whose.version, values, kind="provider")


def exclusions_in(row: Any) -> tuple[Excluded, ...]:
    """By which lists the provider of the row is excluded; one written before there were several is OIG's."""
    if row["exclusions"] is not None:
        return _EXCLUDED.validate_python(row["exclusions"])
    return (Excluded(LEIE, row["excluded_on"], ""),) if row["excluded_on"] else ()


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
    values = {"standing": match.standing.value} | _of_likeness(match.likeness)
    version = await save_version(tx, exclusion_matches, match.id, match.version, values, kind="exclusion match")
    return replace(match, version=version)


def _of_likeness(likeness: Likeness) -> dict[str, Any]:
    return {
        "likeness": likeness.how.value,
        "matched": [part.value for part in likeness.matched],
        "differs": [part.value for part in likeness.differs],
    }


def _statement() -> Select[Any]:
    later = exclusion_lists.alias("later")
    newer = select(later.c.id).where(
        later.c.source == exclusion_lists.c.source, later.c.loaded_at > exclusion_lists.c.loaded_at
    )
    return (
        select(exclusion_matches, providers.c.npi, exclusion_lists.c.source, (~newer.exists()).label("on_list"))
        .join(providers, providers.c.id == exclusion_matches.c.provider_id)
        .join(exclusion_lists, exclusion_lists.c.id == exclusion_matches.c.seen_on)
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
    middle = name.middle.reveal() if name.middle else ""
    former = tuple(each.reveal() for each in name.former)
    person = Person(row["npi"], name.family.reveal(), name.given.reveal(), born, middle, former)
    return Screened(row["id"], person, row["active"], exclusions_in(row), row["version"])


def _match(tx: Transaction, row: Any) -> Match:
    return Match(
        id=row["id"],
        provider_id=row["provider_id"],
        npi=row["npi"],
        likeness=Likeness(
            How(row["likeness"]),
            tuple(Part(part) for part in row["matched"] or ()),
            tuple(Part(part) for part in row["differs"] or ()),
        ),
        standing=Standing(row["standing"]),
        entry=ENTRY.open(tx.vault, tx.practice_id, row["id"], row["entry"]),
        source=row["source"],
        on_list=bool(row["on_list"]),
        version=row["version"],
    )
