"""Run every measurement, print it, and keep the numbers in bench/results/."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import backbone, bare, coding, visits, x12_speed
from bench.parts import Parts
from common.embedded import EmbeddedKafka, EmbeddedPostgres

Side = Callable[[Parts, int], Awaitable[float]]

RESULTS = Path(__file__).parent / "results"
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
EVENTS = int(os.environ.get("BENCH_EVENTS", "4000"))
GOAL_SHARE, GOAL_P99_MS, GOAL_ELIGIBILITY_MS = 0.4, 250.0, 50.0


async def measure(parts: Parts) -> dict[str, Any]:
    """Bare loop and backbone in turns, so that both meet the same machine, and the median of their shares.

    A round that begins with the one is followed by a round that begins with the other: a machine that slows down
    or speeds up favours neither.
    """
    sides = [("bare", bare.throughput), ("backbone", backbone.throughput)]
    await _warm(sides, parts)
    rounds: list[dict[str, float]] = []
    for number in range(ROUNDS):
        rates = {name: await run(parts, EVENTS) for name, run in (sides if number % 2 else sides[::-1])}
        rounds.append(rates | {"share": rates["backbone"] / rates["bare"]})
        print(_told(number, rounds[-1]), flush=True)
    found: dict[str, Any] = {
        "rounds": rounds,
        "bare_events_per_s": median(each["bare"] for each in rounds),
        "backbone_events_per_s": median(each["backbone"] for each in rounds),
        "share_of_bare": median(each["share"] for each in rounds),
    }
    rate = found["backbone_events_per_s"] / 2
    found["half_load_events_per_s"] = rate
    found["latency_p50_ms"], found["latency_p99_ms"] = await backbone.latency(parts, rate, seconds=15)
    return found


async def _warm(sides: Sequence[tuple[str, Side]], parts: Parts) -> None:
    """Not measured: the broker's first batches, and what Python imports on first use."""
    for _, run in sides:
        await run(parts, 320)


def _told(number: int, rates: Mapping[str, float]) -> str:
    return (
        f"round {number + 1} of {ROUNDS}: bare {rates['bare']:,.0f}/s, backbone {rates['backbone']:,.0f}/s, "
        f"share {rates['share']:.2f}"
    )


def run_backbone() -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="dermbill-bench-") as name:
        folder = Path(name)
        postgres = EmbeddedPostgres(folder / "postgres")
        kafka = EmbeddedKafka(folder / "kafka", topics={"dermbill.till": 12, "bare": 12})
        try:
            postgres.start()
            kafka.start()
            return asyncio.run(measure(Parts(postgres.url(driver="postgresql+asyncpg"), kafka.bootstrap_servers)))
        finally:
            kafka.stop()
            postgres.stop()


def show(found: Mapping[str, Any]) -> None:
    table = Table("measured", "value", "goal")
    table.add_row("bare loop: insert, produce, consume, insert", f"{found['bare_events_per_s']:,.0f} events/s", "-")
    table.add_row("backbone, commit to applied effect", f"{found['backbone_events_per_s']:,.0f} events/s", "-")
    shares = sorted(each["share"] for each in found["rounds"])
    table.add_row(
        f"share of the bare loop, median of {len(shares)} rounds ({shares[0]:.2f} to {shares[-1]:.2f})",
        f"{found['share_of_bare']:.2f}",
        f">= {GOAL_SHARE}",
    )
    table.add_row(
        f"commit to handled at {found['half_load_events_per_s']:,.0f} events/s",
        f"p50 {found['latency_p50_ms']:.0f} ms, p99 {found['latency_p99_ms']:.0f} ms",
        f"p99 < {GOAL_P99_MS:.0f} ms",
    )
    table.add_row("visits through the whole loop to submitted", f"{found['visits_per_s']:.1f} visits/s", "-")
    table.add_row(
        "eligibility in real time, our part",
        f"p50 {found['eligibility_p50_ms']:.0f} ms, p95 {found['eligibility_p95_ms']:.0f} ms",
        f"p95 < {GOAL_ELIGIBILITY_MS:.0f} ms",
    )
    Console().print(table)


def main() -> None:
    found = run_backbone() | visits.throughput()
    show(found)
    RESULTS.mkdir(exist_ok=True)
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "machine": platform.machine()}
    record = {"at": datetime.now(UTC).isoformat(timespec="seconds"), **machine, **found}
    (RESULTS / "latest.json").write_text(json.dumps(record, indent=2) + "\n")
    missed = [x12_speed.run(), coding.run_and_show()]
    missed += [found["share_of_bare"] < GOAL_SHARE, found["latency_p99_ms"] > GOAL_P99_MS]
    missed += [found["eligibility_p95_ms"] > GOAL_ELIGIBILITY_MS]
    if any(missed):
        sys.exit("a goal was missed")


main()
