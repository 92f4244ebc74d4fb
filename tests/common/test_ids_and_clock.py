"""Ids grow, whatever the clock does; days are those of the practice."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime
from uuid import RFC_4122, UUID
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from common.clock import SystemClock
from common.ids import RANDOM_MASK, _Sequence, new_id, uuid7


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
        sequence = _Sequence()
        made = [uuid7(*sequence.next(now)) for now in clock]
        assert made == sorted(set(made))

    def test_moves_into_the_next_millisecond_when_one_is_full(self) -> None:
        sequence = _Sequence()
        sequence.next(5)
        sequence._random = RANDOM_MASK
        assert sequence.next(5)[0] == 6


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
