"""Encounters over HTTP, on a real database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.coding.encounters import (
    ALL,
    BIOPSY,
    HELD,
    NOTE,
    NPI,
    READY,
    TAGS,
    Json,
    amended,
    by_hand,
    key,
    line,
    recorded,
    seen,
    send,
    told,
    visit,
    with_problems,
)

from coding.main import SERVICE
from common.ids import new_id
from common.testing.running import Running

Start = Callable[..., Awaitable[Running]]


@pytest.fixture
async def coding(run_service: Start) -> Running:
    return await run_service(SERVICE)


class TestRecording:
    async def test_a_documented_visit_becomes_lines_with_reasons_and_an_event_of_codes(self, coding: Running) -> None:
        encounter = await recorded(coding, READY, visit_number="V-1")
        [coded] = encounter["lines"]
        assert (encounter["disposition"], coded["cpt"], coded["dx"]) == ("ready", "11104", ["D49.2"])
        assert [(reason["rule"], reason["source"]) for reason in coded["reasons"]] == [("BX-PRIMARY", "rulebook 3.2")]
        [event] = await coding.published()
        assert (event.name, str(event.key), event.version) == ("EncounterCoded", encounter["id"], 1)
        assert event.data == {
            "encounter_id": encounter["id"],
            "patient_id": encounter["patient_id"],
            "date_of_service": "2026-03-04",
            "place_of_service": "11",
            "rendering_npi": NPI,
            "diagnoses": ["D49.2"],
            "lines": [
                {
                    "number": 1,
                    "cpt": "11104",
                    "units": 1,
                    "modifiers": [],
                    "diagnosis_pointers": [1],
                    "unit_charge": None,
                }
            ],
            "self_pay_lines": [],
            "rules_edition": encounter["rules_edition"],
            "location_code": None,
        }

    async def test_pointers_count_from_one_in_the_encounter_s_diagnoses(self, coding: Running) -> None:
        keratoses = {
            "kind": "destruction", "lesion_type": "premalignant", "technique": "cryotherapy",
            "site": "scalp", "count": 8, "problem_ref": "p2",
        }  # fmt: skip
        em = {"mdm": "low", "minutes": 18, "separately_identifiable": True, "em_problem_refs": ["p1"]}
        await recorded(coding, visit(keratoses, em=em, problems=with_problems("L40.0", "L57.0")))
        [event] = await coding.published("EncounterCoded")
        assert event.data["diagnoses"] == ["L40.0", "L57.0"]
        assert [(told["cpt"], told["diagnosis_pointers"]) for told in event.data["lines"]] == [
            ("99213", [1]),
            ("17000", [2]),
            ("17003", [2]),
        ]

    async def test_what_is_not_documented_holds_the_visit_and_asks_for_it(self, coding: Running) -> None:
        encounter = await recorded(coding, HELD)
        assert encounter["disposition"] == "hold"
        assert [(q["flag"], q["path"]) for q in encounter["questions"]] == [
            ("MISSING_TECHNIQUE", "procedures[0].technique")
        ]
        [event] = await coding.published()
        assert (event.name, event.data["flags"]) == ("EncounterHeld", encounter["flags"])

    async def test_what_the_patient_wished_is_not_billable(self, coding: Running) -> None:
        await recorded(coding, visit(TAGS, icd10="L91.8"))
        [event] = await coding.published()
        assert (event.name, event.data["disposition"]) == ("EncounterNotBillable", "patient_only")
        assert event.data["self_pay_lines"] == [{"code": "11200", "units": 1, "unit_charge": None}]

    async def test_the_same_key_records_once_and_answers_the_same(self, coding: Running) -> None:
        same, patient_id = key(), str(new_id())
        first = await send(coding, READY, same, patient_id=patient_id)
        second = await send(coding, READY, same, patient_id=patient_id)
        assert (second.status_code, second.json()) == (201, first.json())
        assert len(await coding.published()) == 1

    async def test_a_visit_number_names_one_encounter_of_a_practice(self, coding: Running) -> None:
        first = await recorded(coding, READY, visit_number="V-7")
        again = await send(coding, READY, visit_number="V-7")
        assert (again.status_code, again.json()["code"]) == (409, "visit-number-taken")
        assert first["id"] in again.json()["detail"]
        body = {"patient_id": str(new_id()), "rendering_npi": NPI, "visit": READY, "visit_number": "V-7"}
        async with coding.client(*ALL, practices=[new_id()]) as http:
            assert (await http.post("/encounters", json=body, headers=key())).status_code == 201

    async def test_a_preview_answers_the_same_and_keeps_nothing(self, coding: Running) -> None:
        kept = await recorded(coding, READY)
        async with coding.client("encounters:read") as http:
            shown = (await http.post("/encounters/preview", json=READY)).json()
        assert shown == {name: kept[name] for name in shown}
        assert len(await coding.query(text("SELECT id FROM encounters"))) == 1


class TestBadInput:
    @pytest.mark.parametrize(
        ("form", "says"),
        [
            (visit(BIOPSY | {"kind": "lobotomy"}), "procedures[0].kind must be one of biopsy, shave_removal"),
            (visit(BIOPSY | {"technique": "Maren Quill"}), "procedures[0].technique must be one of tangential, punch"),
            (visit(BIOPSY | {"colour": "red"}), "procedures[0].colour is not known; known here: kind, problem_ref"),
            (visit(BIOPSY | {"Maren Quill": 1}), "procedures[0].Maren?Quill is not known"),
            (visit(BIOPSY | {"problem_ref": "p9"}), "procedures[0].problem_ref names no problem of this visit"),
            (visit(BIOPSY, payer="barter"), "payer.type must be one of medicare"),
            (visit(BIOPSY, place_of_service="99"), "place_of_service must be one of 02, 10, 11"),
            (visit(BIOPSY, date="yesterday"), "date must be a date such as"),
            (visit(BIOPSY, problems=[{"ref": "p1", "icd10": "?", "text": NOTE}]), "problems[0].icd10 must be"),
            (visit(BIOPSY, problems=[{"ref": "p1", "icd10": "D49.2", "text": "a\0b"}]), "problems[0].text must be"),
            (visit(BIOPSY, problems=[{"ref": "p1", "icd10": "D49.2", "text": "\ud800"}]), "problems[0].text must be"),
            ({}, "date is needed"),
        ],
    )
    async def test_a_word_that_is_not_known_is_named_with_what_may_stand_there(
        self, coding: Running, form: Json, says: str
    ) -> None:
        answer = await send(coding, form)
        assert (answer.status_code, answer.json()["code"]) == (422, "visit-unreadable")
        assert says in answer.json()["detail"]
        assert "Maren Quill" not in answer.text
        assert NOTE not in answer.text
        assert await coding.published() == []

    async def test_an_npi_whose_check_digit_is_wrong_is_refused(self, coding: Running) -> None:
        answer = await send(coding, READY, rendering_npi="1234567890")
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["where"] == "body.rendering_npi"

    async def test_a_visit_that_is_no_object_is_refused(self, coding: Running) -> None:
        async with coding.client(*ALL) as http:
            assert (await http.post("/encounters/preview", json=[1])).status_code == 422
            assert (await http.post("/encounters/preview", content=b"{")).status_code in (415, 422)

    async def test_a_form_of_more_than_half_a_megabyte_is_refused(self, coding: Running) -> None:
        async with coding.client(*ALL) as http:
            answer = await http.post("/encounters/preview", json={"date": "x" * 600_000})
        assert answer.status_code == 413


class TestMoreThanAClaimCarries:
    async def test_a_line_with_more_than_four_diagnoses_is_held_not_cut(self, coding: Running) -> None:
        codes = ("L82.0", "B07.0", "B07.8", "B07.9", "B08.1")
        warts = [
            {
                "kind": "destruction", "lesion_type": "benign", "technique": "cryotherapy", "symptoms": ["bleeding"],
                "site": "left hand", "count": 1, "problem_ref": f"p{n}",
            }
            for n in range(1, 6)
        ]  # fmt: skip
        encounter = await recorded(coding, visit(*warts, problems=with_problems(*codes)))
        assert encounter["disposition"] == "hold"
        assert "CLAIM_POINTERS" in [question["flag"] for question in encounter["questions"]]
        assert len(encounter["lines"][0]["dx"]) == 5
        assert [event.name for event in await coding.published()] == ["EncounterHeld"]


class TestAnswering:
    async def test_a_held_visit_that_is_answered_is_coded_as_version_two(self, coding: Running) -> None:
        encounter = await recorded(coding, HELD)
        answer = await amended(coding, encounter, READY)
        assert (answer.status_code, answer.json()["disposition"], answer.json()["version"]) == (200, "ready", 2)
        assert answer.headers["ETag"] == '"2"'
        assert await told(coding) == [("EncounterHeld", 1), ("EncounterCoded", 2)]
        history = (await seen(coding, encounter))["history"]
        assert [(h["version"], h["act"], h["published"]) for h in history] == [
            (1, "recorded", "EncounterHeld"),
            (2, "amended", "EncounterCoded"),
        ]

    async def test_facts_that_change_no_line_are_kept_and_told_to_nobody(self, coding: Running) -> None:
        encounter = await recorded(coding, READY)
        again = visit(BIOPSY, patient={"age": 67, "sex": "F", "new_or_established": "established"})
        assert (await amended(coding, encounter, again)).json()["version"] == 2
        whole = await seen(coding, encounter)
        assert whole["visit"]["patient"]["age"] == 67
        assert [h["published"] for h in whole["history"]] == ["EncounterCoded", None]
        assert await told(coding) == [("EncounterCoded", 1)]

    async def test_answering_an_old_version_is_refused(self, coding: Running) -> None:
        encounter = await recorded(coding, HELD)
        await amended(coding, encounter, READY)
        late = await amended(coding, encounter, HELD)
        assert (late.status_code, late.json()["code"]) == (412, "stale")
        async with coding.client(*ALL) as http:
            unconditional = await http.put(f"/encounters/{encounter['id']}/visit", json=READY)
        assert unconditional.status_code == 428

    async def test_a_version_once_kept_cannot_be_changed(self, coding: Running) -> None:
        await recorded(coding, READY)
        uow = coding.uow()
        with pytest.raises(DBAPIError, match="permission denied"):
            async with uow.begin() as tx:
                await tx.execute(text("UPDATE encounter_history SET act = 'forged'"))


class TestLateFacts:
    async def test_an_addendum_to_a_coded_visit_tells_what_differs(self, coding: Running) -> None:
        first = await recorded(coding, visit(BIOPSY | {"count": 2}))
        amendment = visit(BIOPSY | {"count": 3}, BIOPSY | {"technique": "tangential", "site": "left hand"})
        assert (await amended(coding, first, amendment)).status_code == 200
        assert await told(coding) == [("EncounterCoded", 1), ("EncounterRecoded", 2)]
        [event] = await coding.published("EncounterRecoded")
        assert [(one["cpt"], one["units"]) for one in event.data["lines"]] == [("11103", 1), ("11104", 1), ("11105", 2)]
        alone = {"modifiers": [], "diagnoses": ["D49.2"], "self_pay": False, "charge": None}
        assert (event.data["replaces"], event.data["changes"]) == (
            1,
            [
                {"change": "added", "cpt": "11103", "before": None, "now": {"units": 1} | alone},
                {"change": "changed", "cpt": "11105", "before": {"units": 1} | alone, "now": {"units": 2} | alone},
            ],
        )

    async def test_pathology_that_comes_days_later_releases_a_held_excision(self, coding: Running) -> None:
        excision = {
            "kind": "excision", "lesion_type": "malignant", "diameter_cm": 1.0, "margin_cm": 0.4,
            "site": "left forearm", "problem_ref": "p1",
        }  # fmt: skip
        held = await recorded(coding, visit(excision, icd10="D49.2"))
        assert (held["disposition"], "AWAIT_PATH" in held["flags"]) == ("hold", True)
        report = visit(excision | {"pathology_icd10": "C44.619"}, icd10="C44.619")
        released = (await amended(coding, held, report)).json()
        assert [(one["cpt"], one["dx"]) for one in released["lines"]] == [("11602", ["C44.619"])]
        assert (released["changed"]["disposition_before"], "AWAIT_PATH" in released["changed"]["flags_settled"]) == (
            "hold",
            True,
        )
        assert await told(coding) == [("EncounterHeld", 1), ("EncounterCoded", 2)]

    async def test_a_visit_held_in_between_is_told_anew_also_when_nothing_differs(self, coding: Running) -> None:
        first = await recorded(coding, READY)
        asked = (await amended(coding, first, HELD)).json()
        await amended(coding, asked, READY)
        assert await told(coding) == [("EncounterCoded", 1), ("EncounterHeld", 2), ("EncounterRecoded", 3)]
        [event] = await coding.published("EncounterRecoded")
        assert (event.data["replaces"], event.data["changes"]) == (1, [])

    async def test_an_override_of_a_coded_visit_is_a_change_too(self, coding: Running) -> None:
        encounter = await recorded(coding, READY)
        coded = (await by_hand(coding, encounter, line("11102", "D49.2"))).json()
        assert [(one["standing"], (one["now"] or one["before"])["cpt"]) for one in coded["changed"]["lines"]] == [
            ("added", "11102"),
            ("removed", "11104"),
        ]
        [event] = await coding.published("EncounterRecoded")
        assert [(one["change"], one["cpt"]) for one in event.data["changes"]] == [
            ("added", "11102"),
            ("removed", "11104"),
        ]


class TestOverriding:
    async def test_a_coder_s_lines_make_a_held_visit_ready_and_say_who_and_why(self, coding: Running) -> None:
        encounter = await recorded(coding, HELD)
        answer = await by_hand(coding, encounter, line("11102", "D49.2"))
        assert answer.status_code == 200, answer.text
        coded = answer.json()
        assert (coded["disposition"], coded["questions"], coded["version"]) == ("ready", [], 2)
        assert (coded["override"]["by"], coded["override"]["reason"]) == ("staff-1", "The addendum says so.")
        assert [reason["rule"] for reason in coded["lines"][0]["reasons"]] == ["OVERRIDE"]
        assert "MISSING_TECHNIQUE" in coded["flags"]
        assert await told(coding) == [("EncounterHeld", 1), ("EncounterCoded", 2)]
        history = (await seen(coding, encounter))["history"]
        assert (history[1]["act"], history[1]["reason"]) == ("overridden", "The addendum says so.")

    async def test_new_facts_end_an_override_and_the_history_keeps_it(self, coding: Running) -> None:
        encounter = await recorded(coding, HELD)
        overridden = (await by_hand(coding, encounter, line("11102", "D49.2"))).json()
        amendment = (await amended(coding, overridden, READY)).json()
        assert (amendment["override"], amendment["lines"][0]["cpt"]) == (None, "11104")
        assert [h["act"] for h in (await seen(coding, encounter))["history"]] == ["recorded", "overridden", "amended"]

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            (line("00001", "D49.2"), "lines[0].cpt is not a procedure code"),
            (line("11102", "C44.3"), "lines[0].dx[0] needs more characters than C44.3"),
            (line("11102", "Q99.Z"), "lines[0].dx[0] is not a code of ICD-10-CM"),
            (line("11102", "D49.2", "D49.2"), "lines[0].dx[1] repeats"),
            (line("11102", "D49.2", modifiers=("25",)), "25 may not stand on a procedure line"),
            (line("11102", "D49.2", modifiers=("59", "XS")), "59 and XS may not stand together"),
            (line("11102", "D49.2", modifiers=("ZZ",)), "ZZ is not a modifier"),
        ],
    )
    async def test_a_line_that_no_payer_could_read_is_refused(self, coding: Running, wrong: Json, says: str) -> None:
        encounter = await recorded(coding, READY)
        answer = await by_hand(coding, encounter, wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "lines-not-valid")
        assert says in answer.json()["detail"]
        assert await told(coding) == [("EncounterCoded", 1)]

    async def test_more_diagnoses_than_a_claim_carries_are_refused(self, coding: Running) -> None:
        encounter = await recorded(coding, READY)
        codes = [f"L40.{n}" for n in (0, 1, 2, 3, 4, 8, 9)] + ["L57.0", "L82.0", "L82.1", "B07.0", "B07.8", "B07.9"]
        lines = [line("11102", *codes[n : n + 4]) for n in range(0, len(codes), 4)]
        answer = await by_hand(coding, encounter, *lines)
        assert "more than the 12 diagnoses" in answer.json()["detail"]

    async def test_a_reason_is_needed(self, coding: Running) -> None:
        encounter = await recorded(coding, READY)
        answer = await by_hand(coding, encounter, line("11102", "D49.2"), reason="  ")
        assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "body.reason")

    @pytest.mark.parametrize("form", [visit(TAGS, icd10="L91.8"), visit(BIOPSY, payer="self_pay"), HELD])
    async def test_only_a_visit_that_may_have_a_claim_can_be_coded_by_hand(self, coding: Running, form: Json) -> None:
        encounter = await recorded(coding, form)
        answer = await by_hand(coding, encounter, line("11102", "D49.2"))
        may = encounter["disposition"] == "hold"
        assert (answer.status_code, answer.json().get("code")) == ((200, None) if may else (409, "nothing-to-override"))


class TestLooking:
    async def test_a_list_has_ids_and_codes_but_no_notes_and_narrows(self, coding: Running) -> None:
        ready, held = await recorded(coding, READY), await recorded(coding, HELD | {"date": "2026-04-01"})
        async with coding.client("encounters:read") as http:

            async def ids(**query: Any) -> list[str]:
                return [item["id"] for item in (await http.get("/encounters", params=query)).json()["items"]]

            assert await ids() == [ready["id"], held["id"]]
            assert await ids(disposition="hold") == [held["id"]]
            assert await ids(date_to="2026-03-31") == [ready["id"]]
            assert await ids(date_from="2026-03-31") == [held["id"]]
            assert await ids(patient_id=ready["patient_id"]) == [ready["id"]]
            first = (await http.get("/encounters", params={"limit": 1})).json()
            assert await ids(cursor=first["next"]) == [held["id"]]
            assert NOTE not in (await http.get("/encounters")).text

    async def test_one_encounter_has_its_facts_to_be_answered_and_its_etag(self, coding: Running) -> None:
        encounter = await recorded(coding, HELD)
        async with coding.client("encounters:read") as http:
            answer = await http.get(f"/encounters/{encounter['id']}")
        assert (answer.headers["ETag"], answer.json()["visit"]) == ('"1"', HELD)

    async def test_another_practice_finds_nothing(self, coding: Running) -> None:
        encounter = await recorded(coding, HELD)
        other = {"If-Match": '"1"'}
        override = {"lines": [line("11102", "D49.2")], "reason": "Not ours."}
        async with coding.client(*ALL, practices=[new_id()]) as http:
            assert (await http.get("/encounters")).json()["items"] == []
            assert (await http.get(f"/encounters/{encounter['id']}")).status_code == 404
            path = f"/encounters/{encounter['id']}"
            assert (await http.put(f"{path}/visit", json=READY, headers=other)).status_code == 404
            assert (await http.post(f"{path}/override", json=override, headers=other)).status_code == 404
        assert (await seen(coding, encounter))["version"] == 1

    async def test_reading_may_not_write(self, coding: Running) -> None:
        body = {"patient_id": str(new_id()), "rendering_npi": NPI, "visit": READY}
        async with coding.client("encounters:read") as http:
            assert (await http.post("/encounters", json=body, headers=key())).status_code == 403

    async def test_every_look_and_every_change_is_in_the_audit_trail_without_notes(self, coding: Running) -> None:
        encounter = await recorded(coding, HELD)
        await by_hand(coding, encounter, line("11102", "D49.2"))
        await amended(coding, encounter | {"version": 2}, READY)
        await seen(coding, encounter)
        async with coding.client(*ALL) as http:
            await http.get("/encounters")
        rows = await coding.query(text("SELECT action, subject, facts::text FROM audit_trail ORDER BY id"))
        assert [row["action"] for row in rows] == ["create", "decide", "update", "read", "read"]
        assert {str(row["subject"]) for row in rows} == {encounter["id"]}
        assert not any(NOTE in row["facts"] for row in rows)

    async def test_notes_are_in_no_event(self, coding: Running) -> None:
        encounter = await recorded(coding, HELD)
        await amended(coding, encounter, READY)
        payloads = await coding.query(text("SELECT payload FROM event_log"))
        assert len(payloads) == 2
        assert not any(NOTE in row["payload"] or "cheek" in row["payload"] for row in payloads)
