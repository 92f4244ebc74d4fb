"""The envelope of CAQH CORE connectivity (vC4.0.0, REST), with its metadata as JSON or, where a request has no body, as
its query.

The rule is a floor: it fixes the metadata, HTTP methods and words for errors, and leaves paths and more metadata to the
server. `PayloadEncoding` is this server's own: `base64` where a payload is no text.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

import x12
from simulator.wire import LARGEST_FILE

RULE_VERSION = "4.0.0"
REAL_TIME, BATCH = "RealTime", "Batch"
SUCCESS = "Success"
RECEIPT, NO_RESULT = "X12_BatchReceiptConfirmation", "CoreEnvelopeError"

# What an interchange holds, by ST01 and GS08, as CORE names it.
REQUESTS: Mapping[str, str] = {
    "X12_270_Request_005010X279A1": "270",
    "X12_276_Request_005010X212": "276",
    "X12_278_Request_005010X217E1_2": "278",
    "X12_837_Request_005010X222A1": "837",
    "X12_999_SubmissionRequest_005010X231A1": "999",
}
RESULTS: Mapping[str, str] = {
    "TA1": "X12_TA1_Response_00501X231A1",
    "999": "X12_999_Response_005010X231A1",
    "271": "X12_271_Response_005010X279A1",
    "277": "X12_277_Response_005010X212",
    "277CA": "X12_277CA_Response_005010X214",
    "278": "X12_278_Response_005010X217E1_2",
    "835": "X12_835_Response_005010X221A1",
}

WHO = ("ProcessingMode", "TimeStamp", "SenderID", "ReceiverID", "CORERuleVersion")
REQUIRED = ("PayloadType", "PayloadID", *WHO)


class Envelope(BaseModel):
    """The metadata of CORE; the checksum is SHA-1 of the payload, hexadecimal."""

    model_config = ConfigDict(extra="ignore")

    PayloadType: str = ""
    ProcessingMode: str = ""
    PayloadID: str = ""
    TimeStamp: str = ""
    SenderID: str = ""
    ReceiverID: str = ""
    CORERuleVersion: str = ""
    CheckSum: str = ""
    PayloadEncoding: str = ""
    Payload: str = Field(default="", repr=False)

    def content(self) -> bytes:
        """The payload's bytes. Raises Refused."""
        if self.PayloadEncoding not in ("", "base64"):
            raise Refused("PayloadEncodingIllegal", "A payload is text, or base64.")
        try:
            found = base64.b64decode(self.Payload, validate=True) if self.PayloadEncoding else self.Payload.encode()
        except (binascii.Error, ValueError):
            raise Refused("PayloadIllegal", "The payload cannot be read.") from None
        if len(found) > LARGEST_FILE:
            raise Refused("PayloadIllegal", f"A payload holds at most {LARGEST_FILE // 2**20} MiB.", 413)
        return found


class Refused(Exception):
    """What is wrong with an envelope, in CORE's word for it."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        self.code, self.message, self.status = code, message, status
        super().__init__(code)


def check(envelope: Envelope, mode: str, required: Iterable[str], types: Iterable[str]) -> None:
    """Hold the metadata against the rule. Raises Refused with CORE's error code."""
    for name in required:
        if not getattr(envelope, name):
            raise Refused(f"{name}Required", f"The field {name} is missing.")
    if envelope.CORERuleVersion != RULE_VERSION:
        raise Refused("VersionMismatch", f"This server speaks {RULE_VERSION}.")
    if envelope.ProcessingMode != mode:
        raise Refused("ProcessingModeIllegal", f"{mode} is done here.")
    if envelope.PayloadType and envelope.PayloadType not in types:
        raise Refused("PayloadTypeIllegal", f"One of {', '.join(types)}.")
    if envelope.PayloadID and not _is(UUID, envelope.PayloadID):
        raise Refused("PayloadIDIllegal", "A payload id is a UUID.")
    if not _is(datetime.fromisoformat, envelope.TimeStamp.replace("Z", "+00:00")):
        raise Refused("TimeStampIllegal", "A time stamp is a date and time in UTC, YYYY-MM-DDTHH:MM:SSZ.")


def submitted(envelope: Envelope, mode: str) -> bytes:
    """The interchange of an envelope that hands one over. Raises Refused."""
    check(envelope, mode, REQUIRED, REQUESTS)
    if not envelope.Payload:
        raise Refused("PayloadRequired", "There is no payload.")
    content = envelope.content()
    if envelope.CheckSum and envelope.CheckSum.lower() != checksum(content):
        raise Refused("CheckSumMismatched", "The payload is not the one that was summed.")
    if mode == BATCH and not envelope.CheckSum:
        raise Refused("CheckSumRequired", "A batch has its checksum.")
    _check_ends(envelope, content)
    return content


def _check_ends(envelope: Envelope, content: bytes) -> None:
    try:
        found = x12.sniff(content).interchange
    except x12.X12Error:
        raise Refused("PayloadIllegal", "The payload is no X12.") from None
    if found.sender != envelope.SenderID:
        raise Refused("SenderIDIllegal", "The sender is not the one of the interchange.")
    if found.receiver != envelope.ReceiverID:
        raise Refused("ReceiverIDIllegal", "The receiver is not the one of the interchange.")


def _is(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def checksum(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def answer(asked: Envelope, payload_type: str, content: bytes | None = None, **more: Any) -> dict[str, Any]:
    """The envelope of an answer, ends turned around; `more` adds to its metadata or replaces it."""
    told: dict[str, Any] = {
        "PayloadType": payload_type,
        "ProcessingMode": asked.ProcessingMode,
        "PayloadID": asked.PayloadID,
        "TimeStamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "SenderID": asked.ReceiverID,
        "ReceiverID": asked.SenderID,
        "CORERuleVersion": RULE_VERSION,
        "ErrorCode": SUCCESS,
        "ErrorMessage": "None",
    }
    return told | (_carried(content) if content is not None else {"Payload": ""}) | more


def _carried(content: bytes) -> dict[str, str]:
    told = {"CheckSum": checksum(content)}
    try:
        return told | {"Payload": content.decode()}
    except UnicodeDecodeError:
        return told | {"PayloadEncoding": "base64", "Payload": base64.b64encode(content).decode()}
