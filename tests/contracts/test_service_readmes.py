"""Every service says in its README what it owns, hears, says, is asked and waits for, and leaves none of it out."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from services_under_test import SERVICES

from common.service import Service

HEADINGS = ("## Owns", "## Listens to", "## Publishes", "## API", "## Deadlines")
DESCRIBED = [service for service in SERVICES if service.name != "till"]
EVERY = pytest.mark.parametrize("service", DESCRIBED, ids=lambda service: service.name)


def readme(service: Service) -> str:
    return (service.migrations.parent / "README.md").read_text()


def part(text: str, heading: str) -> str:
    """What stands under a heading, up to the next of its rank."""
    return text.partition(f"{heading}\n")[2].partition("\n## ")[0]


def left_out(text: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if f"{name}`" not in text]


@EVERY
class TestTheReadme:
    def test_has_the_same_five_headings_in_the_same_order(self, service: Service) -> None:
        lines = readme(service).splitlines()
        assert lines[0] == f"# {service.name}"
        assert [line for line in lines if line in HEADINGS] == list(HEADINGS)

    def test_names_every_event_that_it_publishes(self, service: Service) -> None:
        said = part(readme(service), "## Publishes")
        assert left_out(said, (event.__name__ for event in service.contract.publishes)) == []

    def test_names_every_event_that_it_listens_to(self, service: Service) -> None:
        heard = part(readme(service), "## Listens to")
        assert left_out(heard, (type.split(".")[-2] for type in service.handlers.by_type)) == []

    def test_names_every_timer(self, service: Service) -> None:
        assert left_out(part(readme(service), "## Deadlines"), service.deadlines.functions) == []
