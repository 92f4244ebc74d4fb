"""How far the demo is: bars on a terminal, one plain line at a time elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Tell = Callable[[int], None]


@dataclass(slots=True)
class Telling:
    """Tells what is being done and for how long; `seconds` keeps the time of every step."""

    console: Console
    seconds: dict[str, float] = field(default_factory=dict[str, float])

    @contextmanager
    def step(self, what: str, total: int | None = None) -> Generator[Tell]:
        """One step; the caller tells how much of `total` is done."""
        began = time.monotonic()
        shown = self._bar(what, total) if self.console.is_terminal else self._line(what, total)
        with shown as tell:
            yield tell
        self.seconds[what] = time.monotonic() - began
        self.console.print(f"{what}: done in {self.seconds[what]:.1f} s", highlight=False)

    @contextmanager
    def _bar(self, what: str, total: int | None) -> Generator[Tell]:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=self.console, transient=True) as progress:
            task = progress.add_task(what, total=total)
            yield lambda done: progress.update(task, completed=done)

    @contextmanager
    def _line(self, what: str, total: int | None) -> Generator[Tell]:
        self.console.print(f"{what}{f' ({total})' if total else ''} ...", highlight=False)
        yield lambda done: None
