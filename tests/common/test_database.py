"""Connections are used again and remember nothing; what is sent as text arrives as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from till import service as till
from till.service import TILL

from common.money import Money
from common.statements import literal
from common.testing.running import Running

Start = Callable[..., Awaitable[Running]]
TENANT = "SELECT current_setting('app.practice_id', true)"
WHO = "SELECT pg_backend_pid()"


@pytest.fixture
async def tills(run_service: Start) -> Running:
    return await run_service(TILL, pool_size=1)


class TestATransaction:
    async def test_uses_the_connection_of_the_one_before_and_sees_its_own_practice_alone(self, tills: Running) -> None:
        seen: list[tuple[int, str]] = []
        practices = [uuid4(), uuid4()]
        for practice in practices:
            async with tills.runtime.database.as_practice(practice) as session:
                seen.append((await session.raw.fetchval(WHO), await session.raw.fetchval(TENANT)))
        assert seen[0][0] == seen[1][0]
        assert [tenant for _, tenant in seen] == [str(practice) for practice in practices]

    async def test_sends_events_audit_rows_and_timers_with_its_commit(self, tills: Running) -> None:
        sent: list[str] = []

        def note(query: Any) -> None:
            sent.append(query.query)

        async with tills.runtime.database.as_practice(tills.practice_id) as session:
            connection = session.raw
        connection.add_query_logger(note)
        async with tills.uow().begin() as tx:
            till_id = uuid4()
            row = {"practice_id": tills.practice_id, "id": till_id, "version": 1, "amount": Money(1)}
            await tx.execute(till.NEW_TILL, row)
            for version in (1, 2, 3):
                tx.publish(till.CoinsAdded(till_id, Money(1)), key=till_id, version=version)
            tx.audit("create", "till", till_id)
            tx.schedule("count", till_id, due_at=tx.now)
        await asyncio.sleep(0)
        connection.remove_query_logger(note)
        # The driver tells of its own messages only; the operation's INSERT went between them.
        begin, commit = sent
        assert begin.startswith("BEGIN; SELECT set_config")
        kinds = [statement.split()[:2] for statement in commit.split("; ")]
        assert kinds == [["EXECUTE", "publish_event"]] * 3 + [
            ["EXECUTE", "write_audit"],
            ["EXECUTE", "set_timer"],
            ["COMMIT"],
        ]

    async def test_that_is_broken_off_leaves_the_connection_clean(self, tills: Running) -> None:
        async def broken_off() -> None:
            async with tills.uow().begin() as tx:
                tx.publish(till.CoinsAdded(uuid4(), Money(1)), key=uuid4(), version=1)
                tx.audit("create", "till", uuid4())
                raise RuntimeError

        with pytest.raises(RuntimeError):
            await broken_off()
        await till.open_till(tills.uow(), Money(1))
        assert [event.version for event in await tills.published()] == [1]
        [row] = await tills.query(text("SELECT count(*) AS n FROM audit_trail"))
        assert row["n"] == 1

    @pytest.mark.parametrize("times", [1, 2])
    async def test_that_is_cancelled_leaves_the_connection_to_the_next(self, tills: Running, times: int) -> None:
        async def stuck() -> None:
            async with tills.uow().begin() as tx:
                await tx.execute(text("SELECT pg_sleep(30)"))

        task = asyncio.create_task(stuck())
        await asyncio.sleep(0.2)
        for _ in range(times):
            # The second comes while the transaction of the first is rolled back.
            task.cancel()
            await asyncio.sleep(0)
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.wait_for(till.open_till(tills.uow(), Money(1)), 5)

    async def test_whose_failure_the_operation_hides_is_not_taken_for_committed(self, tills: Running) -> None:
        async def hiding(publish: bool) -> None:
            async with tills.uow().begin() as tx:
                try:
                    await tx.execute(text("SELECT 1 / 0"))
                except Exception:
                    if publish:
                        tx.publish(till.CoinsAdded(uuid4(), Money(1)), key=uuid4(), version=1)

        with pytest.raises(RuntimeError, match="nothing was committed"):
            await hiding(publish=False)
        with pytest.raises(asyncpg.InFailedSQLTransactionError):
            await hiding(publish=True)
        await till.open_till(tills.uow(), Money(1))
        assert len(await tills.published()) == 1

    async def test_that_cannot_write_its_event_writes_nothing(self, tills: Running) -> None:
        async def impossible() -> None:
            async with tills.uow().begin() as tx:
                row = {"practice_id": tills.practice_id, "id": uuid4(), "version": 1, "amount": Money(1)}
                await tx.execute(till.NEW_TILL, row)
                tx.publish(till.CoinsAdded(uuid4(), Money(1)), key=uuid4(), version=2**70)

        with pytest.raises(asyncpg.PostgresError):
            await impossible()
        good = await till.open_till(tills.uow(), Money(1))
        assert [event.key for event in await tills.published()] == [good]
        assert [row["id"] for row in await tills.query(text("SELECT id FROM tills"))] == [good]

    async def test_after_its_idle_connection_was_cut_has_a_new_one(self, tills: Running) -> None:
        async with tills.runtime.database.as_practice(tills.practice_id) as session:
            pid = await session.raw.fetchval(WHO)
        await tills.query(text(f"SELECT pg_terminate_backend({pid})"))
        await asyncio.sleep(0.1)
        async with tills.runtime.database.as_practice(tills.practice_id) as session:
            assert await session.raw.fetchval(WHO) != pid

    async def test_does_not_keep_readiness_waiting(self, tills: Running) -> None:
        async with tills.uow().begin():
            await asyncio.wait_for(tills.runtime.database.reachable(), 2)


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


class TestALiteral:
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
    @given(
        words=st.lists(TEXTS | st.sampled_from(["'", "\\'", "'; DROP TABLE tills; --", "$1", "\\", "''"]), max_size=6)
    )
    async def test_is_read_back_as_it_was(self, tills: Running, words: list[str]) -> None:
        async with tills.runtime.database.as_practice(tills.practice_id) as session:
            columns = ", ".join(f"{literal(word)}::text AS c{place}" for place, word in enumerate(words))
            row = await session.raw.fetchrow(f"SELECT {columns}")
            assert list(row) == words

    async def test_of_any_type_is_read_back_as_it_was(self, tills: Running) -> None:
        values = (UUID(int=7), datetime(2026, 2, 28, 23, 59, 59, 999999, UTC), -(2**62), None)
        types = ("uuid", "timestamptz", "bigint", "text")
        async with tills.runtime.database.as_practice(tills.practice_id) as session:
            columns = ", ".join(f"{literal(value)}::{type}" for value, type in zip(values, types, strict=True))
            assert tuple(await session.raw.fetchrow(f"SELECT {columns}")) == values

    def test_with_a_nul_character_is_refused(self) -> None:
        with pytest.raises(ValueError, match="NUL"):
            literal("a\0b")
