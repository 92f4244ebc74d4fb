"""From a message to what was done with it: the same for every way in."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from prometheus_client import Counter
from pydantic import BaseModel
from sqlalchemy.exc import DBAPIError

from common import logging, metrics
from common.database import is_transient
from common.http import RemoteUnavailable
from common.idempotency import Answered, KeyReused, RequestKey
from common.limits import TooManyRequests
from common.problems import UNSTORABLE
from common.refusal import Refusal
from common.uow import UnitOfWork
from hl7v2.acknowledgement import ACCEPTED, Answer
from hl7v2.errors import Code, Fault, Outcome, Place, Unreadable, rejected
from hl7v2.headers import control_id_of
from hl7v2.model.header import Header
from hl7v2.model.message import Message
from hl7v2.reading import open_envelope

log = logging.get_logger(__name__)

# One transaction that ends in `tx.done(...)`; a refusal, or an Unreadable with places, undoes all of it.
Handler = Callable[[UnitOfWork, Message], Awaitable[Any]]
Admit = Callable[[Header], UnitOfWork]
LATER = "Send the same message again later."
# A millisecond for each kB: what is larger is read in a thread, so that the others of this process need not wait.
READ_HERE = 16 * 1024

MESSAGES = Counter(
    "dermbill_hl7_messages",
    "HL7 v2 messages answered, by outcome and code.",
    ("outcome", "code"),
    registry=metrics.REGISTRY,
)

T = TypeVar("T")


class Taken(BaseModel):
    """Kept for seven days under the message's control id, so that a repeated message is done once."""

    taken: bool = True


@dataclass(frozen=True, slots=True)
class Handled:
    """What a message is answered with. `again`: nothing is wrong with it, and it should be sent again."""

    header: Header | None
    answer: Answer
    control_id: str = ""
    again: bool = False


class Intake:
    """The kinds of messages that one service takes (`ADT^A04`), and the scope that sending them over HTTP needs.

    `refuses` has the kinds that are refused with a reason of their own.
    """

    def __init__(
        self, scope: str, takes: Mapping[str, Handler], refuses: Mapping[str, Callable[[], Unreadable]] | None = None
    ) -> None:
        self.scope, self._takes, self._refuses = scope, takes, refuses or {}

    async def handle(self, data: bytes, admit: Admit, *, training: bool = False) -> Handled:
        """Do what a message says, or say why not; raises nothing. `admit` tells from the header for whom it is.

        `training`: whether messages marked T or D (MSH-11) are done as well.
        """
        handled = await self._handled(data, admit, training)
        faults = handled.answer.faults
        MESSAGES.labels(handled.answer.outcome.value, faults[0].code.value if faults else "0").inc()
        return handled

    async def _handled(self, data: bytes, admit: Admit, training: bool) -> Handled:
        header: Header | None = None
        try:
            envelope = await _read(lambda: open_envelope(data), len(data))
            header = envelope.header
            uow = admit(header)
            handler = self._handler(header, training)
            message = await _read(envelope.message, len(data))
            await handler(_once(uow, message), message)
        except Answered:
            return Handled(header, ACCEPTED)
        except Unreadable as refusal:
            return self._told(header, Answer.of(refusal), control_id_of(data))
        except Refusal as refusal:
            return self._told(header, _refused(refusal), "", again=isinstance(refusal, TooManyRequests))
        except Exception as fault:
            return self._failed(header, fault)
        return Handled(header, ACCEPTED)

    def _handler(self, header: Header, training: bool) -> Handler:
        """Raises Unreadable (AR) for a message that this service does not take."""
        if header.processing_id != "P" and not training:
            says = "Messages for training and debugging are not taken here."
            raise rejected(Code.UNSUPPORTED_PROCESSING, Place("MSH", field=11), says, "Send P in MSH-11.")
        handler = self._takes.get(header.kind)
        if handler is not None:
            return handler
        if header.kind in self._refuses:
            raise self._refuses[header.kind]()
        codes = {kind.partition("^")[0] for kind in self._takes}
        kinds = ", ".join(sorted(self._takes)).replace("^", " ")
        mend = f"Send one of {kinds} here, and others to the service that takes them."
        if header.message_code in codes:
            says = "The event is not one that is taken here."
            raise rejected(Code.UNSUPPORTED_EVENT, Place("MSH", field=9, component=2), says, mend)
        says = "The type of message is not one that is taken here."
        raise rejected(Code.UNSUPPORTED_TYPE, Place("MSH", field=9, component=1), says, mend)

    @staticmethod
    def _told(header: Header | None, answer: Answer, control_id: str, *, again: bool = False) -> Handled:
        first = answer.faults[0]
        log.info("an HL7 message was not taken", outcome=answer.outcome.value, code=first.code.value)
        return Handled(header, answer, control_id, again)

    @staticmethod
    def _failed(header: Header | None, fault: Exception) -> Handled:
        if isinstance(fault, DBAPIError) and str(getattr(fault.orig, "sqlstate", "")) in UNSTORABLE:
            told = Fault(Code.DATA_TYPE, None, "A text or a number of the message cannot be stored.", "Shorten it.")
            return Handled(header, Answer(Outcome.ERROR, (told,)))
        passing = isinstance(fault, RemoteUnavailable) or is_transient(fault)
        log.error("an HL7 message could not be handled", exc=fault)
        says = "The service cannot reach what it needs." if passing else "The service failed."
        told = Fault(Code.INTERNAL, None, says, LATER if passing else "Report the time of this answer to the operator.")
        return Handled(header, Answer(Outcome.ERROR, (told,)), again=passing)


async def _read(work: Callable[[], T], size: int) -> T:
    return work() if size <= READ_HERE else await asyncio.to_thread(work)


def _once(uow: UnitOfWork, message: Message) -> UnitOfWork:
    """The unit of work that does a control id of a sender once, and refuses it for other content."""
    header = message.header
    named = (header.sending_application.name, header.sending_facility.name, header.control_id)
    key = hashlib.sha256("\x1f".join(named).encode()).hexdigest()
    keyed = replace(uow, request=RequestKey(f"hl7v2:{key}", message.fingerprint))
    return keyed.answering(lambda _: Taken())


def _refused(refusal: Refusal) -> Answer:
    code, place, mend = Code.OTHER, None, refusal.remedy
    if isinstance(refusal, KeyReused):
        code, place = Code.DUPLICATE_KEY, Place("MSH", field=10)
        says, mend = "The control id was used before for a message that said something else.", "Send a new control id."
    elif isinstance(refusal, TooManyRequests):
        code, says, mend = Code.INTERNAL, refusal.detail, LATER
    else:
        says = refusal.detail
    return Answer(Outcome.ERROR, (Fault(code, place, says, mend, refusal.code),))
