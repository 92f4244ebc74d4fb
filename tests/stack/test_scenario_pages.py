"""The scenarios, their pages and their command say the same; and one that does not hold is said to have failed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import ModuleType

import pytest
import typer
from typer.testing import CliRunner

from stack.cli import app
from stack.commands import scenario as command
from stack.scenarios.story import NotAsExpected, Story
from stack.scenarios.table import BY_NUMBER, SCENARIOS, Scenario

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "scenarios"
INDEX = (PAGES / "README.md").read_text("utf-8")
EVERY = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)


def page(scenario: Scenario) -> str:
    return (PAGES / scenario.page).read_text("utf-8")


class TestThePages:
    def test_there_is_one_for_each_scenario_and_no_other(self) -> None:
        found = {path.name for path in PAGES.glob("*.md")}
        assert found == {"README.md", *(scenario.page for scenario in SCENARIOS)}
        assert "(docs/scenarios/README.md)" in (ROOT / "README.md").read_text("utf-8")

    @EVERY
    def test_each_has_the_title_and_the_command_and_names_its_code(self, scenario: Scenario) -> None:
        text = page(scenario)
        assert text.splitlines()[0] == f"# {scenario.title}"
        assert f"\n.venv/bin/dermbill scenario {scenario.number}\n" in text
        assert f"stack/stack/scenarios/{scenario.name}.py" in text
        assert f"| {scenario.number} | [{scenario.title}]({scenario.page}) |" in INDEX

    @EVERY
    def test_each_names_code_that_is_there(self, scenario: Scenario) -> None:
        named = re.findall(r"`((?:services|stack|simulator|libs)/[^`]+)`", page(scenario))
        assert len(named) > 3
        assert [path for path in named if not (ROOT / path).exists()] == []

    @EVERY
    def test_each_says_what_happens_in_order_and_which_statuses_there_are(self, scenario: Scenario) -> None:
        text = page(scenario)
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["What happens", "Where the rules are"]
        assert "\n1. " in text
        assert text.count("\n|---") == 2


class TestTheCommand:
    def test_lists_every_scenario(self) -> None:
        listed = CliRunner().invoke(app, ["scenario", "--json"])
        assert [one["scenario"] for one in json.loads(listed.stdout)] == sorted(BY_NUMBER)
        plain = CliRunner().invoke(app, ["scenario"], env={"COLUMNS": "160"})
        assert all(f"{one.number}  {one.title}" in plain.stdout for one in SCENARIOS)

    def test_refuses_a_number_that_there_is_not(self) -> None:
        refused = CliRunner().invoke(app, ["scenario", "99"], env={"COLUMNS": "160"})
        assert refused.exit_code == 1
        assert "There is no scenario 99" in refused.stderr

    @pytest.mark.parametrize("as_json", [True, False])
    def test_says_of_one_that_does_not_hold_that_it_failed(
        self, as_json: bool, capsys: pytest.CaptureFixture[str]
    ) -> None:
        told = verdict(command, "Cents that the books are off: expected 0, found 3.", as_json=as_json)
        assert told == 1
        said = capsys.readouterr()
        if as_json:
            assert json.loads(said.out)["ok"] is False
            assert json.loads(said.out)["problem"].endswith("found 3.")
        else:
            assert said.out.splitlines()[-1] == "SCENARIO FAILED 6"
            assert "found 3." in said.err


class TestAStory:
    def test_goes_on_where_it_is_as_expected_and_ends_where_it_is_not(self) -> None:
        heard: list[str] = []
        story = Story(heard.append)
        story.say("A claim is held.", amount="10.00")
        story.expect("Claims held", 1, 1)
        with pytest.raises(NotAsExpected, match="Claims held: expected 2, found 1"):
            story.expect("Claims held", 1, 2)
        assert heard == ["A claim is held."]
        assert story.steps[0].facts == {"amount": "10.00"}


def verdict(module: ModuleType, problem: str | None, *, as_json: bool) -> int:
    """The exit code that a played scenario ends with."""
    try:
        module.tell_verdict(BY_NUMBER[6], module.Played(Story(), {}, problem), 1, as_json=as_json)
    except typer.Exit as ended:
        return ended.exit_code
    return 0
