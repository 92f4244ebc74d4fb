"""DFT messages into a real coding service, beside a real register of patients."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
from faulty_line import on_a_socket
from tests.hl7.answers import Told, acknowledged
from tests.hl7.messages import CHARGES, DIAGNOSES, FACTS, NPI, PID, adt, dft, ft1, obx

from coding.main import SERVICE
from common.testing.running import Running
from patients.main import SERVICE as PATIENTS

Start = Callable[..., Awaitable[Running]]
ER7 = {"Content-Type": "application/hl7-v2"}
ROOT = Path(__file__).resolve().parents[2]
SCOPES = ("encounters:read", "encounters:write")


@dataclass(frozen=True)
class Practice:
    coding: Running
    patients: Running

    async def sends(self, data: bytes) -> tuple[str, list[Told]]:
        """What is answered to a DFT."""
        return await sent(self.coding, data, "encounters:write")

    async def encounters(self) -> list[dict[str, Any]]:
        """Every encounter, whole."""
        async with self.coding.client(*SCOPES) as http:
            listed = (await http.get("/encounters")).json()["items"]
            return [(await http.get(f"/encounters/{each['id']}")).json() for each in listed]

    async def answers(self, encounter: dict[str, Any], visit: dict[str, Any]) -> dict[str, Any]:
        """A coder sends the whole visit form."""
        async with self.coding.client(*SCOPES) as http:
            headers = {"If-Match": f'"{encounter["version"]}"'}
            answer = await http.put(f"/encounters/{encounter['id']}/visit", json=visit, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()


async def sent(service: Running, data: bytes, scope: str) -> tuple[str, list[Told]]:
    async with service.client(scope) as http:
        answer = await http.post("/hl7v2", content=data, headers=ER7)
    outcome, told = acknowledged(answer.text)
    assert (answer.status_code == 200) == (outcome == "AA")
    return outcome, told


@pytest.fixture
async def practice(run_service: Start) -> AsyncGenerator[Practice]:
    """A practice that knows the patient MRN-1001."""
    patients = await run_service(PATIENTS)
    assert await sent(patients, adt(), "patients:write") == ("AA", [])
    async with on_a_socket(patients) as url:
        yield Practice(await run_service(SERVICE, patients_url=url), patients)


def proposed(encounter: dict[str, Any]) -> list[tuple[str, int, str]]:
    """What the EHR would bill: code, units, and how it stands beside what was found."""
    lines = [(line["proposed"], line["standing"]) for line in encounter["proposal"]["lines"] if line["proposed"]]
    return sorted((line["cpt"], line["units"], standing) for line, standing in lines)


def completed(visit: dict[str, Any]) -> dict[str, Any]:
    """The form of a DFT with what a coder read in the note."""
    return visit | {
        "place_of_service": "11",
        "payer": {"type": "commercial", "x_modifiers": True},
        "procedures": [
            {
                "kind": "destruction",
                "lesion_type": "premalignant",
                "technique": "cryotherapy",
                "site": "scalp",
                "count": 2,
                "problem_ref": "p2",
            }
        ],
    }


class TestChargesAlone:
    async def test_make_a_held_visit_that_asks_for_what_was_done(self, practice: Practice) -> None:
        assert await practice.sends(dft()) == ("AA", [])
        [encounter] = await practice.encounters()
        assert (encounter["disposition"], encounter["lines"]) == ("hold", [])
        assert [question["path"] for question in encounter["questions"]] == ["place_of_service", "payer", "em"]
        assert (encounter["visit_number"], encounter["rendering_npi"]) == ("V-2026-0007", "1234567893")
        visit = encounter["visit"]
        assert (visit["date"], visit["patient"]) == ("2026-03-04", {"age": 67, "sex": "F"})
        assert [problem["icd10"] for problem in visit["problems"]] == ["L40.0", "L57.0"]
        assert [event.name for event in await practice.coding.published()] == ["EncounterHeld"]

    async def test_keep_the_codes_of_the_ehr_beside_what_is_found(self, practice: Practice) -> None:
        await practice.sends(dft())
        [held] = await practice.encounters()
        found = await practice.answers(held, completed(held["visit"]))
        assert [(line["cpt"], line["units"]) for line in found["lines"]] == [("17000", 1), ("17003", 1)]
        [encounter] = await practice.encounters()
        assert proposed(encounter) == [("17000", 1, "same"), ("17003", 7, "differs"), ("99213", 1, "only_proposed")]
        assert encounter["proposal"]["source"] == "hl7v2"

    @pytest.mark.parametrize("event", ["P03", "P11"])
    async def test_sent_twice_are_one_visit(self, practice: Practice, event: str) -> None:
        for control_id in ("D-1", "D-1", "D-2"):
            assert await practice.sends(dft(event=event, control_id=control_id)) == ("AA", [])
        [encounter] = await practice.encounters()
        assert encounter["version"] == 1

    async def test_that_change_are_a_new_version(self, practice: Practice) -> None:
        await practice.sends(dft())
        later = dft(*CHARGES[1:], "DG1|1||L57.0^Keratosis^I10|||F", control_id="D-2")
        assert await practice.sends(later) == ("AA", [])
        [encounter] = await practice.encounters()
        assert encounter["version"] == 2
        assert [problem["icd10"] for problem in encounter["visit"]["problems"]] == ["L57.0"]
        assert [line[0] for line in proposed(encounter)] == ["17000", "17003"]

    async def test_that_change_leave_what_a_coder_documented(self, practice: Practice) -> None:
        await practice.sends(dft())
        [held] = await practice.encounters()
        await practice.answers(held, completed(held["visit"]))
        assert await practice.sends(dft(*CHARGES[1:], control_id="D-2")) == ("AA", [])
        [encounter] = await practice.encounters()
        assert (encounter["disposition"], encounter["version"]) == ("ready", 3)
        assert [line[0] for line in proposed(encounter)] == ["17000", "17003"]

    async def test_cannot_be_coded_by_hand_before_the_facts_of_a_claim_are_there(self, practice: Practice) -> None:
        await practice.sends(dft())
        [held] = await practice.encounters()
        body = {"lines": [{"cpt": "17000", "units": 1, "dx": ["L57.0"]}], "reason": "As the EHR has it."}
        async with practice.coding.client(*SCOPES) as http:
            answer = await http.post(f"/encounters/{held['id']}/override", json=body, headers={"If-Match": '"1"'})
        assert (answer.status_code, answer.json()["code"]) == (409, "facts-missing")

    async def test_with_a_diagnosis_of_another_system_ask_for_its_code(self, practice: Practice) -> None:
        snomed = "DG1|1||201101007^Actinic keratosis^SCT|||F"
        assert await practice.sends(dft(*CHARGES, snomed)) == ("AA", [])
        [encounter] = await practice.encounters()
        assert "problems" in [question["path"] for question in encounter["questions"]]


class TestTheFacility:
    async def test_is_where_the_visit_was_also_when_it_is_corrected_later(self, practice: Practice) -> None:
        await practice.sends(dft())
        [held] = await practice.encounters()
        assert held["location_code"] == "MAIN"
        await practice.answers(held, completed(held["visit"]))
        assert await practice.sends(dft(control_id="D-2").replace(b"^^MAIN", b"^^EAST")) == ("AA", [])
        [encounter] = await practice.encounters()
        assert (encounter["disposition"], encounter["version"], encounter["location_code"]) == ("ready", 3, "EAST")
        assert [line["cpt"] for line in encounter["lines"]] == ["17000", "17003"]

    async def test_that_is_not_named_is_not_guessed_from_a_point_of_care(self, practice: Practice) -> None:
        assert await practice.sends(dft().replace(b"DERM^R2^^MAIN", b"DERM^R2")) == ("AA", [])
        [encounter] = await practice.encounters()
        assert encounter["location_code"] is None

    async def test_that_is_no_code_of_a_place_is_refused(self, practice: Practice) -> None:
        outcome, errors = await practice.sends(dft().replace(b"^^MAIN", b"^^Main Street"))
        assert (outcome, [error[:2] for error in errors]) == ("AE", [("PV1^1^3^1^4", "102")])


def example_of_the_guide() -> bytes:
    """The DFT that docs/guides/hl7v2.md shows."""
    lines = [line.strip() for line in (ROOT / "docs/guides/hl7v2.md").read_text().splitlines()]
    begins = next(number for number, line in enumerate(lines) if "|DFT^P03^" in line)
    return "\r".join(takewhile(lambda line: line[3:4] == "|", lines[begins:])).encode()


class TestFactsInObx:
    async def test_of_the_guide_s_example_code_the_visit(self, practice: Practice) -> None:
        assert await practice.sends(example_of_the_guide()) == ("AA", [])
        [encounter] = await practice.encounters()
        assert encounter["disposition"] == "ready"
        assert [(line["cpt"], line["units"]) for line in encounter["lines"]] == [("17000", 1), ("17003", 7)]

    async def test_code_the_visit_at_once(self, practice: Practice) -> None:
        assert await practice.sends(dft(*CHARGES, *DIAGNOSES, *FACTS)) == ("AA", [])
        [encounter] = await practice.encounters()
        assert encounter["disposition"] == "ready"
        lines = [(line["cpt"], line["units"], line["modifiers"]) for line in encounter["lines"]]
        assert lines == [("99213", 1, ["25"]), ("17000", 1, []), ("17003", 7, [])]
        assert [event.name for event in await practice.coding.published()] == ["EncounterCoded"]

    async def test_that_change_code_it_anew(self, practice: Practice) -> None:
        await practice.sends(dft(*CHARGES, *DIAGNOSES, *FACTS))
        fewer = [fact.replace("|8|", "|2|") if "count" in fact else fact for fact in FACTS]
        assert await practice.sends(dft(*CHARGES, *DIAGNOSES, *fewer, control_id="D-2")) == ("AA", [])
        [encounter] = await practice.encounters()
        assert (encounter["version"], encounter["lines"][-1]["units"]) == (2, 1)

    async def test_as_far_as_they_go_are_kept_and_the_rest_is_asked(self, practice: Practice) -> None:
        some = [fact for fact in FACTS if "place_of_service" not in fact]
        assert await practice.sends(dft(*CHARGES, *DIAGNOSES, *some)) == ("AA", [])
        [encounter] = await practice.encounters()
        assert [question["path"] for question in encounter["questions"]] == ["place_of_service"]
        assert encounter["visit"]["procedures"][0]["count"] == 8

    async def test_of_other_systems_are_results_and_are_not_read(self, practice: Practice) -> None:
        result = obx(1, "x", "5").replace("x^^99DERMBILL", "8867-4^Heart rate^LN")
        assert await practice.sends(dft(*CHARGES, *DIAGNOSES, result)) == ("AA", [])


# What the message holds after PV1, and the place and the code that it is refused with.
REFUSED: Sequence[tuple[tuple[str, ...], str, str]] = (
    (DIAGNOSES, "FT1^1", "100"),
    ((ft1(1, "99213", f4=""),), "FT1^1^4", "101"),
    ((ft1(1, "99213"), ft1(2, "17000", f4="20260305")), "FT1^1^4", "198"),
    ((ft1(1, "99213", f4="20260230"),), "FT1^1^4^1^1", "102"),
    ((ft1(1, "99213", f6="CD"),), "FT1^1^6", "103"),
    ((ft1(1, "99213", f25=""),), "FT1^1^25", "101"),
    ((ft1(1, "99213 visit"),), "FT1^1^25", "102"),
    ((ft1(1, "99213"), ft1(2, "17000", f10="1.5")), "FT1^2^10", "102"),
    ((ft1(1, "99213", f20=NPI.replace("893^", "894^")),), "FT1^1^20^1^1", "102"),
    ((ft1(1, "99213"), ft1(2, "17000", f20=NPI.replace("1234567893", "1245319599"))), "FT1^1^20^1^1", "198"),
    ((*CHARGES, "DG1|1||keratosis^x^I10|||F"), "DG1^1^3^1^1", "102"),
    ((*CHARGES, obx(1, "count", "many", "NM", "1")), "OBX^1^5", "102"),
    ((*CHARGES, obx(1, "kind", "excision", procedure="2")), "OBX^1^4", "100"),
    ((*CHARGES, obx(1, "diameter_cm", "8", "NM", "1", "mm")), "OBX^1^6", "103"),
    ((*CHARGES, *FACTS, obx(16, "kind", "teleport", procedure="2")), "OBX^16^5", "102"),
    ((*CHARGES, *FACTS, obx(16, "place_of_service", "12")), "OBX^16^3", "198"),
    ((*CHARGES, obx(1, "no such word", "x")), "OBX^1^3", "103"),
    ((*CHARGES, obx(1, "place_of_service", "11").replace("|F", "|P")), "OBX^1^11", "103"),
    ((*CHARGES, obx(1, "payer", "medicare")), "OBX^1^5", "102"),
    ((*CHARGES, obx(1, "patient", "a canary")), "OBX^1^5", "102"),
    ((*CHARGES, obx(1, "date", "20260304", "DT")), "OBX^1^5", "199"),
)


class TestARefusal:
    async def test_says_where_and_keeps_nothing(self, practice: Practice) -> None:
        for number, (segments, place, code) in enumerate(REFUSED):
            outcome, errors = await practice.sends(dft(*segments, control_id=f"D-{number}"))
            assert outcome == "AE", place
            assert (place, code) in [error[:2] for error in errors], errors
            assert not any("canary" in told or "teleport" in told for _, _, told in errors)
        assert await practice.encounters() == []

    async def test_of_a_visit_without_a_number_or_a_known_patient(self, practice: Practice) -> None:
        assert [error[:2] for error in (await practice.sends(dft(visit="")))[1]] == [("PV1^1^19^1^1", "101")]
        stranger = dft(patient=PID.replace("MRN-1001", "MRN-404"), control_id="D-2")
        outcome, [(place, code, told)] = await practice.sends(stranger)
        assert (outcome, place, code) == ("AE", "PID^1^3", "204")
        assert "ADT first" in told

    async def test_of_a_visit_number_of_another_patient_names_the_encounter(self, practice: Practice) -> None:
        await practice.sends(dft())
        other = PID.replace("MRN-1001", "MRN-2002")
        assert (await sent(practice.patients, adt(control_id="M-2", segments=(other,)), "patients:write"))[0] == "AA"
        outcome, [(_, code, told)] = await practice.sends(dft(patient=other, control_id="D-2"))
        assert (outcome, code) == ("AE", "199")
        assert "for another patient" in told


class TestARegisterThatCannotBeReached:
    async def test_is_answered_so_that_the_message_is_sent_again(self, run_service: Start) -> None:
        coding = await run_service(SERVICE)
        async with coding.client("encounters:write") as http:
            answer = await http.post("/hl7v2", content=dft(), headers=ER7)
        assert answer.status_code == 503
        outcome, [(_, code, told)] = acknowledged(answer.text)
        assert (outcome, code) == ("AE", "207")
        assert "again later" in told
