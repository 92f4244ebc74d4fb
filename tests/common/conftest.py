"""A real server on a loopback port, for what speaks HTTP, and the log as a service writes it."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
import uvicorn

from common.logging import configure

Lines = Callable[[], list[dict[str, Any]]]
Serve = Callable[[Any], Coroutine[Any, Any, str]]


@asynccontextmanager
async def serving(app: Any) -> AsyncGenerator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off"))
    task = asyncio.create_task(server.serve())
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await asyncio.wait_for(task, 10)


@pytest.fixture
async def serve() -> AsyncGenerator[Serve]:
    """`await serve(app)` gives the base URL of an ASGI app until the test ends."""
    async with AsyncExitStack() as stack:

        async def start(app: Any) -> str:
            return await stack.enter_async_context(serving(app))

        yield start


@pytest.fixture
def log_lines() -> Generator[Lines]:
    """The log of a service called `claims`; calling it gives the lines so far."""
    root, stream = logging.getLogger(), io.StringIO()
    before, level = list(root.handlers), root.level
    configure("claims", stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(False)
