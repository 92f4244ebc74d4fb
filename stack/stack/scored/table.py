"""The score as a table, kind of trouble by kind of trouble."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from stack.scored.run import Result
from stack.scored.score import NO_TROUBLE, Row

_SHOWN = 20


def show(console: Console, result: Result) -> None:
    score = result.score
    table = Table("trouble", box=None, pad_edge=False)
    for heading in ("claims", "share", "postings", "equal", "cents off"):
        table.add_column(heading, justify="right")
    for kind, row in sorted(score.rows.items(), key=lambda item: (item[0] == NO_TROUBLE, item[0])):
        table.add_row(kind, *_cells(row, result.claims))
    table.add_section()
    table.add_row("every claim once", *_cells(score.total, result.claims), style="bold")
    console.print(table)
    console.print(
        f"{score.cheques_equal} of {score.cheques} cheques and their PLB are booked as written.", highlight=False
    )
    if result.held:
        console.print(f"{result.held} claims were held by our own scrubber and never left.", highlight=False)
    for sentence in score.wrong[:_SHOWN]:
        console.print(sentence, style="red", markup=False, highlight=False, soft_wrap=True)
    if len(score.wrong) > _SHOWN:
        console.print(f"And {len(score.wrong) - _SHOWN} more.", highlight=False)


def _cells(row: Row, claims: int) -> tuple[str, ...]:
    share = f"{100 * row.claims / max(claims, 1):.1f} %"
    return f"{row.claims:,}", share, f"{row.postings:,}", f"{row.equal:,}", f"{row.cents_off:,}"
