"""What the doors over HTTP share: the world behind them, what was asked, and how much may come in."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, HTTPException, Request

from simulator.world import World

EDI_TYPE = "application/edi-x12"
LARGEST_FILE = 50 * 1024 * 1024
# SQLite counts no further.
LARGEST_POSITION = 2**63 - 1


def world_of(request: Request) -> World:
    world: World = request.app.state.world
    return world


def noted(request: Request) -> None:
    """Remember what was asked, for a test to look at."""
    query = f"?{request.url.query}" if request.url.query else ""
    world_of(request).asked.append(f"{request.method} {request.url.path}{query}")


Worldly = Annotated[World, Depends(world_of)]


async def body_of(request: Request, most: int = LARGEST_FILE) -> bytes:
    """The body of a request. Raises 413 above `most` bytes."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise HTTPException(413, f"A body holds at most {most // 2**20} MiB.")
        parts.append(part)
    return b"".join(parts)
