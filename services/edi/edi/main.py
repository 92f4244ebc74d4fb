"""The edi service put together."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from common.problems import BodyRule
from common.service import Service, Worker
from edi import api, deadlines, tables
from edi.contract import CONTRACT
from edi.domain.bodies import LONGEST_BODY
from edi.domain.fhir import MEDIA_TYPE as FHIR_TYPE
from edi.models.files import LARGEST_UPLOAD, MEDIA_TYPE
from edi.settings import Settings

RAW = BodyRule(limit=LARGEST_UPLOAD, media_types=(MEDIA_TYPE,))

NOTIFICATION = BodyRule(limit=LONGEST_BODY, media_types=(FHIR_TYPE, "application/json"))

SERVICE = Service(
    name="edi",
    contract=CONTRACT,
    metadata=tables.METADATA,
    migrations=Path(__file__).parent.parent / "migrations",
    settings=Settings,
    routers=(
        api.partners.router,
        api.transmissions.router,
        api.inbound.router,
        api.real_time.router,
        api.subscriptions.router,
        api.subscriptions.door,
    ),
    deadlines=deadlines.DEADLINES,
    bodies={
        "/partners/{id}/inbound": RAW,
        "/quarantine/{id}/release": RAW,
        "/notifications/{practice_id}/{subscription_id}": NOTIFICATION,
    },
)


def create_app() -> FastAPI:
    return SERVICE.create_app()


def worker() -> Worker:
    return SERVICE.worker()
