"""The admin API of the wires: faults, mailboxes, who is answered, who may come in, and what was asked."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import asyncssh
from fastapi import APIRouter, Depends, HTTPException, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from simulator import sftp
from simulator.admin import administrator
from simulator.core import payload_id_of
from simulator.faults import Fault
from simulator.wire import Worldly, body_of

router = APIRouter(prefix="/admin", tags=["admin"], dependencies=[Depends(administrator)])

FileName = Annotated[str, Query(pattern=r"^[^\x00-\x1f\x7f/\\]{1,200}$")]


class Door(BaseModel):
    """What partners need to know of the SFTP server: port and host key; and who may come in, by sender id."""

    port: int | None
    host_key: str
    keys: dict[str, str]
    keeps_uploads: bool


class DoorChange(BaseModel):
    """`keys` are added, by sender id, as lines of OpenSSH. `keeps_uploads`: what was taken stays to be seen."""

    model_config = ConfigDict(extra="forbid")

    keys: dict[str, str] = Field(default_factory=dict)
    keeps_uploads: bool | None = None


@router.get("/faults")
def faults(world: Worldly) -> list[dict[str, Any]]:
    """Those that still strike, and how often."""
    with world.store.transaction():
        return [{"id": key, "left": left, **asdict(one)} for key, left, one in world.store.faults()]


@router.post("/faults", status_code=201)
def add_faults(wanted: list[Fault], world: Worldly) -> dict[str, list[int]]:
    """The oldest that matches and strikes is the one that happens."""
    with world.store.transaction():
        return {"ids": [world.store.add_fault(one) for one in wanted]}


@router.delete("/faults", status_code=204)
def drop_faults(world: Worldly) -> None:
    with world.store.transaction():
        world.store.drop_faults()


@router.get("/receivers")
def receivers(world: Worldly) -> list[str]:
    with world.store.transaction():
        return json.loads(world.store.meta("receivers") or "[]")


@router.put("/receivers")
def set_receivers(known: list[str], world: Worldly) -> list[str]:
    """The ISA08 that are answered; any other gets a TA1 with 008. An empty list answers all."""
    with world.store.transaction():
        world.store.set_meta("receivers", json.dumps(known))
    return known


@router.post("/mailboxes/{receiver}", status_code=201)
async def put_file(receiver: str, name: FileName, request: Request, world: Worldly, kind: str = "") -> dict[str, Any]:
    """Lay the body into a mailbox under that name, whatever it is; 409 when there is one of that name."""
    content = await body_of(request)

    def put() -> None:
        with world.store.transaction():
            if world.store.file(name) is not None:
                raise HTTPException(409, "There is a file of that name.")
            world.store.post(name, receiver, kind, content)

    await run_in_threadpool(put)
    return {"name": name, "size": len(content)}


@router.get("/mailboxes/{receiver}")
def list_mailbox(receiver: str, world: Worldly) -> list[dict[str, Any]]:
    """Every file that was ever laid into a mailbox; `cleared` when the partner took it away."""
    with world.store.transaction():
        left = {entry.key for entry in world.store.outbound(receiver)}
        found = world.store.mailbox(receiver, 0, 100_000)
    return [asdict(one) | {"cleared": one.position not in left, "payload_id": payload_id_of(one)} for one in found]


@router.get("/asked")
def asked(world: Worldly) -> list[str]:
    """What was asked over the wires since the last reset: `GET /core/v1/results?...`, `SFTP READ outbound/...`."""
    return list(world.asked)


@router.get("/sftp")
def door(request: Request, world: Worldly) -> Door:
    listening = request.app.state.sftp
    key = sftp.public_host_key(world)
    with world.store.transaction():
        return Door(
            port=listening.get_port() if listening is not None else None,
            host_key=key,
            keys=world.store.keys(),
            keeps_uploads=bool(world.store.meta(sftp.KEEPS_UPLOADS)),
        )


@router.patch("/sftp")
def change_door(change: DoorChange, request: Request, world: Worldly) -> Door:
    """Let partners in, or say whether what they sent stays in their folder. Keys survive a reset."""
    for line in change.keys.values():
        try:
            asyncssh.import_public_key(line)
        except asyncssh.KeyImportError as error:
            raise HTTPException(422, "A key is a line as OpenSSH writes it.") from error
    with world.store.transaction():
        for sender, line in change.keys.items():
            world.store.set_key(sender, line)
        if change.keeps_uploads is not None:
            world.store.set_meta(sftp.KEEPS_UPLOADS, "yes" if change.keeps_uploads else "")
    return door(request, world)
