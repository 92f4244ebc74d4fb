"""Who may send over MLLP, and for which practice: a list that the operator keeps, never what a message says alone."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from hl7v2.errors import Code, Place, rejected
from hl7v2.model.header import Header
from hl7v2.server import Peer

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)
    application: str = Field(min_length=1)
    facility: str = ""
    practice_id: UUID
    principal: str = Field(min_length=1, max_length=120)
    key_sha256: Sha256 | None = None
    certificate_sha256: Sha256 | None = None


@dataclass(frozen=True, slots=True)
class Sender:
    """An application at a facility (MSH-3.1 and MSH-4.1), the practice it speaks for, and how it proves who it is.

    `key_sha256` is of the secret that it sends in MSH-8, `certificate_sha256` of its client certificate; where both
    are given, both must fit.
    """

    application: str
    facility: str
    practice_id: UUID
    principal: str
    key_sha256: str | None
    certificate_sha256: str | None

    def proves(self, header: Header, peer: Peer) -> bool:
        key = hashlib.sha256(header.security.encode()).hexdigest()
        by_key = self.key_sha256 is None or hmac.compare_digest(key, self.key_sha256)
        by_certificate = self.certificate_sha256 is None or hmac.compare_digest(
            peer.certificate or "", self.certificate_sha256
        )
        return by_key and by_certificate


@dataclass(frozen=True, slots=True)
class Senders:
    """Everybody that one listener knows."""

    entries: tuple[Sender, ...]

    def admitted(self, header: Header, peer: Peer) -> Sender:
        """The sender of a message. Raises Unreadable (AR), which does not say what exactly did not fit."""
        named = (header.sending_application.name, header.sending_facility.name)
        for entry in self.entries:
            if (entry.application, entry.facility) == named and entry.proves(header, peer):
                return entry
        says = "The sending application and facility are not known here with what they prove themselves by."
        mend = "Ask the operator to enter MSH-3, MSH-4 and your key (MSH-8) or client certificate for this listener."
        raise rejected(Code.UNKNOWN_KEY, Place("MSH", field=3), says, mend)


def senders_of(text: str) -> Senders:
    """The list from its JSON. Raises ValueError, without values, for one that is not safe to listen with."""
    try:
        entries = TypeAdapter(list[_Entry]).validate_python(json.loads(text))
    except ValidationError as fault:
        places = ", ".join(sorted({".".join(map(str, each["loc"])) for each in fault.errors(include_input=False)}))
        raise ValueError(f"entries of the list are wrong at {places}") from None
    except ValueError:
        raise ValueError("it is not a JSON list") from None
    senders = tuple(Sender(**entry.model_dump()) for entry in entries)
    _safe(senders)
    return Senders(senders)


def _safe(senders: Sequence[Sender]) -> None:
    if not senders:
        raise ValueError("it names no sender")
    for position, sender in enumerate(senders):
        if sender.key_sha256 is None and sender.certificate_sha256 is None:
            raise ValueError(f"entry {position} has neither key_sha256 nor certificate_sha256")
        if any(_alike(sender, other) for other in senders[:position]):
            raise ValueError(f"entry {position} has the names and the proof of an earlier one")


def _alike(one: Sender, other: Sender) -> bool:
    return (one.application, one.facility, one.key_sha256, one.certificate_sha256) == (
        other.application,
        other.facility,
        other.key_sha256,
        other.certificate_sha256,
    )
