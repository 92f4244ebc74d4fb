"""From the coded encounter to the payer's front end, on real Postgres and the real patients service."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from claims.domain.batches import CLAIMS_IN_SET
from claims.operations import batching
from claims.operations.assembly import assemble_claim
from claims.operations.patient_changed import BUILT_WITHIN, rebuild_held
from claims.store import claims as store
from claims.tables import claims as claims_table
from claims.tables import not_billed
from common.ids import new_id
from common.tables import audit_trail, timers

VISIT_LINE = {"number": 2, "cpt": "99213", "units": 1, "modifiers": ["25"], "diagnosis_pointers": [1]}
WARTS = {"number": 1, "cpt": "17110", "units": 1, "modifiers": [], "diagnosis_pointers": [1]}
Clinic = Any


class TestOpening:
    async def test_an_encounter_becomes_one_claim_however_often_it_is_told(self, clinic: Clinic) -> None:
        patient_id, encounter_id = await clinic.registers_a_patient(), new_id()
        first = await clinic.codes(patient_id, encounter_id=encounter_id)
        clinic.revisions[encounter_id] = 0
        assert await clinic.codes(patient_id, encounter_id=encounter_id) == first

    async def test_a_later_revision_before_submission_replaces_the_lines(self, clinic: Clinic) -> None:
        patient_id, encounter_id = await clinic.registers_a_patient(), new_id()
        claim_id = await clinic.codes(patient_id, encounter_id=encounter_id)
        await clinic.codes(patient_id, WARTS, VISIT_LINE, encounter_id=encounter_id)
        await clinic.lets_time_pass()
        [sent] = await clinic.sent_claims()
        assert [line.procedure.code for line in sent.lines] == ["17110", "99213"]
        assert (await clinic.claim(claim_id))["charge"] == "360.00"

    async def test_a_later_revision_after_submission_waits_for_the_payer(self, clinic: Clinic) -> None:
        encounter_id, patient_id = new_id(), await clinic.registers_a_patient()
        claim_id = await clinic.codes(patient_id, encounter_id=encounter_id)
        await clinic.lets_time_pass()
        await clinic.edi_tells("TransmissionSent", claim_id)
        await clinic.codes(patient_id, VISIT_LINE, encounter_id=encounter_id)
        claim = await clinic.claim(claim_id)
        assert [line["cpt"] for line in claim["lines"]] == ["17110"]
        assert claim["status"] == "submitted"
        assert await clinic.follow_ups() == ["recoded_waits"]

    async def test_what_the_patient_pays_alone_is_kept_beside_the_claim(self, clinic: Clinic) -> None:
        encounter_id, laser = new_id(), {"code": "COSMETIC-LASER", "units": 1}
        await clinic.codes(await clinic.registers_a_patient(), encounter_id=encounter_id, self_pay=[laser])
        said = (await clinic.http.get(f"/encounters/{encounter_id}")).json()
        assert [(fact["disposition"], fact["lines"]) for fact in said["not_billed"]] == [("self_pay", [laser])]

    async def test_an_encounter_that_is_not_billable_is_kept_and_opens_no_claim(self, clinic: Clinic) -> None:
        encounter_id = new_id()
        said = {
            "encounter_id": encounter_id,
            "patient_id": new_id(),
            "date_of_service": "2026-03-02",
            "disposition": "no_charge",
            "self_pay_lines": [],
        }
        kind = "org.dermbill.encounters.EncounterNotBillable.v1"
        await clinic.claims.deliver(kind, said, key=encounter_id)
        found = (await clinic.http.get(f"/encounters/{encounter_id}")).json()
        assert (found["claim_id"], [fact["disposition"] for fact in found["not_billed"]]) == (None, ["no_charge"])


class TestAssembling:
    async def test_the_parties_are_frozen_and_the_lines_priced(self, clinic: Clinic) -> None:
        claim_id = await clinic.codes(await clinic.registers_a_patient())
        await clinic.lets_time_pass()
        claim = await clinic.claim(claim_id)
        assert claim["parties"]["patient"]["last_name"] == "Quill"
        assert claim["parties"]["coverage"]["member_id"] == "MA1000001"
        assert (claim["payer_id"], claim["charge"]) == ("PAYERA", "210.00")

    async def test_the_day_without_coverage_holds_the_claim_until_it_is_mended(self, clinic: Clinic) -> None:
        patient_id = await clinic.registers_a_patient(covered=False)
        claim_id = await clinic.codes(patient_id)
        await clinic.lets_time_pass()
        claim = await clinic.claim(claim_id)
        assert (claim["status"], claim["owner"]) == ("held", "biller")
        assert [finding["id"] for finding in claim["findings"]] == ["E03"]
        [held] = await clinic.events(claim_id, "ClaimHeld")
        assert held.data["findings"] == ["E03"]

        await clinic.covers(patient_id)
        assert (await clinic.http.post(f"/claims/{claim_id}/rebuild")).status_code == 202
        await clinic.lets_time_pass()
        assert [claim.frequency for claim in await clinic.sent_claims()] == ["1"]

    async def test_a_held_claim_is_built_again_when_the_card_is_put_on_file(self, clinic: Clinic) -> None:
        patient_id = await clinic.registers_a_patient(covered=False)
        claim_id = await clinic.codes(patient_id)
        await clinic.lets_time_pass()
        await clinic.covers(patient_id, member_id="MA2000002")
        await clinic.patients_tells("CoverageRecorded", patient_id)
        await clinic.lets_time_pass()
        [sent] = await clinic.sent_claims()
        assert sent.subscriber.party.id == "MA2000002"
        assert [
            entry["facts"].get("by") for entry in await clinic.history(claim_id) if entry["fact"] == "rebuild_asked"
        ] == ["claims"]

    async def test_a_claim_that_was_being_built_is_built_again_if_it_comes_out_held(self, clinic: Clinic) -> None:
        patient_id = await clinic.registers_a_patient(covered=False)
        claim_id = await clinic.codes(patient_id)
        await clinic.patients_tells("CoverageRecorded", patient_id)
        await rebuild_held(clinic.claims.uow(clinic.id), claim_id)
        await clinic.lets_time_pass()
        assert await clinic.status(claim_id) == "held"
        await clinic.covers(patient_id)
        await clinic.lets_time_pass(until=datetime.now(UTC) + 2 * BUILT_WITHIN)
        assert len(await clinic.sent_claims()) == 1

    async def test_what_changes_of_a_patient_leaves_a_claim_that_has_left(self, clinic: Clinic) -> None:
        patient_id = await clinic.registers_a_patient()
        claim_id = await clinic.submits(patient_id=patient_id)
        await clinic.patients_tells("PatientChanged", patient_id)
        await clinic.lets_time_pass()
        assert await clinic.status(claim_id) == "submitted"
        assert len(await clinic.sent_claims()) == 1

    async def test_an_empty_register_is_a_finding_and_no_failure(self, bare_clinic: Clinic) -> None:
        claim_id = await bare_clinic.codes(await bare_clinic.registers_a_patient())
        await bare_clinic.lets_time_pass()
        claim = await bare_clinic.claim(claim_id)
        assert {finding["id"] for finding in claim["findings"]} == {"E04", "E05", "E30", "R01"}

    async def test_a_patient_that_nobody_knows_is_a_finding_too(self, clinic: Clinic) -> None:
        claim_id = await clinic.codes(new_id())
        await clinic.lets_time_pass()
        found = {finding["id"] for finding in (await clinic.claim(claim_id))["findings"]}
        assert {"E02", "E03", "R03"} <= found

    async def test_a_dependents_claim_names_both_people(self, clinic: Clinic) -> None:
        subscriber = {
            "name": {"family": "Quill", "given": "Orla"},
            "birth_date": "1955-04-02",
            "sex": "F",
            "address": {"line1": "12 Sample Row", "city": "Albany", "state": "NY", "zip": "122070002"},
        }
        await clinic.codes(await clinic.registers_a_patient(relationship="child", subscriber=subscriber))
        await clinic.lets_time_pass()
        [sent] = await clinic.sent_claims()
        assert (sent.subscriber.party.first, sent.subscriber.relationship) == ("Orla", "")
        assert sent.patient is not None
        assert (sent.patient.party.first, sent.patient.relationship) == ("Maren", "19")

    async def test_of_two_duplicates_assembled_at_once_one_is_held(self, clinic: Clinic) -> None:
        patient_id = await clinic.registers_a_patient()
        ids = [await clinic.codes(patient_id) for _ in range(2)]
        await asyncio.gather(*(assemble_claim(clinic.claims.uow(), claim_id) for claim_id in ids))
        assert sorted([await clinic.status(claim_id) for claim_id in ids]) == ["held", "ready"]

    async def test_the_same_service_twice_is_held_until_a_person_gives_a_reason(self, clinic: Clinic) -> None:
        patient_id = await clinic.registers_a_patient()
        await clinic.codes(patient_id)
        await clinic.lets_time_pass()
        second = await clinic.codes(patient_id)
        await clinic.lets_time_pass()
        claim = await clinic.claim(second)
        assert [finding["id"] for finding in claim["findings"]] == ["E25"]

        answer = {"finding": "E25", "where": "line 1", "reason": "Seen twice that day, two notes"}
        stale = await clinic.http.put(f"/claims/{second}/overrides", json=answer, headers={"If-Match": '"0"'})
        assert stale.status_code == 412
        mended = await clinic.http.put(
            f"/claims/{second}/overrides", json=answer, headers={"If-Match": f'"{claim["version"]}"'}
        )
        assert mended.status_code == 200
        await clinic.lets_time_pass()
        assert len(await clinic.sent_claims()) == 2
        reasons = [entry["reason"] for entry in await clinic.history(second) if entry["fact"] == "finding_overridden"]
        assert reasons == ["Seen twice that day, two notes"]


class TestSubmitting:
    async def test_the_837_says_what_the_claim_says(self, clinic: Clinic) -> None:
        claim_id = await clinic.codes(await clinic.registers_a_patient(), WARTS, VISIT_LINE)
        await clinic.lets_time_pass()
        claim, [sent] = await clinic.claim(claim_id), await clinic.sent_claims()
        assert sent.control_number == claim["submissions"][0]["control_number"] == claim["number"] + "01"
        assert str(sent.charge) == "360"
        assert (sent.billing_provider.party.npi, sent.payer.id) == ("1234567893", "PAYERA")
        assert sent.rendering is not None
        assert sent.rendering.npi == "1245319599"
        assert [(one.qualifier, one.code) for one in sent.diagnoses] == [("ABK", "B078")]
        assert [line.procedure.modifiers for line in sent.lines] == [(), ("25",)]

    async def test_claims_of_one_payer_leave_in_one_set_and_are_told_of_one_by_one(self, clinic: Clinic) -> None:
        ids = await clinic.submits_together(3)
        assert len(await clinic.sent_sets()) == 1
        assert [await clinic.status(claim_id) for claim_id in ids] == ["submitted"] * 3
        for claim_id in ids:
            [event] = await clinic.events(claim_id, "ClaimSubmitted")
            assert event.data["charge"] == "210.00"
            assert event.data["frequency"] == "1"

    async def test_a_full_batch_leaves_the_rest_to_the_next(self, bare_clinic: Clinic) -> None:
        await bare_clinic.sets_up(batch_size=2)
        for _ in range(5):
            await bare_clinic.codes(await bare_clinic.registers_a_patient())
        await bare_clinic.lets_time_pass()
        assert sorted(body.count("CLM*") for body in await bare_clinic.sent_sets()) == [1, 2, 2]

    async def test_a_claim_that_joins_a_batch_as_it_leaves_gets_another(self, clinic: Clinic) -> None:
        first = await clinic.codes(await clinic.registers_a_patient())
        [batch_id] = await departures(clinic)
        await batching.send_batch(clinic.claims.uow(), batch_id)
        second = await clinic.codes(await clinic.registers_a_patient())
        await departures(clinic)
        async with clinic.claims.uow().begin() as tx:
            for row in await tx.rows(select(timers.c.key).where(timers.c.kind == "send-batch")):
                tx.cancel("send-batch", row["key"])
            tx.schedule("send-batch", batch_id, due_at=tx.now)
        await clinic.lets_time_pass()
        assert [await clinic.status(claim_id) for claim_id in (first, second)] == ["sending", "sending"]
        assert len(await clinic.sent_claims()) == 2

    @pytest.mark.parametrize("others", [0, 1])
    async def test_a_claim_that_is_being_judged_as_its_batch_leaves_gets_another(
        self, clinic: Clinic, others: int
    ) -> None:
        judged, *more = [await clinic.codes(await clinic.registers_a_patient()) for _ in range(1 + others)]
        batch_ids = await departures(clinic)
        async with clinic.claims.uow(clinic.id).begin() as leaving:
            for batch_id in batch_ids:
                leaving.cancel(batching.SEND, batch_id)
        async with clinic.claims.uow(clinic.id).begin() as judging:
            await store.load(judging, judged)
            for batch_id in batch_ids:
                await batching.send_batch(clinic.claims.uow(clinic.id), batch_id)
        assert await clinic.status(judged) == "ready"
        assert [await clinic.status(claim_id) for claim_id in more] == ["sending"] * others
        await clinic.lets_time_pass()
        assert await clinic.status(judged) == "sending"
        assert len(await clinic.sent_claims()) == 1 + others

    async def test_a_timer_that_runs_twice_sends_one_837(self, clinic: Clinic) -> None:
        claim_id = await clinic.codes(await clinic.registers_a_patient())
        await clinic.lets_time_pass()
        batch_id = UUID((await clinic.claim(claim_id))["submissions"][0]["batch_id"])
        await batching.send_batch(clinic.claims.uow(), batch_id)
        assert len(clinic.edi.requests) == 1

    async def test_a_crash_between_intent_and_post_loses_nothing(self, clinic: Clinic) -> None:
        claim_id = await clinic.codes(await clinic.registers_a_patient())
        [batch_id] = await departures(clinic)
        assert await batching.depart(clinic.claims.uow(), batch_id) is not None
        assert await clinic.status(claim_id) == "sending"
        assert clinic.edi.requests == []
        await clinic.lets_time_pass()
        assert [claim.control_number[-2:] for claim in await clinic.sent_claims()] == ["01"]

    async def test_a_crash_after_the_post_sends_nothing_twice(self, clinic: Clinic) -> None:
        await clinic.codes(await clinic.registers_a_patient())
        [batch_id] = await departures(clinic)
        clinic.edi.line.loses_answers = True
        with pytest.raises(Exception, match="status-503"):
            await batching.send_batch(clinic.claims.uow(), batch_id)
        clinic.edi.line.loses_answers = False
        await clinic.lets_time_pass()
        assert len(clinic.edi.requests) > 1
        assert len(await clinic.sent_claims()) == 1
        assert len({asked.key for asked in clinic.edi.requests}) == 1

    async def test_what_edi_never_takes_is_the_billers(self, clinic: Clinic) -> None:
        await clinic.edi.routes("SOMEBODY")
        claim_id = await clinic.codes(await clinic.registers_a_patient())
        await clinic.lets_time_pass()
        claim = await clinic.claim(claim_id)
        assert (claim["status"], [finding["id"] for finding in claim["findings"]]) == ("held", ["W01"])

    async def test_being_told_twice_that_it_left_tells_the_others_once(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        await clinic.edi_tells("TransmissionSent", claim_id)
        assert len(await clinic.events(claim_id, "ClaimSubmitted")) == 1

    @pytest.mark.parametrize("outcome", ["A", "E"])
    async def test_an_accepting_999_leaves_the_claim_with_its_payer(self, clinic: Clinic, outcome: str) -> None:
        claim_id = await clinic.submits()
        await clinic.edi_tells("TransmissionAcknowledged", claim_id, outcome=outcome, errors=[])
        assert await clinic.status(claim_id) == "submitted"
        [batch] = [one for one in (await clinic.http.get("/batches")).json()["items"] if one["claim_count"]]
        assert (batch["status"], batch["outcome"]) == ("accepted", outcome)

    @pytest.mark.parametrize("outcome", ["R", "P"])
    async def test_a_rejecting_999_rejects_every_claim_of_the_batch(self, clinic: Clinic, outcome: str) -> None:
        claim_id = await clinic.submits()
        error = {"set_control": "0001", "segment": "NM1", "position": 8, "element": 9, "code": "7"}
        await clinic.edi_tells("TransmissionAcknowledged", claim_id, outcome=outcome, errors=[error])
        assert await clinic.status(claim_id) == "rejected"
        [event] = await clinic.events(claim_id, "ClaimRejected")
        assert (event.data["source"], event.data["statuses"]) == ("999", ["NM1-09 7"])

    async def test_a_999_that_refuses_one_set_rejects_the_claims_of_that_set_alone(self, clinic: Clinic) -> None:
        ids = await clinic.submits_together(CLAIMS_IN_SET + 1)
        [in_first, in_second] = [body.count("CLM*") for body in await clinic.sent_sets()]
        assert (in_first, in_second) == (CLAIMS_IN_SET, 1)
        error = {"set_control": "0002", "segment": "NM1", "position": 8, "element": 9, "code": "7"}
        in_group = {"set_control": "", "segment": "", "position": 0, "code": "5"}
        elsewhere = error | {"set_control": "0001", "segment": "DTP"}
        await clinic.edi_tells(
            "TransmissionAcknowledged",
            ids[0],
            outcome="P",
            errors=[error, in_group, elsewhere],
            sets=[{"set_control": "0001", "outcome": "E"}, {"set_control": "0002", "outcome": "R"}],
        )
        assert [await clinic.status(claim_id) for claim_id in ids] == ["submitted"] * CLAIMS_IN_SET + ["rejected"]
        [event] = await clinic.events(ids[-1], "ClaimRejected")
        assert (event.data["source"], event.data["statuses"]) == ("999", ["NM1-09 7", "5"])
        [batch] = [one for one in (await clinic.http.get("/batches")).json()["items"] if one["claim_count"]]
        assert (batch["status"], batch["outcome"]) == ("partly_accepted", "P")

    async def test_a_999_that_took_a_part_and_does_not_say_which_goes_to_a_person(self, clinic: Clinic) -> None:
        ids = await clinic.submits_together(CLAIMS_IN_SET + 1)
        await clinic.edi_tells("TransmissionAcknowledged", ids[0], outcome="P", errors=[])
        assert {await clinic.status(claim_id) for claim_id in ids} == {"submitted"}
        assert await clinic.follow_ups() == ["unclear_acknowledgement"] * len(ids)

    async def test_a_refused_interchange_rejects_them_too(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        await clinic.edi_tells("TransmissionFailed", claim_id, code="ta1-020")
        assert await clinic.status(claim_id) == "rejected"

    async def test_a_transmission_of_somebody_else_is_passed_over(self, clinic: Clinic) -> None:
        said = {"transmission_id": new_id(), "reference": new_id(), "outcome": "R", "errors": []}
        await clinic.claims.deliver("org.dermbill.edi.TransmissionAcknowledged.v1", said, key=said["transmission_id"])
        assert await clinic.claims.published() == []


class TestThePracticesOwn:
    async def test_nothing_of_a_practice_can_be_found_by_another(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        async with clinic.claims.client("claims:read", "claims:write", practices=[new_id()]) as stranger:
            for path in (f"/claims/{claim_id}", f"/claims/{claim_id}/history", "/practice", "/payers/PAYERA"):
                assert (await stranger.get(path)).status_code == 404
            for path in ("/claims", "/payers", "/rendering-providers", "/charges", "/follow-ups", "/batches"):
                assert (await stranger.get(path)).json()["items"] == []
            assert (await stranger.post(f"/claims/{claim_id}/rebuild")).status_code == 404
            void = await stranger.post(f"/claims/{claim_id}/void", json={"reason": "not mine"})
            assert void.status_code == 404

    async def test_a_reader_cannot_write(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        async with clinic.claims.client("claims:read") as reader:
            assert (await reader.post(f"/claims/{claim_id}/rebuild")).status_code == 403

    async def test_every_look_at_a_claim_is_in_the_audit_trail(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        seen = select(audit_trail).where(audit_trail.c.subject == claim_id, audit_trail.c.action == "read")
        before = len(await clinic.claims.query(seen))
        await clinic.http.get(f"/claims/{claim_id}")
        after = await clinic.claims.query(seen)
        assert len(after) == before + 1
        assert after[-1]["actor"] == "staff-1"

    async def test_what_names_a_patient_can_be_read_in_no_column_event_or_history(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        await clinic.is_answered(claim_id, "A2")
        rows = [dict(row) for row in await clinic.claims.query(select(claims_table))]
        assert all(row["snapshot"] for row in rows)
        told = [str(event.data) for event in await clinic.claims.published()]
        history = [str(entry) for entry in await clinic.history(claim_id)]
        assert not any("Quill" in text or "MA1000001" in text for text in (*map(str, rows), *told, *history))

    async def test_history_and_what_was_not_billed_are_never_changed(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        with pytest.raises(Exception, match="permission denied"):
            async with clinic.claims.uow().begin() as tx:
                await tx.execute(not_billed.update().values(disposition="other"))
        assert len(await clinic.history(claim_id)) == 4


async def departures(clinic: Clinic) -> list[UUID]:
    """Assemble what waits; the batches that gathered, not sent yet."""
    for row in await clinic.claims.query(select(timers.c.key).where(timers.c.kind == "assemble-claim")):
        await assemble_claim(clinic.claims.uow(), row["key"])
    rows = await clinic.claims.query(select(timers.c.key).where(timers.c.kind == "send-batch"))
    return [row["key"] for row in rows]
