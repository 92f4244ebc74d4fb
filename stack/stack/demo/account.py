"""Where every encounter, every claim and every cent is, asked of the services one encounter at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from common.http import RemoteRefusal
from common.money import Money
from stack.demo.drive import Entered, some_at_once
from stack.demo.office import Office
from stack.demo.progress import Tell

NOT_BILLED = frozenset({"no_charge", "patient_only"})


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """One encounter: what coding says of it, its claims, and why it is not accounted for, empty when it is.

    `seconds` is the time from the last coding of the visit to the submission of its claim; None when none was sent.
    """

    encounter_id: str
    number: str
    disposition: str
    flags: tuple[str, ...] = ()
    claim: Mapping[str, Any] | None = None
    history: tuple[Mapping[str, Any], ...] = ()
    money: Mapping[str, Any] | None = None
    seconds: float | None = None
    unaccounted: str = ""

    def happened(self, fact: str) -> bool:
        return any(entry["fact"] == fact for entry in self.history)


@dataclass(frozen=True, slots=True)
class Day:
    """The whole day: every encounter, the denial cases, the practice's money, and what disagrees with the payers."""

    encounters: tuple[Whereabouts, ...]
    cases: tuple[Mapping[str, Any], ...]
    money: Mapping[str, Any]
    cents_off: int

    @property
    def unaccounted(self) -> tuple[Whereabouts, ...]:
        return tuple(one for one in self.encounters if one.unaccounted)


@dataclass(frozen=True, slots=True)
class Registers:
    """What is looked up for every encounter: claims by encounter, filing limits by payer."""

    claims: Mapping[str, Sequence[Mapping[str, Any]]]
    filing_limits: Mapping[str, int]


async def account_for(office: Office, entered: Sequence[Entered], truth_before: int, tell: Tell) -> Day:
    """Ask for everything; `truth_before` is the simulator's last claim before this day."""
    registers = await _registers(office)
    encounters = await some_at_once(lambda entry: _find(office, entry, registers), entered, tell)
    cases, money, truth = await asyncio.gather(
        office["denials"].everything("/cases"),
        office["payments"].get("/ledger/money"),
        _truth(office, truth_before),
    )
    return Day(tuple(encounters), tuple(cases), money, _cents_off(encounters, money, truth))


async def last_truth(office: Office) -> int:
    """The number of the last claim that the simulator has seen."""
    found = 0
    while True:
        page = await office.simulator.get("/admin/truth", after=found, limit=1000)
        if not page["claims"]:
            return found
        found = page["next"]


async def _registers(office: Office) -> Registers:
    claims, payers = await asyncio.gather(
        office["claims"].everything("/claims"), office["claims"].everything("/payers")
    )
    by_encounter: dict[str, list[Mapping[str, Any]]] = {}
    for claim in claims:
        by_encounter.setdefault(claim["encounter_id"], []).append(claim)
    return Registers(by_encounter, {one["payer"]["payer_id"]: one["payer"]["filing_limit_days"] for one in payers})


async def _find(office: Office, entry: Entered, registers: Registers) -> Whereabouts:
    number = entry.visit.number
    try:
        encounter = await office["coding"].get(f"/encounters/{entry.encounter_id}")
    except RemoteRefusal as refusal:
        return Whereabouts(entry.encounter_id, number, "lost", unaccounted=f"coding answers {refusal.status}")
    found = Whereabouts(entry.encounter_id, number, encounter["disposition"], tuple(encounter["flags"]))
    claims = registers.claims.get(entry.encounter_id, ())
    if found.disposition == "ready":
        return await _with_claim(office, encounter, found, claims)
    return _replaced(found, unaccounted=await _without_claim(office, entry, encounter, claims, registers))


async def _without_claim(
    office: Office,
    entry: Entered,
    encounter: Mapping[str, Any],
    claims: Sequence[Mapping[str, Any]],
    registers: Registers,
) -> str:
    """Why an encounter that bills no payer is not accounted for; empty when it is."""
    if claims:
        return f"it is {encounter['disposition']} and has {len(claims)} claims"
    if encounter["disposition"] in NOT_BILLED:
        try:
            told = await office["claims"].get(f"/encounters/{entry.encounter_id}")
        except RemoteRefusal:
            return "claims was never told that no payer is billed"
        same = [one for one in told["not_billed"] if one["disposition"] == encounter["disposition"]]
        return "" if same else "claims was told of another disposition"
    if not encounter["questions"]:
        return "it is held and nobody is asked anything"
    return "" if _held_until(entry, encounter, registers) else "it is held and no filing limit is known"


def _held_until(entry: Entered, encounter: Mapping[str, Any], registers: Registers) -> date | None:
    """A held visit waits for its clinician, at the latest until the payer's filing limit."""
    limit = registers.filing_limits.get(entry.visit.patient.payer_id)
    return None if limit is None else date.fromisoformat(encounter["date_of_service"]) + timedelta(days=limit)


async def _with_claim(
    office: Office, encounter: Mapping[str, Any], found: Whereabouts, claims: Sequence[Mapping[str, Any]]
) -> Whereabouts:
    if len(claims) != 1:
        return _replaced(found, unaccounted=f"it is ready and has {len(claims)} claims")
    claim = claims[0]
    history = await office["claims"].everything(f"/claims/{claim['id']}/history")
    found = _replaced(found, claim=claim, history=tuple(history))
    if claim["owner"] != "nobody" and claim["deadline"] is None:
        return _replaced(found, unaccounted=f"its claim is {claim['status']} and nobody must do anything by any day")
    if not found.happened("sent"):
        return found
    try:
        money = await office["payments"].get(f"/claims/{claim['id']}/money")
    except RemoteRefusal:
        return _replaced(found, unaccounted="its claim was submitted and has no receivable")
    found = _replaced(found, money=money, seconds=_to_submission(encounter, history))
    if Money(money["charge"]) != Money(claim["charge"]):
        return _replaced(found, unaccounted=f"its claim is for {claim['charge']}, its receivable {money['charge']}")
    return found


def _replaced(found: Whereabouts, **changes: Any) -> Whereabouts:
    same = {name: getattr(found, name) for name in Whereabouts.__slots__}
    return Whereabouts(**same | changes)


def _to_submission(encounter: Mapping[str, Any], history: Sequence[Mapping[str, Any]]) -> float:
    sent = min(one["at"] for one in history if one["fact"] == "sent")
    ready = [one["at"] for one in encounter["history"] if one["published"] in ("EncounterCoded", "EncounterRecoded")]
    coded = max(at for at in ready if at <= sent)
    return (datetime.fromisoformat(sent) - datetime.fromisoformat(coded)).total_seconds()


async def _truth(office: Office, after: int) -> list[Mapping[str, Any]]:
    """What the payers decided on our claims, and no later claim of ours replaced."""
    ours = {
        one["id"]
        for one in await _pages(office, "/admin/interchanges", "interchanges", 0)
        if one["sender"] == office.sender_id
    }
    decided = await _pages(office, "/admin/truth", "claims", after)
    return [
        one
        for one in decided
        if one["interchange"] in ours and one["status"] == "remitted" and one["replaced_by"] is None
    ]


async def _pages(office: Office, path: str, name: str, after: int) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    while True:
        page = await office.simulator.get(path, after=after, limit=1000)
        if not page[name]:
            return found
        found += page[name]
        after = page["next"]


def _cents_off(encounters: Sequence[Whereabouts], money: Mapping[str, Any], truth: Sequence[Mapping[str, Any]]) -> int:
    """What is missing in claims and in the ledger, and how far the ledger is from what the payers say they did."""
    claims = [one.money for one in encounters if one.money]
    off = sum(abs(one["cents_off"]) for one in claims) + abs(money["cents_off"])
    off += _apart(money["charge"], [one["charge"] for one in claims])
    off += _apart(money["paid"], [one["paid"] for one in truth])
    return off + _apart(money["patient"], [one["patient_responsibility"] for one in truth])


def _apart(ours: str, theirs: Sequence[str]) -> int:
    difference = Money(ours) - Money.sum(Money(one) for one in theirs)
    return abs(int(difference.amount * 100))
