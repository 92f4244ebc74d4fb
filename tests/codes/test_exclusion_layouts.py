"""Lists of exclusions in layouts that are data: SAM.gov's, a state's, and one's own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from codes.publications.exclusion_layouts import BadLayout, layout_of, read_layout, read_listed, shipped
from codes.publications.rows import BadRow

SAM = (
    '"Classification","Name","Prefix","First","Middle","Last","Suffix","Address 1","Address 2","Address 3",'
    '"Address 4","City","State / Province","Country","Zip Code","Open Data Flag","Blank (Deprecated)",'
    '"Unique Entity ID","Exclusion Program","Excluding Agency","CT Code","Exclusion Type","Additional Comments",'
    '"Active Date","Termination Date","Record Status","Cross-Reference","SAM Number","CAGE","NPI","Creation_Date"'
)
PERSON = (
    '"Individual","","DR.","INES","M","TANAGER","JR","","","","","ALBANY","NY","USA","12207","","","","Reciprocal",'
    '"HHS","","Ineligible (Proceedings Completed)","two\nlines","{active}","{ends}","","","S4SYNTH01","","{npi}",'
    '"2026-02-20"'
)
FIRM = (
    '"Firm","SAMPLE SUPPLY, INC","","","","","","","","","","ALBANY","NY","USA","12207","","","","Reciprocal","GSA",'
    '"","Prohibition/Restriction","","12/13/2019","Indefinite","","","S4SYNTH02","","","2019-12-13"'
)
LA = (
    "First Name, Last Name or Entity Name, Birthdate, Affiliated Entity, Title or Provider Type, NPI#,"
    " Reason for Exclusion, Effective Date, Reinstate, State and Zip"
)
OWN = """
list = "MEDICAID-ZZ"
type = "state"
day_formats = ["%Y-%m-%d"]
[columns]
family = "SURNAME"
excluded_on = "FROM"
"""


def sam(folder: Path, active: str = "02/19/2026", ends: str = "Indefinite", npi: str = "1245319599") -> Path:
    path = folder / "sam.csv"
    path.write_text("\n".join((SAM, PERSON.format(active=active, ends=ends, npi=npi), FIRM)) + "\n", encoding="utf-8")
    return path


def louisiana(folder: Path, *rows: str) -> Path:
    path = folder / "la.csv"
    path.write_text("\n".join(("3/1/2026 8:00:00 AM", LA, *rows)) + "\n", encoding="utf-8")
    return path


class TestSam:
    def test_a_person_and_a_firm(self, tmp_path: Path) -> None:
        person, firm = read_listed(sam(tmp_path), layout_of("SAM"))
        assert (person.family, person.given, person.middle, person.npi) == ("TANAGER", "INES", "M", "1245319599")
        assert (person.excluded_on, person.reinstated_on) == (date(2026, 2, 19), None)
        assert (person.type, person.specialty, person.line) == ("Ineligible (Proceedings Completed)", "HHS", 3)
        assert (firm.family, firm.business, firm.npi) == ("", "SAMPLE SUPPLY, INC", None)

    @pytest.mark.parametrize("ends", ["11/21/2027", "2027-11-21"])
    def test_the_termination_date_is_the_last_day(self, tmp_path: Path, ends: str) -> None:
        person, _ = read_listed(sam(tmp_path, ends=ends), layout_of("SAM"))
        assert person.reinstated_on == date(2027, 11, 22)

    @pytest.mark.parametrize(
        ("change", "column"),
        [({"active": "19.2.2026"}, "Active Date"), ({"active": ""}, "Active Date"), ({"npi": "12"}, "NPI")],
    )
    def test_a_bad_cell_by_line_and_column(self, tmp_path: Path, change: dict[str, str], column: str) -> None:
        with pytest.raises(BadRow) as refused:
            list(read_listed(sam(tmp_path, **change), layout_of("SAM")))
        assert (refused.value.line, refused.value.column) == (3, column)


class TestLouisiana:
    def test_a_person_with_a_birth_date_and_an_entity(self, tmp_path: Path) -> None:
        person, entity = read_listed(
            louisiana(
                tmp_path,
                "Ines,Tanager,2/3/1975 12:00:00 AM,,Physician,1245319599,Fraud,2/19/2026 12:00:00 AM,"
                "12/31/9999 12:00:00 AM,LA 70001",
                ',"Sample Supply, Inc",,,Supplier,NRF,Fraud,2/19/2026 12:00:00 AM,3/1/2027 12:00:00 AM,LA 70001',
            ),
            layout_of("MEDICAID-LA"),
        )
        assert (person.family, person.given, person.birth_date) == ("TANAGER", "INES", date(1975, 2, 3))
        assert (person.reinstated_on, person.type, person.line) == (None, "state", 3)
        assert (entity.business, entity.family, entity.npi) == ("SAMPLE SUPPLY, INC", "", None)
        assert entity.reinstated_on == date(2027, 3, 1)

    @pytest.mark.parametrize(
        ("row", "column"),
        [
            (",,,,Physician,NRF,Fraud,2/19/2026,,LA", "Last Name or Entity Name"),
            ("Ines,Tanager,,,Physician,N/A,Fraud,2/19/2026,,LA", "NPI#"),
            ("Ines,Tanager,,,Physician,NRF,Fraud,,,LA", "Effective Date"),
            ("Ines,Tanager", "row"),
        ],
    )
    def test_a_bad_row_by_line_and_column(self, tmp_path: Path, row: str, column: str) -> None:
        with pytest.raises(BadRow) as refused:
            list(read_listed(louisiana(tmp_path, row), layout_of("MEDICAID-LA")))
        assert (refused.value.line, refused.value.column) == (3, column)


class TestOnesOwn:
    def layout(self, folder: Path, text: str = OWN) -> Path:
        path = folder / "zz.toml"
        path.write_text(text, encoding="utf-8")
        return path

    def test_reads_what_it_names(self, tmp_path: Path) -> None:
        (tmp_path / "zz.csv").write_text("A TITLE,\nFROM,SURNAME\n2026-02-19,Tanager\n", encoding="utf-8")
        [entry] = read_listed(tmp_path / "zz.csv", read_layout(self.layout(tmp_path)))
        assert (entry.family, entry.excluded_on, entry.type) == ("TANAGER", date(2026, 2, 19), "state")

    def test_a_file_without_its_columns_names_them(self, tmp_path: Path) -> None:
        (tmp_path / "zz.csv").write_text("FROM,NAME\n2026-02-19,Tanager\n", encoding="utf-8")
        with pytest.raises(BadRow, match="names surname"):
            list(read_listed(tmp_path / "zz.csv", read_layout(self.layout(tmp_path))))

    def test_a_file_in_another_encoding_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "zz.csv").write_bytes("FROM,SURNAME\n2026-02-19,Núñez\n".encode("latin-1"))
        with pytest.raises(BadRow, match="is not utf-8"):
            list(read_listed(tmp_path / "zz.csv", read_layout(self.layout(tmp_path))))

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("list = ", "is not TOML"),
            (OWN.replace("MEDICAID-ZZ", "LEIE"), "MEDICAID- and the two letters"),
            (OWN.replace("family", "surname"), "No fact is called surname"),
            (OWN.replace('excluded_on = "FROM"', ""), "needs a column for excluded_on"),
            (OWN.replace('type = "state"', ""), "needs a column for type"),
            (OWN.replace("[columns]", "colour = 1\n[columns]"), "has no colour"),
            ('list = "MEDICAID-ZZ"', "needs columns"),
        ],
    )
    def test_a_layout_that_cannot_be_used_says_why(self, tmp_path: Path, text: str, why: str) -> None:
        with pytest.raises(BadLayout, match=why):
            read_layout(self.layout(tmp_path, text))

    def test_the_shipped_ones_can_be_used(self) -> None:
        assert [layout_of(name).list for name in shipped()] == ["MEDICAID-LA", "SAM"]
        with pytest.raises(BadLayout, match="no layout for MEDICAID-ZZ"):
            layout_of("MEDICAID-ZZ")
