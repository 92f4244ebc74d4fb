"""OIG's list of exclusions in its real layout: read row by row, a bad row named by its place."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from codes.publications.exclusions import COLUMNS, read_exclusions
from codes.publications.rows import BadRow

PERSON: dict[str, str] = {
    "LASTNAME": "TANAGER", "FIRSTNAME": "INES", "GENERAL": "PHYSICIAN (MD, DO)", "SPECIALTY": "DERMATOLOGY",
    "NPI": "1245319599", "DOB": "19750203", "ADDRESS": "1 SAMPLE ROW", "CITY": "ALBANY", "STATE": "NY",
    "ZIP": "12207", "EXCLTYPE": "1128a1", "EXCLDATE": "20260219", "REINDATE": "00000000", "WAIVERDATE": "00000000",
}  # fmt: skip


def listed(folder: Path, *rows: dict[str, str], header: tuple[str, ...] = COLUMNS) -> Path:
    text = io.StringIO()
    text.write(",".join(header) + "\r\n")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([row.get(column, "") for column in COLUMNS] for row in rows)
    path = folder / "UPDATED.csv"
    path.write_text(text.getvalue(), encoding="latin-1")
    return path


class TestReading:
    def test_a_person_with_every_fact(self, tmp_path: Path) -> None:
        [entry] = read_exclusions(listed(tmp_path, PERSON))
        assert (entry.line, entry.family, entry.given, entry.npi) == (2, "TANAGER", "INES", "1245319599")
        assert (entry.birth_date, entry.excluded_on) == (date(1975, 2, 3), date(2026, 2, 19))
        assert (entry.type, entry.reinstated_on, entry.waived_on, entry.waiver_state) == ("1128a1", None, None, "")

    def test_a_business_without_npi_or_birth_date(self, tmp_path: Path) -> None:
        business = {
            "BUSNAME": "SAMPLE SUPPLY, INC", "NPI": "0000000000", "EXCLTYPE": "1128b7", "EXCLDATE": "20220320",
        }  # fmt: skip
        [entry] = read_exclusions(listed(tmp_path, business))
        assert (entry.business, entry.family, entry.npi, entry.birth_date) == ("SAMPLE SUPPLY, INC", "", None, None)

    def test_a_waiver_with_its_state(self, tmp_path: Path) -> None:
        [entry] = read_exclusions(listed(tmp_path, PERSON | {"WAIVERDATE": "20260301", "WVRSTATE": "AK"}))
        assert (entry.waived_on, entry.waiver_state) == (date(2026, 3, 1), "AK")

    def test_a_zip_of_it(self, tmp_path: Path) -> None:
        packed = tmp_path / "leie.zip"
        with zipfile.ZipFile(packed, "w") as archive:
            archive.write(listed(tmp_path, PERSON, PERSON), "UPDATED.csv")
        assert [entry.line for entry in read_exclusions(packed)] == [2, 3]


class TestRefusing:
    @pytest.mark.parametrize(
        ("change", "column", "why"),
        [
            ({"NPI": "12345"}, "NPI", "must be ten digits, or zeros where there is none"),
            ({"DOB": "1975-02-03"}, "DOB", "must be a date of eight digits, year first"),
            ({"DOB": "19750230"}, "DOB", "must be a date of eight digits, year first"),
            ({"EXCLDATE": "00000000"}, "EXCLDATE", "must be a date of eight digits, year first"),
            ({"EXCLTYPE": ""}, "EXCLTYPE", "must not be empty"),
            ({"LASTNAME": ""}, "LASTNAME", "must name somebody where BUSNAME is empty"),
        ],
    )
    def test_a_bad_cell_by_line_and_column(self, tmp_path: Path, change: dict[str, str], column: str, why: str) -> None:
        with pytest.raises(BadRow) as refused:
            list(read_exclusions(listed(tmp_path, PERSON, PERSON | change)))
        assert (refused.value.line, refused.value.column, refused.value.why) == (3, column, why)

    def test_a_row_that_is_too_short(self, tmp_path: Path) -> None:
        path = listed(tmp_path, PERSON)
        path.write_text(path.read_text() + '"ONE","TWO"\r\n')
        with pytest.raises(BadRow, match="line 3, row: has 2 columns instead of 18"):
            list(read_exclusions(path))

    @pytest.mark.parametrize("header", [COLUMNS[1:], COLUMNS[:-1], (*COLUMNS, "SSN")])
    def test_another_header(self, tmp_path: Path, header: Any) -> None:
        with pytest.raises(BadRow, match="line 1, header"):
            list(read_exclusions(listed(tmp_path, PERSON, header=header)))

    def test_an_empty_file(self, tmp_path: Path) -> None:
        path = tmp_path / "UPDATED.csv"
        path.write_bytes(b"")
        with pytest.raises(BadRow, match="the file is empty"):
            list(read_exclusions(path))
