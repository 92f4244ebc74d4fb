"""The main job, whole: a visit goes in at the clinic, and the last cent of it is accounted for."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from whole_platform import Platform

from common import tracing
from common.money import Money
from stack.databases import DatabaseUrls
from stack.replaying import Span, replay
from stack.scenarios.story import Step, Story
from stack.scenarios.table import BY_NUMBER, SCENARIOS, Scenario, play

KERATOSES = {
    "kind": "destruction", "lesion_type": "premalignant", "technique": "cryotherapy",
    "site": "scalp", "count": 8, "problem_ref": "p1",
}  # fmt: skip
SHAVE = {"kind": "biopsy", "technique": "tangential", "site": "back", "count": 1, "problem_ref": "p1"}
KERATOSES_TOO = KERATOSES | {"site": "hands", "count": 1, "problem_ref": "p2"}
TAGS = {
    "kind": "skin_tag_removal", "technique": "scissor", "site": "neck and axillae", "count": 9,
    "symptoms": ["bleeding", "irritation"], "problem_ref": "p1",
}  # fmt: skip
LASER = {"kind": "cosmetic", "technique": "vascular laser", "site": "scalp", "count": 1, "problem_ref": "p1"}


def adjusted(truth: dict[str, Any]) -> Money:
    """What the payer says the clinic cannot collect from anybody."""
    return Money.sum(Money(one["amount"]) for one in truth["adjustments"] if not one["patient"])


def segments(file: str, control_number: str) -> list[str]:
    """The segments of one claim in an 837P, from its CLM to the next."""
    parts = file.split("~")
    start = next(at for at, segment in enumerate(parts) if segment.startswith(f"CLM*{control_number}*"))
    end = next((at for at in range(start + 1, len(parts)) if parts[at].startswith(("CLM*", "SE*"))), len(parts))
    return parts[start:end]


class TestACleanVisit:
    async def test_is_coded_sent_accepted_and_paid_and_the_patient_owes_the_rest(self, clinic: Any, payer: Any) -> None:
        patient = await clinic.registers()
        await payer.enrolls(patient, deductible_remaining="25.00", coinsurance="0.20")
        visit = await clinic.sees(patient, KERATOSES, problems=("L57.0",))
        assert [(line["cpt"], line["units"]) for line in visit.encounter["lines"]] == [("17000", 1), ("17003", 7)]

        claim = await clinic.claim_of(visit, status="paid")
        [submission] = claim["submissions"]
        said = [event["type"].split(".")[-2] for event in await clinic.events("claims")]
        assert said == ["ClaimSubmitted", "ClaimAccepted", "ClaimPaid"]

        truth = await payer.truth(submission["control_number"])
        assert claim["charge"] == truth["charge"] == "240.00"
        # 2.05 and 7 times 0.20 relative values at 32.3465 and 1.10: $72.94 and $49.81 allowed; $25.00 of deductible,
        # then a fifth of the rest, line by line.
        assert (truth["paid"], truth["patient_responsibility"]) == ("78.20", "44.55")
        money = await clinic.money(claim, paid="78.20", patient="44.55")
        assert money["adjusted"] == str(adjusted(truth)) == "117.25"
        assert money["open"] == "0.00"
        [due] = await clinic.events("payments", "PatientBalanceDue")
        owed = json.loads(due["payload"])
        assert (owed["amount"], owed["deductible"], owed["coinsurance"]) == ("44.55", "25.00", "19.55")


class TestACoverageOnFile:
    async def test_is_checked_by_itself_and_the_visit_needs_no_second_question(self, clinic: Any, payer: Any) -> None:
        patient = await clinic.registers()
        await payer.enrolls(patient, deductible_remaining="25.00", copay="30.00")
        await clinic.asks_payers()
        patient = await clinic.corrects_the_card(patient, patient.member_id)
        check = await clinic.check_of(patient, status="answered")
        assert (check["cause"], check["standing"]) == ("registration", "active")
        [verified] = await clinic.events("eligibility")
        said = json.loads(verified["payload"])
        assert (said["deductible_remaining"], said["coverage_id"]) == ("25.00", patient.coverage["id"])
        assert patient.member_id not in verified["payload"]

        visit = await clinic.sees(patient, KERATOSES, problems=("L57.0",))
        await clinic.claim_of(visit, status="paid")
        assert (await clinic.check_of(patient, status="answered"))["id"] == check["id"]


class TestAMemberNobodyKnows:
    async def test_is_rejected_then_the_card_is_read_again_and_the_claim_is_paid(self, clinic: Any, payer: Any) -> None:
        patient = await clinic.registers()
        visit = await clinic.sees(patient, KERATOSES, problems=("L57.0",))
        claim = await clinic.claim_of(visit, status="rejected")
        [rejected] = await clinic.events("claims", "ClaimRejected")
        said = json.loads(rejected["payload"])
        assert (said["source"], said["categories"], said["statuses"]) == ("277CA", ["A7"], ["33"])

        patient = await clinic.corrects_the_card(patient, f"{patient.member_id}X")
        await payer.enrolls(patient)
        await clinic.rebuilds(claim)

        claim = await clinic.claim_of(visit, status="paid")
        first, second = claim["submissions"]
        assert (first["frequency"], second["frequency"]) == ("1", "1")
        assert first["control_number"] != second["control_number"]
        truth = await payer.truth(second["control_number"])
        await clinic.money(claim, charge="240.00", paid=truth["paid"], patient="0.00", open="0.00")


class TestAModifierThatThePayerDoesNotTake:
    async def test_is_denied_corrected_by_the_desk_and_paid_on_the_replacement(self, clinic: Any, payer: Any) -> None:
        patient = await clinic.registers()
        await payer.enrolls(patient)
        visit = await clinic.sees(patient, SHAVE, KERATOSES_TOO, problems=("D49.2", "L57.0"), x_modifiers=False)
        claim = await clinic.claim_of(visit, status="partly_paid")
        case = await clinic.denial_of(claim)
        assert (case["carc"], case["category"]) == ("4", "coding")
        [denied] = case["denial"]["lines"]
        assert denied["modifiers"] == ["59"]

        await clinic.corrects(case, {"line": denied["number"], "modifiers": ["XS"]})

        claim = await clinic.claim_of(visit, status="paid")
        original, replacement = claim["submissions"]
        assert (original["frequency"], replacement["frequency"]) == ("1", "7")
        earlier = await payer.truth(original["control_number"])
        first = segments(await payer.file(original["control_number"]), original["control_number"])
        second = segments(await payer.file(replacement["control_number"]), replacement["control_number"])
        assert f"REF*F8*{earlier['payer_claim_number']}" in second
        assert not any(segment.startswith("REF*F8") for segment in first)
        truth = await payer.truth(replacement["control_number"])
        assert truth["replaces"]
        assert truth["reverses_earlier"]
        await clinic.money(claim, charge=claim["charge"], paid=truth["paid"], patient="0.00", open="0.00")
        posted = [json.loads(event["payload"]) for event in await clinic.events("payments", "RemittancePosted")]
        assert [one["reversal"] for one in posted] == [False, True, False]
        case = await clinic.denial_of(claim, status="overturned")
        assert [line["act"] for line in (await clinic.gets("denials", f"/cases/{case['id']}"))["history"]] == [
            "denied",
            "correction requested",
            "paid",
        ]


class TestAClaimDeniedWhole:
    async def test_that_a_modifier_mends_is_overturned_without_a_reversal(self, clinic: Any, payer: Any) -> None:
        patient = await clinic.registers()
        await payer.enrolls(patient)
        await payer.denies(patient, carc="4")
        visit = await clinic.sees(patient, SHAVE, problems=("D49.2",))
        claim = await clinic.claim_of(visit, status="denied")
        case = await clinic.denial_of(claim)

        await clinic.corrects(case, {"line": 1, "modifiers": ["XU"]})

        claim = await clinic.claim_of(visit, status="paid")
        assert [submission["frequency"] for submission in claim["submissions"]] == ["1", "7"]
        truth = await payer.truth(claim["submissions"][-1]["control_number"])
        await clinic.money(claim, paid=truth["paid"], patient="0.00", open="0.00")
        await clinic.denial_of(claim, status="overturned")

    async def test_for_want_of_necessity_is_written_off_when_the_desk_gives_up(self, clinic: Any, payer: Any) -> None:
        patient = await clinic.registers("TIDEWATER")
        await payer.enrolls(patient)
        visit = await clinic.sees(patient, TAGS, problems=("L91.8",))
        claim = await clinic.claim_of(visit, status="denied")
        case = await clinic.denial_of(claim)
        assert case["carc"] == "50"
        await clinic.money(claim, charge="180.00", paid="0.00", adjusted="0.00", patient="0.00", open="180.00")

        await clinic.gives_up(case)

        await clinic.claim_of(visit, status="closed")
        await clinic.money(claim, charge="180.00", paid="0.00", adjusted="180.00", patient="0.00", open="0.00")


class TestAPatientWithTwoCoverages:
    async def test_is_billed_to_both_in_turn_and_owes_what_the_second_leaves(self, clinic: Any, payer: Any) -> None:
        patient = await clinic.registers()
        second = await clinic.insures_again(patient, "TIDEWATER")
        await payer.enrolls(patient, coinsurance="0.20")
        await payer.enrolls(second, deductible_remaining="100.00", coinsurance="0.10")
        visit = await clinic.sees(patient, KERATOSES, problems=("L57.0",))

        claim = await clinic.claim_of(visit, status="paid")

        first, last = [await payer.truth(one["control_number"]) for one in claim["submissions"]]
        assert [one["postings"][0]["status"] for one in (first, last)] == ["1", "2"]
        assert Money(first["patient_responsibility"]) > Money(last["patient_responsibility"])
        assert min(Money(last["paid"]), Money(last["patient_responsibility"])) > Money("0.00")
        both = str(Money(first["paid"]) + Money(last["paid"]))
        money = await clinic.money(claim, paid=both, patient=last["patient_responsibility"], open="0.00")
        # What the second names as settled by the first (OA-23) is no adjustment of its own.
        assert money["adjusted"] == str(Money(claim["charge"]) - Money(both) - Money(last["patient_responsibility"]))
        told = [
            json.loads(event["payload"])["amount"] for event in await clinic.events("payments", "PatientBalanceDue")
        ]
        assert told == [first["patient_responsibility"], "0.00", last["patient_responsibility"]]

        sent = segments(await payer.file(last["control_number"]), last["control_number"])
        assert f"AMT*D*{first['paid'].rstrip('0').rstrip('.')}" in sent
        assert sum(segment.startswith("SVD*MERIDIAN*") for segment in sent) == len(claim["lines"])


class TestAVisitThatIsHeld:
    async def test_waits_for_its_answer_and_then_goes_all_the_way(self, clinic: Any, payer: Any) -> None:
        patient = await clinic.registers()
        await payer.enrolls(patient, copay="20.00")
        visit = await clinic.sees(patient, SHAVE | {"technique": None}, problems=("D49.2",))
        assert visit.encounter["disposition"] == "hold"
        assert visit.encounter["questions"]
        assert await clinic.has_no_claim_for(visit)

        visit = await clinic.answers(visit, technique="punch")

        claim = await clinic.claim_of(visit, status="paid")
        assert [line["cpt"] for line in claim["lines"]] == ["11104"]
        truth = await payer.truth(claim["submissions"][0]["control_number"])
        await clinic.money(claim, charge="240.00", paid=truth["paid"], patient=truth["patient_responsibility"])


class TestAnAddendum:
    async def test_replaces_what_the_payer_paid_for(self, clinic: Any, payer: Any) -> None:
        patient = await clinic.registers()
        await payer.enrolls(patient)
        visit = await clinic.sees(patient, KERATOSES, problems=("L57.0",))
        claim = await clinic.claim_of(visit, status="paid")

        await clinic.answers(visit, count=10)
        [recoded] = await clinic.events("coding", "EncounterRecoded")
        [change] = json.loads(recoded["payload"])["changes"]
        assert (change["change"], change["cpt"], change["before"]["units"], change["now"]["units"]) == (
            "changed", "17003", 7, 9,
        )  # fmt: skip

        await clinic.money(claim, charge="270.00", open="0.00")
        claim = await clinic.claim_of(visit, status="paid")
        original, replacement = claim["submissions"]
        assert [(one["frequency"], one["charge"]) for one in (original, replacement)] == [
            ("1", "240.00"),
            ("7", "270.00"),
        ]
        truth = await payer.truth(replacement["control_number"])
        assert truth["replaces"]
        await clinic.money(claim, paid=truth["paid"], open="0.00")

    async def test_that_leaves_nothing_to_bill_voids_it(self, clinic: Any, payer: Any) -> None:
        patient = await clinic.registers()
        await payer.enrolls(patient)
        visit = await clinic.sees(patient, KERATOSES, problems=("L57.0",))
        await clinic.claim_of(visit, status="paid")

        wish = visit.form | {"procedures": [LASER]}
        await clinic.puts("coding", f"/encounters/{visit.id}/visit", wish, visit.encounter["version"])
        claim = await clinic.claim_of(visit, status="void")
        assert [one["frequency"] for one in claim["submissions"]] == ["1", "8"]
        await clinic.money(claim, paid="0.00", patient="0.00")


class TestOneTrace:
    TRACE = "0af7651916cd43dd8448eb211c80319c"

    async def test_follows_the_visit_through_the_services(self, clinic: Any, payer: Any) -> None:
        patient = await clinic.registers()
        await payer.enrolls(patient)
        with tracing.recorded_spans() as recorded:
            visit = await clinic.sees(
                patient, KERATOSES, problems=("L57.0",), traceparent=f"00-{self.TRACE}-b7ad6b7169203331-01"
            )
            await clinic.claim_of(visit, status="paid")
        in_events = {
            (service, event["type"].split(".")[-2])
            for service in clinic.desks
            for event in await clinic.events(service)
            if self.TRACE in (event["traceparent"] or "")
        }
        assert {("coding", "EncounterCoded"), ("claims", "ClaimSubmitted"), ("edi", "TransmissionSent")} <= in_events
        ours = [span for span in tracing.finished(recorded) if format(span.context.trace_id, "032x") == self.TRACE]
        names = {span.name for span in ours}
        assert "GET /patients/{patient_id}/claim-facts" in names
        groups = {span.attributes.get("messaging.consumer.group.name") for span in ours}
        assert {"dermbill.claims", "dermbill.payments"} <= groups


class TestACosmeticAndAMedicalServiceInOneVisit:
    async def test_the_medical_part_waits_for_the_payers_word_and_the_cosmetic_part_stays_the_patients(
        self, clinic: Any, payer: Any
    ) -> None:
        patient = await clinic.registers()
        await payer.enrolls(patient)
        await clinic.puts("claims", "/gate-policy", {"coverage": "required"})
        visit = await clinic.sees(patient, KERATOSES, LASER | {"problem_ref": "p2"}, problems=("L57.0", "I78.1"))
        held = await clinic.is_held_by("COVERAGE_UNVERIFIED")
        assert (held["encounter_id"], held["charge"]) == (visit.id, "240.00")

        await clinic.asks_payers()
        await clinic.posts("eligibility", "/checks", {"patient_id": str(patient.id), "on": visit.form["date"]})

        claim = await clinic.claim_of(visit, status="paid")
        assert [line["cpt"] for line in claim["lines"]] == ["17000", "17003"]
        said = await clinic.gets("claims", f"/encounters/{visit.id}")
        assert [(one["disposition"], len(one["lines"])) for one in said["not_billed"]] == [("self_pay", 1)]
        await clinic.money(claim, charge="240.00", patient="0.00", open="0.00")


ENDINGS: Mapping[str, Mapping[str, int]] = {
    "visit_bundled_into_a_biopsy": {"denied": 1, "corrected": 1, "paid": 1, "cents_off": 0},
    "expired_authorization": {
        "claims_held": 2, "released": 1, "denied": 1, "corrected": 1, "paid": 2, "cents_off": 0,
    },
    "provider_not_yet_effective": {"claims_held": 14, "released": 14, "paid": 14, "cents_off": 0},
    "everything_delivered_twice": {"claims": 2, "submissions": 2, "said_again": 1, "paid": 2, "cents_off": 0},
    "cosmetic_and_medical": {"lines_billed": 2, "lines_self_pay": 1, "estimates": 1, "paid": 1, "cents_off": 0},
}  # fmt: skip


@dataclass(frozen=True)
class Played:
    """One scenario as it was lived through by the practice that `run` names."""

    scenario: Scenario
    run: str
    ending: Mapping[str, int]
    steps: Sequence[Step]

    @property
    def amounts(self) -> list[Any]:
        return [step.facts[name] for step in self.steps for name in ("amount", "paid", "total") if name in step.facts]


@pytest.fixture(scope="module")
async def played(front_office: Any, platform: Platform) -> Sequence[Played]:
    """Every scenario, and the one with the most patients twice, all of them at once on one platform."""

    began = datetime.now(UTC)

    async def one(scenario: Scenario) -> Played:
        async with front_office() as office:
            story = Story()
            ending = await play(scenario, office, story, seed=5, say_again=partial(say_again, platform, began))
            return Played(scenario, office.run, ending, story.steps)

    return await asyncio.gather(*(one(scenario) for scenario in (*SCENARIOS, BY_NUMBER[6])))


async def say_again(platform: Platform, since: datetime) -> int:
    """As an operator has it done, in every service."""
    doors = [DatabaseUrls(one.owner_url, one.app_url, one.platform_url) for one in platform.databases.values()]
    return sum([await replay(one, Span(since)) for one in doors])


class TestTheScenarios:
    @pytest.mark.parametrize("name", [scenario.name for scenario in SCENARIOS])
    async def test_each_ends_as_it_should_to_the_cent(self, played: Sequence[Played], name: str) -> None:
        found = [one.ending for one in played if one.scenario.name == name]
        assert found == [ENDINGS[name]] * len(found)
        assert found

    async def test_the_same_seed_makes_the_same_amounts_for_another_practice(self, played: Sequence[Played]) -> None:
        first, again = [one for one in played if one.scenario.number == 6]
        assert first.run != again.run
        assert first.amounts == again.amounts
        assert len(first.amounts) > 2

    async def test_nothing_that_is_told_names_a_patient(self, played: Sequence[Played]) -> None:
        """The name of the run is in every member id."""
        for one in played:
            assert one.run not in json.dumps([asdict(step) for step in one.steps])
