"""The page of worked visits is what the engine says of them today."""

from pathlib import Path

from typer.testing import CliRunner

from stack.cli import app

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "guides"
VISITS, PAGE = GUIDES / "coding-examples" / "visits.json", GUIDES / "coding-examples" / "README.md"


def test_the_page_of_worked_visits_is_as_the_engine_codes_them(tmp_path: Path):
    written = tmp_path / "page.md"
    done = CliRunner().invoke(app, ["code", str(VISITS), "--write", str(written)])
    assert done.exit_code == 0, done.output
    assert written.read_text("utf-8") == PAGE.read_text("utf-8"), (
        f"{PAGE.name} is out of date: run `dermbill code` with --write, as the page says"
    )
