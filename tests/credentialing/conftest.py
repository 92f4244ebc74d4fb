"""A credentialing desk with two payers, a group, two locations and a provider on its registers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from credentialing_desk import BILLING, NPI, Desk

from common.testing.running import Running
from credentialing.main import SERVICE

Start = Callable[..., Awaitable[Running]]


@pytest.fixture
async def desk(run_service: Start) -> Desk:
    desk = Desk(await run_service(SERVICE))
    await desk.put("/payers/PAYERA", {"name": "Meridian Mutual", "program": "commercial"})
    await desk.put("/payers/MEDICARE", {"name": "Medicare Part B", "program": "medicare"})
    await desk.put(f"/groups/{BILLING}", {"name": "Sample Dermatology PC", "tin": "123456789"})
    place = {"line1": "100 Sample Street", "city": "Albany", "state": "NY", "zip": "122070001"}
    await desk.put("/locations/MAIN", {"billing_npi": BILLING, "name": "Main Street", **place})
    await desk.put("/locations/LAKE", {"billing_npi": BILLING, "name": "Lakeside", **place})
    name = {"family": "Quill", "given": "Maren"}
    await desk.put(f"/providers/{NPI}", {"name": name, "profession": "MD", "taxonomies": ["207N00000X"]})
    return desk
