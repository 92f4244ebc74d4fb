"""Saying past events again: a range of a service's event log goes back into its outbox, on the record."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text

from common import audit
from common.audit import AuditRow
from common.database import Database
from common.ids import new_id
from common.replay import queue_again
from stack.databases import DatabaseUrls

ACTOR, ACTOR_KIND = "dermbill replay", "operator"

# The same range as common.replay takes, by the practice whose trail has to show it.
RANGE = text("""
    SELECT practice_id, count(*) AS events FROM event_log
    WHERE (CAST(:since AS timestamptz) IS NULL OR recorded_at >= :since)
      AND (CAST(:until AS timestamptz) IS NULL OR recorded_at <= :until)
    GROUP BY practice_id ORDER BY practice_id
""")


@dataclass(frozen=True, slots=True)
class Span:
    """Which events, by the moment they were recorded; both ends inclusive, None is no limit."""

    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for a moment without a zone, or an end before its beginning."""
        for moment in (self.since, self.until):
            if moment is not None and moment.tzinfo is None:
                raise ValueError("give the moment with its zone, such as 2026-11-24T00:00:00Z")
        if self.since and self.until and self.since > self.until:
            raise ValueError("the range ends before it begins")


async def replay(doors: DatabaseUrls, span: Span) -> int:
    """Queue the events of `span` again and give how many; those that wait in the outbox already are not counted.

    The audit trail of every practice concerned says so before the first event is queued: a crash in between leaves
    a row too many rather than one too few.
    """
    database = Database(doors.app, doors.platform, pool_size=1)
    try:
        for practice_id, events in (await _concerned(database, span)).items():
            async with database.as_practice(practice_id) as session:
                await audit.write(session, [_row(practice_id, span, events)])
    finally:
        await database.close()
    return await queue_again(doors.platform, span.since, span.until)


async def _concerned(database: Database, span: Span) -> Mapping[UUID, int]:
    async with database.platform.connect() as connection:
        rows = await connection.execute(RANGE, {"since": span.since, "until": span.until})
        return {row.practice_id: row.events for row in rows}


def _row(practice_id: UUID, span: Span, events: int) -> AuditRow:
    return AuditRow(
        id=new_id(),
        practice_id=practice_id,
        at=datetime.now(UTC),
        actor=ACTOR,
        actor_kind=ACTOR_KIND,
        address="-",
        action="decide",
        kind="replay",
        subject=practice_id,
        facts={"events": events, "since": _text(span.since), "until": _text(span.until)},
    )


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
