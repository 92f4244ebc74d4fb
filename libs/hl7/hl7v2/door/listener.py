"""The MLLP listener of a service: open while the service serves, when its settings say where."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from common import logging
from common.ids import new_id
from common.service import Runtime
from common.uow import Actor, UnitOfWork
from hl7v2.acknowledgement import Answer, acknowledged, answers
from hl7v2.door.intake import Handled, Intake
from hl7v2.door.settings import Hl7Settings
from hl7v2.errors import Code, Fault, Outcome
from hl7v2.mllp import FrameFault
from hl7v2.model.header import Header
from hl7v2.server import MllpServer, Peer

log = logging.get_logger(__name__)
# MSH-10 holds 20 characters before version 2.7; the first 19 of a uuid7 are its time and thirty random bits.
OWN_ID = 19


def listener(intake: Intake) -> Callable[[Runtime], AbstractAsyncContextManager[None]]:
    """The door `Service.doors` takes; its settings must be an Hl7Settings."""

    @asynccontextmanager
    async def door(runtime: Runtime) -> AsyncGenerator[None, None]:
        settings = runtime.settings
        assert isinstance(settings, Hl7Settings)
        address = settings.mllp_address
        if address is None:
            yield
            return
        line = _Line(runtime, settings, intake)
        server = MllpServer(line.answer, line.refuse)
        port = await server.start(*address, settings.mllp_tls)
        log.info("listening for HL7 v2 over MLLP", host=address[0], port=port)
        try:
            yield
        finally:
            await server.stop()

    return door


class _Line:
    def __init__(self, runtime: Runtime, settings: Hl7Settings, intake: Intake) -> None:
        self._runtime, self._intake = runtime, intake
        self._senders = settings.senders
        self._training = settings.dermbill_mode == "test"

    async def answer(self, data: bytes, peer: Peer) -> Sequence[bytes]:
        def admit(header: Header) -> UnitOfWork:
            sender = self._senders.admitted(header, peer)
            self._runtime.practice_limit.admit(sender.practice_id)
            actor = Actor(sender.principal, "service", peer.address)
            return UnitOfWork(self._runtime.workplace, sender.practice_id, actor)

        return self._written(await self._intake.handle(data, admit, training=self._training))

    def refuse(self, fault: FrameFault) -> Sequence[bytes]:
        told = Fault(Code.OTHER, None, str(fault), "Send VT, the message, FS and CR; the connection is closed.")
        answer = Answer(Outcome.REJECTED, (told,))
        return [acknowledged(None, answer, id=own_id(), now=self._runtime.workplace.now())]

    def _written(self, handled: Handled) -> Sequence[bytes]:
        now = self._runtime.workplace.now()
        return answers(handled.header, handled.answer, id=own_id(), now=now, control_id=handled.control_id)


def own_id() -> str:
    """A control id for a message of ours."""
    return new_id().hex[:OWN_ID]
