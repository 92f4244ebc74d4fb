"""The practice of a scenario and the desks of its staff: every act goes through the REST API of a service."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from common.money import Money
from stack.demo import forms, people
from stack.demo.drive import register
from stack.demo.forms import Facts
from stack.demo.office import Office
from stack.demo.opening import DAY_SECONDS, open_practice
from stack.demo.people import Patient
from stack.demo.practice import CLINICIANS, Clinician, Payer
from stack.demo.scenes import Twist
from stack.scenarios.story import NotAsExpected, Story

T = TypeVar("T")
Claim = dict[str, Any]
SayAgain = Callable[[], Awaitable[int]]

_PARTS = (("paid", "paid"), ("adjusted", "adjusted"), ("patient", "the patient's"), ("open", "open"))
_LOOK_EVERY = 0.1
_PATIENCE_SECONDS = 90.0


@dataclass(frozen=True, slots=True)
class Insured:
    """A patient on file at the practice and on the payer's roster."""

    id: str
    payer: Payer
    patient: Patient


@dataclass(frozen=True, slots=True)
class Clinic:
    """A practice that nobody has seen before. `rng` makes its patients: the same seed, the same ones.

    `say_again` is the operator's: every event since the practice opened is sent once more; gives how many.
    """

    office: Office
    story: Story
    today: date
    rng: Random
    say_again: SayAgain

    def day(self, days_ago: int) -> date:
        return self.today - timedelta(days=days_ago)

    async def opens(self, payer: Payer) -> None:
        """Fill the registers, take on the clearinghouse, and let simulated days pass quickly."""
        await asyncio.gather(
            open_practice(self.office, [payer], batch_seconds=1),
            self.office.simulator.act("PATCH", "/admin/time", {"day_seconds": DAY_SECONDS}),
        )

    async def registers(self, payer: Payer, count: int, **benefits: Any) -> list[Insured]:
        """New patients with a card each; `benefits` are what the payer's roster says of them beside the usual."""
        patients = [
            people.patient(place, payer, self.rng, Twist.NONE, self.today, self.office.run)
            for place in range(1, count + 1)
        ]
        roster = [patient.member | benefits for patient in patients]
        await self.office.simulator.act("POST", f"/admin/payers/{payer.id}/members", roster)
        known = await register(self.office, patients, lambda done: None)
        return [Insured(known[patient.record_number].patient_id, payer, patient) for patient in patients]

    async def sees(
        self,
        who: Insured,
        facts: Facts,
        on: date,
        *,
        by: Clinician = CLINICIANS[0],
        key: UUID | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """Document a visit, under an idempotency key of its own unless one is given; the encounter that comes of it."""
        form = forms.dated(
            facts,
            day=on.isoformat(),
            age=who.patient.age_on(on),
            sex=who.patient.person["sex"],
            payer={"type": who.payer.kind, "x_modifiers": who.payer.x_modifiers, "wants_51": False},
        )
        body = {"patient_id": who.id, "rendering_npi": by.npi, "visit": form, **more}
        return await self.office["coding"].create("/encounters", body, key)

    async def holds(self, reason: str, count: int = 1) -> list[dict[str, Any]]:
        """The claims that are held for a reason, as soon as they are so many; by date of service."""

        async def look() -> list[dict[str, Any]] | None:
            found = await self.office["claims"].everything("/holds", reason=reason)
            return found if len(found) == count else None

        held = await until(look, f"{count} claims held by {reason}")
        return sorted(held, key=lambda one: one["date_of_service"])

    async def waits(self, count: int) -> str:
        """The dollars that held claims keep from payers, as soon as so many claims are held."""

        async def look() -> str | None:
            totals = await self.office["claims"].get("/holds/totals")
            return totals["amount"] if totals["claims"] == count else None

        return await until(look, f"{count} claims held in all")

    async def claim_of(self, encounter: Mapping[str, Any], status: str) -> Claim:
        """The visit's claim as soon as it is in that status."""
        seen = "not there"

        async def look() -> Claim | None:
            nonlocal seen
            found = await self.office["claims"].get("/claims", encounter_id=encounter["id"])
            for one in found["items"]:
                seen = one["status"]
                if seen == status:
                    return await self.office["claims"].get(f"/claims/{one['id']}")
            return None

        return await until(look, f"claim of encounter {encounter['id']} {status}", lambda: seen)

    async def case_of(self, claim: Claim) -> dict[str, Any]:
        """The claim's open case at the denials desk, as soon as there is one."""

        async def look() -> dict[str, Any] | None:
            cases = await self.office["denials"].everything("/cases", status="open")
            return next((case for case in cases if case["claim_id"] == claim["id"]), None)

        return await until(look, f"denial case of claim {claim['number']}")

    async def corrects(self, case: Mapping[str, Any], reason: str, **what: Any) -> None:
        """Have the claim of a denial case sent again as a replacement."""
        body = {"reason": reason, **what}
        await self.office["denials"].act("POST", f"/cases/{case['id']}/correction", body, version=case["version"])

    async def file_of(self, control_number: str) -> list[str]:
        """The segments of one submission of a claim, as they reached the clearinghouse."""
        after = 0
        while True:
            page = await self.office.simulator.get("/admin/interchanges", after=after, limit=1000)
            for one in page["interchanges"]:
                if one["sender"] != self.office.sender_id:
                    continue
                content = (await self.office.simulator.content(f"/admin/interchanges/{one['id']}/content")).decode()
                if f"CLM*{control_number}*" in content:
                    return _segments(content, control_number)
            if not page["interchanges"]:
                raise NotAsExpected(f"No file with submission {control_number} reached the clearinghouse.")
            after = page["next"]

    async def payers_truth(self, control_number: str) -> dict[str, Any]:
        """What the payer itself decided of one submission."""
        [found] = (await self.office.simulator.get("/admin/truth", control_number=control_number))["claims"]
        return found

    async def money_of(self, claim: Claim) -> dict[str, Any]:
        """The claim's money when its books agree with what the payer decided of its last submission."""
        truth = await self.payers_truth(claim["submissions"][-1]["control_number"])
        expected = {"paid": truth["paid"], "patient": truth["patient_responsibility"]}
        last: dict[str, Any] = {}

        async def look() -> dict[str, Any] | None:
            last.update(await self.office["payments"].get(f"/claims/{claim['id']}/money"))
            return last if all(Money(last[name]) == Money(amount) for name, amount in expected.items()) else None

        return await until(look, f"books of claim {claim['number']} at {expected}", lambda: last)

    async def cents_off(self, claims: Sequence[Claim]) -> int:
        """How far the books are from the claims and from what the payer decided, in cents."""
        found = [await self.money_of(claim) for claim in claims]
        whole = await self.office["payments"].get("/ledger/money")
        charged = Money.sum(Money(claim["charge"]) for claim in claims)
        apart = abs(int((Money(whole["charge"]) - charged).amount * 100))
        return apart + sum(abs(one["cents_off"]) for one in (*found, whole))


async def until(look: Callable[[], Awaitable[T | None]], what: str, seen: Callable[[], object] = lambda: None) -> T:
    """What `look` gives as soon as it gives something. Raises NotAsExpected, with what was `seen` last."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while (found := await look()) is None:
        if time.monotonic() > deadline:
            raise NotAsExpected(f"Waited {_PATIENCE_SECONDS:.0f} s in vain for {what}; the last look: {seen()}.")
        await asyncio.sleep(_LOOK_EVERY)
    return found


def _segments(content: str, control_number: str) -> list[str]:
    parts = content.split("~")
    start = next(at for at, segment in enumerate(parts) if segment.startswith(f"CLM*{control_number}*"))
    end = next((at for at in range(start + 1, len(parts)) if parts[at].startswith(("CLM*", "HL*", "SE*"))), len(parts))
    return parts[start:end]


def dollars(*amounts: str) -> str:
    """Amounts together, as they are read."""
    return f"${Money.sum(Money(amount) for amount in amounts).amount:,.2f}"


def money_bar(money: Mapping[str, Any]) -> str:
    """Where every dollar of a claim is."""
    parts = " + ".join(f"{dollars(money[part])} {words}" for part, words in _PARTS if Money(money[part]))
    return f"{dollars(money['charge'])} = {parts}"
