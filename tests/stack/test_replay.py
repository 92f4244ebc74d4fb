"""`dermbill replay`: past events go back into the outbox, as they were, and the trail says who asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from typer.testing import CliRunner

from common.tables import audit_trail, event_log, outbox
from common.testing.databases import ServiceDatabase
from common.testing.running import Running
from patients.main import SERVICE
from stack.cli import app
from stack.databases import DatabaseUrls
from stack.replaying import Span, replay

PERSON = {
    "record_number": "MRN-1",
    "name": {"family": "Quill", "given": "Maren"},
    "birth_date": "1961-07-09",
    "sex": "F",
    "address": {"line1": "12 Sample Row", "city": "Albany", "state": "NY", "zip": "122070002"},
}
Run = Callable[..., Awaitable[Running]]


def doors(database: ServiceDatabase) -> DatabaseUrls:
    return DatabaseUrls(owner=database.owner_url, app=database.app_url, platform=database.platform_url)


@pytest.fixture
async def register(run_service: Run) -> Running:
    """A register in which two patients were entered and told of."""
    running = await run_service(SERVICE)
    async with running.client("patients:write") as desk:
        for number in ("1", "2"):
            body = PERSON | {"record_number": f"MRN-{number}"}
            answer = await desk.post("/patients", json=body, headers={"Idempotency-Key": f"key-{number}"})
            assert answer.status_code == 201
    await running.query(delete(outbox).returning(outbox.c.position))
    return running


async def waiting(running: Running) -> list[UUID]:
    """The ids of the events that the relay will say next, in its order."""
    joined = select(event_log.c.event_id).join(outbox, outbox.c.position == event_log.c.position)
    return [row["event_id"] for row in await running.query(joined.order_by(outbox.c.position))]


class TestReplaying:
    async def test_every_event_waits_again_under_its_own_id_and_in_its_order(self, register: Running) -> None:
        said = [event.id for event in await register.published()]
        assert await waiting(register) == []
        assert await replay(doors(register.database), Span()) == 2
        assert await waiting(register) == said

    async def test_what_waits_already_is_not_queued_twice(self, register: Running) -> None:
        await replay(doors(register.database), Span())
        assert await replay(doors(register.database), Span()) == 0
        assert len(await waiting(register)) == 2

    async def test_only_the_range_is_said_again(self, register: Running) -> None:
        first, second = await register.query(select(event_log).order_by(event_log.c.position))
        assert await replay(doors(register.database), Span(since=second["recorded_at"])) == 1
        assert await waiting(register) == [second["event_id"]]
        assert await replay(doors(register.database), Span(until=first["recorded_at"])) == 1

    async def test_the_trail_of_the_practice_says_so(self, register: Running) -> None:
        since = datetime.now(UTC) - timedelta(hours=1)
        await replay(doors(register.database), Span(since=since))
        [row] = await register.query(select(audit_trail).where(audit_trail.c.kind == "replay"))
        assert (row["practice_id"], row["actor"], row["action"]) == (register.practice_id, "dermbill replay", "decide")
        assert row["facts"] == {"events": 2, "since": since.isoformat(), "until": None}

    async def test_a_range_without_events_leaves_no_trace(self, register: Running) -> None:
        assert await replay(doors(register.database), Span(since=datetime.now(UTC) + timedelta(days=1))) == 0
        assert await register.query(select(audit_trail).where(audit_trail.c.kind == "replay")) == []

    def test_a_moment_without_its_zone_is_refused(self) -> None:
        with pytest.raises(ValueError, match="with its zone"):
            Span(since=datetime(2026, 11, 24))  # noqa: DTZ001

    def test_a_range_that_ends_before_it_begins_is_refused(self) -> None:
        now = datetime.now(UTC)
        with pytest.raises(ValueError, match="ends before it begins"):
            Span(since=now, until=now - timedelta(seconds=1))


class TestTheCommand:
    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (
                [],
                "Name one service (patients, coding, claims, edi, payments, denials, credentialing, eligibility, "
                "authorizations), or say --all.",
            ),
            (["claims", "--all"], "Name one service"),
            (["laundry"], "There is no service laundry"),
            (["claims", "--since", "yesterday"], "yesterday is no moment"),
            (["claims", "--since", "2026-11-24"], "give the moment with its zone"),
            (["claims"], "`dermbill up` does it"),
        ],
    )
    def test_what_it_cannot_do_is_one_sentence(self, tmp_path: Path, words: list[str], sentence: str) -> None:
        answer = CliRunner().invoke(app, ["--home", str(tmp_path), "replay", *words])
        assert answer.exit_code == 1
        assert sentence in answer.stderr.replace("\n", " ")
