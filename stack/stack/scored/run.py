"""The scored run: visits in at the front door, every kind of trouble from the payers, and the comparison."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from common.embedded import StackError
from stack.demo.drive import document, register, some_at_once
from stack.demo.office import Office
from stack.demo.opening import close_for_the_night, insure, open_practice
from stack.demo.progress import Telling
from stack.scored import books
from stack.scored.score import Score, Truth, scored
from stack.scored.visits import visits

_TIME_ZONE = "America/New_York"
_LOOK_EVERY = 1.0
_UNSENT = ("assembling", "ready", "sending")
# At most one kind of each stage befalls a claim. 15 % are stopped at the door, and some kinds do not fit some claims;
# with these rates at least about 5 % of all claims end up with each kind.
STAGES: Mapping[str, float] = {"front": 0.054, "course": 0.068, "beside": 0.085, "denial": 0.0665}
RATES: Mapping[str, float] = {
    "crossover": 0.11,
    "recovery_announced": 0.088,
    "taken_back": 0.08,
    "interest": 0.077,
    "recovery": 0.077,
    "split": 0.077,
    "downcoded": 0.3,
    "sequestration": 0.12,
    "claim_level_only": 0.08,
    "no_line_control": 0.08,
    "line_cut": 0.2,
}


@dataclass(frozen=True, slots=True)
class Result:
    """`claims` reached a payer's clearinghouse; `held` did not, and nothing of them is to be posted."""

    score: Score
    claims: int
    held: int
    seconds: Mapping[str, float]


async def run(office: Office, telling: Telling, *, claims: int, seed: int, patience: float) -> Result:
    """Everything from the first patient to the score. Raises StackError when it does not end within `patience`."""
    today = datetime.now(ZoneInfo(_TIME_ZONE)).date()
    day = visits(claims, seed, today, office.run)
    with telling.step("Opening the practice"):
        await asyncio.gather(open_practice(office), insure(office, day))
        await office.simulator.act("PUT", "/admin/scenarios", await _table(office, seed))
    with telling.step("Registering patients", len(day.patients)) as tell:
        registered = await register(office, day.patients, tell)
    with telling.step("Documenting visits", len(day.visits)) as tell:
        await document(office, day.visits, registered, tell)
    with telling.step("Waiting for payers and postings", claims):
        held = await _until_posted(office, time.monotonic() + patience)
    await close_for_the_night(office)
    await office.simulator.act("PUT", "/admin/scenarios", {"rates": {}})
    truth = await _truths(office)
    with telling.step("Reading the books", len(truth.claims)) as tell:
        posted = await books.read(office, await _claim_ids(office), tell)
    return Result(scored(truth.claims, truth.cheques, posted), len(truth.claims), held, telling.seconds)


async def _table(office: Office, seed: int) -> dict[str, Any]:
    """The rate of every kind, named one by one. The name of the run is in member ids and must not change the draw."""
    kinds = await office.simulator.get("/admin/scenarios/kinds")
    rates = {one["kind"]: RATES[one["kind"]] if one["kind"] in RATES else STAGES[one["stage"]] for one in kinds}
    return {"seed": seed, "rates": rates, "claims": "services", "without": office.run}


@dataclass(frozen=True, slots=True)
class Truths:
    claims: list[Truth]
    cheques: list[Truth]


async def _truths(office: Office) -> Truths:
    """What the payers know of this practice's claims and of their cheques to it."""
    interchanges = await _pages(office, "/admin/interchanges", "interchanges")
    ours = {one["id"] for one in interchanges if one["sender"] == office.sender_id}
    claims = await _pages(office, "/admin/truth", "claims")
    cheques = await _pages(office, "/admin/truth/cheques", "cheques")
    return Truths(
        [one for one in claims if one["interchange"] in ours],
        [one for one in cheques if one["sender"] == office.sender_id],
    )


async def _pages(office: Office, path: str, name: str) -> list[Truth]:
    found: list[Truth] = []
    after = 0
    while True:
        page = await office.simulator.get(path, after=after, limit=500)
        if not page[name]:
            return found
        found += page[name]
        after = page["next"]


async def _claim_ids(office: Office) -> dict[str, str]:
    """The id of every claim that left, by the control numbers it left under."""
    claims = await office["claims"].everything("/claims")

    async def one(claim: Truth) -> list[tuple[str, str]]:
        found = await office["claims"].get(f"/claims/{claim['id']}")
        return [(item["control_number"], claim["id"]) for item in found["submissions"]]

    numbers = await some_at_once(one, claims, lambda done: None)
    return dict(pair for pairs in numbers for pair in pairs)


async def _until_posted(office: Office, until: float) -> int:
    """Wait until nothing more will come and all that came is posted; how many claims never left."""
    before: object = None
    while True:
        await asyncio.sleep(_LOOK_EVERY)
        if not await _moves(office):
            now = await _look(office)
            if now.still and now == before:
                return now.held
            before = now
        if time.monotonic() > until:
            raise StackError(f"Not everything had come to rest in time; the last look: {before}.")


async def _moves(office: Office) -> bool:
    """Whether something is surely still on its way: cheap to ask, so that waiting does not slow what is waited for."""
    counts, *waiting = await asyncio.gather(
        office.simulator.get("/admin/counts"),
        *(office["claims"].get("/claims", status=status, limit=1) for status in _UNSENT),
        office["payments"].get("/remittances", state="posting", limit=1),
    )
    return bool(counts["due"]) or any(page["items"] for page in waiting)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at everything: encounters and their claims, remittances sent, taken in and not posted yet."""

    encounters: int
    claims: int
    held: int
    sent: int
    taken_in: int
    waiting: int

    @property
    def still(self) -> bool:
        return self.claims == self.encounters and self.sent == self.taken_in and not self.waiting


async def _look(office: Office) -> Look:
    encounters, claims, cheques, remittances = await asyncio.gather(
        office["coding"].everything("/encounters", disposition="ready"),
        office["claims"].everything("/claims"),
        _pages(office, "/admin/truth/cheques", "cheques"),
        office["payments"].everything("/remittances"),
    )
    ours = [cheque for cheque in cheques if cheque["sender"] == office.sender_id]
    return Look(
        encounters=len(encounters),
        claims=len(claims),
        held=sum(claim["status"] == "held" for claim in claims),
        sent=sum(len(cheque["files"]) for cheque in ours),
        taken_in=len(remittances),
        waiting=sum(one["state"] == "posting" or bool(one["standing"].get("waiting")) for one in remittances),
    )
