"""The edi service put together."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from common.problems import BodyRule
from common.service import Service, Worker
from edi import api, deadlines, tables
from edi.contract import CONTRACT
from edi.models import LARGEST_UPLOAD, MEDIA_TYPE
from edi.settings import Settings

RAW = BodyRule(limit=LARGEST_UPLOAD, media_types=(MEDIA_TYPE,))

SERVICE = Service(
    name="edi",
    contract=CONTRACT,
    metadata=tables.METADATA,
    migrations=Path(__file__).parent.parent / "migrations",
    settings=Settings,
    routers=(api.partners.router, api.transmissions.router, api.inbound.router, api.real_time.router),
    deadlines=deadlines.DEADLINES,
    bodies={"/partners/{id}/inbound": RAW, "/quarantine/{id}/release": RAW},
)


def create_app() -> FastAPI:
    return SERVICE.create_app()


def worker() -> Worker:
    return SERVICE.worker()
