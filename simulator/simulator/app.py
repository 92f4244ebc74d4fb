"""The application: wire and admin over one simulated world."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from simulator import admin, admin_desks, admin_wires, core, fhir_door, sftp, submitters
from simulator.envelope import Refused
from simulator.settings import Settings
from simulator.world import World


def create_app(settings: Settings) -> FastAPI:
    """The app on the state that the settings name; days go by while it runs."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        world = await run_in_threadpool(World, settings)
        app.state.world = world
        world.start()
        app.state.sftp = door = await sftp.serve(world, settings)
        yield
        if door is not None:
            door.close()
        await run_in_threadpool(world.stop)

    app = FastAPI(title="Simulated clearinghouse and payers", version="0.1.0", lifespan=lifespan)
    app.state.settings = settings
    app.state.tokens = submitters.Tokens()
    for router in (
        submitters.router,
        core.router,
        fhir_door.router,
        admin.router,
        admin_wires.router,
        admin_desks.router,
    ):
        app.include_router(router)
    app.add_exception_handler(Refused, core.refusal)

    @app.get("/healthz", tags=["health"])
    async def healthy() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz", tags=["health"])
    async def ready(request: Request) -> JSONResponse:
        alive = request.app.state.world.alive
        return JSONResponse({"status": "ok" if alive else "stuck"}, 200 if alive else 503)

    @app.exception_handler(HTTPException)
    async def problem(_: Request, error: HTTPException) -> JSONResponse:
        body = {"type": "about:blank", "status": error.status_code, "detail": error.detail}
        return JSONResponse(body, error.status_code, error.headers, "application/problem+json")

    return app
