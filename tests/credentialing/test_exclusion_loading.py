"""A list of exclusions is loaded whole or not at all, and once."""

from __future__ import annotations

from pathlib import Path

import pytest
from credentialing_desk import Desk
from exclusion_files import MEREL, OTHERS, lines, loaded, written
from typer.testing import CliRunner

from codes.publications.rows import BadRow
from common.embedded import StackError
from stack.cli import app
from stack.excluding import LoadedList


class TestLoading:
    async def test_the_same_file_twice_is_loaded_once(self, desk: Desk, tmp_path: Path) -> None:
        path = written(tmp_path, *OTHERS)
        assert await loaded(desk, path) == LoadedList(4, fresh=True)
        assert await loaded(desk, path) == LoadedList(4, fresh=False)
        assert await lines(desk) == 4

    async def test_a_bad_row_leaves_the_list_before_as_it_was(self, desk: Desk, tmp_path: Path) -> None:
        await loaded(desk, written(tmp_path, *OTHERS))
        bad = written(tmp_path, *OTHERS, MEREL | {"DOB": "1975"}, name="next.csv")
        with pytest.raises(BadRow, match="line 6, DOB"):
            await loaded(desk, bad)
        assert await lines(desk) == 4
        assert (await desk.ask("GET", "/exclusion-list")).json()["file"] == "UPDATED.csv"

    async def test_a_new_list_takes_the_place_of_the_one_before_which_cannot_come_back(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        first, second = written(tmp_path, *OTHERS), written(tmp_path, *OTHERS, MEREL, name="next.csv")
        await loaded(desk, first)
        await loaded(desk, second)
        assert await lines(desk) == 5
        with pytest.raises(StackError, match="a later list has taken its place"):
            await loaded(desk, first)

    async def test_a_monthly_supplement_is_not_taken_for_the_list(self, desk: Desk, tmp_path: Path) -> None:
        await loaded(desk, written(tmp_path, *OTHERS))
        supplement = written(tmp_path, MEREL, name="supplement.csv")
        with pytest.raises(StackError, match="not a monthly supplement"):
            await loaded(desk, supplement)
        assert await loaded(desk, supplement, smaller=True) == LoadedList(1, fresh=True)

    async def test_a_list_of_nothing_and_a_file_that_is_not_there_are_refused(self, desk: Desk, tmp_path: Path) -> None:
        with pytest.raises(StackError, match="holds no exclusion"):
            await loaded(desk, written(tmp_path))
        with pytest.raises(StackError, match="There is no file"):
            await loaded(desk, tmp_path / "nothing.csv")


class TestTheCommand:
    def test_without_a_stack_it_says_what_to_do(self, tmp_path: Path) -> None:
        path = written(tmp_path, *OTHERS)
        answer = CliRunner().invoke(app, ["--home", str(tmp_path / "none"), "exclusions", "load", str(path)])
        assert answer.exit_code == 1
        assert "credentialing was never started" in answer.stderr.replace("\n", " ")

    def test_a_list_without_a_layout_is_named(self, tmp_path: Path) -> None:
        path = written(tmp_path, *OTHERS)
        answer = CliRunner().invoke(app, ["--home", str(tmp_path), "exclusions", "load", str(path), "--list", "OFAC"])
        assert answer.exit_code == 1
        assert "no layout for OFAC; those that there are: MEDICAID-LA, SAM" in answer.stderr.replace("\n", " ")
