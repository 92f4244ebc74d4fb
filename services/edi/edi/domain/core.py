"""The envelope of CAQH CORE connectivity (vC4.0.0, REST): its metadata, what it carries, and what is wrong with it.

The rule fixes the metadata and the words for errors and is a floor otherwise: paths are the server's, and more
metadata may be agreed on. `PayloadEncoding` is such: `base64` where the payload is no text.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

RULE_VERSION = "4.0.0"
REAL_TIME, BATCH = "RealTime", "Batch"
SUCCESS = "Success"
LONGEST_TYPE = 100

PAYLOAD_TYPES: Mapping[str, str] = {
    "270": "X12_270_Request_005010X279A1",
    "276": "X12_276_Request_005010X212",
    "278": "X12_278_Request_005010X217E1_2",
    "837P": "X12_837_Request_005010X222A1",
    "999": "X12_999_SubmissionRequest_005010X231A1",
}
"""What is handed over, as CORE names it."""

CODE_PREFIX = "core-"
FINAL_CODES = frozenset({"core-payload-illegal", "core-payload-required"})
"""What a server says of the payload itself: the same one will never be taken. Every other word is of the envelope."""

DAMAGED_ON_THE_WAY = "core-check-sum-mismatched"

_WORD = re.compile(r"[A-Za-z]{1,60}")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class Ends:
    """Who speaks to whom: our id and the partner's, as in ISA."""

    sender: str
    receiver: str


class Unreadable(ValueError):
    """What came is no envelope with a payload, or its payload is not the one that was summed."""


def metadata(mode: str, ends: Ends, now: datetime, *, payload_type: str = "", payload_id: str = "") -> dict[str, str]:
    """The metadata of a request; what does not apply to it is left out."""
    told = {
        "PayloadType": payload_type,
        "ProcessingMode": mode,
        "PayloadID": payload_id,
        "TimeStamp": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "SenderID": ends.sender,
        "ReceiverID": ends.receiver,
        "CORERuleVersion": RULE_VERSION,
    }
    return {name: text for name, text in told.items() if text}


def submission(kind: str, mode: str, ends: Ends, payload_id: UUID, now: datetime, content: bytes) -> dict[str, str]:
    """The envelope that hands an interchange over. Raises KeyError for a kind that is not in PAYLOAD_TYPES."""
    told = metadata(mode, ends, now, payload_type=PAYLOAD_TYPES[kind], payload_id=str(payload_id))
    return told | {"CheckSum": checksum(content)} | _written(content)


def checksum(content: bytes) -> str:
    """SHA-1 of the payload, as CORE has it: it tells damage and is no protection."""
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _written(content: bytes) -> dict[str, str]:
    try:
        return {"Payload": content.decode()}
    except UnicodeDecodeError:
        return {"PayloadEncoding": "base64", "Payload": base64.b64encode(content).decode()}


def payload_of(told: object) -> bytes:
    """The payload of an answer, empty where it has none. Raises Unreadable."""
    if not isinstance(told, dict):
        raise Unreadable
    answer = cast(dict[str, Any], told)
    payload, summed = answer.get("Payload"), answer.get("CheckSum")
    if not isinstance(payload, str):
        raise Unreadable
    content = _unwrapped(payload, answer.get("PayloadEncoding"))
    if isinstance(summed, str) and summed and summed.lower() != checksum(content):
        raise Unreadable
    return content


def _unwrapped(payload: str, encoding: object) -> bytes:
    try:
        return base64.b64decode(payload, validate=True) if encoding == "base64" else payload.encode()
    except (binascii.Error, UnicodeEncodeError, ValueError):
        raise Unreadable from None


def error_of(told: object) -> str | None:
    """The word for what a server found wrong, as a code (`core-payload-type-illegal`); None where it found nothing."""
    code = cast(dict[str, Any], told).get("ErrorCode") if isinstance(told, dict) else None
    if code in (None, "", SUCCESS):
        return None
    word = code if isinstance(code, str) and _WORD.fullmatch(code) else "unknown"
    return CODE_PREFIX + _HUMP.sub("-", word).lower()


def refuses_the_payload(code: str) -> bool:
    """Whether a refusal's code leaves it possible that the payload is at fault, and not only its envelope."""
    return not code.startswith(CODE_PREFIX) or code in FINAL_CODES
