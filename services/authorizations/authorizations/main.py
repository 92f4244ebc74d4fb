"""Authorizations put together."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from authorizations import api, tables
from authorizations.contract import CONTRACT
from authorizations.deadlines import DEADLINES
from authorizations.events import HANDLERS
from authorizations.settings import Settings
from common.service import Service, Worker

SERVICE = Service(
    name="authorizations",
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
