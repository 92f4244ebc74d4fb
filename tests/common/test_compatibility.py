"""The comparison passes what is only added and optional, and stops everything else; jsonschema_rs is the judge."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from common.compatibility import compare, reads
from common.contracts import schema_of_view
from common.money import Money

Schema = dict[str, Any]

NAMES = st.sampled_from(["claim_id", "amount", "lines", "code", "units", "reason"])
WORDS = ["paid", "denied", "A", "1"]
SCALARS: st.SearchStrategy[Schema] = st.one_of(
    st.just({"type": "string"}),
    st.just({"type": "string", "format": "uuid"}),
    st.just({"type": "string", "pattern": "^[0-9]+$"}),
    st.integers(0, 4).map(lambda n: {"type": "string", "maxLength": n}),
    st.integers(0, 4).map(lambda n: {"type": "string", "minLength": n}),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True).map(
        lambda words: {"type": "string", "enum": sorted(words)}
    ),
    st.sampled_from(WORDS).map(lambda word: {"type": "string", "const": word}),
    st.just({"type": "integer"}),
    st.integers(-3, 3).map(lambda n: {"type": "integer", "minimum": n}),
    st.integers(-3, 3).map(lambda n: {"type": "integer", "maximum": n}),
    st.just({"type": "number"}),
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
)


@st.composite
def objects(draw: st.DrawFn, inner: st.SearchStrategy[Schema]) -> Schema:
    properties = draw(st.dictionaries(NAMES, inner, max_size=4))
    required = draw(st.lists(st.sampled_from(sorted(properties)), unique=True)) if properties else []
    return {"type": "object", "properties": properties, "required": sorted(required)}


def containers(inner: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    return st.one_of(
        objects(inner),
        inner.map(lambda each: {"type": "array", "items": each}),
        st.tuples(inner, st.integers(0, 3)).map(lambda t: {"type": "array", "items": t[0], "maxItems": t[1]}),
        st.lists(inner, min_size=1, max_size=2).map(
            lambda each: {"type": "array", "prefixItems": each, "minItems": len(each), "maxItems": len(each)}
        ),
        st.lists(inner, min_size=2, max_size=3).map(lambda each: {"anyOf": each}),
        inner.map(lambda each: {"type": "object", "additionalProperties": each}),
    )


SCHEMAS = objects(st.recursive(SCALARS, containers, max_leaves=6))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-4, 4) | st.sampled_from([*WORDS, "", "12", "words", str(UUID(int=5))]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def written_under(draw: st.DrawFn, schema: Schema) -> Any:
    """A value that a writer of `schema` may send: what the schema declares, and nothing beside it."""
    if "anyOf" in schema:
        return draw(written_under(draw(st.sampled_from(schema["anyOf"]))))
    if schema["type"] == "object":
        if "additionalProperties" in schema:
            return draw(st.dictionaries(NAMES, written_under(schema["additionalProperties"]), max_size=2))
        chosen = [name for name in schema["properties"] if name in schema["required"] or draw(st.booleans())]
        return {name: draw(written_under(schema["properties"][name])) for name in chosen}
    if schema["type"] == "array":
        if "prefixItems" in schema:
            return [draw(written_under(each)) for each in schema["prefixItems"]]
        return draw(st.lists(written_under(schema["items"]), max_size=min(2, schema.get("maxItems", 2))))
    value = draw(VALUES)
    assume(jsonschema_rs.is_valid(schema, value, validate_formats=True))
    return value


def changed(schema: Schema, change: Any) -> Schema:
    copied = copy.deepcopy(schema)
    change(copied)
    return copied


def plain(schema: Schema) -> Schema:
    """A constant is an enum of one value."""
    return {"type": "string", "enum": [schema["const"]]} if "const" in schema else schema


class TestTheComparison:
    @given(SCHEMAS)
    def test_finds_nothing_between_a_schema_and_itself(self, schema: Schema) -> None:
        assert compare(schema, schema) == []

    @given(SCHEMAS, SCALARS)
    def test_passes_an_added_optional_field(self, schema: Schema, added: Schema) -> None:
        new = changed(schema, lambda s: s["properties"].update(added_later=added))
        assert compare(schema, new) == []

    @given(SCHEMAS, SCALARS)
    def test_stops_an_added_required_field(self, schema: Schema, added: Schema) -> None:
        def add(copied: Schema) -> None:
            copied["properties"]["added_later"] = added
            copied["required"] = [*copied["required"], "added_later"]

        faults = compare(schema, changed(schema, add))
        assert any("data.added_later is required" in fault and "old data" in fault for fault in faults)

    @given(SCHEMAS, st.data())
    def test_stops_a_removed_field_even_an_optional_one(self, schema: Schema, data: st.DataObject) -> None:
        assume(schema["properties"])
        name = data.draw(st.sampled_from(sorted(schema["properties"])))

        def remove(copied: Schema) -> None:
            del copied["properties"][name]
            copied["required"] = [each for each in copied["required"] if each != name]

        assert f"data.{name} was removed" in compare(schema, changed(schema, remove))

    @given(SCHEMAS, st.data())
    def test_stops_a_field_that_becomes_required_or_stops_being_so(self, schema: Schema, data: st.DataObject) -> None:
        assume(schema["properties"])
        name = data.draw(st.sampled_from(sorted(schema["properties"])))

        def turn(copied: Schema) -> None:
            required = set(copied["required"]) ^ {name}
            copied["required"] = sorted(required)

        turned = changed(schema, turn)
        assert compare(schema, turned)
        assert compare(turned, schema)

    @given(SCHEMAS, SCALARS, SCALARS)
    def test_stops_a_field_whose_values_change(self, schema: Schema, one: Schema, other: Schema) -> None:
        assume(plain(one) != plain(other))
        before = changed(schema, lambda s: s["properties"].update(field=one))
        after = changed(schema, lambda s: s["properties"].update(field=other))
        assert any("data.field" in fault for fault in compare(before, after))

    @settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
    @given(SCHEMAS, SCHEMAS, st.data())
    def test_never_passes_a_writer_whose_data_the_reader_would_refuse(
        self, reader: Schema, writer: Schema, data: st.DataObject
    ) -> None:
        value = data.draw(written_under(writer))
        if not jsonschema_rs.is_valid(reader, value, validate_formats=True):
            assert reads(reader, writer)


@dataclass(frozen=True)
class Line:
    cpt: str
    charge: Money


@dataclass(frozen=True)
class Paid:
    claim_id: UUID
    outcome: Literal["paid", "denied"]
    lines: tuple[Line, ...]
    on: date
    note: str | None = None


@dataclass(frozen=True)
class LineWithUnits(Line):
    units: int = 1


@dataclass(frozen=True)
class PaidWithUnits:
    claim_id: UUID
    outcome: Literal["paid", "denied"]
    lines: tuple[LineWithUnits, ...]
    on: date
    note: str | None = None
    payer: UUID | None = None


@dataclass(frozen=True)
class PaidPartly:
    claim_id: UUID
    outcome: Literal["paid", "denied", "partly_paid"]
    lines: tuple[Line, ...]
    on: date
    note: str | None = None


@dataclass(frozen=True)
class PaidAnyText:
    claim_id: UUID
    outcome: Literal["paid", "denied"]
    lines: tuple[Line, ...]
    on: str
    note: str | None = None


@dataclass(frozen=True)
class PaidOtherDefault:
    claim_id: UUID
    outcome: Literal["paid", "denied"]
    lines: tuple[Line, ...]
    on: date
    note: str | None = "none"


@dataclass(frozen=True)
class ShortLine:
    cpt: str


@dataclass(frozen=True)
class PaidShort:
    claim_id: UUID
    outcome: Literal["paid", "denied"]
    lines: tuple[ShortLine, ...]
    on: date
    note: str | None = None


@dataclass(frozen=True)
class Tree:
    id: UUID
    parts: tuple[Tree, ...] = ()


class TestEventsOfPython:
    def test_may_gain_optional_fields_also_deep_inside(self) -> None:
        assert compare(schema_of_view(Paid), schema_of_view(PaidWithUnits)) == []

    @pytest.mark.parametrize(
        ("new", "sentence"),
        [
            (
                PaidPartly,
                "data.outcome may be 'partly_paid', which the reader does not know (old readers, new data)",
            ),
            (
                PaidAnyText,
                "data.on: format is 'date' for the reader, but has no limit for the writer (old readers, new data)",
            ),
            (
                PaidOtherDefault,
                "data.note means 'none' to the reader and None to the writer when it is left out"
                " (new readers, old data)",
            ),
            (PaidShort, "data.lines[].charge was removed"),
            (
                PaidShort,
                "data.lines[].charge is required, but the writer may leave it out (old readers, new data)",
            ),
        ],
    )
    def test_may_change_in_no_other_way(self, new: type, sentence: str) -> None:
        assert sentence in compare(schema_of_view(Paid), schema_of_view(new))

    def test_may_refer_to_themselves(self) -> None:
        assert compare(schema_of_view(Tree), schema_of_view(Tree)) == []

    def test_with_a_keyword_that_nobody_can_judge_do_not_pass(self) -> None:
        strange = {"type": "object", "properties": {"x": {"not": {"type": "null"}}}}
        assert compare(strange, strange) == [
            "data.x uses not, which this comparison cannot judge (new readers, old data)",
            "data.x uses not, which this comparison cannot judge (old readers, new data)",
        ]

    def test_do_not_refer_out_of_their_document(self) -> None:
        outward = {"$ref": "https://elsewhere.example/schema.json"}
        with pytest.raises(ValueError, match="cannot be followed"):
            compare(outward, outward)
