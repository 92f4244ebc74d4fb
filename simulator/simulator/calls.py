"""What a test asked to go wrong with a call over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from simulator.faults import CALLS, Call, Fault
from simulator.mailboxes import NONSENSE
from simulator.world import World

_LOOK_SECONDS = 0.1


class CutShort(Response):
    """Begins to answer and then drops the connection: the server closes what is not completed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"application/octet-stream"), (b"content-length", b"4096")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ISA*00*", "more_body": True})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and for what; `refusal` is how the door says no."""

    world: World
    request: Request
    call: Call
    receiver: str
    kind: str = ""
    refusal: Callable[[int], Response] | None = None

    async def answer(self, work: Callable[[], Response]) -> Response:
        """The answer of `work`, or what the first fault that matches makes of the call."""
        fault = await run_in_threadpool(self._fault)
        if fault is None:
            return await run_in_threadpool(work)
        if fault.fault == "hang":
            await self._hang(fault.seconds)
        if fault.fault in ("hang", "unavailable"):
            raise HTTPException(503, "The clearinghouse is not available.")
        if fault.fault == "refused" and self.refusal is not None:
            return self.refusal(fault.status)
        if fault.fault == "refused":
            raise HTTPException(fault.status, "The clearinghouse refuses.")
        if fault.fault == "disconnect" and not fault.taken:
            return CutShort()
        done = await run_in_threadpool(work)
        return await _afterwards(fault, done)

    def _fault(self) -> Fault | None:
        store = self.world.store
        with store.transaction():
            return store.struck_by(CALLS, self.receiver, kind=self.kind, call=self.call)

    async def _hang(self, seconds: float) -> None:
        """Until the caller gives up."""
        for _ in range(int(seconds / _LOOK_SECONDS)):
            if await self.request.is_disconnected():
                return
            await asyncio.sleep(_LOOK_SECONDS)


async def _afterwards(fault: Fault, done: Response) -> Response:
    if fault.fault == "answer_lost":
        raise HTTPException(503, "The clearinghouse lost the answer.")
    if fault.fault == "disconnect":
        return CutShort()
    if fault.fault == "malformed_answer":
        return HTMLResponse(NONSENSE)
    await asyncio.sleep(fault.seconds)
    return done
