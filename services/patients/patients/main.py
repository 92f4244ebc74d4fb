"""The patients service put together."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from common.service import Service, Worker
from hl7v2.door import BODY, PATH, listener, router
from patients import api, fhir, tables
from patients.contract import CONTRACT
from patients.hl7.door import INTAKE
from patients.settings import Settings

SERVICE = Service(
    name="patients",
    contract=CONTRACT,
    metadata=tables.METADATA,
    migrations=Path(__file__).parent.parent / "migrations",
    settings=Settings,
    routers=(api.router, fhir.router, router(INTAKE)),
    doors=(listener(INTAKE),),
    bodies={PATH: BODY},
)


def create_app() -> FastAPI:
    return SERVICE.create_app()


def worker() -> Worker:
    return SERVICE.worker()
