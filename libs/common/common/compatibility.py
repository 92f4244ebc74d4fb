"""Whether two JSON Schemas of one event can live beside each other on a topic.

`reads(reader, writer)` asks whether everything that the writer's schema allows can be read by the reader's.
Backward is reader = new, writer = old: what lies in the topic stays readable. Forward is reader = old, writer
= new: consumers that were not deployed yet go on. It judges the keywords that pydantic writes and refuses to
judge any other: an unknown keyword is a fault, never a pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

Schema = Mapping[str, Any]

ANNOTATIONS = frozenset(
    {"$schema", "$id", "$defs", "title", "description", "examples", "deprecated", "discriminator", "readOnly"}
)
# Keyword -> whether a reader with the first bound takes everything that a writer with the second may send.
BOUNDS: Mapping[str, Callable[[Any, Any], bool]] = {
    "minimum": lambda reader, writer: reader <= writer,
    "exclusiveMinimum": lambda reader, writer: reader <= writer,
    "minLength": lambda reader, writer: reader <= writer,
    "minItems": lambda reader, writer: reader <= writer,
    "minProperties": lambda reader, writer: reader <= writer,
    "maximum": lambda reader, writer: reader >= writer,
    "exclusiveMaximum": lambda reader, writer: reader >= writer,
    "maxLength": lambda reader, writer: reader >= writer,
    "maxItems": lambda reader, writer: reader >= writer,
    "maxProperties": lambda reader, writer: reader >= writer,
    "pattern": lambda reader, writer: reader == writer,
    "format": lambda reader, writer: reader == writer,
    "multipleOf": lambda reader, writer: reader == writer,
    "uniqueItems": lambda reader, writer: not reader or bool(writer),
    "propertyNames": lambda reader, writer: reader == writer,
}
STRUCTURE = frozenset(
    {"$ref", "type", "enum", "const", "anyOf", "oneOf", "properties", "required", "additionalProperties"}
    | {"items", "prefixItems", "default"}
)
KNOWN = ANNOTATIONS | STRUCTURE | frozenset(BOUNDS)
ABSENT = object()


def compare(old: Schema, new: Schema) -> list[str]:
    """Why `new` may not replace `old` within a version; empty when it only adds optional fields."""
    faults = [f"{each} (new readers, old data)" for each in reads(new, old)]
    faults += [f"{each} (old readers, new data)" for each in reads(old, new)]
    return faults + [f"{path} was removed" for path in _removed(_Pair(old, new), "data", ())]


def reads(reader: Schema, writer: Schema) -> list[str]:
    """Why data of `writer` may be unreadable for `reader`, a sentence each; empty when all is readable."""
    return _Comparison(reader, writer).faults(reader, writer, "data", ())


@dataclass(frozen=True, slots=True)
class _Pair:
    old: Schema
    new: Schema


class _Comparison:
    """Two documents, so that `$ref` can be followed in each."""

    def __init__(self, reader: Schema, writer: Schema) -> None:
        self._reader, self._writer = reader, writer

    def faults(self, reader: Any, writer: Any, path: str, seen: tuple[tuple[Any, Any], ...]) -> list[str]:
        pair = (_ref_of(reader), _ref_of(writer))
        if any(pair):
            if pair in seen:
                return []
            seen = (*seen, pair)
        reader, writer = resolved(reader, self._reader), resolved(writer, self._writer)
        unknown = sorted((set(reader) | set(writer)) - KNOWN)
        if unknown:
            return [f"{path} uses {', '.join(unknown)}, which this comparison cannot judge"]
        if _accepts_all(reader):
            return []
        if _branches(writer):
            return [each for branch in _branches(writer) for each in self.faults(reader, branch, path, seen)]
        if _branches(reader):
            return self._one_of(_branches(reader), writer, path, seen)
        found = _values(reader, writer, path)
        if found or "type" not in reader:
            return found
        return (
            _bounds(reader, writer, path)
            + self._object(reader, writer, path, seen)
            + self._array(reader, writer, path, seen)
        )

    def _one_of(
        self, branches: Sequence[Schema], writer: Schema, path: str, seen: tuple[tuple[Any, Any], ...]
    ) -> list[str]:
        tried = [self.faults(branch, writer, path, seen) for branch in branches]
        if not all(tried):
            return []
        same = [
            faults
            for branch, faults in zip(branches, tried, strict=True)
            if resolved(branch, self._reader).get("type") == writer.get("type")
        ]
        return same[0] if len(same) == 1 else [f"{path} may be {_kind(writer)}, which the reader does not take"]

    def _object(self, reader: Schema, writer: Schema, path: str, seen: tuple[tuple[Any, Any], ...]) -> list[str]:
        if reader.get("type") != "object":
            return []
        ours, theirs = reader.get("properties", {}), writer.get("properties", {})
        others = writer.get("additionalProperties", ABSENT)
        faults = [
            f"{path}.{name} is required, but the writer may leave it out"
            for name in reader.get("required", ())
            if name not in writer.get("required", ())
        ]
        for name in ours:
            # Without additionalProperties a writer sends what it declares: readers ignore the rest anyway.
            sent = theirs.get(name, others if isinstance(others, Mapping) else ABSENT)
            if sent is not ABSENT:
                faults += _default(ours[name], sent, f"{path}.{name}")
                faults += self.faults(ours[name], sent, f"{path}.{name}", seen)
        return faults + self._further(reader, writer, path, seen)

    def _further(self, reader: Schema, writer: Schema, path: str, seen: tuple[tuple[Any, Any], ...]) -> list[str]:
        """Properties the reader does not declare."""
        wanted = reader.get("additionalProperties", True)
        if wanted is True:
            return []
        ours, theirs = reader.get("properties", {}), writer.get("properties", {})
        others = writer.get("additionalProperties", True)
        if wanted is False:
            unknown = [name for name in theirs if name not in ours]
            more = [] if others is False else ["further fields"]
            return [f"{path} may hold {name}, which the reader forbids" for name in unknown + more]
        faults = [
            each
            for name in theirs
            if name not in ours
            for each in self.faults(wanted, theirs[name], f"{path}.{name}", seen)
        ]
        if others is not False:
            faults += self.faults(wanted, {} if others is True else others, f"{path}.*", seen)
        return faults

    def _array(self, reader: Schema, writer: Schema, path: str, seen: tuple[tuple[Any, Any], ...]) -> list[str]:
        if reader.get("type") != "array":
            return []
        ours, theirs = reader.get("prefixItems", ()), writer.get("prefixItems", ())
        faults: list[str] = []
        for place in range(max(len(ours), len(theirs))):
            wanted, sent = _at(reader, place), _at(writer, place)
            if sent is False or wanted is True:
                continue
            if wanted is False:
                if writer.get("maxItems", place + 1) > place:
                    faults.append(f"{path}[{place}] may be there, which the reader does not take")
                continue
            faults += self.faults(wanted, {} if sent is True else sent, f"{path}[{place}]", seen)
        wanted, sent = reader.get("items", True), writer.get("items", True)
        full = writer.get("maxItems", None)
        if wanted is True or sent is False or (full is not None and full <= max(len(ours), len(theirs))):
            return faults
        if wanted is False:
            return [*faults, f"{path} may be longer than the reader takes"]
        return faults + self.faults(wanted, {} if sent is True else sent, f"{path}[]", seen)


def resolved(schema: Any, document: Schema) -> Schema:
    """`schema` with its `$ref` followed. Raises ValueError on a reference out of the document."""
    if schema is True:
        return {}
    hops = 0
    while "$ref" in schema:
        reference, hops = str(schema["$ref"]), hops + 1
        if not reference.startswith("#/$defs/") or hops > 100:
            raise ValueError(f"{reference} cannot be followed")
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        schema = {**document["$defs"][reference.removeprefix("#/$defs/")], **beside}
    return schema


def _removed(documents: _Pair, path: str, seen: tuple[tuple[Any, Any], ...], pair: _Pair | None = None) -> list[str]:
    """Properties of the old schema that the new one no longer has: a reader that uses them finds nothing."""
    pair = pair or documents
    refs = (_ref_of(pair.old), _ref_of(pair.new))
    if any(refs) and refs in seen:
        return []
    seen = (*seen, refs) if any(refs) else seen
    old, new = resolved(pair.old, documents.old), resolved(pair.new, documents.new)
    found: list[str] = []
    before, after = old.get("properties", {}), new.get("properties", {})
    for name in before:
        if name not in after:
            found.append(f"{path}.{name}")
        else:
            found += _removed(documents, f"{path}.{name}", seen, _Pair(before[name], after[name]))
    for keyword in ("items", "additionalProperties"):
        if isinstance(old.get(keyword), Mapping) and isinstance(new.get(keyword), Mapping):
            found += _removed(documents, f"{path}[]", seen, _Pair(old[keyword], new[keyword]))
    places = [old.get("prefixItems", ()), new.get("prefixItems", ())]
    places = [place or _branches(side) for place, side in zip(places, (old, new), strict=True)]
    for number, (one, other) in enumerate(zip(*places, strict=False)):
        found += _removed(documents, path if _branches(old) else f"{path}[{number}]", seen, _Pair(one, other))
    return found


def _values(reader: Schema, writer: Schema, path: str) -> list[str]:
    """Faults of type, enum and const."""
    wanted, sent = _choices(reader), _choices(writer)
    if wanted is not None:
        if sent is None:
            return [f"{path} may be any {_kind(writer)}, but the reader takes only {len(wanted)} values"]
        unknown = [each for each in sent if not any(_same(each, one) for one in wanted)]
        return [f"{path} may be {each!r}, which the reader does not know" for each in unknown]
    type_wanted, type_sent = reader.get("type"), writer.get("type")
    if type_wanted is None or type_wanted == type_sent or (type_wanted, type_sent) == ("number", "integer"):
        return []
    return [f"{path} is {_kind(writer)} where the reader takes {_kind(reader)}"]


def _bounds(reader: Schema, writer: Schema, path: str) -> list[str]:
    faults: list[str] = []
    for keyword, holds in BOUNDS.items():
        wanted, sent = reader.get(keyword), writer.get(keyword)
        if wanted is not None and (sent is None or not holds(wanted, sent)):
            allowed = "has no limit" if sent is None else f"is {sent!r}"
            faults.append(f"{path}: {keyword} is {wanted!r} for the reader, but {allowed} for the writer")
    return faults


def _default(reader: Any, writer: Any, path: str) -> list[str]:
    """Absent data means the default: another default gives old data another meaning."""
    ours, theirs = _default_of(reader), _default_of(writer)
    if ours is ABSENT or theirs is ABSENT or _same(ours, theirs):
        return []
    return [f"{path} means {ours!r} to the reader and {theirs!r} to the writer when it is left out"]


def _default_of(schema: Any) -> Any:
    return cast(Schema, schema).get("default", ABSENT) if isinstance(schema, Mapping) else ABSENT


def _choices(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _same(one: Any, other: Any) -> bool:
    # 1 == True in Python, but not in JSON.
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _branches(schema: Schema) -> Sequence[Schema]:
    return schema.get("anyOf") or schema.get("oneOf") or ()


def _accepts_all(schema: Schema) -> bool:
    return not set(schema) - ANNOTATIONS - {"default"}


def _ref_of(schema: Any) -> str | None:
    return cast(Schema, schema).get("$ref") if isinstance(schema, Mapping) else None


def _at(schema: Schema, place: int) -> Any:
    """The schema of the item at `place`: True when anything may be there, False when nothing may."""
    prefix = schema.get("prefixItems", ())
    return prefix[place] if place < len(prefix) else schema.get("items", True)


def _kind(schema: Schema) -> str:
    if _branches(schema):
        return "one of several"
    return {"null": "null", None: "anything"}.get(schema.get("type"), f"a {schema.get('type')}")
