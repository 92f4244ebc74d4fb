"""What is committed under `contracts/`, held against those who speak it and those who listen."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from common.compatibility import reads
from common.contracts import TypeName, decode, schema_of_view
from common.handlers import Handling
from common.service import Service
from stack.contracts import OPENAPI, drift, published
from stack.members import members
from stack.services import TOPICS

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / "contracts"
LOOP = ROOT / "docs" / "architecture" / "loop.md"

SERVICES = members()
HEARD = [(service.name, handling) for service in SERVICES for handling in service.handlers.by_type.values()]
HEARD_NAMES = [f"{name}-{TypeName.parse(handling.type).event}" for name, handling in HEARD]


def committed(kind: str, type: str) -> Any:
    return json.loads((CONTRACTS / kind / TypeName.parse(type).file).read_text())


def told_in_the_loop() -> Iterator[tuple[str, str, frozenset[str], frozenset[str]]]:
    """Topic, event, required fields and optional fields of every event that the architecture page names."""
    topic = ""
    for line in LOOP.read_text().splitlines():
        if found := re.match(r"Topic `([a-z.]+)`", line):
            topic = found[1]
        for names, fields in (
            re.findall(r"((?:`[A-Z][A-Za-z]+`(?:, )?)+) `\{(.*?)\}`(?:[;:, ]|$)", line) if topic else ()
        ):
            wanted = frozenset(top_level(fields))
            for name in re.findall(r"`([A-Za-z]+)`", names):
                optional = frozenset(field[:-1] for field in wanted if field.endswith("?"))
                yield topic, name, frozenset(field for field in wanted if not field.endswith("?")), optional


def top_level(fields: str) -> Iterator[str]:
    """The names at the first level of `a, b[{c, d}], e?`."""
    flat = fields
    while (inner := re.sub(r"\[[^\[\]]*\]", "", flat)) != flat:
        flat = inner
    return (each.strip() for each in flat.split(",") if each.strip())


LOOP_EVENTS = list(told_in_the_loop())


class TestTheFolder:
    def test_it_is_what_the_code_says(self) -> None:
        assert drift(CONTRACTS, published(SERVICES)) == []

    def test_every_topic_of_the_stack_is_described_and_has_its_partitions(self) -> None:
        described = yaml.safe_load((CONTRACTS / "topics.yaml").read_text())
        assert {topic: facts["partitions"] for topic, facts in described.items()} == dict(TOPICS)

    def test_every_example_fits_its_schema_as_the_producer_reads_it(self) -> None:
        for service in SERVICES:
            for event in service.contract.publishes:
                type = service.contract.type_of(example_of(service, event))
                assert TypeAdapter(event).validate_python(committed("examples", type)) == example_of(service, event)


def example_of(service: Service, event: type) -> Any:
    return next(example for example in service.contract.examples if type(example) is event)


class TestWhoListens:
    @pytest.mark.parametrize(("name", "handling"), HEARD, ids=HEARD_NAMES)
    def test_the_committed_example_can_be_read(self, name: str, handling: Handling) -> None:
        payload = (CONTRACTS / "examples" / TypeName.parse(handling.type).file).read_bytes()
        assert type(decode(handling.view, payload)) is handling.view

    @pytest.mark.parametrize(("name", "handling"), HEARD, ids=HEARD_NAMES)
    def test_everything_the_producer_may_send_can_be_read(self, name: str, handling: Handling) -> None:
        assert reads(schema_of_view(handling.view), committed("events", handling.type)) == []

    def test_a_view_that_asks_for_more_than_is_sent_would_be_found(self) -> None:
        view = {"type": "object", "properties": {"colour": {"type": "string"}}, "required": ["colour"]}
        assert reads(view, committed("events", HEARD[0][1].type)) == [
            "data.colour is required, but the writer may leave it out"
        ]


class TestTheArchitecturePage:
    def test_it_names_every_event_on_the_topic_that_carries_it(self) -> None:
        spoken = {
            (service.contract.topic, TypeName.parse(type).event)
            for service in SERVICES
            for type in service.contract.types
        }
        assert {(topic, name) for topic, name, _, _ in LOOP_EVENTS} == spoken

    @pytest.mark.parametrize(
        ("topic", "name", "required", "optional"), LOOP_EVENTS, ids=[each[1] for each in LOOP_EVENTS]
    )
    def test_the_fields_that_it_names_are_sent(
        self, topic: str, name: str, required: frozenset[str], optional: frozenset[str]
    ) -> None:
        schema = committed("events", str(TypeName(topic, name, 1)))
        by_default = {field for field, facts in schema["properties"].items() if facts.get("default") is not None}
        assert required <= set(schema["required"]) | by_default
        assert optional <= set(schema["properties"])


def openapi_of(service: Service) -> dict[str, Any]:
    return json.loads((CONTRACTS / OPENAPI / f"{service.name}.json").read_text())


class TestHttp:
    @pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
    def test_every_operation_has_a_name_of_its_own(self, service: Service) -> None:
        operations = [each for path in openapi_of(service)["paths"].values() for each in path.values()]
        assert len({each["operationId"] for each in operations}) == len(operations) > 3

    def test_the_examples_of_the_models_are_shown_and_fit_them(self) -> None:
        models = [each for service in SERVICES for each in openapi_of(service)["components"]["schemas"].values()]
        shown = [(model, example) for model in models for example in model.get("examples", ())]
        assert len(shown) > 5
        for model, example in shown:
            assert set(model.get("required", ())) <= set(example) <= set(model["properties"])
