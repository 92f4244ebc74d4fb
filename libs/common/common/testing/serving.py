"""A service on a real socket, in a thread of its own, for callers outside the test's event loop."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import uvicorn

from common.embedded import free_port
from common.service import Service
from common.testing.databases import ServiceDatabase
from common.testing.issuer import TestIssuer
from common.testing.running import settings_of


@contextmanager
def served(
    service: Service,
    database: ServiceDatabase,
    issuer: TestIssuer,
    *,
    port: int | None = None,
    bootstrap_servers: str = "127.0.0.1:1",
    work: bool = False,
    **settings: Any,
) -> Generator[str, None, None]:
    """The base URL of `service` while it runs; with `work` its relay, consumer and timers run too, on real Kafka."""
    port = port or free_port()
    app = service.create_app(settings_of(service, database, issuer, bootstrap_servers, **settings), work=work)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, name=service.name, daemon=True)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), f"{service.name} did not start"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)
