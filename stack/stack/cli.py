"""The `dermbill` command. One module in stack.commands for each word."""

from pathlib import Path
from typing import Annotated

import typer

from stack.commands import (
    audit,
    code,
    codes,
    contracts,
    demo,
    doctor,
    down,
    edi,
    exclusions,
    logs,
    replay,
    reseal,
    scenario,
    score,
    status,
    up,
)
from stack.workspace import Workspace

app = typer.Typer(help="The whole of dermbill on one machine.", no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def choose_workspace(
    context: typer.Context,
    home: Annotated[Path, typer.Option(envvar="DERMBILL_HOME", help="Where data, logs and secrets are kept.")] = Path(
        ".dermbill"
    ),
) -> None:
    """The whole of dermbill on one machine."""
    context.obj = Workspace(home.absolute())


app.command()(up.up)
app.command()(down.down)
app.command()(status.status)
app.command()(logs.logs)
app.command()(doctor.doctor)
app.command()(demo.demo)
app.command()(contracts.contracts)
app.command()(replay.replay)
app.command()(reseal.reseal)
app.command()(code.code)
app.add_typer(codes.app, name="codes")
app.add_typer(edi.app, name="edi")
app.add_typer(exclusions.app, name="exclusions")
app.command()(audit.audit)
app.command()(score.score)
app.command()(scenario.scenario)


if __name__ == "__main__":
    app()
