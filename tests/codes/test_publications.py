"""The published tables, read in their own layouts; a bad row is named by file, line and column."""

from __future__ import annotations

import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from codes.publications.classifications import read_diagnoses, read_supplies
from codes.publications.fee_schedule import read_cost_indices, read_relative_values
from codes.publications.ncci import read_add_ons, read_pairs, read_unit_limits
from codes.publications.recognised import Kind, Quarter, recognised
from codes.publications.rows import BadRow

PREAMBLE = (
    "Current Procedural Terminology is copyright of its owner.\n"
    "\t\t*=in existence\t\tDeletion\tModifier\t\n"
    "Column 1\tColumn 2\tprior to 1996\tEffective\tDate\t0=not allowed\tPTP Edit Rationale\n"
    "\t\t\tDate\t*=no data\t1=allowed\t\n"
)


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "latin-1")
    return path


def pairs(*rows: str) -> str:
    return PREAMBLE + "".join(f"{row}\n" for row in rows)


class TestPairs:
    def test_rows_below_any_preamble_are_read_with_their_dates(self, tmp_path: Path) -> None:
        text = pairs("11104\t11102\t\t20190101\t*\t0\tMisuse", "17110\t17000\t\t20200101\t20231231\t1\tStandards")
        first, second = read_pairs(written(tmp_path, "f1.txt", text))
        assert (first.column1, first.column2, first.indicator, first.deleted) == ("11104", "11102", "0", None)
        assert (second.effective, second.deleted) == (date(2020, 1, 1), date(2023, 12, 31))

    def test_the_members_of_a_zip_are_read_one_after_another(self, tmp_path: Path) -> None:
        archive = tmp_path / "ccipra-v320r0.zip"
        with zipfile.ZipFile(archive, "w") as packed:
            packed.writestr("f1.txt", pairs("11104\t11102\t\t20190101\t*\t0\tx"))
            packed.writestr("f2.txt", pairs("11106\t11102\t\t20190101\t*\t0\tx"))
        assert [pair.column1 for pair in read_pairs(archive)] == ["11104", "11106"]

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            ("11104\t1110\u00e9\t\t20190101\t*\t0\tx", "Column 2"),
            ("11104\t11102\t\t20190230\t*\t0\tx", "Effective Date"),
            ("11104\t11102\t\t20190101\t2020\t0\tx", "Deletion Date"),
            ("11104\t11102\t\t20190101\t*\t7\tx", "Modifier"),
        ],
    )
    def test_a_bad_cell_is_named_by_file_line_and_column(self, tmp_path: Path, row: str, column: str) -> None:
        path = written(tmp_path, "f1.txt", pairs("11104\t11102\t\t20190101\t*\t0\tx", row))
        with pytest.raises(BadRow) as caught:
            list(read_pairs(path))
        assert (caught.value.file, caught.value.line, caught.value.column) == ("f1.txt", 6, column)


class TestUnitLimitsAndAddOns:
    def test_unit_limits_stand_below_a_notice_and_a_header_of_two_lines(self, tmp_path: Path) -> None:
        text = (
            '"A notice of\nseveral lines, with a comma"\n'
            '"HCPCS/\nCPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\n'
            "11102,1,2 Date of Service Edit: Policy,Code Descriptor\n"
            "11103,6,3 Date of Service Edit: Clinical,Clinical\n"
        )
        path = written(tmp_path, "MCR_MUE_PractitionerServices_Eff_01-01-2026.csv", text)
        assert [(limit.code, limit.units, limit.adjudication) for limit in read_unit_limits(path)] == [
            ("11102", 1, 2),
            ("11103", 6, 3),
        ]

    def test_an_add_on_names_each_parent_and_the_contractors_are_left_open(self, tmp_path: Path) -> None:
        text = (
            "Add-on Code\tType\tPrimary Code\tEffective Date\tDeletion Date\n"
            "17003\t1\t17000\t20130401\t*\n"
            "99999\t2\tCCCCC\t20130401\t20201231\n"
        )
        first, second = read_add_ons(written(tmp_path, "AOC.txt", text))
        assert (first.add_on, first.parent, first.type) == ("17003", "17000", 1)
        assert (second.parent, second.deleted) == (None, date(2020, 12, 31))

    def test_a_file_without_the_header_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(BadRow, match="no row holds"):
            list(read_unit_limits(written(tmp_path, "mue.csv", "a,b,c\n1,2,3\n")))


class TestFeeSchedule:
    def test_relative_values_are_read_by_position_and_descriptions_passed_over(self, tmp_path: Path) -> None:
        cells = [
            "11102",
            "",
            "a description",
            "A",
            "",
            "0.66",
            "2.06",
            "",
            "0.41",
            "",
            "0.06",
            "2.78",
            "1.13",
            "0",
            "000",
            "0",
            "100",
            "0",
            "2",
            "0",
            "1",
            "0",
            "0",
            "",
            "32.3465",
            "09",
            "0",
            "99",
            "0.00",
            "0.00",
            "0.00",
        ]
        text = "PREAMBLE\n" * 9 + "HCPCS," + "," * 29 + "\n" + ",".join(cells) + "\n"
        (value,) = read_relative_values(written(tmp_path, "PPRRVU2026_Jan_nonQPP.csv", text))
        assert (value.code, value.status, value.work, value.global_days) == ("11102", "A", Decimal("0.66"), "000")
        assert (value.multiple_procedure, value.assistant, value.factor) == ("2", "1", Decimal("32.3465"))

    def test_the_fixed_text_says_the_same(self, tmp_path: Path) -> None:
        line = [" "] * 200
        for first, text in (
            (1, "11102"),
            (58, "A"),
            (60, "000.66"),
            (67, "002.06"),
            (76, "000.41"),
            (85, "00.06"),
            (103, "0"),
            (104, "000"),
            (116, "2"),
            (117, "0"),
            (118, "1"),
            (133, "032.3465"),
        ):
            line[first - 1 : first - 1 + len(text)] = text
        (value,) = read_relative_values(written(tmp_path, "PPRRVU25.txt", "HDR\n" + "".join(line) + "\n"))
        assert (value.work, value.practice_nonfacility, value.malpractice) == (
            Decimal("0.66"),
            Decimal("2.06"),
            Decimal("0.06"),
        )
        assert (value.global_days, value.multiple_procedure, value.factor) == ("000", "2", Decimal("32.3465"))

    def test_cost_indices_stop_at_the_notes(self, tmp_path: Path) -> None:
        text = (
            "ADDENDUM E\n\nMedicare Administrative Contractor (MAC),State,Locality Number,Locality Name,2026 PW GPCI,"
            "2026 PE GPCI,2026 MP GPCI\n10112,AL,0,ALABAMA,1.000,0.869,0.575\n* a note\n"
        )
        (index,) = read_cost_indices(written(tmp_path, "GPCI2026.csv", text))
        assert (index.locality, index.practice) == ("00", Decimal("0.869"))


class TestClassifications:
    def test_the_order_file_gives_dotted_codes_and_whether_they_are_billable(self, tmp_path: Path) -> None:
        def line(order: int, code: str, flag: str, title: str) -> str:
            return f"{order:05d} {code:<7} {flag} {title:<60} {title}\n"

        text = line(1, "L57", "0", "Skin changes") + line(2, "L570", "1", "Actinic keratosis")
        first, second = read_diagnoses(written(tmp_path, "icd10cm_order_2026.txt", text))
        assert (first.code, first.billable) == ("L57", False)
        assert (second.code, second.billable, second.title) == ("L57.0", True, "Actinic keratosis")

    def test_a_long_title_goes_on_in_the_next_record(self, tmp_path: Path) -> None:
        text = (
            "HCPC,SEQNUM,RECID,LONG DESCRIPTION,SHORT DESCRIPTION,ADD DT,ACT EFF DT,TERM DT\n"
            "J3301,100,3,Triamcinolone,short,20090101,20090101,\n"
            "J3301,200,4,10 mg,,,,\n"
            "J7308,100,3,Stick,short,20020101,20020101,20301231\n"
        )
        first, second = read_supplies(written(tmp_path, "HCPC2026_JAN.csv", text))
        assert (first.code, first.title, first.ended) == ("J3301", "Triamcinolone 10 mg", None)
        assert second.ended == date(2030, 12, 31)


class TestRecognising:
    @pytest.mark.parametrize(
        ("name", "kind", "quarter"),
        [
            ("ccipra-v302r0-f1.txt", Kind.PAIRS, "2024Q3"),
            ("ccipra-v320r0-f4.zip", Kind.PAIRS, "2026Q1"),
            ("MCR_MUE_PractitionerServices_Eff_04-01-2026.csv", Kind.UNIT_LIMITS, "2026Q2"),
            ("PPRRVU2026_Jan_QPP.csv", Kind.RELATIVE_VALUES, "2026Q1"),
            ("rvu25d.zip", Kind.RELATIVE_VALUES, "2025Q4"),
            ("icd10cm_order_2026.txt", Kind.DIAGNOSES, "2025Q4"),
            ("AOC_V2026Q1.txt", Kind.ADD_ONS, None),
            ("notes.txt", None, None),
        ],
    )
    def test_a_published_name_tells_table_and_quarter(self, name: str, kind: Kind | None, quarter: str | None) -> None:
        found_kind, found_quarter = recognised(Path(name))
        assert (found_kind, str(found_quarter) if found_quarter else None) == (kind, quarter)

    def test_a_quarter_knows_its_days(self) -> None:
        quarter = Quarter.read("2024Q4")
        assert (quarter.first, quarter.last) == (date(2024, 10, 1), date(2024, 12, 31))
        assert Quarter.of(date(2024, 12, 31)) == quarter
