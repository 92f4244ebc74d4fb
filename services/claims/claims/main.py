"""Claims put together."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from claims import api, tables
from claims.contract import CONTRACT
from claims.deadlines import DEADLINES
from claims.events import HANDLERS
from claims.settings import Settings
from common.service import Service, Worker

SERVICE = Service(
    name="claims",
    contract=CONTRACT,
    metadata=tables.METADATA,
    migrations=Path(__file__).parent.parent / "migrations",
    settings=Settings,
    routers=api.ROUTERS,
    handlers=HANDLERS,
    deadlines=DEADLINES,
    calls=("patients", "edi"),
)


def create_app() -> FastAPI:
    return SERVICE.create_app()


def worker() -> Worker:
    return SERVICE.worker()
