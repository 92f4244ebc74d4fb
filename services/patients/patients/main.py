"""The patients service put together."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from common.service import Service, Worker
from patients import api, fhir, tables
from patients.contract import CONTRACT
from patients.settings import Settings

SERVICE = Service(
    name="patients",
    contract=CONTRACT,
    metadata=tables.METADATA,
    migrations=Path(__file__).parent.parent / "migrations",
    settings=Settings,
    routers=(api.router, fhir.router),
)


def create_app() -> FastAPI:
    return SERVICE.create_app()


def worker() -> Worker:
    return SERVICE.worker()
