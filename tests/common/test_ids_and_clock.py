"""Ids grow, whatever the clock does; days are those of the practice; a seed gives the same ids and pauses again."""

from __future__ import annotations

import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import RFC_4122, UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from till import service as till
from till.service import TILL

from common import chance
from common.chance import SeededChance
from common.clock import SystemClock
from common.ids import RANDOM_MASK, Ids, new_id, uuid7
from common.money import Money
from common.testing.running import PHI_INDEX_KEY, PHI_KEYS, Running
from common.vault import Vault

Start = Callable[..., Awaitable[Running]]
PRACTICE = UUID(int=7)
VAULT = Vault.of(PHI_KEYS, PHI_INDEX_KEY)


class TestANewId:
    def test_is_a_uuid7_of_this_millisecond(self) -> None:
        before = time.time_ns() // 1_000_000
        made = new_id()
        assert made.version == 7
        assert made.variant == RFC_4122
        assert before <= made.int >> 80 <= time.time_ns() // 1_000_000 + 1

    @given(st.integers(0, 2**48 - 1), st.integers(0, RANDOM_MASK))
    def test_holds_its_time_and_its_random_bits_where_rfc_9562_puts_them(self, moment: int, random: int) -> None:
        made = uuid7(moment, random)
        assert (made.version, made.variant) == (7, RFC_4122)
        assert made.int >> 80 == moment
        assert ((made.int >> 64) & 0xFFF) << 62 | made.int & (2**62 - 1) == random

    def test_is_greater_than_every_one_before_it_in_every_thread(self) -> None:
        made: list[list[UUID]] = [[] for _ in range(4)]

        def make(into: list[UUID]) -> None:
            into.extend(new_id() for _ in range(5000))

        threads = [threading.Thread(target=make, args=(into,)) for into in made]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert all(ids == sorted(ids) for ids in made)
        assert len({id for ids in made for id in ids}) == 20_000

    @given(st.lists(st.integers(0, 2**40), min_size=2, max_size=50))
    def test_grows_also_when_the_clock_steps_back(self, clock: list[int]) -> None:
        ids = Ids(clock=iter(clock).__next__)
        made = [ids.new() for _ in clock]
        assert made == sorted(set(made))

    def test_moves_into_the_next_millisecond_when_one_is_full(self) -> None:
        ids = Ids(clock=lambda: 5)
        ids.new()
        ids._random = RANDOM_MASK
        assert ids.new().int >> 80 == 6


class TestTheClock:
    def test_tells_the_present_moment_in_utc(self) -> None:
        now = SystemClock().now()
        assert now.tzinfo is UTC
        assert abs((datetime.now(UTC) - now).total_seconds()) < 5

    def test_tells_the_day_of_the_practice_and_not_that_of_utc(self) -> None:
        class Evening(SystemClock):
            def now(self) -> datetime:
                return datetime(2026, 3, 1, 3, 30, tzinfo=UTC)

        assert Evening().today(ZoneInfo("America/New_York")) == date(2026, 2, 28)
        assert Evening().today(ZoneInfo("Asia/Tokyo")) == date(2026, 3, 1)


class TestASeed:
    """Clock, ids and chance are given to a workplace, so a run can be had a second time."""

    async def told(self, run_service: Start, seed: int) -> list[str]:
        """Everything with an id that two operations leave behind, on an empty database."""
        tills = await run_service(TILL)
        same = replace(
            tills.runtime.workplace,
            now=lambda: datetime(2026, 3, 4, 12, tzinfo=UTC),
            chance=SeededChance(seed),
            ids=Ids(lambda: 1_772_625_600_000, SeededChance(seed)),
        )
        for _ in range(2):
            await till.open_till(replace(tills.uow(PRACTICE), workplace=same), Money(1))
        rows = await tills.query(text("SELECT id::text FROM tills UNION ALL SELECT id::text FROM audit_trail"))
        return sorted([*(row["id"] for row in rows), *(str(event.id) for event in await tills.published())])

    async def test_gives_an_operation_the_same_ids_again(self, run_service: Start) -> None:
        first = await self.told(run_service, seed=7)
        assert len(set(first)) == len(first) >= 4
        assert await self.told(run_service, seed=7) == first
        assert not set(await self.told(run_service, seed=8)) & set(first)

    def test_gives_the_same_pauses_again(self) -> None:
        def pauses() -> list[float]:
            with chance.drawing_from(SeededChance(7)):
                return [chance.pause(0.5, 1.5) for _ in range(5)]

        assert pauses() == pauses()
        assert all(0.5 <= pause <= 1.5 for pause in pauses())
        assert chance.given() is chance.SYSTEM_CHANCE

    def test_is_no_part_of_what_must_not_be_foreseen(self) -> None:
        """A nonce that comes twice would give sealed values away."""
        with chance.drawing_from(SeededChance(7)):
            first = VAULT.seal(b"Quill", "here")
        with chance.drawing_from(SeededChance(7)):
            assert VAULT.seal(b"Quill", "here") != first
