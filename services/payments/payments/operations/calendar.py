"""The practice's day, for what comes by event or by timer: the books are dated by it, not by UTC."""

from __future__ import annotations

import os
from datetime import date
from functools import cache
from zoneinfo import ZoneInfo

from common.uow import UnitOfWork


def today(uow: UnitOfWork) -> date:
    return uow.workplace.now().astimezone(_zone()).date()


@cache
def _zone() -> ZoneInfo:
    return ZoneInfo(os.environ.get("TIME_ZONE", "America/New_York"))
