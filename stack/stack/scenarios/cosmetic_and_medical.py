"""One visit, two payers of it: keratoses are the insurer's, skin tags removed for looks are the patient's.

The front desk asks the insurer, sees that a part is cosmetic, and hands over a good-faith estimate before anything is
done; coding splits the lines, the claim carries the medical part alone, and the patient pays what the estimate says.
"""

from __future__ import annotations

from typing import Any

from common.money import Money
from stack.demo import forms
from stack.demo.practice import MERIDIAN, charges, profile
from stack.scenarios.clinic import Claim, Clinic, Insured, dollars, money_bar
from stack.scenarios.story import Ending, NotAsExpected

KERATOSES, TAGS = "L57.0", "L91.8"
FIRST_KERATOSIS, MORE_KERATOSES, REMOVED_TAGS = "17000", "17003", "11200"
_DOCUMENT = "good-faith-estimate.pdf"


async def run(clinic: Clinic) -> Ending:
    """The insurer's answer, the estimate, the split visit, the paid claim."""
    await _opens(clinic)
    [who] = await clinic.registers(MERIDIAN, 1)
    count = clinic.rng.randint(3, 9)
    check = await _asks_the_insurer(clinic, who)
    await _reviews(clinic, who, count)
    estimate = await _estimates(clinic, who)
    encounter = await _sees(clinic, who, count)
    claim = await _medical_part_paid(clinic, encounter, check)
    own = await _patients_own(clinic, encounter, estimate)
    cents_off = await clinic.cents_off([claim]) + abs(int((own - Money(estimate["total"])).amount * 100))
    return {"lines_billed": len(claim["lines"]), "lines_self_pay": 1, "estimates": 1, "paid": 1, "cents_off": cents_off}


async def _opens(clinic: Clinic) -> None:
    """The practice's prices stand in coding, and a claim goes only when its coverage was checked."""
    await clinic.opens(MERIDIAN)
    office, house = clinic.office, profile()
    codes = (FIRST_KERATOSIS, MORE_KERATOSES, REMOVED_TAGS)
    prices = [{"code": code, "charge": charges()[code]} for code in codes]
    schedule = {"effective_from": clinic.today.replace(month=1, day=1).isoformat(), "charges": prices}
    await office["coding"].act("PUT", "/fee-schedule", schedule)
    await office["claims"].act("PUT", "/gate-policy", {"coverage": "required"}, version=0)
    asking = {"name": house["name"], "npi": house["npi"], "automatic": False}
    await office["eligibility"].act("PUT", "/asking-provider", asking)
    address = house["address"]
    named = {
        "name": house["name"],
        "npi": house["npi"],
        "tin": f"{house['tax_id'][:2]}-{house['tax_id'][2:]}",
        "street": address["line1"],
        **{name: address[name] for name in ("city", "state", "zip")},
    }
    await office["eligibility"].act("PUT", "/estimate-provider", named)


async def _asks_the_insurer(clinic: Clinic, who: Insured) -> dict[str, Any]:
    question = {"patient_id": who.id, "on": clinic.today.isoformat(), "wait": True}
    check = await clinic.office["eligibility"].create("/checks", question)
    clinic.story.expect("Standing of the coverage", check["standing"], "active")
    clinic.story.say(
        f"The front desk asks {MERIDIAN.name} about patient {who.id} (270): the coverage is {check['standing']} on"
        f" {check['on']} (check {check['id']}).",
        patient_id=who.id, check_id=check["id"], standing=check["standing"],
    )  # fmt: skip
    return check


async def _reviews(clinic: Clinic, who: Insured, count: int) -> None:
    lines = [
        {"code": FIRST_KERATOSIS, "diagnoses": [KERATOSES]},
        {"code": MORE_KERATOSES, "units": count - 1, "diagnoses": [KERATOSES]},
        {"code": REMOVED_TAGS, "diagnoses": [TAGS], "cosmetic": True},
    ]
    planned = {"patient_id": who.id, "on": clinic.today.isoformat(), "network": "in", "lines": lines}
    review = await clinic.office["eligibility"].create("/gap-reviews", planned)
    cosmetic = [gap for gap in review["gaps"] if gap["kind"] == "cosmetic"]
    clinic.story.expect("Lines that are cosmetic", [gap["line"] for gap in cosmetic], [len(lines)])
    clinic.story.say(
        f"Planned are {count} keratoses and the removal of skin tags that trouble nobody. Of the tags the desk is told:"
        f" {cosmetic[0]['tell_patient']} ({cosmetic[0]['source']})",
        review_id=review["id"], gaps=[gap["kind"] for gap in review["gaps"]],
    )  # fmt: skip


async def _estimates(clinic: Clinic, who: Insured) -> dict[str, Any]:
    """The estimate for the part that uses no insurance, made and given before the visit; its clock stops."""
    desk = clinic.office["eligibility"]
    item = {
        "code": REMOVED_TAGS,
        "description": "Removal of up to fifteen skin tags",
        "charge": charges()[REMOVED_TAGS],
        "diagnoses": [TAGS],
    }
    wanted = {
        "patient_id": who.id,
        "why": "asked",
        "begun_on": clinic.today.isoformat(),
        "scheduled_on": clinic.today.isoformat(),
        "primary_service": "Removal of skin tags for looks",
        "items": [item],
    }
    made = await desk.create("/good-faith-estimates", wanted)
    document = await desk.content(f"/good-faith-estimates/{made['id']}/document")
    if not document.startswith(b"%PDF-") or b"/StructTreeRoot" not in document:
        raise NotAsExpected(f"The document of estimate {made['id']} is no tagged PDF.")
    place = clinic.story.hand_over(_DOCUMENT, document)
    given = await desk.act("POST", f"/good-faith-estimates/{made['id']}/give", version=made["version"])
    clinic.story.expect("The estimate is late", given["late"], False)
    clinic.story.say(
        f"The patient is handed a good-faith estimate of {dollars(given['total'])}, due by {given['due_on']}: {place}."
        f" A bill that is {dollars(_over(given))} above it, so {dollars(given['disputed_from'])}, may be disputed.",
        estimate_id=given["id"], total=given["total"], due_on=given["due_on"], document=place,
    )  # fmt: skip
    return given


def _over(estimate: dict[str, Any]) -> str:
    return str(Money(estimate["disputed_from"]) - Money(estimate["total"]))


async def _sees(clinic: Clinic, who: Insured, count: int) -> dict[str, Any]:
    both = forms.visit(
        [forms.problem("p1", KERATOSES, "actinic keratoses"), forms.problem("p2", TAGS, "skin tags, for looks only")],
        [forms.freezing("p1", "premalignant", "scalp", count), forms.tags("p2", 7, ())],
    )
    encounter = await clinic.sees(who, both, clinic.today)
    billed = [f"{line['cpt']} x {line['units']}" for line in encounter["lines"]]
    own = [line["cpt"] for line in encounter["self_pay_lines"]]
    clinic.story.expect("Lines that the patient pays", own, [REMOVED_TAGS])
    clinic.story.say(
        f"The visit is coded (encounter {encounter['id']}): {' and '.join(billed)} for the insurer, {own[0]} for the"
        f" patient: {_why(encounter)}",
        encounter_id=encounter["id"], billed=billed, self_pay=own,
    )  # fmt: skip
    return encounter


def _why(encounter: dict[str, Any]) -> str:
    return next(one["says"] for one in encounter["findings"] if one["flag"] == "COSMETIC")


async def _medical_part_paid(clinic: Clinic, encounter: dict[str, Any], check: dict[str, Any]) -> Claim:
    claim = await clinic.claim_of(encounter, "paid")
    ready = await clinic.office["claims"].get(f"/claims/{claim['id']}/readiness")
    known = [heard["said"]["check_id"] for heard in ready["coverages"]]
    clinic.story.expect("Checks that the gate goes by", known, [check["id"]])
    [submission] = claim["submissions"]
    file = await clinic.file_of(submission["control_number"])
    codes = [segment.split("*")[1].split(":")[1] for segment in file if segment.startswith("SV1*")]
    clinic.story.expect("Codes on the 837P", codes, [FIRST_KERATOSIS, MORE_KERATOSES])
    money = await clinic.money_of(claim)
    clinic.story.say(
        f"Claim {claim['number']} passes the gate by that check, carries {' and '.join(codes)} alone and is paid:"
        f" {money_bar(money)}.",
        claim_id=claim["id"], codes=codes, paid=money["paid"], patient=money["patient"],
    )  # fmt: skip
    return claim


async def _patients_own(clinic: Clinic, encounter: dict[str, Any], estimate: dict[str, Any]) -> Money:
    """What the patient pays for the cosmetic part, of which claims was told that no payer sees it."""
    told = await clinic.office["claims"].get(f"/encounters/{encounter['id']}")
    [kept] = told["not_billed"]
    clinic.story.expect("Codes kept from payers", [line["code"] for line in kept["lines"]], [REMOVED_TAGS])
    own = Money.sum(Money(line["charge"]) for line in encounter["self_pay_lines"])
    clinic.story.say(
        f"{REMOVED_TAGS} is kept as {kept['disposition']}, {dollars(str(own))} from the patient, as estimated; no payer"
        f" is told of it.",
        code=REMOVED_TAGS, amount=str(own), estimate_id=estimate["id"],
    )  # fmt: skip
    return own
