"""A service on a real socket, in a thread of its own, for clients that know nothing of asyncio."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn

from common.embedded import free_port
from common.service import Service
from common.testing.databases import ServiceDatabase
from common.testing.issuer import TestIssuer
from common.testing.running import settings_of


@contextmanager
def served(service: Service, database: ServiceDatabase, issuer: TestIssuer) -> Generator[str, None, None]:
    """The base URL of `service` while it runs."""
    port = free_port()
    app = service.create_app(settings_of(service, database, issuer))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the service did not start"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)
