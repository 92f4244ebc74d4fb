"""Payments put together."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from common.service import Service, Worker
from payments import api, tables
from payments.contract import CONTRACT
from payments.deadlines import DEADLINES
from payments.events import HANDLERS
from payments.settings import Settings

SERVICE = Service(
    name="payments",
    isolation="serializable",
    contract=CONTRACT,
    metadata=tables.METADATA,
    migrations=Path(__file__).parent.parent / "migrations",
    settings=Settings,
    routers=api.ROUTERS,
    handlers=HANDLERS,
    deadlines=DEADLINES,
    calls=("edi",),
)


def create_app() -> FastAPI:
    return SERVICE.create_app()


def worker() -> Worker:
    return SERVICE.worker()
