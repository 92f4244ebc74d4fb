"""From the payer's front end to the last word on a claim."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from claims.domain.batches import CLAIMS_IN_SET
from claims.tables import acknowledgements
from common.ids import new_id
from common.refusal import NotFound
from common.tables import timers

Clinic = Any
Status277 = Any


class TestAcknowledgements:
    async def test_the_payers_acceptance_moves_the_claim_and_is_told(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        await clinic.is_answered(claim_id, "A2")
        claim = await clinic.claim(claim_id)
        assert (claim["status"], claim["payer_claim_number"]) == ("accepted", "PC1")
        [event] = await clinic.events(claim_id, "ClaimAccepted")
        assert event.data["payer_claim_number"] == "PC1"

    async def test_the_clearinghouses_receipt_is_only_in_the_history(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        await clinic.is_answered(claim_id, "A1", by="AY")
        assert await clinic.status(claim_id) == "submitted"
        assert [entry["fact"] for entry in await clinic.history(claim_id)][-1] == "forwarded"

    async def test_a_rejection_is_mended_and_sent_again_as_an_original(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        await clinic.is_answered(claim_id, "A7")
        [event] = await clinic.events(claim_id, "ClaimRejected")
        assert (event.data["source"], event.data["categories"]) == ("277CA", ["A7"])
        assert (await clinic.claim(claim_id))["owner"] == "biller"
        await clinic.http.post(f"/claims/{claim_id}/rebuild")
        await clinic.lets_time_pass()
        first, second = await clinic.sent_claims()
        assert (first.frequency, second.frequency, second.original_reference) == ("1", "1", "")
        assert (first.control_number[:-2], second.control_number[-2:]) == (second.control_number[:-2], "02")

    async def test_what_was_coded_anew_meanwhile_is_what_is_sent_again(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        claim = await clinic.claim(claim_id)
        anew = {"number": 1, "cpt": "17110", "units": 1, "modifiers": ["59"], "diagnosis_pointers": [1]}
        await clinic.codes(UUID(claim["patient_id"]), anew, encounter_id=UUID(claim["encounter_id"]))
        assert await clinic.follow_ups() == ["recoded_waits"]
        await clinic.is_answered(claim_id, "A7")
        await clinic.lets_time_pass()
        sent = (await clinic.sent_claims())[-1]
        assert (sent.frequency, [line.procedure.modifiers for line in sent.lines]) == ("1", [("59",)])

    async def test_what_comes_before_the_word_that_it_left_is_applied_after_it(self, clinic: Clinic) -> None:
        claim_id = await clinic.codes(await clinic.registers_a_patient())
        await clinic.lets_time_pass()
        await clinic.is_answered(claim_id, "A2")
        assert await clinic.status(claim_id) == "sending"
        await clinic.edi_tells("TransmissionSent", claim_id)
        assert await clinic.status(claim_id) == "accepted"
        told = [event.name for event in await clinic.events(claim_id)]
        assert told == ["ClaimSubmitted", "ClaimAccepted"]

    async def test_a_277ca_that_is_read_twice_has_its_effect_once(
        self, clinic: Clinic, claim_status: Status277
    ) -> None:
        claim_id = await clinic.submits()
        number = (await clinic.claim(claim_id))["submissions"][0]["control_number"]
        interchange_id = await clinic.receives(claim_status({number: "A2"}))
        async with clinic.claims.uow().begin() as tx:
            tx.schedule("read-acknowledgement", interchange_id, due_at=tx.now)
        await clinic.lets_time_pass()
        assert len(await clinic.claims.query(select(acknowledgements))) == 1
        assert len(await clinic.events(claim_id, "ClaimAccepted")) == 1

    async def test_a_batch_rejected_as_a_whole_rejects_its_claims(
        self, clinic: Clinic, claim_status: Status277
    ) -> None:
        ids = [await clinic.codes(await clinic.registers_a_patient()) for _ in range(2)]
        await clinic.lets_time_pass()
        await clinic.edi_tells("TransmissionSent", ids[0])
        [batch] = [one for one in (await clinic.http.get("/batches")).json()["items"] if one["reference"]]
        await clinic.receives(claim_status({}, level="A3", trace=batch["reference"]))
        assert [await clinic.status(claim_id) for claim_id in ids] == ["rejected", "rejected"]

    async def test_a_set_rejected_as_a_whole_rejects_its_claims_and_no_other_s(
        self, clinic: Clinic, claim_status: Status277
    ) -> None:
        ids = await clinic.submits_together(CLAIMS_IN_SET + 1)
        [batch] = [one for one in (await clinic.http.get("/batches")).json()["items"] if one["reference"]]
        await clinic.receives(claim_status({}, level="A3", trace=f"{batch['reference']}-2"))
        assert [await clinic.status(claim_id) for claim_id in ids] == ["submitted"] * CLAIMS_IN_SET + ["rejected"]

    async def test_a_status_about_a_claim_that_is_none_of_ours_is_listed(
        self, clinic: Clinic, claim_status: Status277
    ) -> None:
        await clinic.receives(claim_status({"STRANGER01": "A2"}))
        [unmatched] = (await clinic.http.get("/unmatched-acknowledgements")).json()["items"]
        assert (unmatched["control_number"], unmatched["categories"]) == ("STRANGER01", ["A2"])

    async def test_a_file_that_is_no_277ca_stops_with_a_reason_and_moves_nothing(
        self, clinic: Clinic, claim_status: Status277
    ) -> None:
        claim_id = await clinic.submits()
        number = (await clinic.claim(claim_id))["submissions"][0]["control_number"]
        clinic.edi.line.damage = lambda content: content[:-40]
        await clinic.receives(claim_status({number: "A2"}))
        assert await clinic.status(claim_id) == "submitted"
        [stopped] = await clinic.claims.query(select(timers).where(timers.c.stopped_at.is_not(None)))
        assert (stopped["kind"], stopped["stopped_code"]) == ("read-acknowledgement", "unreadable-acknowledgement")


class TestPayment:
    async def test_a_payment_closes_the_claim_for_everybody(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        await clinic.is_answered(claim_id, "A2")
        await clinic.is_remitted(
            claim_id, paid="150.00", contractual="40.00", patient_responsibility="20.00", denied="0.00"
        )
        claim = await clinic.claim(claim_id)
        assert (claim["status"], claim["owner"], claim["deadline"]) == ("paid", "nobody", None)
        [event] = await clinic.events(claim_id, "ClaimPaid")
        assert (event.data["outcome"], event.data["paid"], event.data["adjusted"]) == ("paid", "150.00", "40.00")

    async def test_a_payment_in_part_tells_both_parts_under_versions_of_their_own(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        await clinic.is_remitted(claim_id, paid="100.00", contractual="10.00", denied="100.00")
        assert await clinic.status(claim_id) == "partly_paid"
        paid, denied = (await clinic.events(claim_id))[-2:]
        assert (paid.name, denied.name) == ("ClaimPaid", "ClaimDenied")
        assert denied.version == paid.version + 1
        assert denied.data["denied"] == "100.00"

    async def test_a_reversal_brings_it_back(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        await clinic.is_remitted(claim_id, paid="210.00", denied="0.00")
        await clinic.is_remitted(
            claim_id, paid="-210.00", denied="0.00", charge="-210.00", reversal=True, status_code="22"
        )
        assert await clinic.status(claim_id) == "accepted"

    async def test_a_posting_for_a_claim_that_is_not_there_is_refused(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        said = {"remittance_id": new_id(), "claim_id": new_id(), "control_number": "X", "status_code": "1"}
        said |= {"reversal": False, "adjudicated_on": "2026-03-20", "lines": []}
        said |= dict.fromkeys(("charge", "paid", "contractual", "patient_responsibility", "denied"), "0.00")
        with pytest.raises(NotFound, match="no claim"):
            await clinic.claims.deliver("org.dermbill.payments.RemittancePosted.v1", said, key=said["claim_id"])
        assert await clinic.status(claim_id) == "submitted"


class TestDenial:
    async def denied(self, clinic: Clinic) -> tuple[Any, str]:
        claim_id = await clinic.submits()
        await clinic.is_answered(claim_id, "A2")
        await clinic.is_remitted(claim_id)
        return claim_id, (await clinic.claim(claim_id))["submissions"][-1]["control_number"]

    async def test_a_correction_is_sent_as_a_replacement_of_the_payers_claim(self, clinic: Clinic) -> None:
        claim_id, control_number = await self.denied(clinic)
        await clinic.denials_tells(
            "CorrectionRequested",
            claim_id,
            control_number=control_number,
            payer_claim_number="PC1",
            changes=[{"line": 1, "modifiers": ["59"]}],
            authorization_number="AUTH7",
        )
        assert await clinic.status(claim_id) == "correcting"
        await clinic.lets_time_pass()
        sent = (await clinic.sent_claims())[-1]
        assert (sent.frequency, sent.original_reference, sent.prior_authorization) == ("7", "PC1", "AUTH7")
        assert [line.procedure.modifiers for line in sent.lines] == [("59",)]
        await clinic.edi_tells("TransmissionSent", claim_id)
        event = (await clinic.events(claim_id, "ClaimSubmitted"))[-1]
        assert (event.data["frequency"], event.data["payer_claim_number"]) == ("7", "PC1")
        await clinic.is_remitted(claim_id, paid="200.00", contractual="10.00", denied="0.00", status_code="1")
        assert await clinic.status(claim_id) == "paid"

    async def test_a_payer_that_takes_no_replacements_gets_a_new_claim(self, bare_clinic: Clinic) -> None:
        await bare_clinic.sets_up(takes_frequency_codes=False, filing_indicator="MB")
        claim_id, control_number = await self.denied(bare_clinic)
        changes = [{"line": 1, "modifiers": ["59"]}]
        await bare_clinic.denials_tells("CorrectionRequested", claim_id, control_number=control_number, changes=changes)
        await bare_clinic.lets_time_pass()
        assert [claim.frequency for claim in await bare_clinic.sent_claims()] == ["1", "1"]

    async def test_a_correction_of_a_paid_claim_waits_for_a_person(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        await clinic.is_remitted(claim_id, paid="210.00", denied="0.00")
        await clinic.denials_tells("CorrectionRequested", claim_id, control_number="X", changes=[])
        assert await clinic.status(claim_id) == "paid"
        assert await clinic.follow_ups() == ["correction_requested_refused"]

    async def test_an_appeal_waits_for_the_payers_decision(self, clinic: Clinic) -> None:
        claim_id, _ = await self.denied(clinic)
        await clinic.denials_tells("AppealFiled", claim_id, level=1, filed_on="2026-04-01", decision_due="2026-06-01")
        claim = await clinic.claim(claim_id)
        assert (claim["status"], claim["deadline"]["wait"]) == ("appealed", "no-decision")
        assert claim["deadline"]["due_at"].startswith("2026-06-01")
        await clinic.denials_tells("DenialOverturned", claim_id, recovered="210.00")
        assert await clinic.status(claim_id) == "accepted"

    async def test_a_denial_that_stands_closes_the_claim(self, clinic: Clinic) -> None:
        claim_id, _ = await self.denied(clinic)
        await clinic.denials_tells("DenialUpheld", claim_id, write_off="210.00")
        assert await clinic.status(claim_id) == "closed"
        [event] = await clinic.events(claim_id, "ClaimClosed")
        assert event.data["reason"] == "denial_upheld"


class TestWaiting:
    async def test_a_payer_that_says_nothing_is_followed_up_until_it_speaks(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        await end_the_wait(clinic, claim_id)
        assert await clinic.follow_ups() == ["no-acknowledgement"]
        await clinic.is_answered(claim_id, "A2")
        assert await clinic.follow_ups() == []
        [settled] = (await clinic.claim(claim_id))["follow_ups"]
        assert settled["settled_by"] == "claims"

    async def test_an_accepted_claim_that_is_not_paid_is_followed_up(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        await clinic.is_answered(claim_id, "A2")
        await end_the_wait(clinic, claim_id)
        assert await clinic.follow_ups() == ["no-payment"]

    async def test_a_held_claim_is_told_of_before_its_filing_limit(self, clinic: Clinic) -> None:
        claim_id = await clinic.codes(await clinic.registers_a_patient(covered=False))
        await clinic.lets_time_pass()
        await end_the_wait(clinic, claim_id)
        assert await clinic.follow_ups() == ["filing-limit"]

    async def test_a_timer_that_comes_early_says_nothing(self, clinic: Clinic) -> None:
        await clinic.submits()
        await clinic.lets_time_pass(until=datetime.now(UTC) + timedelta(days=400))
        assert await clinic.follow_ups() == []

    async def test_a_person_settles_a_follow_up_once(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        await end_the_wait(clinic, claim_id)
        [raised] = (await clinic.http.get("/follow-ups", params={"reason": "no-acknowledgement"})).json()["items"]
        path, answer = f"/follow-ups/{raised['id']}/settle", {"reason": "Called the payer"}
        assert (await clinic.http.post(path, json=answer)).json()["settled_by"] == "staff-1"
        assert (await clinic.http.post(path, json=answer)).json()["code"] == "follow-up-settled"
        assert await clinic.follow_ups() == []


class TestTheBillersActs:
    async def test_a_claim_that_no_payer_has_seen_is_voided_with_a_reason(self, clinic: Clinic) -> None:
        claim_id = await clinic.codes(await clinic.registers_a_patient(covered=False))
        await clinic.lets_time_pass()
        answer = await clinic.http.post(f"/claims/{claim_id}/void", json={"reason": "Self-pay by request"})
        assert (answer.status_code, answer.json()["status"]) == (200, "void")
        [event] = await clinic.events(claim_id, "ClaimClosed")
        assert event.data["reason"] == "void"

    async def test_a_submitted_claim_is_neither_voided_nor_rebuilt(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        void = await clinic.http.post(f"/claims/{claim_id}/void", json={"reason": "No longer wanted"})
        rebuild = await clinic.http.post(f"/claims/{claim_id}/rebuild")
        assert [void.json()["code"], rebuild.json()["code"]] == ["already-submitted", "fact-out-of-place"]

    async def test_claims_are_found_by_status_and_payer_page_by_page(self, clinic: Clinic) -> None:
        held = await clinic.codes(await clinic.registers_a_patient(covered=False))
        sent = [await clinic.codes(await clinic.registers_a_patient()) for _ in range(3)]
        await clinic.lets_time_pass()
        found = (await clinic.http.get("/claims", params={"status": "held"})).json()["items"]
        assert [item["id"] for item in found] == [str(held)]
        query = {"payer_id": "PAYERA", "limit": 2}
        first = (await clinic.http.get("/claims", params=query)).json()
        second = (await clinic.http.get("/claims", params=query | {"cursor": first["next"]})).json()
        assert [item["id"] for item in first["items"] + second["items"]] == [str(claim_id) for claim_id in sent]
        assert second["next"] is None


class TestRegisters:
    async def test_an_update_names_the_version_it_was_read_at(self, clinic: Clinic) -> None:
        read = await clinic.http.get("/payers/PAYERA")
        assert read.headers["etag"] == '"1"'
        plan = {key: value for key, value in read.json()["payer"].items() if key != "payer_id"}
        changed = await clinic.puts("/payers/PAYERA", plan | {"filing_limit_days": 90}, version=1)
        assert changed.headers["etag"] == '"2"'
        again = await clinic.http.put("/payers/PAYERA", json=plan, headers={"If-Match": '"1"'})
        assert again.status_code == 412
        assert (await clinic.http.put("/payers/PAYERA", json=plan)).status_code == 428

    @pytest.mark.parametrize(
        ("path", "change"),
        [
            ("/practice", {"npi": "1234567890"}),
            ("/practice", {"tax_id": "12-3456789"}),
            ("/practice", {"time_zone": "Mars/Base"}),
            ("/practice", {"name": "A*B"}),
            ("/practice", {"unknown": 1}),
            ("/payers/PAYERA", {"filing_indicator": "??"}),
            ("/payers/PAYERA", {"filing_limit_days": 0}),
        ],
    )
    async def test_what_no_payer_would_read_is_refused_at_the_door(
        self, clinic: Clinic, path: str, change: dict[str, Any]
    ) -> None:
        entry = next(iter((await clinic.http.get(path)).json().values()))
        entry.pop("payer_id", None)
        if "address" in entry:
            entry["address"]["line2"] = None
        good = await clinic.http.put(path, json=entry, headers={"If-Match": '"1"'})
        bad = await clinic.http.put(path, json=entry | change, headers={"If-Match": '"2"'})
        assert (good.status_code, bad.status_code) == (200, 422)

    async def test_the_charge_master_is_changed_in_bulk(self, clinic: Clinic) -> None:
        await clinic.prices({"17110": "220.00", "11102": "180.00"})
        listed = (await clinic.http.get("/charges")).json()["items"]
        assert {item["cpt"]: item["charge"] for item in listed} == {
            "17110": "220.00",
            "99213": "150.00",
            "11102": "180.00",
        }

    async def test_a_claim_keeps_what_was_frozen_on_it(self, clinic: Clinic) -> None:
        claim_id = await clinic.submits()
        await clinic.prices({"17110": "999.00"})
        await clinic.puts(
            "/rendering-providers/1245319599",
            {"last_name": "Other", "first_name": "Noor", "taxonomy": "207N00000X"},
            version=1,
        )
        claim = await clinic.claim(claim_id)
        assert (claim["charge"], claim["parties"]["rendering"]["last_name"]) == ("210.00", "Ashby")


async def end_the_wait(clinic: Clinic, claim_id: Any) -> None:
    """As if the claim's deadline had come: its moment is moved into the past, then its timer runs."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    await clinic.moves_the_deadline(claim_id, past)
    await clinic.lets_time_pass(until=datetime.now(UTC) + timedelta(days=400))
