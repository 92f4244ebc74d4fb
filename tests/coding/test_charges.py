"""The practice's charges on every line, by date of service."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from coding.domain.charges import FeeSchedule, priced
from coding.domain.coded_visit import CodedLine, CodedVisit, Disposition
from coding.main import SERVICE
from common.ids import new_id
from common.money import Money
from common.testing.running import Running

Start = Callable[..., Awaitable[Running]]
Json = dict[str, Any]
ALL = ("encounters:read", "encounters:write")
BIOPSY: Json = {"kind": "biopsy", "technique": "punch", "site": "left cheek", "count": 3, "problem_ref": "p1"}
TAGS: Json = {
    "kind": "skin_tag_removal", "technique": "snip", "site": "neck", "count": 6, "symptoms": [], "problem_ref": "p1",
}  # fmt: skip


def coded(*cpts: str, own: tuple[str, ...] = (), disposition: Disposition = Disposition.READY) -> CodedVisit:
    lines = tuple(CodedLine(cpt, 2, (), ("D49.2",), ()) for cpt in cpts)
    return CodedVisit(disposition, lines, tuple(CodedLine(cpt, 1, (), (), ()) for cpt in own), ())


def schedule(**charges: str) -> FeeSchedule:
    known = {(name.strip("_").replace("_", "-"), ""): Money(amount) for name, amount in charges.items()}
    return FeeSchedule(known, in_force=True)


class TestPricing:
    def test_a_line_is_charged_for_its_units(self) -> None:
        [line] = priced(coded("11105"), schedule(_11105="90.00")).lines
        assert (line.unit_charge, line.charge) == (Money("90.00"), Money("180.00"))

    def test_what_the_patient_pays_alone_is_charged_too(self) -> None:
        visit = priced(
            coded(own=("COSMETIC-LASER",), disposition=Disposition.PATIENT_ONLY), schedule(COSMETIC_LASER="300")
        )
        assert (visit.self_pay_lines[0].charge, visit.disposition) == (Money("300.00"), Disposition.PATIENT_ONLY)

    @pytest.mark.parametrize("disposition", [Disposition.READY, Disposition.PATIENT_ONLY])
    def test_a_line_without_a_charge_holds_the_visit_and_asks_for_it(self, disposition: Disposition) -> None:
        visit = priced(coded("11104", own=("11200",), disposition=disposition), schedule(_11104="150.00"))
        assert (visit.disposition, visit.self_pay_lines[0].charge) == (Disposition.HOLD, None)
        assert [question.says for question in visit.questions] == [
            "What does the practice charge for 11200 on this date?"
        ]

    def test_a_practice_that_keeps_no_schedule_here_is_asked_for_nothing(self) -> None:
        visit = priced(coded("11104"), FeeSchedule({}, in_force=False))
        assert (visit.disposition, visit.lines[0].charge, visit.findings) == (Disposition.READY, None, ())

    def test_aftercare_has_no_charge_and_is_not_asked_about(self) -> None:
        visit = priced(coded("99024", disposition=Disposition.NO_CHARGE), schedule(_11104="150.00"))
        assert (visit.disposition, visit.lines[0].charge, visit.findings) == (Disposition.NO_CHARGE, None, ())

    def test_a_part_of_a_service_is_never_charged_as_the_whole(self) -> None:
        whole, part = Money("200.00"), Money("80.00")
        line = CodedLine("88305", 1, ("26",), ("D22.5",), ())
        visit = CodedVisit(Disposition.READY, (line,), (), ())
        missing = priced(visit, FeeSchedule({("88305", ""): whole}, in_force=True))
        assert [question.says[-30:] for question in missing.questions] == ["charge for 88305-26 on this date?"[-30:]]
        known = priced(visit, FeeSchedule({("88305", ""): whole, ("88305", "26"): part}, in_force=True))
        assert known.lines[0].charge == part


@pytest.fixture
async def coding(run_service: Start) -> Running:
    return await run_service(SERVICE)


async def charges(coding: Running, since: str, **amounts: str) -> Any:
    listed = [{"code": name.strip("_"), "charge": amount} for name, amount in amounts.items()]
    async with coding.client(*ALL) as http:
        return await http.put("/fee-schedule", json={"effective_from": since, "charges": listed})


async def sees(coding: Running, *procedures: Json, icd10: str = "D49.2", on: str = "2026-03-04") -> Json:
    visit = {
        "date": on,
        "place_of_service": "11",
        "payer": {"type": "medicare", "x_modifiers": True},
        "patient": {"age": 66, "sex": "F", "new_or_established": "established"},
        "problems": [{"ref": "p1", "icd10": icd10, "text": "a synthetic note"}],
        "procedures": list(procedures),
    }
    body = {"patient_id": str(new_id()), "rendering_npi": "1234567893", "visit": visit}
    async with coding.client(*ALL) as http:
        answer = await http.post("/encounters", json=body, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    return answer.json()


class TestTheFeeSchedule:
    async def test_of_the_date_of_service_prices_lines_and_is_told(self, coding: Running) -> None:
        assert (await charges(coding, "2025-01-01", _11104="140.00", _11105="80.00")).status_code == 200
        assert (await charges(coding, "2026-01-01", _11104="150.00")).json() == {"charges": 1}
        now, before = await sees(coding, BIOPSY), await sees(coding, BIOPSY, on="2025-06-01")
        assert [(line["cpt"], line["unit_charge"], line["charge"]) for line in now["lines"]] == [
            ("11104", "150.00", "150.00"),
            ("11105", "80.00", "160.00"),
        ]
        assert before["lines"][0]["charge"] == "140.00"
        told = [event.data["lines"][0]["unit_charge"] for event in await coding.published("EncounterCoded")]
        assert sorted(told) == ["140.00", "150.00"]
        async with coding.client(*ALL) as http:
            assert len((await http.get("/fee-schedule")).json()["items"]) == 3

    async def test_that_has_no_charge_for_a_code_holds_it_until_the_charge_is_there(self, coding: Running) -> None:
        await charges(coding, "2026-01-01", _11104="150.00")
        held = await sees(coding, BIOPSY)
        assert (held["disposition"], held["flags"]) == ("hold", ["MISSING_CHARGE", "PROVISIONAL_DX"])
        await charges(coding, "2026-01-01", _11105="80.00")
        async with coding.client(*ALL) as http:
            path = f"/encounters/{held['id']}/recode"
            answer = (await http.post(path, headers={"If-Match": '"1"'})).json()
        assert (answer["disposition"], answer["version"]) == ("ready", 2)
        assert answer["changed"]["flags_settled"] == ["MISSING_CHARGE"]
        assert [(line["standing"], line["now"]["charge"]) for line in answer["changed"]["lines"]] == [
            ("changed", "160.00")
        ]

    async def test_prices_what_the_patient_pays_alone(self, coding: Running) -> None:
        await charges(coding, "2026-01-01", _11200="95.00")
        visit = await sees(coding, TAGS, icd10="L91.8")
        assert (visit["disposition"], visit["self_pay_lines"][0]["charge"]) == ("patient_only", "95.00")
        [event] = await coding.published("EncounterNotBillable")
        assert event.data["self_pay_lines"] == [{"code": "11200", "units": 1, "unit_charge": "95.00"}]

    async def test_of_one_practice_is_no_other_s(self, coding: Running) -> None:
        await charges(coding, "2026-01-01", _11200="95.00")
        async with coding.client(*ALL, practices=[new_id()]) as http:
            assert (await http.get("/fee-schedule")).json()["items"] == []

    async def test_takes_no_charge_of_nothing(self, coding: Running) -> None:
        assert (await charges(coding, "2026-01-01", _11104="0.00")).status_code == 422
