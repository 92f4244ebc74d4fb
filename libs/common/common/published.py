"""The published language as files, made from code: schemas, examples, `asyncapi.yaml` and `topics.yaml`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from common.contracts import Contract, ContractFault, Schema, TypeName

Party = tuple[Contract, Iterable[str]]
"""A service's contract and the event types that it handles."""


def documents(parties: Sequence[Party]) -> dict[str, str]:
    """Every file under `contracts/` that events give rise to: path within it -> text, the same on every run.

    Raises ContractFault when a type is handled that nobody publishes, two services share a topic or an
    event's name, or an event has no example.
    """
    parties = [(contract, tuple(sorted(handled))) for contract, handled in parties]
    check(parties)
    files = {"topics.yaml": _yaml(topics(parties)), "asyncapi.yaml": _yaml(asyncapi(parties))}
    for contract, _ in parties:
        for type, schema in contract.schemas().items():
            files[f"events/{TypeName.parse(type).file}"] = _json(schema)
        for type, payload in contract.example_payloads().items():
            files[f"examples/{TypeName.parse(type).file}"] = _json(payload)
    return dict(sorted(files.items()))


def check(parties: Sequence[Party]) -> None:
    """Raises ContractFault on what no single contract can see."""
    published = [type for contract, _ in parties for type in contract.types]
    for contract, handled in parties:
        unknown = sorted(set(handled) - set(published))
        if unknown:
            raise ContractFault(f"{contract.service} handles {', '.join(unknown)}, which nobody publishes")
    _unique("the topic", [contract.topic for contract, _ in parties if contract.types])
    _unique("the file", [TypeName.parse(type).file for type in published])


def topics(parties: Sequence[Party]) -> dict[str, Any]:
    """Each topic with its owner, key, event types, consumers, partitions and retention."""
    return {
        contract.topic: {
            "owner": contract.service,
            "key": contract.key,
            "partitions": contract.partitions,
            "retention_days": contract.retention_days,
            "producers": [contract.service],
            "consumers": sorted(
                consumer.service for consumer, handled in parties if set(handled) & set(contract.types)
            ),
            "types": list(contract.types),
        }
        for contract, _ in sorted(parties, key=lambda party: party[0].topic)
        if contract.types
    }


def asyncapi(parties: Sequence[Party]) -> dict[str, Any]:
    """One AsyncAPI 3.0 document of the whole platform; payloads are referred to, not repeated."""
    ordered = sorted(parties, key=lambda party: party[0].service)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "dermbill events",
            "version": "1.0.0",
            "description": "What services tell each other over Kafka: ids, codes, amounts and dates.",
        },
        "defaultContentType": "application/json",
        "channels": {contract.topic: _channel(contract) for contract, _ in ordered if contract.types},
        "operations": {name: each for party in ordered for name, each in _operations(*party).items()},
        "components": {
            "messages": {type: _message(type, contract) for contract, _ in ordered for type in contract.types},
            "schemas": {"CloudEventHeaders": headers_schema()},
        },
    }


def _channel(contract: Contract) -> Schema:
    return {
        "address": contract.topic,
        "messages": {type: _ref("components", "messages", type) for type in contract.types},
        "bindings": {"kafka": {"topic": contract.topic, "partitions": contract.partitions}},
    }


def _operations(contract: Contract, handled: Iterable[str]) -> dict[str, Schema]:
    operations: dict[str, Schema] = {}
    if contract.types:
        operations[f"{contract.service}.publishes"] = _operation("send", contract.topic, contract.types)
    by_topic: dict[str, list[str]] = {}
    for type in sorted(handled):
        by_topic.setdefault(TypeName.parse(type).topic, []).append(type)
    for topic, types in sorted(by_topic.items()):
        operations[f"{contract.service}.handles.{topic}"] = _operation("receive", topic, types)
    return operations


def _operation(action: str, topic: str, types: Sequence[str]) -> Schema:
    messages = [_ref("channels", topic, "messages", type) for type in types]
    return {"action": action, "channel": _ref("channels", topic), "messages": messages}


def _message(type: str, contract: Contract) -> Schema:
    name = TypeName.parse(type)
    return {
        "name": type,
        "title": name.event,
        "contentType": "application/json",
        "headers": _ref("components", "schemas", "CloudEventHeaders"),
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": f"events/{name.file}"},
        },
        "bindings": {"kafka": {"key": {"type": "string", "format": "uuid", "description": contract.key}}},
    }


def headers_schema() -> Schema:
    """The headers of every message (CloudEvents 1.0, Kafka binary mode)."""
    uuid, text = {"type": "string", "format": "uuid"}, {"type": "string"}
    properties: dict[str, Schema] = {
        "ce_specversion": {"const": "1.0"},
        "ce_id": uuid,
        "ce_type": text,
        "ce_source": text,
        "ce_subject": text,
        "ce_time": {"type": "string", "format": "date-time"},
        "ce_partitionkey": text,
        "ce_sequence": {"type": "string", "pattern": "^[0-9]{20}$"},
        "ce_correlationid": uuid,
        "ce_causationid": uuid,
        "ce_dataschema": text,
        "ce_tenantid": uuid,
        "content-type": {"const": "application/json"},
        "traceparent": text,
    }
    optional = {"ce_causationid", "traceparent"}
    return {"type": "object", "required": sorted(set(properties) - optional), "properties": properties}


def _ref(*parts: str) -> Schema:
    return {"$ref": "#/" + "/".join(part.replace("~", "~0").replace("/", "~1") for part in parts)}


def _unique(what: str, names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ContractFault(f"{what} {', '.join(twice)} belongs to more than one event or service")


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def _yaml(value: Mapping[str, Any]) -> str:
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110))


class _Dumper(yaml.SafeDumper):
    """No anchors: a file that people read repeats itself rather than pointing up."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
