"""A biologic is given the day after its authorization ended.

The gate holds the claim before the payer can deny it, and a retro-authorization releases it. Where the practice lets it
pass all the same, the payer denies it (CO-197), and the same retro-authorization pays the corrected claim.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from stack.demo import forms
from stack.demo.authorizing import COURSE, EXTENSION, wish
from stack.demo.practice import CLINICIANS
from stack.demo.scenes import BIOLOGIC, DOSE
from stack.scenarios import authorization_desk as desk
from stack.scenarios.authorization_desk import HARBORLIGHT
from stack.scenarios.clinic import Claim, Clinic, Insured, dollars, money_bar
from stack.scenarios.story import Ending

GIVEN = forms.visit(
    [forms.problem("p1", "L40.0", "plaque psoriasis, third dose of the biologic")],
    [{"kind": "drug", "hcpcs": BIOLOGIC, "dose_mg": DOSE, "problem_ref": "p1"}],
)
# How long the payer thinks about a request, in its own days.
_DECIDES_AFTER = 2.0


@dataclass(frozen=True, slots=True)
class Course:
    """A patient on the drug, under an authorization."""

    who: Insured
    authorization: dict[str, Any]


async def run(clinic: Clinic) -> Ending:
    """Two patients, the same lapse: one claim is held and released, one is let pass, denied, corrected and paid."""
    visit = clinic.day(2)
    await clinic.opens(HARBORLIGHT)
    await desk.opens_at_the_payer(clinic, HARBORLIGHT, [BIOLOGIC], decides_after=_DECIDES_AFTER)
    first, second = await _authorized(clinic, visit - timedelta(days=1))
    encounters = [await clinic.sees(course.who, GIVEN, visit) for course in (first, second)]
    held = await _held(clinic)
    kept, passed = [next(one for one in held if one["encounter_id"] == encounter["id"]) for encounter in encounters]
    await _let_pass(clinic, passed)
    await _extended(clinic, first, visit)
    released = await _released(clinic, encounters[0], kept)
    corrected = await _denied_and_corrected(clinic, encounters[1], second, visit)
    cents_off = await clinic.cents_off([released, corrected])
    return {"claims_held": len(held), "released": 1, "denied": 1, "corrected": 1, "paid": 2, "cents_off": cents_off}


async def _authorized(clinic: Clinic, until: date) -> list[Course]:
    patients = await clinic.registers(HARBORLIGHT, 2, authorizations=[], coinsurance="0.20")
    first = until - COURSE + timedelta(days=1)
    opened = [await desk.asks(clinic, _wish(who, first, until)) for who in patients]
    known = await asyncio.gather(*(desk.certified(clinic, one, until) for one in opened))
    for one in known:
        clinic.story.say(
            f"{HARBORLIGHT.name} certified {2 * DOSE} units of {BIOLOGIC} for patient {one['patient_id']} as"
            f" {one['number']}, from {one['valid_from']} to {one['valid_to']}.",
            authorization_id=one["id"], patient_id=one["patient_id"], number=one["number"], valid_to=one["valid_to"],
        )  # fmt: skip
    return [Course(who, one) for who, one in zip(patients, known, strict=True)]


def _wish(who: Insured, first: date, last: date) -> dict[str, Any]:
    return wish(who.id, CLINICIANS[0].npi, first, last)


async def _held(clinic: Clinic) -> list[dict[str, Any]]:
    held = await clinic.holds("AUTH_EXPIRED", 2)
    for one in held:
        [hold] = one["holds"]
        clinic.story.say(
            f"Claim {one['number']} of {one['date_of_service']} is held with {dollars(hold['amount'])}:"
            f" {hold['sentence']} {hold['mend']}",
            claim_id=one["claim_id"], reason=hold["reason"], amount=hold["amount"], release_by=one["release_by"],
        )  # fmt: skip
    totals = await clinic.office["claims"].get("/holds/totals")
    clinic.story.expect("Dollars held", dollars(totals["amount"]), dollars(*(one["charge"] for one in held)))
    return held


async def _let_pass(clinic: Clinic, held: dict[str, Any]) -> None:
    claims = clinic.office["claims"]
    claim = await claims.get(f"/claims/{held['claim_id']}")
    [hold] = held["holds"]
    reason = "The payer's desk said by telephone that none is needed any more."
    passed = {"finding": hold["reason"], "where": hold["where"], "reason": reason}
    await claims.act("PUT", f"/claims/{claim['id']}/overrides", passed, version=claim["version"])
    clinic.story.say(
        f"A biller lets claim {held['number']} pass, with a reason that stays in its history.", claim_id=claim["id"]
    )


async def _extended(clinic: Clinic, course: Course, visit: date) -> dict[str, Any]:
    """The payer is asked by 278 for an extension that begins on the day of the visit, and certifies it."""
    last = visit + COURSE - timedelta(days=1)
    now = await desk.ended(clinic, course.authorization)
    await desk.extends(clinic, now, _wish(course.who, visit, last))
    waiting = await desk.pended(clinic, now)
    clinic.story.say(
        f"The practice asks for an extension from {visit} on (278, UM02 {EXTENSION}); the payer pends it (A4),"
        f" and authorization {now['id']} is {waiting['status']} meanwhile.",
        authorization_id=now["id"],
    )
    known = await desk.certified(clinic, now, last)
    clinic.story.say(
        f"The payer certifies it retroactively as {known['number']}, from {known['valid_from']} to"
        f" {known['valid_to']}.",
        authorization_id=now["id"], number=known["number"], valid_from=known["valid_from"],
    )  # fmt: skip
    clinic.story.expect("First day of the retro-authorization", known["valid_from"], visit.isoformat())
    return known


async def _released(clinic: Clinic, encounter: dict[str, Any], held: dict[str, Any]) -> Claim:
    claim = await clinic.claim_of(encounter, "paid")
    [submission] = claim["submissions"]
    number = claim["authorization_number"]
    clinic.story.expect("Findings of the released claim", claim["findings"], [])
    _has(clinic, await clinic.file_of(submission["control_number"]), f"REF*G1*{number}")
    money = await clinic.money_of(claim)
    clinic.story.say(
        f"Claim {held['number']} was released by itself, went out once under {number} (REF G1) and is paid:"
        f" {money_bar(money)}.",
        claim_id=claim["id"], authorization_number=number, paid=money["paid"], patient=money["patient"],
    )  # fmt: skip
    return claim


async def _denied_and_corrected(clinic: Clinic, encounter: dict[str, Any], course: Course, visit: date) -> Claim:
    denied = await clinic.claim_of(encounter, "denied")
    case = await clinic.case_of(denied)
    clinic.story.expect("Reason of the denial", case["carc"], "197")
    open_dollars, advice = case["denial"]["denied"], case["suggestion"]["advice"]
    clinic.story.say(
        f"Claim {denied['number']}, which was let pass, is denied with CO-{case['carc']}: {dollars(open_dollars)} open"
        f" in case {case['id']}, to be answered by {case['respond_by']}. {advice}",
        claim_id=denied["id"], case_id=case["id"], carc=case["carc"], denied=open_dollars,
    )  # fmt: skip
    known = await _extended(clinic, course, visit)
    reason = "The payer authorized the service retroactively."
    await clinic.corrects(case, reason, authorization_number=known["number"])
    claim = await clinic.claim_of(encounter, "paid")
    original, replacement = claim["submissions"]
    clinic.story.expect(
        "Frequency codes of the submissions", [original["frequency"], replacement["frequency"]], ["1", "7"]
    )
    file = await clinic.file_of(replacement["control_number"])
    _has(clinic, file, f"REF*G1*{known['number']}")
    truth = await clinic.payers_truth(original["control_number"])
    _has(clinic, file, f"REF*F8*{truth['payer_claim_number']}")
    money = await clinic.money_of(claim)
    clinic.story.say(
        f"The corrected claim (frequency 7, REF F8 {truth['payer_claim_number']}, REF G1 {known['number']}) is paid:"
        f" {money_bar(money)}.",
        claim_id=claim["id"], control_number=replacement["control_number"], paid=money["paid"],
    )  # fmt: skip
    return claim


def _has(clinic: Clinic, segments: list[str], wanted: str) -> None:
    clinic.story.expect(f"{wanted} on the claim", wanted in segments, True)
