"""Lists of exclusions beside OIG's, each in a layout of its own: which column says what is a file, not code.

A layout is TOML: `list` names it (SAM, or MEDICAID- and the state), `columns` says which column of the file holds
which fact. A fact that the file lacks is left out; only a name and `excluded_on` have to be there.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, cast

from codes.publications.exclusions import Exclusion
from codes.publications.rows import BadRow, Row, commas

FACTS = frozenset(
    {"family", "given", "middle", "business", "family_or_business", "npi", "birth_date", "general", "specialty"}
    | {"city", "state", "type", "excluded_on", "reinstated_on", "last_day"}
)
NAMES = ("family", "business", "family_or_business")
LISTS = re.compile(r"^(SAM|MEDICAID-[A-Z]{2})$")
# A title, a date or a remark may stand above the header.
_HEADER_WITHIN = 10
# How a list writes a day that never comes.
_NEVER = 9999


class BadLayout(Exception):
    """A layout that cannot be used, and why."""


@dataclass(frozen=True, slots=True)
class Layout:
    """`columns` is fact -> column name; `no_npi` and `no_day` are what the file writes where there is none, in small
    letters; `type` is what the exclusion is called where no column says it. `last_day` is the last day of an exclusion,
    `reinstated_on` the first day after it.
    """

    list: str
    columns: Mapping[str, str]
    encoding: str = "utf-8"
    type: str = ""
    no_npi: frozenset[str] = field(default=frozenset({""}))
    no_day: frozenset[str] = field(default=frozenset({""}))
    day_formats: tuple[str, ...] = ("%m/%d/%Y",)
    may_be_nameless: bool = False


def shipped() -> tuple[str, ...]:
    """The lists whose layouts are part of this library."""
    return tuple(sorted(each.name.removesuffix(".toml") for each in _folder().iterdir() if each.name.endswith(".toml")))


def layout_of(list_: str) -> Layout:
    """A shipped layout. Raises BadLayout where there is none for that list."""
    if list_ not in shipped():
        raise BadLayout(f"There is no layout for {list_}; those that there are: {', '.join(shipped())}.")
    return _layout(tomllib.loads(_folder().joinpath(f"{list_}.toml").read_text(encoding="utf-8")))


def read_layout(path: Path) -> Layout:
    """A layout of one's own. Raises BadLayout, OSError."""
    try:
        return _layout(tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadLayout(f"{path.name} is not TOML: {fault}") from None


def read_listed(path: Path, layout: Layout) -> Iterator[Exclusion]:
    """The rows of a CSV file, or of a zip of one, one after another. Raises BadRow."""
    rows, last = commas(path, layout.encoding), 0
    try:
        places, width = _header(rows, layout, path.name)
        for row in rows:
            last = row.line
            if any(cell.strip() for cell in row.cells):
                if len(row.cells) != width:
                    raise row.bad("row", f"has {len(row.cells)} columns instead of {width}")
                yield _Reading(row, layout, places).exclusion()
    except csv.Error as fault:
        raise BadRow(path.name, last + 1, "row", str(fault)) from None
    except UnicodeDecodeError:
        raise BadRow(path.name, last + 1, "row", f"is not {layout.encoding}") from None


def _folder() -> Any:
    return files("codes") / "data" / "exclusion_lists"


def _layout(told: Mapping[str, Any]) -> Layout:
    columns: Any = told.get("columns")
    list_ = told.get("list")
    known: dict[str, Any] = {name: value for name, value in told.items() if name in Layout.__dataclass_fields__}
    if unknown := sorted(set(told) - set(known)):
        raise BadLayout(f"A layout has no {unknown[0]}.")
    if not isinstance(list_, str) or not LISTS.match(list_):
        raise BadLayout("A layout is of a list: SAM, or MEDICAID- and the two letters of the state.")
    if not isinstance(columns, dict) or not all(
        isinstance(name, str) for name in cast(Mapping[Any, Any], columns).values()
    ):
        raise BadLayout("A layout needs columns: fact = column name.")
    if strange := sorted({*cast(Mapping[str, str], columns)} - FACTS):
        raise BadLayout(f"No fact is called {strange[0]}; those that there are: {', '.join(sorted(FACTS))}.")
    if "excluded_on" not in columns or not any(name in columns for name in NAMES):
        raise BadLayout("A layout needs a column for excluded_on and one for a name.")
    if "type" not in columns and not told.get("type"):
        raise BadLayout("A layout needs a column for type, or a type for all rows.")
    return Layout(**{name: _FORMS.get(name, _as_it_is)(value) for name, value in known.items()})


def _as_it_is(value: Any) -> Any:
    return value


_FORMS: Mapping[str, Callable[[Any], Any]] = {"no_npi": frozenset, "no_day": frozenset, "day_formats": tuple}


def _header(rows: Iterator[Row], layout: Layout, file: str) -> tuple[dict[str, int], int]:
    wanted = {fact: name.casefold() for fact, name in layout.columns.items()}
    missing = sorted(wanted.values())
    for row, _ in zip(rows, range(_HEADER_WITHIN), strict=False):
        cells = [cell.strip().lstrip("\ufeff").casefold() for cell in row.cells]
        lacks = sorted(name for name in wanted.values() if name not in cells)
        if not lacks:
            return {fact: cells.index(name) for fact, name in wanted.items()}, len(cells)
        missing = min(missing, lacks, key=len)
    raise BadRow(file, 1, "header", f"no row among the first {_HEADER_WITHIN} names {', '.join(missing)}")


@dataclass(frozen=True, slots=True)
class _Reading:
    row: Row
    layout: Layout
    places: Mapping[str, int]

    def exclusion(self) -> Exclusion:
        family, given, business = self._text("family"), self._text("given"), self._text("business")
        either = self._text("family_or_business")
        family, business = (family or either, business) if given else (family, business or either)
        if not family and not business and not self.layout.may_be_nameless:
            raise self.row.bad(self._name_column(), "must name somebody")
        return Exclusion(
            line=self.row.line,
            family=family,
            given=given,
            middle=self._text("middle"),
            business=business,
            general=self._text("general"),
            specialty=self._text("specialty"),
            npi=self._npi(),
            birth_date=self._day("birth_date"),
            city=self._text("city"),
            state=self._text("state"),
            type=self._type(),
            excluded_on=self._excluded_on(),
            reinstated_on=self._reinstated_on(),
            waived_on=None,
            waiver_state="",
        )

    def _cell(self, fact: str) -> str:
        place = self.places.get(fact)
        return "" if place is None else self.row.cell(place)

    def _text(self, fact: str) -> str:
        text = " ".join(self._cell(fact).upper().split())
        if "\x00" in text:
            raise self._bad(fact, "must not hold a zero byte")
        return text

    def _type(self) -> str:
        said = " ".join(self._cell("type").split()) or self.layout.type
        if not said:
            raise self._bad("type", "must not be empty")
        return said

    def _npi(self) -> str | None:
        text = self._cell("npi")
        if text.lower() in self.layout.no_npi:
            return None
        if len(text) != 10 or not (text.isascii() and text.isdigit()):
            raise self._bad("npi", "must be ten digits, or what the layout names where there is none")
        return text

    def _excluded_on(self) -> date:
        day = self._day("excluded_on")
        if day is None:
            raise self._bad("excluded_on", "must not be empty")
        return day

    def _reinstated_on(self) -> date | None:
        if (last := self._day("last_day")) is not None:
            return last + timedelta(days=1)
        return self._day("reinstated_on")

    def _day(self, fact: str) -> date | None:
        text = self._cell(fact)
        if text.lower() in self.layout.no_day:
            return None
        for form in self.layout.day_formats:
            try:
                day = datetime.strptime(text, form).date()  # noqa: DTZ007 - a day, of no time zone
            except ValueError:
                continue
            return None if day.year == _NEVER else day
        raise self._bad(fact, f"must be a date such as {' or '.join(self.layout.day_formats)}")

    def _bad(self, fact: str, why: str) -> BadRow:
        return self.row.bad(self.layout.columns[fact], why)

    def _name_column(self) -> str:
        return next(self.layout.columns[name] for name in NAMES if name in self.layout.columns)
