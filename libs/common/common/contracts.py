"""What a service publishes: its topic, its events with their versions, and how others read them.

A type is `org.dermbill.<topic>.<Class>.v<N>`, so that it names its topic. Within a version only optional
fields are added; a second version stands beside the first as a class of its own (`ClaimSubmittedV2: 2`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, is_dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from common.envelope import Undecodable

T = TypeVar("T")
Schema = dict[str, Any]

TOPIC_PREFIX = "dermbill."
TYPE = re.compile(r"org\.dermbill\.([a-z-]+)\.([A-Z][A-Za-z]*)\.v([1-9][0-9]*)")
SCHEMA_BASE = "https://dermbill.org/contracts/events/"
LONGEST_WHERE = 120


class ContractFault(ValueError):
    """What a service says of its events is wrong; found when the service starts, not when it speaks."""


@dataclass(frozen=True, slots=True)
class TypeName:
    """The parts of an event type."""

    topic: str
    event: str
    version: int

    @classmethod
    def parse(cls, text: str) -> TypeName:
        """Raises ContractFault when `text` is no event type."""
        match = TYPE.fullmatch(text)
        if match is None:
            raise ContractFault(f"{text!r} is not of the form org.dermbill.<topic>.<Event>.v<N>")
        return cls(TOPIC_PREFIX + match[1], match[2], int(match[3]))

    def __str__(self) -> str:
        return f"org.dermbill.{self.topic.removeprefix(TOPIC_PREFIX)}.{self.event}.v{self.version}"

    @property
    def file(self) -> str:
        """The file of its schema and of its example under `contracts/`."""
        return f"{self.event}.v{self.version}.json"


def topic_of(type: str) -> str:
    """`dermbill.claims` of `org.dermbill.claims.ClaimSubmitted.v1`. Raises ContractFault."""
    return TypeName.parse(type).topic


def schema_id(type: str) -> str:
    """The address that `ce_dataschema` and the schema's `$id` name."""
    return SCHEMA_BASE + TypeName.parse(type).file


@dataclass(frozen=True)
class Contract:
    """One service's events. `examples` holds a synthetic event of every class in `publishes`.

    `key` says in a word or two what the Kafka key is; `partitions` and `retention_days` go to `topics.yaml`.
    Raises ContractFault when a class cannot be an event or an example is not of a published class.
    """

    service: str
    topic: str
    publishes: Mapping[type, int]
    examples: tuple[Any, ...] = ()
    key: str = "uuid of the aggregate"
    partitions: int = 12
    retention_days: int = 30
    _types: Mapping[type, TypeName] = field(init=False, repr=False, compare=False)
    _adapters: Mapping[type, TypeAdapter[Any]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        types = {event: _type_name(self.topic, event, version) for event, version in self.publishes.items()}
        if len(set(types.values())) != len(types):
            raise ContractFault(f"{self.service} publishes the same type twice")
        for example in self.examples:
            if type(example) not in types:
                raise ContractFault(f"{type(example).__name__} has an example but is not published")
        object.__setattr__(self, "_types", types)
        object.__setattr__(self, "_adapters", {event: TypeAdapter[Any](event) for event in types})

    @property
    def types(self) -> tuple[str, ...]:
        """The event types, in the order in which they are declared."""
        return tuple(str(name) for name in self._types.values())

    def type_of(self, event: object) -> str:
        """The type of `event`. Raises ContractFault when this service does not publish it."""
        return str(self._types[self._class_of(event)])

    def encode(self, event: object) -> bytes:
        """The payload: JSON, as `schemas` says.

        Raises ContractFault, or PydanticSerializationError when a field holds what its type does not allow.
        """
        return self._adapters[self._class_of(event)].dump_json(event, warnings="error")

    def schemas(self) -> dict[str, Schema]:
        """The JSON Schema of every type, the same text on every run."""
        return {str(name): _schema(self._adapters[event], name, event.__name__) for event, name in self._types.items()}

    def example_payloads(self) -> dict[str, Any]:
        """One payload for each type. Raises ContractFault when an event has no example."""
        payloads = {self.type_of(example): json.loads(self.encode(example)) for example in reversed(self.examples)}
        missing = sorted(set(self.types) - set(payloads))
        if missing:
            raise ContractFault(f"{self.service} gives no example of {', '.join(missing)}")
        return {type: payloads[type] for type in self.types}

    def _class_of(self, event: object) -> type:
        if type(event) not in self._types:
            raise ContractFault(f"{self.service} does not publish {type(event).__name__}")
        return type(event)


def decode(view: type[T], data: bytes) -> T:
    """Read a payload as `view`, a dataclass of the fields that its service uses; others are passed over.

    Raises Undecodable with the path of every fault and no value.
    """
    try:
        return _reader(view).validate_json(data)
    except ValidationError as fault:
        faults = fault.errors(include_url=False, include_input=False, include_context=False)
        first = _where(faults[0]["loc"])
        told = "; ".join(f"{_where(each['loc'])} {each['type'].replace('_', ' ')}" for each in faults[:10])
        raise Undecodable("invalid-data", first, f"the payload cannot be read as {view.__name__}: {told}") from None


def schema_of_view(view: type) -> Schema:
    """What a consumer needs of an event, to be compared with what its producer publishes."""
    return TypeAdapter(view).json_schema(schema_generator=EventSchema, mode="validation")


@cache
def _reader(view: type[T]) -> TypeAdapter[T]:
    if not is_dataclass(view):
        raise ContractFault(f"{view.__name__} is not a dataclass, so it cannot be a view of an event")
    return TypeAdapter(view)


def _where(location: Iterable[str | int]) -> str:
    return ".".join(["data", *(str(part) for part in location)])[:LONGEST_WHERE]


def _type_name(topic: str, event: type, version: int) -> TypeName:
    parameters = getattr(event, "__dataclass_params__", None)
    if parameters is None or not parameters.frozen:
        raise ContractFault(f"{event.__name__} is not a frozen dataclass, so it cannot be an event")
    # A later version needs another class name in Python, not in the type.
    name = TypeName(topic, event.__name__.removesuffix(f"V{version}"), version)
    return TypeName.parse(str(name)) if topic.startswith(TOPIC_PREFIX) else _bad_topic(topic)


def _bad_topic(topic: str) -> TypeName:
    raise ContractFault(f"the topic {topic!r} does not begin with {TOPIC_PREFIX!r}")


class EventSchema(GenerateJsonSchema):
    """Schemas of what is written and read: a field with a default may be absent, a decimal is a string."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """A title that repeats the field's name says nothing."""
        return False

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        return {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}

    def generate(self, schema: CoreSchema, mode: Any = "validation") -> JsonSchemaValue:
        return self.sort(super().generate(schema, mode))


def _schema(adapter: TypeAdapter[Any], name: TypeName, title: str) -> Schema:
    schema = adapter.json_schema(schema_generator=EventSchema, mode="validation")
    head = {"$schema": GenerateJsonSchema.schema_dialect, "$id": schema_id(str(name)), "title": name.event}
    return head | {key: value for key, value in schema.items() if key != "title" or value != title}
