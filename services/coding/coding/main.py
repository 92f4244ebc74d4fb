"""The coding service put together."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from coding import api, tables
from coding.contract import CONTRACT
from coding.fhir import door
from coding.hl7.door import INTAKE
from coding.settings import Settings
from common.problems import BodyRule
from common.service import Service, Worker
from hl7v2.door import BODY, PATH, listener, router

# The largest visit form (100 procedures, 50 problems with full notes) is about 200 kB; FHIR says it at greater length.
VISIT = BodyRule(limit=512 * 1024)
BUNDLE = BodyRule(limit=2 * 1024 * 1024, media_types=("application/fhir+json", "application/json"))

SERVICE = Service(
    name="coding",
    contract=CONTRACT,
    metadata=tables.METADATA,
    migrations=Path(__file__).parent.parent / "migrations",
    settings=Settings,
    routers=(api.router, door.router, router(INTAKE)),
    doors=(listener(INTAKE),),
    calls=("patients",),
    bodies={
        "/encounters": VISIT,
        "/encounters/preview": VISIT,
        "/encounters/{encounter_id}/visit": VISIT,
        "/encounters/{encounter_id}/override": VISIT,
        "/fee-schedule": VISIT,
        "/fhir/R4/Bundle": BUNDLE,
        PATH: BODY,
    },
)


def create_app() -> FastAPI:
    return SERVICE.create_app()


def worker() -> Worker:
    return SERVICE.worker()
