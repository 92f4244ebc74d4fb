"""Published code sets loaded by quarter, and the edits that a visit of each quarter is coded with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from codes.publications.rows import BadRow
from coding.main import SERVICE
from common.embedded import StackError
from common.testing.running import Running
from stack.loading import Loaded, editions_of, load

Start = Callable[..., Awaitable[Running]]
Json = dict[str, Any]


@pytest.fixture
async def coding(run_service: Start) -> Running:
    return await run_service(SERVICE)


def pairs(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    header = "Column 1\tColumn 2\tprior\tEffective Date\tDeletion Date\tModifier\tRationale\n"
    path.write_text(header + "".join(f"{row}\n" for row in rows))
    return path


def limits(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    header = "HCPCS/CPT Code,Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\n"
    path.write_text(header + "".join(f"{row}\n" for row in rows))
    return path


async def loaded(coding: Running, *files: Path, replace: bool = False) -> list[Loaded]:
    def quiet(name: str, rows: int) -> None:
        assert rows >= 0, name

    return await load(coding.database.owner_url, editions_of(files, None, None), replace=replace, progress=quiet)


async def rows(coding: Running, table: str) -> int:
    async with coding.runtime.database.app.connect() as connection:
        return await connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0


def wart_and_biopsy(day: str) -> Json:
    return {
        "date": day,
        "place_of_service": "11",
        "payer": {"type": "medicare", "x_modifiers": True},
        "patient": {"age": 60, "sex": "F", "new_or_established": "established"},
        "problems": [{"ref": "w", "icd10": "B07.8"}, {"ref": "n", "icd10": "D49.2"}],
        "procedures": [
            {
                "kind": "destruction",
                "lesion_type": "benign",
                "technique": "cryotherapy",
                "site": "left hand",
                "count": 2,
                "problem_ref": "w",
            },
            {"kind": "biopsy", "technique": "tangential", "site": "back", "count": 1, "problem_ref": "n"},
        ],
    }


async def lines(coding: Running, day: str) -> list[str]:
    async with coding.client("encounters:read") as http:
        answer = await http.post("/encounters/preview", json=wart_and_biopsy(day))
    assert answer.status_code == 200, answer.text
    return ["-".join((line["cpt"], *line["modifiers"])) for line in answer.json()["lines"]]


class TestEditsByQuarter:
    async def test_a_fresh_install_codes_with_the_starter_set(self, coding: Running) -> None:
        assert await lines(coding, "2026-02-10") == ["11102-XS", "17110"]

    async def test_a_loaded_quarter_answers_for_its_dates_and_the_next_for_its_own(
        self, coding: Running, tmp_path: Path
    ) -> None:
        first = pairs(tmp_path, "ccipra-v320r0-f1.txt", "11102\t17110\t\t20200101\t*\t1\tx")
        second = pairs(tmp_path, "ccipra-v321r0-f1.txt", "11102\t17110\t\t20200101\t20260331\t1\tx")
        await loaded(coding, first, second)
        assert await lines(coding, "2026-02-10") == ["11102", "17110-XS"]
        assert await lines(coding, "2026-05-10") == ["11102", "17110"]

    async def test_a_pair_deleted_within_the_quarter_holds_until_its_last_day_and_indicator_9_never(
        self, coding: Running, tmp_path: Path
    ) -> None:
        file = pairs(
            tmp_path,
            "ccipra-v320r0-f1.txt",
            "17110\t11102\t\t20200101\t20260215\t1\tx",
            "11102\t17110\t\t20200101\t20200101\t9\tx",
        )
        await loaded(coding, file)
        assert await lines(coding, "2026-02-15") == ["11102-XS", "17110"]
        assert await lines(coding, "2026-02-16") == ["11102", "17110"]

    async def test_a_load_that_lands_is_used_by_the_next_visit(self, coding: Running, tmp_path: Path) -> None:
        assert await lines(coding, "2026-02-10") == ["11102-XS", "17110"]
        await loaded(coding, pairs(tmp_path, "ccipra-v320r0-f1.txt", "11102\t17110\t\t20200101\t*\t0\tx"))
        assert await lines(coding, "2026-02-10") == ["11102"]

    async def test_loaded_unit_limits_take_the_place_of_the_starter_sets(self, coding: Running, tmp_path: Path) -> None:
        name = "MCR_MUE_PractitionerServices_Eff_01-01-2026.csv"
        await loaded(coding, limits(tmp_path, name, "11102,0,2 Date of Service Edit: Policy,x"))
        async with coding.client("encounters:read") as http:
            answer = (await http.post("/encounters/preview", json=wart_and_biopsy("2026-02-10"))).json()
        assert answer["disposition"] == "hold"
        assert "MUE_EXCEEDED" in answer["flags"]


class TestLookUps:
    async def test_a_code_is_looked_up_by_date_of_service_in_every_table(self, coding: Running, tmp_path: Path) -> None:
        name = "MCR_MUE_PractitionerServices_Eff_{}-01-2026.csv"
        await loaded(coding, limits(tmp_path, name.format("01"), "11102,1,2 Date of Service Edit: Policy,x"))
        await loaded(coding, limits(tmp_path, name.format("04"), "11102,3,3 Date of Service Edit: Clinical,x"))
        assert await self._units(coding, "2026-03-31") == [("2026Q1", 1)]
        assert await self._units(coding, "2026-04-01") == [("2026Q2", 3)]
        assert await self._units(coding, "2025-12-31") == []

    async def test_a_diagnosis_is_found_with_and_without_its_dot(self, coding: Running, tmp_path: Path) -> None:
        file = tmp_path / "icd10cm_order_2026.txt"
        file.write_text(f"00001 L570    1 {'Actinic keratosis':<60} Actinic keratosis\n")
        await loaded(coding, file)
        for code in ("L57.0", "L570"):
            [entry] = await self._gets(coding, f"/code-sets/codes/{code}", "2026-02-10")
            assert (entry["kind"], entry["rows"][0]["billable"]) == ("diagnoses", True)

    async def test_a_pair_is_found_in_either_order_while_it_is_in_force(self, coding: Running, tmp_path: Path) -> None:
        row = "11102\t17110\t\t20200101\t20260215\t1\tx"
        await loaded(coding, pairs(tmp_path, "ccipra-v320r0-f1.txt", row))
        found = await self._gets(coding, "/code-sets/pairs/17110/11102", "2026-02-15")
        assert [(row["column1"], row["indicator"]) for row in found["rows"]] == [("11102", "1")]
        assert (await self._gets(coding, "/code-sets/pairs/17110/11102", "2026-02-16"))["rows"] == []

    async def test_without_loaded_pairs_it_says_so(self, coding: Running) -> None:
        async with coding.client("encounters:read") as http:
            answer = await http.get("/code-sets/pairs/17110/11102", params={"on": "2026-02-15"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")

    async def _units(self, coding: Running, on: str) -> list[tuple[str, int]]:
        found = await self._gets(coding, "/code-sets/codes/11102", on)
        return [(entry["quarter"], entry["rows"][0]["units"]) for entry in found]

    async def _gets(self, coding: Running, path: str, on: str) -> Any:
        async with coding.client("encounters:read") as http:
            answer = await http.get(path, params={"on": on})
        assert answer.status_code == 200, answer.text
        return answer.json()


class TestLoading:
    async def test_the_same_files_again_change_nothing(self, coding: Running, tmp_path: Path) -> None:
        file = pairs(tmp_path, "ccipra-v320r0-f1.txt", "11102\t17110\t\t20200101\t*\t1\tx")
        assert [edition.fresh for edition in await loaded(coding, file)] == [True]
        assert [(edition.fresh, edition.rows) for edition in await loaded(coding, file)] == [(False, 1)]
        assert await rows(coding, "ncci_pairs") == 1

    async def test_other_files_of_a_quarter_must_be_said_to_replace(self, coding: Running, tmp_path: Path) -> None:
        first = pairs(tmp_path, "ccipra-v320r0-f1.txt", "11102\t17110\t\t20200101\t*\t1\tx")
        await loaded(coding, first)
        mended = pairs(tmp_path, "ccipra-v320r1-f1.txt", "11104\t17110\t\t20200101\t*\t1\tx")
        with pytest.raises(StackError, match="--replace"):
            await loaded(coding, mended)
        await loaded(coding, mended, replace=True)
        assert await rows(coding, "ncci_pairs") == 1

    async def test_one_bad_row_leaves_every_table_as_it_was(self, coding: Running, tmp_path: Path) -> None:
        name = "MCR_MUE_PractitionerServices_Eff_01-01-2026.csv"
        good = limits(tmp_path, name, "11102,1,2 Policy,x")
        bad = pairs(tmp_path, "ccipra-v320r0-f1.txt", "11102\t17110\t\t20200101\t*\t1\tx", "11102\tshort\t\t1\t*\t1\tx")
        with pytest.raises(BadRow, match=r"ccipra-v320r0-f1\.txt, line 3"):
            await loaded(coding, good, bad)
        assert (await rows(coding, "unit_limits"), await rows(coding, "code_set_editions")) == (0, 0)

    async def test_staff_see_what_was_loaded_from_which_files(self, coding: Running, tmp_path: Path) -> None:
        await loaded(coding, pairs(tmp_path, "ccipra-v320r0-f1.txt", "11102\t17110\t\t20200101\t*\t1\tx"))
        async with coding.client("encounters:read") as http:
            (edition,) = (await http.get("/code-sets")).json()
        assert (edition["kind"], edition["quarter"], edition["rows"]) == ("pairs", "2026Q1", 1)
        assert edition["files"][0]["name"] == "ccipra-v320r0-f1.txt"
        assert len(edition["files"][0]["sha256"]) == 64

    async def test_the_service_itself_cannot_write_them(self, coding: Running) -> None:
        async with coding.runtime.database.app.connect() as connection:
            allowed = await connection.scalar(text("SELECT has_table_privilege('ncci_pairs', 'INSERT')"))
        assert allowed is False
