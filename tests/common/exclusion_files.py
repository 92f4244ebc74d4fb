"""Files of exclusions as agencies publish them, and what the credentialing desk does with them, for its tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from credentialing_desk import NPI, Desk
from sqlalchemy import text

from codes.publications.exclusion_layouts import layout_of
from codes.publications.exclusions import COLUMNS
from credentialing.domain.sanctions import LEIE
from stack.excluding import LoadedList, load

MEREL = {"LASTNAME": "QUILL", "FIRSTNAME": "MEREL", "DOB": "19750203", "EXCLTYPE": "1128a1", "EXCLDATE": "20291120"}
OTHERS = tuple(
    {"LASTNAME": f"NOBODY{number}", "EXCLTYPE": "1128b4", "EXCLDATE": "20200101", "NPI": "0000000000"}
    for number in range(4)
)


def written(folder: Path, *rows: Mapping[str, str], name: str = "UPDATED.csv") -> Path:
    lines = [",".join(COLUMNS), *(",".join(f'"{row.get(column, "")}"' for column in COLUMNS) for row in rows)]
    path = folder / name
    path.write_text("\r\n".join(lines) + "\r\n")
    return path


async def loaded(desk: Desk, path: Path, source: str = LEIE, *, smaller: bool = False) -> LoadedList:
    told: list[int] = []
    owner = desk.running.database.owner_url
    layout = None if source == LEIE else layout_of(source)
    found = await load(owner, path, layout, smaller=smaller, progress=told.append)
    assert told == ([found.rows] if found.fresh else [])
    return found


def louisiana(folder: Path, npi: str = NPI, *, name: str = "la.csv") -> Path:
    header = "First Name, Last Name or Entity Name, Birthdate, Title or Provider Type, NPI#, Effective Date, Reinstate"
    path = folder / name
    path.write_text(f"1/5/2030\n{header}\nMAREN,QUILL,,Physician,{npi},6/1/2029,\n")
    return path


async def lines(desk: Desk) -> int:
    [row] = await desk.running.query(text("SELECT count(*) AS lines FROM exclusions"))
    return row["lines"]


async def born(desk: Desk) -> None:
    personal = {"birth_date": "1975-02-03"}
    assert (await desk.ask("PUT", f"/providers/{NPI}/personal-facts", personal, version=1)).status_code == 200


async def screened(desk: Desk) -> dict[str, Any]:
    answer = await desk.ask("POST", f"/providers/{NPI}/screening")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def decided(desk: Desk, match: dict[str, Any], decision: str) -> Any:
    body = {"decision": decision, "reason": "The number on OIG's page was compared."}
    return await desk.ask("POST", f"/exclusion-matches/{match['id']}/decision", body, version=match["version"])
