"""FHIR as JSON, read without loss or refused with the element and the reason (R4, as `fhir.resources` defines it).

What is read stays as it was written: decimals with their digits, times with their fractions, names in their order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, cast

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

MOST_FAULTS = 50
_NAME = re.compile(r"_?[A-Za-z][A-Za-z0-9]{0,63}")
_REASONS = {"missing": "is missing", "extra_forbidden": "is no element of FHIR", "list_type": "is no list"}
_OTHER_REASON = "is not what FHIR has there"


@dataclass(frozen=True, slots=True)
class Fault:
    """`where` is the element, by its path; `what` is wrong with it. Neither has a word of the content."""

    where: str
    what: str


class NotFhir(Exception):
    """The content is not FHIR: every fault of it, the first MOST_FAULTS."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{each.where} {each.what}" for each in self.faults))


@dataclass(frozen=True, slots=True, repr=False)
class Document:
    """A resource that holds to FHIR, as it was written."""

    resource: dict[str, Any]


def read(content: bytes) -> Document:
    """Raises NotFhir."""
    try:
        decoded: object = json.loads(content, parse_float=Decimal, object_pairs_hook=_once)
    except NotFhir:
        raise
    except (ValueError, RecursionError):
        raise NotFhir([Fault("the body", "is not JSON")]) from None
    if not isinstance(decoded, dict):
        raise NotFhir([Fault("the body", "is no resource")])
    resource = cast(dict[str, Any], decoded)
    faults = [*_empty(resource, _safe(str(resource.get("resourceType")))), *_undefined(resource)]
    if faults:
        raise NotFhir(faults[:MOST_FAULTS])
    return Document(resource)


def write(document: Document) -> bytes:
    """The same content as was read."""
    return _text(document.resource).encode()


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotFhir([Fault("an object", "has a name twice")])
    return found


def _undefined(resource: dict[str, Any]) -> Iterator[Fault]:
    """What is not as FHIR defines it."""
    kind = resource.get("resourceType")
    try:
        model = get_fhir_model_class(str(kind))
    except (ValueError, LookupError, ImportError):
        yield Fault("resourceType", "is none of FHIR")
        return
    try:
        model.model_validate(resource)
    except ValidationError as fault:
        for each in fault.errors(include_url=False, include_input=False, include_context=False):
            yield Fault(_path(str(kind), each["loc"]), _REASONS.get(each["type"].rsplit(".", 1)[-1], _OTHER_REASON))
    except (ValueError, TypeError, RecursionError):
        yield Fault(str(kind), _OTHER_REASON)


def _empty(value: object, where: str) -> Iterator[Fault]:
    """FHIR has no empty lists and no empty objects: what is not there is left out."""
    inside: list[tuple[str, object]] = []
    if isinstance(value, dict):
        inside = [(f"{where}.{_safe(name)}", each) for name, each in cast(dict[str, object], value).items()]
    elif isinstance(value, list):
        inside = [(f"{where}.{place}", each) for place, each in enumerate(cast(list[object], value))]
    else:
        return
    if not inside:
        yield Fault(where, "is empty")
    for path, each in inside:
        yield from _empty(each, path)


def _path(kind: str, location: Sequence[str | int]) -> str:
    return ".".join([_safe(kind), *(str(part) if isinstance(part, int) else _safe(part) for part in location)])


def _safe(name: str) -> str:
    """A name that a payer made up may be anything; only what could be an element's is told."""
    return name if _NAME.fullmatch(name) else "?"


def _text(value: object) -> str:
    if isinstance(value, dict):
        items = cast(dict[str, object], value).items()
        return "{" + ",".join(f"{json.dumps(name, ensure_ascii=False)}:{_text(each)}" for name, each in items) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_text, cast(list[object], value))) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)
