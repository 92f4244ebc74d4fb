"""The denials service put together."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from common.service import Service, Worker
from denials import api, deadlines, events, tables
from denials.contract import CONTRACT
from denials.settings import Settings

SERVICE = Service(
    name="denials",
    contract=CONTRACT,
    metadata=tables.METADATA,
    migrations=Path(__file__).parent.parent / "migrations",
    settings=Settings,
    routers=(api.router,),
    handlers=events.HANDLERS,
    deadlines=deadlines.DEADLINES,
)


def create_app() -> FastAPI:
    return SERVICE.create_app()


def worker() -> Worker:
    return SERVICE.worker()
