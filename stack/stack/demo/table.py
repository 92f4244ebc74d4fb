"""What the day came to, as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from statistics import median

from rich.console import Console
from rich.table import Table

from common.money import Money
from stack.demo.account import Day
from stack.demo.gate import Held
from stack.environment import HOST
from stack.services import SERVICES
from stack.workspace import Workspace

HELD_AT_SUBMISSION = "held"


def show(console: Console, day: Day, gated: Held | None = None) -> None:
    """`gated` is what the gate held at the end of the day."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_column(style="dim")
    for row in (*_counts(day), *_gate(day, gated), *_money(day), *_times(day)):
        table.add_row(*row)
    console.print(table)


def where_to_look(console: Console, workspace: Workspace) -> None:
    """Addresses and commands for what comes next."""
    ports = workspace.known_ports()
    console.print("Where to look:", style="bold")
    for name in (*(service.name for service in SERVICES), "simulator"):
        console.print(f"  {name:<10} http://{HOST}:{ports[name]}/docs", highlight=False)
    console.print(
        "  dermbill status | dermbill logs claims | dermbill audit | make down\n"
        f"  logs are in {workspace.home / 'logs'}",
        highlight=False,
        soft_wrap=True,
    )


def _counts(day: Day) -> Iterator[tuple[str, str, str]]:
    encounters = day.encounters
    dispositions = Counter(one.disposition for one in encounters)
    held = [one for one in encounters if one.disposition == "hold"]
    claims = [one.claim for one in encounters if one.claim]
    stopped = [one for one in encounters if one.claim and one.claim["status"] == HELD_AT_SUBMISSION]
    yield "encounters", str(len(encounters)), _listed(dispositions)
    yield "held for a clinician", str(len(held)), _listed(Counter(_asked(one.flags) for one in held))
    yield "held by the scrubber", str(len(stopped)), _listed(Counter(_findings(one.history) for one in stopped))
    yield "claims", str(len(claims)), _listed(Counter(claim["status"] for claim in claims))
    yield "accepted", str(sum(one.happened("payer_accepted") for one in encounters)), "by the payer's 277CA"
    yield "rejected", str(sum(one.happened("front_end_rejected") for one in encounters)), "by the payer's 277CA"
    yield "paid", str(sum(claim["status"] == "paid" for claim in claims)), ""
    reasons = Counter(_reason(case) for case in day.cases)
    yield "denied", str(len(day.cases)), _listed(reasons)
    yield "denial cases now", "", _listed(Counter(case["status"] for case in day.cases))
    yield "corrected", str(sum(one.happened("correction_requested") for one in encounters)), _corrected(day)


def _gate(day: Day, gated: Held | None) -> Iterator[tuple[str, str, str]]:
    if gated is None:
        return
    waiting = set(gated.claims)
    here = [one for one in day.encounters if one.claim and one.claim["id"] in waiting]
    released = [one for one in here if one.happened("sent")]
    amount = f"{gated.amount.amount:,.2f}"
    yield "held by the gate at first", str(len(waiting)), f"${amount}: {_listed(Counter(gated.reasons))}"
    paid = sum(one.claim["status"] == "paid" for one in released if one.claim)
    yield "released", str(len(released)), f"by the facts that were missing; {paid} of them paid since"


def _asked(flags: tuple[str, ...]) -> str:
    waiting = [flag for flag in flags if flag.startswith(("MISSING", "AWAIT", "NO_CODE", "ASK"))]
    return " ".join(waiting or flags)


def _findings(history: tuple[object, ...]) -> str:
    wanting = [one for one in history if isinstance(one, dict) and one["fact"] == "found_wanting"]
    return wanting[-1]["facts"].get("findings", "") if wanting else ""


def _reason(case: object) -> str:
    assert isinstance(case, dict)
    groups = [
        adjustment["group"]
        for line in case["denial"]["lines"]
        for adjustment in line["adjustments"]
        if adjustment["carc"] == case["carc"]
    ]
    return f"{groups[0] if groups else ''}-{case['carc']}"


def _corrected(day: Day) -> str:
    asked = [one for one in day.encounters if one.happened("correction_requested") and one.claim]
    return f"{sum(one.claim['status'] == 'paid' for one in asked if one.claim)} of them paid since"


def _money(day: Day) -> Iterator[tuple[str, str, str]]:
    bar = day.money
    for word in ("charge", "paid", "adjusted", "patient", "open"):
        yield f"dollars {word}", f"{Money(bar[word]).amount:,.2f}", ""
    added = Money.sum(Money(bar[word]) for word in ("paid", "adjusted", "patient", "open"))
    yield "paid + adjusted + patient + open", f"{added.amount:,.2f}", f"{day.cents_off} cents off"


def _times(day: Day) -> Iterator[tuple[str, str, str]]:
    took = [one.seconds for one in day.encounters if one.seconds is not None and not one.happened("rebuild_asked")]
    if took:
        yield "visit to submitted", f"{median(took):.2f} s", f"median; the slowest {max(took):.2f} s"


def _listed(counted: Counter[str]) -> str:
    return ", ".join(f"{count} {word}" for word, count in sorted(counted.items(), key=lambda one: (-one[1], one[0])))
