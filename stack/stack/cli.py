"""The `dermbill` command. One module in stack.commands for each word, imported when its word is said."""

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

from stack.workspace import Workspace

WORDS = (
    "up",
    "down",
    "status",
    "logs",
    "doctor",
    "demo",
    "contracts",
    "replay",
    "reseal",
    "code",
    "codes",
    "edi",
    "exclusions",
    "audit",
    "score",
    "scenario",
)


class _Words(MutableMapping[str, Any]):
    """A word's command. What the audit and the demo stand on takes a second to import, which `status` does not need."""

    def __init__(self) -> None:
        self._found: dict[str, Any] = {}

    def __getitem__(self, word: str) -> Any:
        if word not in WORDS:
            raise KeyError(word)
        if word not in self._found:
            self._found[word] = _command(word)
        return self._found[word]

    def __setitem__(self, word: str, command: Any) -> None:
        self._found[word] = command

    def __delitem__(self, word: str) -> None:
        del self._found[word]

    def __iter__(self) -> Iterator[str]:
        return iter(WORDS)

    def __len__(self) -> int:
        return len(WORDS)


class _Command(TyperGroup):
    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Words()


def _command(word: str) -> Any:
    """A module's own group of words, or its function of this name."""
    module = import_module(f"stack.commands.{word}")
    if hasattr(module, "app"):
        return get_group(module.app)
    alone = typer.Typer(add_completion=False)
    alone.command(word)(getattr(module, word))
    return get_command(alone)


app = typer.Typer(
    cls=_Command, help="The whole of dermbill on one machine.", no_args_is_help=True, pretty_exceptions_enable=False
)


@app.callback()
def choose_workspace(
    context: typer.Context,
    home: Annotated[Path, typer.Option(envvar="DERMBILL_HOME", help="Where data, logs and secrets are kept.")] = Path(
        ".dermbill"
    ),
) -> None:
    """The whole of dermbill on one machine."""
    context.obj = Workspace(home.absolute())


if __name__ == "__main__":
    app()
