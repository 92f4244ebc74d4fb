"""The credentialing service put together."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from common.problems import BodyRule
from common.service import Service, Worker
from credentialing import deadlines, tables
from credentialing.api import ROUTERS
from credentialing.api.holders import HOLDERS
from credentialing.contract import CONTRACT
from credentialing.operations.filing import BEGINNINGS
from credentialing.settings import Settings

SERVICE = Service(
    name="credentialing",
    contract=CONTRACT,
    metadata=tables.METADATA,
    migrations=Path(__file__).parent.parent / "migrations",
    settings=Settings,
    routers=ROUTERS,
    deadlines=deadlines.DEADLINES,
    bodies={f"{path}/documents": BodyRule(media_types=tuple(BEGINNINGS)) for path in HOLDERS},
)


def create_app() -> FastAPI:
    return SERVICE.create_app()


def worker() -> Worker:
    return SERVICE.worker()
