"""Before the first patient: the practice's registers, its wire to the clearinghouse, and who is insured."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from stack.demo.day import Day
from stack.demo.office import Office
from stack.demo.people import Patient
from stack.demo.practice import CLINICIANS, NOT_PRICED, PAYERS, PLACES, Payer, Place, charges, profile
from stack.demo.scenes import Twist

# A simulated day takes this many seconds: the slowest payer's fortnight passes in a second and a half.
DAY_SECONDS = 0.1
# How often the payers' mailbox is looked into: while the demo runs, and after it.
_BUSY, _QUIET = 1, 60


async def open_practice(office: Office, payers: Iterable[Payer] = PAYERS.values(), *, batch_seconds: int = 2) -> None:
    """Fill the registers of claims, denials and edi; a batch to a payer gathers for `batch_seconds`."""
    claims, denials, billed = office["claims"], office["denials"], tuple(payers)
    gathering = {"batch_seconds": batch_seconds}
    priced = [{"cpt": cpt, "charge": charge} for cpt, charge in charges().items() if cpt != NOT_PRICED]
    await asyncio.gather(
        claims.act("PUT", "/practice", profile(), version=0),
        claims.act("PUT", "/charges", {"charges": priced}),
        *(claims.act("PUT", f"/payers/{payer.id}", payer.entry() | gathering, version=0) for payer in billed),
        *(claims.act("PUT", f"/locations/{one.code}", _place(one), version=0) for one in PLACES),
        *(claims.act("PUT", f"/rendering-providers/{one.npi}", one.entry(), version=0) for one in CLINICIANS),
        *(denials.act("PUT", f"/payer-terms/{payer.id}", _terms(payer.program)) for payer in billed),
    )
    await office["edi"].create("/partners", _clearinghouse(office, _BUSY))


async def insure(office: Office, day: Day) -> None:
    """Put the day's patients on the payers' rosters, and let simulated days pass quickly."""
    simulator = office.simulator
    await simulator.act("PATCH", "/admin/time", {"day_seconds": DAY_SECONDS})
    for payer_id in PAYERS:
        roster = [patient.member for patient in day.patients if patient.payer_id == payer_id]
        await simulator.act("POST", f"/admin/payers/{payer_id}/members", roster)
    turned_away = [visit.patient for visit in day.visits if visit.scene.twist is Twist.TURNED_AWAY]
    await simulator.act("POST", "/admin/scenarios", [_turns_away(patient) for patient in turned_away])


def _place(place: Place) -> dict[str, object]:
    return {"name": place.name, "address": place.address}


def _turns_away(patient: Patient) -> dict[str, object]:
    """The payer's own 277CA refuses the patient's next claim: A7 with status 164, an entity's id (rulebook 10)."""
    said = {"category": "A7", "status": "164", "entity": "IL", "level": "payer"}
    return {"action": "reject", "member_id": patient.member["member_id"], **said}


def _terms(program: str) -> dict[str, object]:
    return {"program": program, "correction_days": 90, "appeal_days": 120, "decision_days": 60}


async def close_for_the_night(office: Office) -> None:
    """Look into the mailbox less often: a stack that was left up should be at rest."""
    for partner in await office["edi"].everything("/partners"):
        path = f"/partners/{partner['id']}"
        await office["edi"].act("PUT", path, _clearinghouse(office, _QUIET), version=partner["version"])


def _clearinghouse(office: Office, poll_seconds: int) -> dict[str, object]:
    return {
        "name": "Simulated clearinghouse",
        "base_url": office.simulator.url,
        "sender_qualifier": "ZZ",
        "sender_id": office.sender_id,
        "receiver_qualifier": "ZZ",
        "receiver_id": "CLEARINGHOUSE",
        "usage": "T",
        "payers": ["*"],
        "poll_seconds": poll_seconds,
    }
