"""CloudEvents 1.0 in Kafka's binary mode: what a message says about itself, in its headers.

The payload is the record's value. Attributes are headers named `ce_...`; `content-type` and `traceparent` go
by their own names, as the Kafka binding and W3C Trace Context have them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

T = TypeVar("T")

SPEC_VERSION = "1.0"
JSON = "application/json"
LONGEST_HEADER = 1024
SEQUENCE_DIGITS = 20
TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
PRINTABLE = re.compile(r"[\x21-\x7e]+")

Headers = list[tuple[str, bytes]]


class Undecodable(Exception):
    """A message that cannot be read; it is parked, never guessed at.

    `code` is stable (`missing-header`, `repeated-header`, `invalid-header`, `unsupported-header`,
    `invalid-data`), `where` names the header or the path in the payload, and `what` is a sentence that holds
    no value of the message.
    """

    def __init__(self, code: str, where: str, what: str) -> None:
        self.code, self.where, self.what = code, where, what
        super().__init__(f"{where}: {what}")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every event carries beside its payload. `sequence` is the version of the aggregate `subject`."""

    id: UUID
    type: str
    source: str
    subject: str
    time: datetime
    partitionkey: str
    sequence: int
    correlationid: UUID
    causationid: UUID | None
    dataschema: str
    tenantid: UUID
    traceparent: str | None = None
    datacontenttype: str = JSON


def headers_of(envelope: Envelope) -> Headers:
    """The Kafka headers that say `envelope`; what is None is left out."""
    headers: Headers = [("ce_specversion", SPEC_VERSION.encode())]
    for attribute, header in HEADERS.items():
        value = getattr(envelope, attribute)
        if value is not None:
            headers.append((header, _written(attribute, value).encode()))
    return headers


def envelope_from(headers: Iterable[tuple[str, bytes]]) -> Envelope:
    """The envelope that the headers of a record say. Headers of others are passed over.

    Raises Undecodable, naming the header.
    """
    found = _texts(headers)
    version = _required(found, "ce_specversion")
    if version != SPEC_VERSION:
        raise Undecodable("unsupported-header", "ce_specversion", f"only CloudEvents {SPEC_VERSION} is read here")
    if _required(found, "content-type").split(";")[0].strip().lower() != JSON:
        raise Undecodable("unsupported-header", "content-type", f"only {JSON} is read here")
    return Envelope(
        id=_read(found, "ce_id", UUID),
        type=_read(found, "ce_type", _name),
        source=_read(found, "ce_source", _name),
        subject=_read(found, "ce_subject", _name),
        time=_read(found, "ce_time", _time),
        partitionkey=_read(found, "ce_partitionkey", _name),
        sequence=_read(found, "ce_sequence", _sequence),
        correlationid=_read(found, "ce_correlationid", UUID),
        causationid=_read(found, "ce_causationid", UUID) if "ce_causationid" in found else None,
        dataschema=_read(found, "ce_dataschema", _name),
        tenantid=_read(found, "ce_tenantid", UUID),
        traceparent=traceparent_or_none(found.get("traceparent")),
    )


def traceparent_or_none(text: str | None) -> str | None:
    """A valid W3C traceparent as it is; anything else starts a new trace, as the standard asks."""
    return text if text is not None and TRACEPARENT.fullmatch(text) else None


HEADERS: Mapping[str, str] = {
    "id": "ce_id",
    "type": "ce_type",
    "source": "ce_source",
    "subject": "ce_subject",
    "time": "ce_time",
    "partitionkey": "ce_partitionkey",
    "sequence": "ce_sequence",
    "correlationid": "ce_correlationid",
    "causationid": "ce_causationid",
    "dataschema": "ce_dataschema",
    "tenantid": "ce_tenantid",
    "traceparent": "traceparent",
    "datacontenttype": "content-type",
}
OURS = frozenset(HEADERS.values()) | {"ce_specversion"}


def _written(attribute: str, value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if attribute == "sequence":
        # Padded so that sequences sort as text, as the CloudEvents sequence extension wants.
        return f"{value:0{SEQUENCE_DIGITS}d}"
    return str(value)


def _texts(headers: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        if name not in OURS:
            continue
        if name in found:
            raise Undecodable("repeated-header", name, "the header is there more than once")
        if len(value) > LONGEST_HEADER:
            raise Undecodable("invalid-header", name, f"the header is longer than {LONGEST_HEADER} bytes")
        try:
            found[name] = value.decode()
        except UnicodeDecodeError:
            raise Undecodable("invalid-header", name, "the header is not UTF-8") from None
    return found


def _required(found: Mapping[str, str], name: str) -> str:
    if name not in found:
        raise Undecodable("missing-header", name, "the header is missing")
    return found[name]


def _read(found: Mapping[str, str], name: str, read: Callable[[str], T]) -> T:
    text = _required(found, name)
    try:
        return read(text)
    except (ValueError, OverflowError):
        what = EXPECTED.get(name, "the header does not hold a uuid")
        raise Undecodable("invalid-header", name, what) from None


EXPECTED: Mapping[str, str] = {
    "ce_time": "the header does not hold a time with a zone",
    "ce_sequence": f"the header does not hold {SEQUENCE_DIGITS} digits",
} | dict.fromkeys(
    ("ce_type", "ce_source", "ce_subject", "ce_partitionkey", "ce_dataschema"),
    "the header is empty or holds spaces or characters outside ASCII",
)


def _name(text: str) -> str:
    if not PRINTABLE.fullmatch(text):
        raise ValueError
    return text


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError
    return time.astimezone(UTC)


def _sequence(text: str) -> int:
    if len(text) != SEQUENCE_DIGITS or not (text.isascii() and text.isdigit()):
        raise ValueError
    return int(text)
