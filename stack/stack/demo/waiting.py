"""Waiting until nothing moves any more, as the services themselves tell it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.embedded import StackError
from stack.demo.office import Office
from stack.demo.progress import Tell

# A claim in one of these is in a program's hands and will move by itself.
IN_HAND = frozenset({"assembling", "ready", "sending", "submitted", "accepted", "correcting"})
WITH_DENIALS = frozenset({"denied", "partly_paid"})
# A coverage check in one of these waits for a payer's word, and a held claim may wait for the check.
BEING_ASKED = ("waiting", "asking")
LOOK_EVERY = 0.5
BOUND_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Look:
    """One look at everything: claims and cases by id with status and version, the money bar, what is not there yet."""

    claims: Mapping[str, tuple[str, int]]
    cases: Mapping[str, tuple[str, int]]
    money: Mapping[str, Any]
    awaited: int

    @property
    def moving(self) -> int:
        return self.awaited + sum(status in IN_HAND for status, _ in self.claims.values())


async def until_still(office: Office, tell: Tell, bound: float = BOUND_SECONDS) -> Look:
    """The last of two equal looks in which nothing was in a program's hands.

    Raises StackError when `bound` seconds do not suffice, with what still moves.
    """
    until = time.monotonic() + bound
    before = await _look(office)
    while True:
        await asyncio.sleep(LOOK_EVERY)
        now = await _look(office)
        tell(len(now.claims) - now.moving)
        if now == before and not now.moving:
            return now
        if time.monotonic() > until:
            raise StackError(f"After {bound:.0f} s not everything had come to rest: {_unsettled(now)}.")
        before = now


async def _look(office: Office) -> Look:
    ready, claims, cases, money, asked = await asyncio.gather(
        office["coding"].everything("/encounters", disposition="ready"),
        office["claims"].everything("/claims"),
        office["denials"].everything("/cases"),
        office["payments"].get("/ledger/money"),
        _being_asked(office),
    )
    claimed = {claim["encounter_id"] for claim in claims}
    in_a_case = {case["claim_id"] for case in cases}
    awaited = sum(encounter["id"] not in claimed for encounter in ready)
    awaited += sum(claim["status"] in WITH_DENIALS and claim["id"] not in in_a_case for claim in claims)
    awaited += asked
    return Look(
        {claim["id"]: (claim["status"], claim["version"]) for claim in claims},
        {case["id"]: (case["status"], case["version"]) for case in cases},
        money,
        awaited,
    )


async def _being_asked(office: Office) -> int:
    checks = [await office["eligibility"].everything("/checks", status=status) for status in BEING_ASKED]
    return sum(map(len, checks))


def _unsettled(look: Look) -> str:
    slow = [f"claim {claim_id} is {status}" for claim_id, (status, _) in look.claims.items() if status in IN_HAND]
    if look.awaited:
        slow.append(f"{look.awaited} claims, denial cases or answers about coverage are not there yet")
    return "; ".join(slow[:10]) or "amounts still changed"
