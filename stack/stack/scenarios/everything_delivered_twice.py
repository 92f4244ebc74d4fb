"""Networks deliver twice, answers get lost, operators say everything again: a visit is billed and paid once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from functools import partial
from typing import Any
from uuid import uuid4

from stack.demo import forms
from stack.demo.practice import MERIDIAN
from stack.scenarios.clinic import Claim, Clinic, Insured, money_bar, until
from stack.scenarios.story import Ending

_FILES = ("999", "277CA", "835")
_ACKNOWLEDGED = {"forwarded", "payer_accepted"}
_KERATOSES = forms.visit(
    [forms.problem("p1", "L57.0", "actinic keratoses")], [forms.freezing("p1", "premalignant", "scalp", 6)]
)


@dataclass(frozen=True, slots=True)
class Kept:
    """What the platform holds of a claim: where it is, everything that happened to it, and its money."""

    claim: Claim
    history: list[dict[str, Any]]
    money: dict[str, Any]


async def run(clinic: Clinic) -> Ending:
    """A visit that comes twice, files that come twice, events that are said twice: one claim, paid once."""
    await clinic.opens(MERIDIAN)
    await _everything_comes_twice(clinic)
    first, second = await clinic.registers(MERIDIAN, 2)
    encounter = await _entered_three_times(clinic, first)
    files = await _files(clinic)
    before = await until(partial(_heard_to_the_end, clinic, encounter), "both 277CA to be read")
    claim = before.claim
    clinic.story.expect("Submissions of the claim", len(claim["submissions"]), 1)
    clinic.story.expect("Remittances that were posted", await _posted(clinic), 1)
    clinic.story.say(
        f"Claim {claim['number']} went out once, though the answer to its submission was lost; of its answers came"
        f" {', '.join(f'{files[kind]} {kind}' for kind in _FILES)}, and it is paid once: {money_bar(before.money)}.",
        claim_id=claim["id"], files=dict(files), paid=before.money["paid"],
    )  # fmt: skip
    events = await clinic.say_again()
    clinic.story.say(f"An operator has all {events} events since the morning said again.", events=events)
    later = await _goes_on(clinic, second)
    after = await _kept(clinic, await clinic.claim_of(encounter, "paid"))
    unchanged = [part.name for part in fields(Kept) if getattr(after, part.name) == getattr(before, part.name)]
    clinic.story.expect("What is the same after the replay", unchanged, ["claim", "history", "money"])
    clinic.story.expect("Remittances that were posted in all", await _posted(clinic), 2)
    clinic.story.say(
        f"A visit that was entered after it is paid too; of claim {claim['number']} nothing changed: version"
        f" {after.claim['version']}, {len(after.history)} entries of history, one remittance.",
        claim_id=claim["id"], version=after.claim["version"], history=len(after.history),
    )  # fmt: skip
    cents_off = await clinic.cents_off([after.claim, later])
    return {"claims": 2, "submissions": 2, "said_again": int(events > 0), "paid": 2, "cents_off": cents_off}


async def _everything_comes_twice(clinic: Clinic) -> None:
    ours = {"receiver": clinic.office.sender_id}
    faults: list[dict[str, Any]] = [{"fault": "duplicate", "kind": kind, "times": 1, **ours} for kind in _FILES]
    faults.append({"fault": "answer_lost", "call": "submit", "times": 1, **ours})
    await clinic.office.simulator.act("POST", "/admin/faults", faults)
    clinic.story.say(
        f"The clearinghouse will lay the next {', '.join(_FILES)} into our mailbox twice, and take the next file of"
        " ours without saying so."
    )


async def _entered_three_times(clinic: Clinic, who: Insured) -> dict[str, Any]:
    """Once, again under the same key as after a lost answer, and again under another key with the visit's number."""
    key, day = uuid4(), clinic.day(3)
    numbered: dict[str, Any] = {"visit_number": "V-2026-0001"}
    first = await clinic.sees(who, _KERATOSES, day, key=key, **numbered)
    again = await clinic.sees(who, _KERATOSES, day, key=key, **numbered)
    other = await clinic.sees(who, _KERATOSES, day, **numbered)
    clinic.story.expect("Encounters of the visit", {one["id"] for one in (first, again, other)}, {first["id"]})
    clinic.story.say(
        f"The EHR sends a visit three times, twice under one key: it is one encounter, {first['id']}, at version"
        f" {other['version']}.",
        encounter_id=first["id"], version=other["version"],
    )  # fmt: skip
    return first


async def _files(clinic: Clinic) -> Counter[str]:
    """How many files of each kind lie in our mailbox, as soon as each lies there twice."""

    async def look() -> Counter[str] | None:
        laid = await clinic.office.simulator.get(f"/admin/mailboxes/{clinic.office.sender_id}")
        found = Counter(one["kind"] for one in laid)
        return found if all(found[kind] > 1 for kind in _FILES) else None

    return await until(look, f"two of each of {', '.join(_FILES)} in the mailbox")


async def _goes_on(clinic: Clinic, who: Insured) -> Claim:
    """A visit after the replay: what was said again before it has gone through every service when it is paid."""
    return await clinic.claim_of(await clinic.sees(who, _KERATOSES, clinic.day(2)), "paid")


async def _heard_to_the_end(clinic: Clinic, encounter: dict[str, Any]) -> Kept | None:
    """What is kept once the clearinghouse's and the payer's 277CA were read, which may come after the money."""
    so_far = await _kept(clinic, await clinic.claim_of(encounter, "paid"))
    if not {entry["fact"] for entry in so_far.history} >= _ACKNOWLEDGED:
        return None
    return await _kept(clinic, await clinic.claim_of(encounter, "paid"))


async def _kept(clinic: Clinic, claim: Claim) -> Kept:
    history = await clinic.office["claims"].everything(f"/claims/{claim['id']}/history")
    return Kept(claim, history, await clinic.money_of(claim))


async def _posted(clinic: Clinic) -> int:
    """How many cheques stand in the books of the practice."""
    return len(await clinic.office["payments"].everything("/remittances", state="posted"))
