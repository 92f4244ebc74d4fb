"""A visit and a biopsy on one day, billed without modifier 25.

The payer takes the visit for a part of the biopsy (CO-97). The note shows a problem of its own, so the denials desk
puts 25 on the visit and sends the claim again as a replacement.
"""

from __future__ import annotations

from typing import Any

from stack.demo import forms
from stack.demo.practice import MERIDIAN
from stack.scenarios.clinic import Claim, Clinic, Insured, dollars, money_bar
from stack.scenarios.story import Ending

VISIT, BIOPSY, SEPARATE = "99213", "11102", "25"
_DOCUMENTED = forms.visit(
    [
        forms.problem("p1", "L40.0", "plaque psoriasis, topical therapy changed"),
        forms.problem("p2", "D49.2", "lesion of unknown nature"),
    ],
    [forms.biopsy("p2", "tangential", "back")],
    forms.evaluation("low", "p1"),
)


async def run(clinic: Clinic) -> Ending:
    """Coded right by the engine, changed by hand, denied, corrected, paid."""
    await clinic.opens(MERIDIAN)
    [who] = await clinic.registers(MERIDIAN, 1)
    encounter = await _coded_by_hand(clinic, who)
    partly = await clinic.claim_of(encounter, "partly_paid")
    case = await _denied(clinic, partly)
    claim = await _corrected(clinic, encounter, partly, case)
    return {"denied": 1, "corrected": 1, "paid": 1, "cents_off": await clinic.cents_off([claim])}


async def _coded_by_hand(clinic: Clinic, who: Insured) -> dict[str, Any]:
    encounter = await clinic.sees(who, _DOCUMENTED, clinic.day(3))
    coded = {line["cpt"]: line["modifiers"] for line in encounter["lines"]}
    clinic.story.expect("Codes of the engine", coded, {VISIT: [SEPARATE], BIOPSY: []})
    dx = {line["cpt"]: line["dx"] for line in encounter["lines"]}
    lines = [{"cpt": code, "units": 1, "modifiers": [], "dx": dx[code]} for code in (VISIT, BIOPSY)]
    by_hand = {"lines": lines, "reason": "Coded from the superbill."}
    path = f"/encounters/{encounter['id']}/override"
    await clinic.office["coding"].act("POST", path, by_hand, version=encounter["version"])
    clinic.story.say(
        f"Encounter {encounter['id']} is coded {VISIT}-{SEPARATE} and {BIOPSY}; a coder leaves the {SEPARATE} out, and"
        " the reason stays on the encounter.",
        encounter_id=encounter["id"],
    )
    return encounter


async def _denied(clinic: Clinic, claim: Claim) -> dict[str, Any]:
    case = await clinic.case_of(claim)
    clinic.story.expect("Reason of the denial", case["carc"], "97")
    [line] = case["denial"]["lines"]
    clinic.story.expect("Code that is denied", line["cpt"], VISIT)
    clinic.story.say(
        f"Claim {claim['number']} is partly paid: {dollars(line['denied'])} for {VISIT} denied with CO-{case['carc']},"
        f" case {case['id']}, to be answered by {case['respond_by']}. {case['suggestion']['advice']}",
        claim_id=claim["id"], case_id=case["id"], carc=case["carc"], denied=line["denied"],
    )  # fmt: skip
    return case


async def _corrected(clinic: Clinic, encounter: dict[str, Any], partly: Claim, case: dict[str, Any]) -> Claim:
    [line] = case["denial"]["lines"]
    changes = [{"line": line["number"], "modifiers": [*line["modifiers"], SEPARATE]}]
    await clinic.corrects(case, "The note documents a separate problem.", changes=changes)
    claim = await clinic.claim_of(encounter, "paid")
    original, replacement = claim["submissions"]
    clinic.story.expect("Frequency codes", [original["frequency"], replacement["frequency"]], ["1", "7"])
    earlier = (await clinic.payers_truth(original["control_number"]))["payer_claim_number"]
    file = await clinic.file_of(replacement["control_number"])
    clinic.story.expect(f"REF F8 {earlier} on the replacement", f"REF*F8*{earlier}" in file, True)
    money = await clinic.money_of(claim)
    clinic.story.say(
        f"{VISIT}-{SEPARATE} goes out again as a replacement of {earlier} (frequency 7); the payer takes back what it"
        f" had decided, and claim {partly['number']} is paid: {money_bar(money)}.",
        claim_id=claim["id"], control_number=replacement["control_number"], paid=money["paid"],
    )  # fmt: skip
    return claim
