"""The simulated world: memory, clock and the thread in which days go by."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable
from datetime import date

from simulator import days, intake, subscriptions
from simulator.clock import Clock
from simulator.payers import DEFAULT_PAYERS
from simulator.settings import Settings
from simulator.store import Store

TICK_SECONDS = 0.05
REMEMBER_EVERY_SECONDS = 2.0
# What was asked over the wires is for a test to look at, not for ever.
MOST_ASKED = 2_000


class World:
    """Opened on the state of the last run, if there is one: the clock goes on where it was last remembered."""

    def __init__(self, settings: Settings):
        self.store = Store(settings.state)
        self.asked: deque[str] = deque(maxlen=MOST_ASKED)
        self._settings = settings
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._teller: threading.Thread | None = None
        with self.store.transaction():
            if self.store.meta("seed") is None:
                self._begin(settings.seed)
            self.clock = self._remembered()

    def _begin(self, seed: int) -> None:
        self.store.set_meta("seed", str(seed))
        for payer in DEFAULT_PAYERS:
            self.store.save_payer(payer)

    def _remembered(self) -> Clock:
        text = self.store.meta("clock")
        if text is None:
            return Clock.starting(0.0, self._settings.day_seconds)
        kept = json.loads(text)
        calendar = None if kept["calendar"] is None else date.fromisoformat(kept["calendar"])
        return Clock.starting(kept["day"], kept["day_seconds"], calendar)

    def _remember(self) -> None:
        calendar = self.clock.calendar
        self.store.set_meta(
            "clock",
            json.dumps(
                {
                    "day": self.clock.now(),
                    "day_seconds": self.clock.day_seconds,
                    "calendar": None if calendar is None else calendar.isoformat(),
                }
            ),
        )

    def take(self, content: bytes) -> None:
        """Take a file in, inside a transaction. Raises X12Error when it is no X12."""
        intake.receive(self.store, self.clock, content)
        self._remember()

    def change_clock(self, change: Callable[[Clock], Clock]) -> Clock:
        """Set or push the clock; what has become due is done before the answer."""
        with self.store.transaction():
            self.clock = change(self.clock)
            self._remember()
        days.live(self.store, self.clock)
        return self.clock

    def reset(self, seed: int) -> None:
        """Forget everything but the numbers given out, so that no interchange number is used twice."""
        with self.store.transaction():
            self.store.forget_everything()
            self._begin(seed)
            self.clock = Clock.starting(0.0, self._settings.day_seconds)
            self._remember()
        self.asked.clear()

    def start(self) -> None:
        """Let days go by."""
        self._thread = threading.Thread(target=self._go_by, name="days", daemon=True)
        self._thread.start()
        self._teller = threading.Thread(target=self._tell, name="notices", daemon=True)
        self._teller.start()

    def stop(self) -> None:
        """Finish the step in hand, remember the time, close the file."""
        self._stop.set()
        for thread in filter(None, (self._thread, self._teller)):
            thread.join()
        with self.store.transaction():
            self._remember()
        self.store.close()

    def _go_by(self) -> None:
        ticks = 0
        while not self._stop.wait(TICK_SECONDS):
            done = days.live(self.store, self.clock)
            ticks += 1
            if done or ticks * TICK_SECONDS >= REMEMBER_EVERY_SECONDS:
                ticks = 0
                with self.store.transaction():
                    self._remember()

    def _tell(self) -> None:
        """Tell those who subscribed, beside the days: somebody who does not answer holds nothing up."""
        while not self._stop.wait(TICK_SECONDS):
            subscriptions.send(self.store, self.clock.now())

    @property
    def alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()
