"""A new clinician sees patients before her payer has enrolled her.

Her claims wait with their dollars instead of being denied; the effective date releases those on and after it, and the
retroactive date that the payer grants then releases the rest.
"""

from __future__ import annotations

from typing import Any

from stack.demo import forms
from stack.demo.enrolling import record, register_practice
from stack.demo.practice import DERMATOLOGY, MAIN, MERIDIAN, Clinician, npi
from stack.scenarios.clinic import Clinic, dollars
from stack.scenarios.story import Ending

NEWCOMER = Clinician(npi("189900015"), "FENWICK", "NOVA", DERMATOLOGY)
VISITS = 14
# The payer's first word leaves the older half of the visits out.
_EFFECTIVE_SINCE = 7


async def run(clinic: Clinic) -> Ending:
    """Fourteen visits on fourteen days, held; seven released by the effective date, seven by the retroactive one."""
    await clinic.opens(MERIDIAN)
    application = await _applies(clinic)
    encounters = await _sees_fourteen(clinic)
    held = await clinic.holds("CRED_UNKNOWN", VISITS)
    amount = await clinic.waits(VISITS)
    clinic.story.expect("Dollars held", dollars(amount), dollars(*(one["charge"] for one in held)))
    clinic.story.say(
        f"{len(held)} claims are held with {dollars(amount)}:"
        f" {_said(held[0], 'CRED_UNKNOWN')}",
        reason="CRED_UNKNOWN", claims=[one["claim_id"] for one in held], amount=amount,
    )  # fmt: skip
    application = await _approved(clinic, application)
    blocked = await clinic.holds("CRED_BLOCK", VISITS - _EFFECTIVE_SINCE)
    amount = await clinic.waits(len(blocked))
    clinic.story.say(
        f"{VISITS - len(blocked)} claims are released; {len(blocked)} still wait, with {dollars(amount)}:"
        f" {_said(blocked[-1], 'CRED_BLOCK')}",
        reason="CRED_BLOCK", claims=[one["claim_id"] for one in blocked], amount=amount,
    )  # fmt: skip
    await _dated_back(clinic, application)
    claims = [await clinic.claim_of(encounter, "paid") for encounter in encounters]
    clinic.story.expect("Findings left on the claims", [claim["findings"] for claim in claims], [[]] * VISITS)
    clinic.story.expect("Submissions", [len(claim["submissions"]) for claim in claims], [1] * VISITS)
    clinic.story.expect("Dollars still held", await clinic.waits(0), "0.00")
    cents_off = await clinic.cents_off(claims)
    paid = [(await clinic.money_of(claim))["paid"] for claim in claims]
    clinic.story.say(
        f"All {VISITS} went out once each, under her own number, and are paid: {dollars(*paid)} of"
        f" {dollars(*(claim['charge'] for claim in claims))} charged. Nothing waits any more.",
        paid=paid,
    )
    return {"claims_held": len(held), "released": VISITS, "paid": len(paid), "cents_off": cents_off}


def _said(held: dict[str, Any], reason: str) -> str:
    hold = next(hold for hold in held["holds"] if hold["reason"] == reason)
    return f"{hold['sentence']} {hold['mend']}"


async def _applies(clinic: Clinic) -> dict[str, Any]:
    """The clinician joins; her application is with the payer, and the practice wants enrollment known."""
    claims = clinic.office["claims"]
    await claims.act("PUT", f"/rendering-providers/{NEWCOMER.npi}", NEWCOMER.entry(), version=0)
    await claims.act("PUT", "/gate-policy", {"enrollment": "required"}, version=0)
    await register_practice(clinic.office, [MERIDIAN], [NEWCOMER], [MAIN])
    wanted = {"npi": NEWCOMER.npi, "payer_id": MERIDIAN.id, "location_code": MAIN.code}
    enrollment = await clinic.office["credentialing"].create("/enrollments", wanted)
    enrollment = await record(clinic.office, enrollment, "prepare")
    sent_on = clinic.day(VISITS + 6).isoformat()
    enrollment = await record(clinic.office, enrollment, "submit", on=sent_on)
    clinic.story.say(
        f"Clinician {NEWCOMER.npi} joins; her application to {MERIDIAN.name} went out on {sent_on} and is"
        f" {enrollment['stage']} (enrollment {enrollment['id']}).",
        npi=NEWCOMER.npi, enrollment_id=enrollment["id"], stage=enrollment["stage"],
    )  # fmt: skip
    return enrollment


async def _sees_fourteen(clinic: Clinic) -> list[dict[str, Any]]:
    patients = await clinic.registers(MERIDIAN, VISITS)
    encounters: list[dict[str, Any]] = []
    for days_ago, who in zip(range(VISITS, 0, -1), patients, strict=True):
        count = clinic.rng.randint(2, 9)
        keratoses = forms.visit(
            [forms.problem("p1", "L57.0", "actinic keratoses")],
            [forms.freezing("p1", "premalignant", "scalp", count)],
        )
        encounters.append(await clinic.sees(who, keratoses, clinic.day(days_ago), by=NEWCOMER, location_code=MAIN.code))
    clinic.story.say(
        f"She sees {VISITS} patients, one a day from {clinic.day(VISITS)} to {clinic.day(1)}.",
        encounters=[one["id"] for one in encounters],
    )
    return encounters


async def _approved(clinic: Clinic, application: dict[str, Any]) -> dict[str, Any]:
    since = clinic.day(_EFFECTIVE_SINCE).isoformat()
    told = await record(clinic.office, application, "approve", on=clinic.day(1).isoformat(), effective_from=since)
    clinic.story.say(
        f"{MERIDIAN.name} approves her, effective from {since}.", enrollment_id=told["id"], effective_from=since
    )
    return told


async def _dated_back(clinic: Clinic, application: dict[str, Any]) -> None:
    since, back_to = clinic.day(_EFFECTIVE_SINCE).isoformat(), clinic.day(VISITS).isoformat()
    told = await record(clinic.office, application, "set-dates", effective_from=since, bill_from=back_to)
    clinic.story.say(
        f"The practice asks for an earlier date, and {MERIDIAN.name} lets services be billed from {back_to} on.",
        enrollment_id=told["id"], bill_from=back_to, spans=told["spans"],
    )  # fmt: skip
