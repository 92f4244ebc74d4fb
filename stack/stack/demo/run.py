"""The demo from the first patient to the last cent."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from stack.demo import account, authorizing, enrolling, gate, judge, staff, waiting
from stack.demo.account import Day
from stack.demo.day import Visit, the_day
from stack.demo.drive import Entered, answer_questions, document, register
from stack.demo.gate import Held
from stack.demo.office import Office, signed_on
from stack.demo.opening import close_for_the_night, insure, open_practice
from stack.demo.practice import profile
from stack.demo.progress import Telling
from stack.workspace import Workspace

# A correction may be denied for another reason, a rebuilt claim may be denied: staff look again, but not for ever.
_ROUNDS = 4
# The services' default for a practice (common.settings), which the demo's practice keeps.
_TIME_ZONE = "America/New_York"


@dataclass(frozen=True, slots=True)
class Result:
    """What the day came to. `files` counts the 837P interchanges, `refused` names those the judge did not take.

    `gated` is what the gate held at the end of the day.
    """

    day: Day
    files: int
    gated: Held | None = None
    refused: tuple[str, ...] = ()
    judged: bool = True

    def problems(self) -> Iterator[str]:
        """What is not as it should be, one sentence each."""
        for one in self.day.unaccounted:
            yield f"Visit {one.number}, encounter {one.encounter_id}, is not accounted for: {one.unaccounted}."
        if self.day.cents_off:
            yield f"The ledger is {self.day.cents_off} cents away from its claims and from what the payers decided."
        if self.refused:
            yield f"pyx12 does not accept the interchanges {', '.join(self.refused)}."
        if not self.files:
            yield "Not one interchange reached the clearinghouse."


async def run(workspace: Workspace, telling: Telling) -> Result:
    """A fresh practice, its day, its staff's work; then where everything is. Raises StackError when it does not end."""
    async with signed_on(workspace) as office:
        before = await account.last_truth(office)
        today = datetime.now(ZoneInfo(_TIME_ZONE)).date()
        entered = await _spend_the_day(office, today, telling)
        gated = await _follow_up(office, entered, today, telling)
        await close_for_the_night(office)
        with telling.step("Accounting for every encounter", len(entered)) as tell:
            day = await account.account_for(office, entered, before, tell)
        return await _judged(office, day, gated, telling)


async def _spend_the_day(office: Office, today: date, telling: Telling) -> list[Entered]:
    day = the_day(today, office.run)
    with telling.step("Opening the practice"):
        await asyncio.gather(open_practice(office), insure(office, day), authorizing.payers_agree(office))
        await gate.ask_first(office, profile())
    with telling.step("Enrolling clinicians"):
        await enrolling.enroll(office, today)
    with telling.step("Registering patients", len(day.patients)) as tell:
        registered = await register(office, day.patients, tell)
    with telling.step("Asking payers for authorizations"):
        await authorizing.authorize(office, day.visits, registered, today)
    once: list[Visit] = [visit for visit in day.visits if not visit.number.endswith("B")]
    again = [visit for visit in day.visits if visit.number.endswith("B")]
    with telling.step("Documenting visits", len(day.visits)) as tell:
        entered = await document(office, once, registered, tell)
        entered += await document(office, again, registered, lambda done: tell(len(once) + done))
        await answer_questions(office, entered)
    return entered


async def _follow_up(office: Office, entered: list[Entered], today: date, telling: Telling) -> Held:
    with telling.step("Waiting for payers", len(entered)) as tell:
        await waiting.until_still(office, tell)
    gated = await gate.held(office)
    for number in range(1, _ROUNDS + 1):
        with telling.step(f"Working rejections and denials, round {number}") as tell:
            worked = await staff.work_denials(office) + await staff.mend_claims(office)
            # After the biller, who must not meet a claim that moves: what releases one comes by events.
            worked += await gate.release(office, entered, today)
            await waiting.until_still(office, tell)
        if not worked:
            break
    return gated


async def _judged(office: Office, day: Day, gated: Held, telling: Telling) -> Result:
    sent = await judge.sent_files(office)
    result = Result(day, len(sent), gated)
    if not judge.installed():
        return replace(result, judged=False)
    with telling.step("Having pyx12 read every 837P", len(sent)):
        return replace(result, refused=tuple(await asyncio.to_thread(judge.refused, sent)))
