"""Eligibility put together."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from common.service import Service, Worker
from eligibility import api, tables
from eligibility.contract import CONTRACT
from eligibility.deadlines import DEADLINES
from eligibility.events import HANDLERS
from eligibility.hl7.door import INTAKE
from eligibility.settings import Settings
from hl7v2.door import BODY, PATH, listener, router

SERVICE = Service(
    name="eligibility",
    contract=CONTRACT,
    metadata=tables.METADATA,
    migrations=Path(__file__).parent.parent / "migrations",
    settings=Settings,
    routers=(*api.ROUTERS, router(INTAKE)),
    doors=(listener(INTAKE),),
    bodies={PATH: BODY},
    handlers=HANDLERS,
    deadlines=DEADLINES,
    calls=("patients", "edi"),
)


def create_app() -> FastAPI:
    return SERVICE.create_app()


def worker() -> Worker:
    return SERVICE.worker()
