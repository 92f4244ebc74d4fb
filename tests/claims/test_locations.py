"""Where a visit was: the register of locations, what a claim says of one (loop 2310C), and what waits for one."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.domain import recoding
from claims.domain.claim import Claim, started
from claims.domain.coding import CodedEncounter, ServiceLine
from claims.domain.facility import facility_npi, service_facility
from claims.domain.lifecycle import Status
from claims.domain.parties import Address, Coverage, Location, Payer, Person, Practice, Snapshot
from claims.domain.recoding import Recoded
from claims.store import claims as store
from claims.store import readiness
from common.ids import new_id
from common.money import Money
from common.phi import Phi

OFFICE = Address("100 Example Street", "Albany", "NY", "122070001")
PRACTICE = Practice("Sample Dermatology PC", "1234567893", "123456789", "207N00000X", OFFICE, "Billing", "5185550100")
EAST_ROAD = Address("7 East Example Road", "Albany", "NY", "122070009")
EAST = Location("EAST", "Sample Dermatology East", EAST_ROAD, "1316005374")
MAIN = Location("MAIN", "Main office", OFFICE)
PERSON = Person(Phi("Quill"), Phi("Maren"))
DAY, NOW = date(2026, 3, 2), datetime(2026, 3, 3, 9, tzinfo=UTC)
COVER = Coverage(UUID(int=4), "PAYERA", Phi("MA1000001"), "P", "18", PERSON)
PAYER = Payer("PAYERA", "Sample Plan", "CI", 120, takes_frequency_codes=True, x_modifiers=True)
LINE = ServiceLine(1, "17110", 1, (), (1,), Money("210.00"))
CODED = CodedEncounter(UUID(int=2), UUID(int=3), 1, DAY, "11", "1245319599", ("B07.8",), (LINE,), "2026Q1")
THERE = {"name": "Sample Dermatology East", "npi": "1316005374", "address": {
    "line1": "7 East Example Road", "city": "Albany", "state": "NY", "zip": "122070009",
}}  # fmt: skip


def frozen(location: Location | None) -> Snapshot:
    return Snapshot(DAY, PERSON, COVER, PAYER, PRACTICE, None, location=location)


class TestTheServiceFacility:
    def test_is_named_where_it_is_not_at_the_billing_address(self) -> None:
        assert service_facility(frozen(EAST), "11") == EAST
        assert service_facility(frozen(MAIN), "11") is None
        assert service_facility(frozen(None), "11") is None

    def test_is_not_the_patient_s_home(self) -> None:
        assert service_facility(frozen(EAST), "12") is None

    @given(st.sampled_from([str.upper, str.title, lambda line: f" {line}. ", lambda line: line.replace(" ", ", ")]))
    def test_is_not_made_another_place_by_how_its_address_is_spelt(self, spelt: Any) -> None:
        same = replace(MAIN, address=replace(OFFICE, line1=spelt(OFFICE.line1)))
        assert service_facility(frozen(same), "11") is None

    @pytest.mark.parametrize("part", [{"line2": "Suite 2"}, {"zip": "122070002"}, {"line1": "101 Example Street"}])
    def test_is_another_place_where_any_part_of_its_address_is(self, part: dict[str, str]) -> None:
        other = replace(MAIN, address=replace(OFFICE, **part))
        assert service_facility(frozen(other), "11") == other

    def test_has_an_npi_only_where_that_is_not_the_billing_provider_s_own(self) -> None:
        assert facility_npi(EAST, PRACTICE.npi) == "1316005374"
        assert facility_npi(replace(EAST, npi=PRACTICE.npi), PRACTICE.npi) == ""
        assert facility_npi(replace(EAST, npi=""), PRACTICE.npi) == ""


def with_its_payer(location: Location | None) -> Claim:
    coded = replace(CODED, location_code=location.code if location else None)
    begun = replace(started(UUID(int=61), "0000000A", coded, NOW), snapshot=frozen(location))
    return replace(begun, status=Status.PAID, adjudicated_on=DAY, payer_claim_number="PC1")


def told(location: Location | None, code: str | None = None) -> Recoded:
    coded = replace(CODED, revision=2, location_code=code or (location.code if location else None))
    return Recoded(coded, location=location)


class TestAnotherLocationOfAVisitThatThePayerHas:
    @pytest.mark.parametrize(("had", "has"), [(None, MAIN), (MAIN, None), (MAIN, replace(MAIN, code="MAIN-2"))])
    def test_that_the_claim_does_not_name_sends_nothing_anew(self, had: Location | None, has: Location | None) -> None:
        claim = recoding.recode(with_its_payer(had), told(has), NOW).aggregate
        assert (claim.status, claim.coded.revision, claim.happened[-1].fact) == (Status.PAID, 2, "recoded_the_same")

    @pytest.mark.parametrize(("had", "has"), [(None, EAST), (EAST, MAIN), (EAST, None), (MAIN, EAST)])
    def test_that_the_claim_names_is_a_replacement(self, had: Location | None, has: Location | None) -> None:
        claim = recoding.recode(with_its_payer(had), told(has), NOW).aggregate
        assert (claim.status, claim.next_frequency) == (Status.ASSEMBLING, "7")

    def test_that_the_register_lacks_is_not_taken_for_the_same(self) -> None:
        claim = recoding.recode(with_its_payer(MAIN), told(None, "NOWHERE"), NOW).aggregate
        assert claim.status is Status.ASSEMBLING

    def test_leaves_a_correction_of_the_lines_as_it_is(self) -> None:
        corrected = replace(with_its_payer(MAIN), lines=(replace(LINE, modifiers=("59",)),))
        claim = recoding.recode(corrected, told(EAST), NOW).aggregate
        assert [line.modifiers for line in claim.lines] == [("59",)]


class TestTheRegister:
    async def test_keeps_a_place_by_its_code(self, clinic: Any) -> None:
        put = await clinic.puts("/locations/EAST", THERE)
        assert (put.headers["ETag"], put.json()["location"]["code"]) == ('"1"', "EAST")
        got = (await clinic.http.get("/locations/EAST")).json()["location"]
        assert (got["npi"], got["address"]["zip"]) == ("1316005374", "122070009")
        bare = {name: value for name, value in THERE.items() if name != "npi"}
        await clinic.puts("/locations/EAST", bare | {"name": "East"}, version=1)
        [listed] = (await clinic.http.get("/locations")).json()["items"]
        assert (listed["location"]["name"], listed["location"]["npi"], listed["version"]) == ("East", "", 2)

    async def test_refuses_what_no_claim_could_carry(self, clinic: Any) -> None:
        async def puts(path: str, body: dict[str, Any]) -> int:
            return (await clinic.http.put(path, json=body, headers={"If-Match": '"0"'})).status_code

        assert await puts("/locations/EAST", THERE | {"npi": "1316005375"}) == 422
        assert await puts("/locations/EAST", THERE | {"address": THERE["address"] | {"zip": "12207"}}) == 422
        assert await puts("/locations/EAST", THERE | {"name": "East*Wing"}) == 422
        assert await puts("/locations/east", THERE) == 422
        assert (await clinic.http.get("/locations/EAST")).status_code == 404


class TestAVisitThatNamesItsLocation:
    async def test_is_sent_with_it_where_that_is_not_the_billing_address(self, clinic: Any) -> None:
        await clinic.puts("/locations/EAST", THERE)
        claim_id = await clinic.codes(await clinic.registers_a_patient(), location_code="EAST")
        await clinic.lets_time_pass()
        [sent] = await clinic.sent_claims()
        place = sent.service_facility
        assert (place.name, place.npi, place.address.postal_code) == (THERE["name"], THERE["npi"], "122070009")
        claim = await clinic.claim(claim_id)
        assert (claim["location_code"], claim["parties"]["location"]["code"]) == ("EAST", "EAST")

    async def test_waits_for_a_location_that_the_register_lacks_and_goes_when_it_has_it(self, clinic: Any) -> None:
        claim_id = await clinic.codes(await clinic.registers_a_patient(), location_code="EAST")
        elsewhere = await clinic.codes(await clinic.registers_a_patient(), location_code="WEST")
        await clinic.lets_time_pass()
        [held] = await clinic.events(claim_id, "ClaimHeld")
        assert held.data["findings"] == ["R09"]
        [finding] = (await clinic.claim(claim_id))["findings"]
        assert "EAST" in finding["sentence"]
        assert (finding["overridable"], "2310C" in finding["source"]) == (False, True)

        await clinic.puts("/locations/EAST", THERE)
        await clinic.lets_time_pass()
        assert [await clinic.status(claim_id), await clinic.status(elsewhere)] == ["sending", "held"]
        [sent] = await clinic.sent_claims()
        assert sent.service_facility.name == THERE["name"]

    async def test_keeps_the_place_as_it_was_when_it_was_assembled(self, clinic: Any) -> None:
        await clinic.puts("/locations/EAST", THERE)
        claim_id = await clinic.codes(await clinic.registers_a_patient(), location_code="EAST")
        await clinic.lets_time_pass()
        await clinic.puts("/locations/EAST", THERE | {"name": "Renamed"}, version=1)
        await clinic.lets_time_pass()
        assert (await clinic.claim(claim_id))["parties"]["location"]["name"] == THERE["name"]

    async def test_is_not_missed_when_its_location_comes_while_it_is_assembled(self, clinic: Any) -> None:
        claim_id = await clinic.codes(await clinic.registers_a_patient(), location_code="EAST")
        async with clinic.claims.uow(clinic.id).begin() as tx:
            await readiness.facts_of(tx, await store.load(tx, claim_id))
            putting = asyncio.create_task(clinic.puts("/locations/EAST", THERE))
            put, _ = await asyncio.wait({putting}, timeout=0.5)
            assert not put
        await putting
        await clinic.lets_time_pass()
        assert await clinic.status(claim_id) == "sending"

    async def test_that_was_sent_from_another_is_replaced_once_its_payer_has_decided(self, clinic: Any) -> None:
        await clinic.puts("/locations/EAST", THERE)
        patient_id, encounter_id = await clinic.registers_a_patient(), new_id()
        claim_id = await clinic.codes(patient_id, encounter_id=encounter_id)
        await clinic.lets_time_pass()
        await clinic.edi_tells("TransmissionSent", claim_id)
        charge = (await clinic.claim(claim_id))["charge"]
        await clinic.is_remitted(claim_id, status_code="1", paid=charge, denied="0.00")
        more = {"location_code": "EAST", "event": "EncounterRecoded", "encounter_id": encounter_id}
        await clinic.codes(patient_id, replaces=1, changes=[], **more)
        await clinic.lets_time_pass()
        first, second = await clinic.sent_claims()
        assert (first.service_facility, second.service_facility.name) == (None, THERE["name"])
        assert (second.frequency, second.original_reference) == ("7", "PC1")
