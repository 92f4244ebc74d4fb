"""Enrollments at the desk: the application, the days, the calendar, and the matrix of all of them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

from credentialing_desk import ALL, BILLING, COLLEAGUE, NPI, TODAY, Desk
from sqlalchemy import Engine, event, text

from common.change import Change
from common.ids import new_id
from credentialing.domain.enrollment import Enrollment
from credentialing.domain.events import Span
from credentialing.domain.lifecycle import Stage
from credentialing.store import enrollments
from credentialing.tables import METADATA

MARCH = date(2030, 3, 1)
_PROVIDERS = text("SELECT * FROM providers")


class TestAnApplication:
    async def test_goes_from_preparation_to_its_effective_date_and_keeps_its_history(self, desk: Desk) -> None:
        enrollment = await desk.submitted()
        enrollment = await desk.act(enrollment, "review", reference="PAYER-77")
        enrollment = await desk.act(enrollment, "ask", reason="A current malpractice face sheet is wanted.")
        enrollment = await desk.act(enrollment, "answer")
        enrollment = await desk.act(enrollment, "approve", on=TODAY)
        assert (enrollment["stage"], enrollment["spans"]) == ("approved", [])
        enrollment = await desk.act(enrollment, "set-dates", effective_from=MARCH)
        assert (enrollment["stage"], enrollment["due_on"]) == ("effective", "2033-03-31")
        told = (await desk.ask("GET", f"/enrollments/{enrollment['id']}")).json()
        acts = ["opened", "prepare", "submit", "review", "ask", "answer", "approve", "set-dates"]
        assert [line["act"] for line in told["history"]] == acts
        assert told["history"][4]["reason"] == "A current malpractice face sheet is wanted."
        [event] = await desk.running.published()
        assert (event.name, str(event.key)) == ("EnrollmentActivated", enrollment["id"])
        told_as = ("npi", "payer_id", "billing_npi", "tin", "location_code", "effective_from", "spans")
        assert [event.data[name] for name in told_as] == [
            NPI, "PAYERA", BILLING, "123456789", "MAIN", "2030-03-01", [{"first": "2030-03-01", "last": None}],
        ]  # fmt: skip

    async def test_its_days_are_shown_and_a_decision_that_is_owed_is_listed(self, desk: Desk) -> None:
        enrollment = await desk.submitted()
        enrollment = await desk.act(enrollment, "review", on=TODAY - timedelta(days=50), reference="PAYER-77")
        enrollment = await desk.act(enrollment, "committee", on=TODAY)
        assert (enrollment["received_on"], enrollment["notice_due_on"]) == ("2030-01-21", "2030-04-11")
        [end] = (await desk.ask("GET", "/expiring")).json()
        assert (end["what"], end["payer_id"], end["days_left"]) == ("decision_notice", "PAYERA", 30)
        enrollment = await desk.act(enrollment, "approve", on=TODAY)
        enrollment = await desk.act(enrollment, "contract", on=TODAY, fee_schedule="DERM-2030")
        assert (enrollment["contracted_on"], enrollment["fee_schedule"]) == (str(TODAY), "DERM-2030")
        assert (await desk.ask("GET", "/expiring")).json() == []

    async def test_medicare_s_dates_are_known_before_its_letter(self, desk: Desk) -> None:
        prepared = await desk.act(await desk.enrollment(payer_id="MEDICARE"), "prepare")
        filed = await desk.act(prepared, "submit", on=date(2030, 1, 11), form="CMS-855I")
        history = (await desk.ask("GET", f"/enrollments/{filed['id']}")).json()["history"]
        assert history[-1]["facts"]["form"] == "CMS-855I"
        path = f"/enrollments/{filed['id']}/expected-dates"
        told = await desk.ask("GET", path, first_service_on="2029-06-01")
        assert told.json() == {"effective_from": "2030-01-11", "bill_from": "2029-12-12"}
        other = f"/enrollments/{(await desk.submitted())['id']}/expected-dates"
        answer = await desk.ask("GET", other, first_service_on="2029-06-01")
        assert (answer.status_code, answer.json()["code"]) == (409, "letter-alone-says")

    async def test_the_same_provider_payer_and_location_have_one_enrollment(self, desk: Desk) -> None:
        first = await desk.enrollment()
        body = {"npi": NPI, "payer_id": "PAYERA", "location_code": "MAIN"}
        answer = await desk.ask("POST", "/enrollments", body)
        assert (answer.status_code, answer.json()["code"]) == (409, "enrollment-exists")
        assert first["id"] in answer.json()["detail"]

    async def test_what_is_not_on_the_registers_is_named(self, desk: Desk) -> None:
        for change in ({"npi": COLLEAGUE}, {"payer_id": "NOBODY"}, {"location_code": "MOON"}):
            body = {"npi": NPI, "payer_id": "PAYERA", "location_code": "MAIN"} | change
            answer = await desk.ask("POST", "/enrollments", body)
            assert (answer.status_code, answer.json()["code"]) == (422, "not-registered")
            assert next(iter(change.values())) in answer.json()["detail"]

    async def test_an_act_out_of_turn_is_refused_and_changes_nothing(self, desk: Desk) -> None:
        enrollment = await desk.enrollment()
        answer = await desk.tries(enrollment, "approve", on=TODAY)
        assert (answer.status_code, answer.json()["code"]) == (409, "not-possible-now")
        assert (await desk.ask("GET", f"/enrollments/{enrollment['id']}")).json()["version"] == 1

    async def test_an_act_on_an_old_version_is_refused(self, desk: Desk) -> None:
        enrollment = await desk.enrollment()
        await desk.act(enrollment, "prepare")
        assert (await desk.tries(enrollment, "prepare")).status_code == 412

    async def test_a_denial_has_to_be_explained(self, desk: Desk) -> None:
        answer = await desk.tries(await desk.submitted(), "deny", on=TODAY)
        assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, "body.deny.reason")

    async def test_a_group_of_one_person_is_told_without_its_social_security_number(self, desk: Desk) -> None:
        group = {"name": "Quill", "tin_kind": "SSN", "tin": "900000009"}
        assert (await desk.put(f"/groups/{BILLING}", group, version=1))["tin"] is None
        await desk.effective(MARCH)
        [event] = await desk.running.published()
        assert "tin" not in event.data or event.data["tin"] is None
        assert event.data["billing_npi"] == BILLING

    async def test_a_corrected_tin_is_told_again_with_the_same_days(self, desk: Desk) -> None:
        await desk.effective(MARCH)
        await desk.enrollment(location="LAKE")
        await desk.put(f"/groups/{BILLING}", {"name": "Sample Dermatology PC", "tin": "987654321"}, version=1)
        first, again = await desk.running.published()
        assert (again.data.pop("tin"), first.data.pop("tin")) == ("987654321", "123456789")
        assert (again.data, again.key, again.version) == (first.data, first.key, first.version + 1)

    async def test_a_place_with_enrollments_is_not_moved_to_another_group(self, desk: Desk) -> None:
        other, place = "1114015476", {"line1": "1 Lake Road", "city": "Albany", "state": "NY", "zip": "122070001"}
        await desk.put(f"/groups/{other}", {"name": "Other PC", "tin": "111111111"})
        moved = {"billing_npi": other, "name": "Lakeside", **place}
        await desk.put("/locations/LAKE", moved, version=1)
        await desk.enrollment(location="MAIN")
        answer = await desk.ask("PUT", "/locations/MAIN", moved, version=1)
        assert (answer.status_code, answer.json()["code"]) == (409, "location-in-use")


class TestTheCalendar:
    async def test_a_date_ahead_takes_effect_when_it_comes(self, desk: Desk) -> None:
        enrollment = await desk.effective(TODAY + timedelta(days=20))
        assert enrollment["stage"] == "approved"
        await desk.come(TODAY + timedelta(days=19))
        assert (await desk.ask("GET", f"/enrollments/{enrollment['id']}")).json()["stage"] == "approved"
        await desk.come(TODAY + timedelta(days=20))
        assert (await desk.ask("GET", f"/enrollments/{enrollment['id']}")).json()["stage"] == "effective"

    async def test_a_renewal_is_announced_five_times_and_then_it_lapses(self, desk: Desk) -> None:
        enrollment = await desk.effective(MARCH)
        await desk.come(date(2033, 4, 1))
        told = [event for event in await desk.running.published() if event.name != "EnrollmentActivated"]
        assert [event.data.get("days_left") for event in told[:-1]] == [120, 90, 60, 30, 7]
        assert {event.data["renewal"] for event in told[:-1]} == {"recredentialing"}
        assert (told[-1].name, told[-1].data["cause"], told[-1].data["effective_to"]) == (
            "EnrollmentLapsed", "lapsed", "2033-03-31",
        )  # fmt: skip
        assert [event.version for event in told] == sorted({event.version for event in told})
        found = (await desk.ask("GET", f"/enrollments/{enrollment['id']}")).json()
        assert (found["stage"], found["spans"]) == ("lapsed", [{"first": "2030-03-01", "last": "2033-03-31"}])

    async def test_after_a_night_without_timers_only_the_most_urgent_alert_is_told(self, desk: Desk) -> None:
        await desk.effective(MARCH)
        desk.on(date(2033, 3, 20))
        await desk.running.run_timers(until=desk.running.runtime.workplace.now())
        assert [event.data["days_left"] for event in await desk.running.published("EnrollmentLapsing")] == [11]
        await desk.come(date(2033, 3, 24))
        assert [event.data["days_left"] for event in await desk.running.published("EnrollmentLapsing")] == [11, 7]

    async def test_a_filed_renewal_is_neither_announced_nor_ended(self, desk: Desk) -> None:
        enrollment = await desk.effective(MARCH)
        desk.on(date(2032, 11, 1))
        filed = await desk.act(enrollment, "file-renewal", on=desk.today)
        await desk.come(date(2033, 6, 1))
        assert await desk.running.published("EnrollmentLapsing") == []
        renewed = await desk.act(filed, "renew", on=desk.today)
        assert (renewed["stage"], renewed["due_on"]) == ("effective", "2036-06-30")

    async def test_a_lapse_taken_back_leaves_no_gap(self, desk: Desk) -> None:
        enrollment = await desk.effective(MARCH)
        await desk.come(date(2033, 4, 1))
        lapsed = (await desk.ask("GET", f"/enrollments/{enrollment['id']}")).json()
        desk.on(date(2033, 4, 20))
        await desk.act(lapsed, "reinstate", on=desk.today, first_day=date(2033, 4, 1))
        cells = [await desk.matrix(day, payer_id="PAYERA") for day in (date(2033, 3, 31), date(2033, 4, 1))]
        assert [cell[NPI, "PAYERA", "MAIN"]["standing"] for cell in cells] == ["enrolled", "enrolled"]


class TestTheMatrix:
    async def test_every_provider_payer_and_location_has_its_standing_and_reason(self, desk: Desk) -> None:
        name = {"family": "Tanager", "given": "Ines"}
        await desk.put(f"/providers/{COLLEAGUE}", {"name": name, "profession": "PA", "taxonomies": ["363A00000X"]})
        await desk.effective(MARCH)
        await desk.submitted(payer_id="MEDICARE")
        ended = await desk.effective(MARCH, location="LAKE")
        await desk.act(ended, "terminate", last_day=date(2030, 3, 5), reason="The lease of the office ended.")
        await desk.effective(date(2030, 5, 1), npi=COLLEAGUE)
        cells = await desk.matrix(TODAY)
        assert len(cells) == 2 * 2 * 2
        told = {key: (cell["standing"], cell["reason"]) for key, cell in cells.items()}
        assert told[NPI, "PAYERA", "MAIN"] == (
            "enrolled", "Enrolled from 2030-03-01; the payer looks again by 2033-03-31.",
        )  # fmt: skip
        assert told[NPI, "MEDICARE", "MAIN"] == (
            "pending", "The application went to the payer on 2030-01-11; it has not been taken up yet.",
        )  # fmt: skip
        assert told[NPI, "PAYERA", "LAKE"] == ("ended", "Terminated: the last day that can be billed was 2030-03-05.")
        assert told[COLLEAGUE, "PAYERA", "MAIN"] == (
            "not_yet", "In effect from 2030-05-01: services before that day cannot be billed.",
        )  # fmt: skip
        assert told[COLLEAGUE, "MEDICARE", "LAKE"][0] == "not_filed"

    async def test_it_answers_for_the_day_that_is_asked(self, desk: Desk) -> None:
        ended = await desk.effective(MARCH)
        await desk.act(ended, "terminate", last_day=date(2030, 3, 5), reason="The contract ended.")
        days = {day: (await desk.matrix(day))[NPI, "PAYERA", "MAIN"] for day in (date(2030, 2, 28), MARCH, TODAY)}
        assert [cell["standing"] for cell in days.values()] == ["not_yet", "enrolled", "ended"]
        assert (days[MARCH]["effective_from"], days[MARCH]["effective_to"]) == ("2030-03-01", "2030-03-05")

    async def test_on_any_day_it_says_what_the_days_of_each_enrollment_say(self, desk: Desk) -> None:
        chance = random.Random(20300312)
        known: dict[tuple[str, str], Enrollment] = {}
        async with desk.running.uow().begin() as tx:
            for payer_id in ("PAYERA", "MEDICARE"):
                for location in ("MAIN", "LAKE"):
                    who = await enrollments.identity_of(tx, NPI, payer_id, location)
                    before = Enrollment(new_id(), who)
                    await enrollments.add(tx, before)
                    cuts = sorted(chance.sample(range(400), chance.choice([2, 3, 4])))
                    days = [MARCH + timedelta(days=cut) for cut in cuts]
                    pairs = zip(days[::2], [*days[1::2], None], strict=False)
                    spans = tuple(Span(first, last) for first, last in pairs)
                    after = replace(before, stage=Stage.EFFECTIVE, effective_from=spans[-1].first, spans=spans)
                    known[payer_id, location] = await enrollments.save(tx, before, Change(after), "arranged")
        for _ in range(25):
            day = MARCH + timedelta(days=chance.randrange(-5, 405))
            cells = await desk.matrix(day)
            for (payer_id, location), enrollment in known.items():
                cell = cells[NPI, payer_id, location]
                [*holding] = [span for span in enrollment.spans if span.holds(day)]
                assert (cell["standing"] == "enrolled") == enrollment.holds(day), (day, enrollment.spans, cell)
                told = [(str(span.first), str(span.last) if span.last else None) for span in holding]
                assert (cell["effective_from"], cell["effective_to"]) == (told[0] if told else (None, None))

    async def test_one_date_is_one_query(self, desk: Desk) -> None:
        await desk.effective(MARCH)
        said: list[str] = []

        def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            said.append(statement)

        event.listen(Engine, "before_cursor_execute", hear)
        try:
            cells = await desk.matrix(TODAY)
        finally:
            event.remove(Engine, "before_cursor_execute", hear)
        asked = [statement for statement in said if any(f"{name}." in statement for name in METADATA.tables)]
        assert (len(cells), len(asked)) == (4, 1)

    async def test_who_has_left_is_not_in_it(self, desk: Desk) -> None:
        name = {"family": "Quill", "given": "Maren"}
        left = {"name": name, "profession": "MD", "taxonomies": ["207N00000X"], "active": False}
        await desk.put(f"/providers/{NPI}", left, version=1)
        assert await desk.matrix(TODAY) == {}

    async def test_another_practice_sees_none_of_it(self, desk: Desk) -> None:
        enrollment = await desk.effective(MARCH)
        async with desk.running.client(*ALL, practices=[new_id()]) as http:
            assert (await http.get("/enrollments/matrix")).json()["cells"] == []
            assert (await http.get("/enrollments")).json()["items"] == []
            assert (await http.get(f"/enrollments/{enrollment['id']}")).status_code == 404


class TestTheRegisters:
    async def test_a_name_and_a_number_of_a_person_are_sealed(self, desk: Desk) -> None:
        personal = {"birth_date": "1975-02-03", "ssn": "900000001"}
        put = await desk.ask("PUT", f"/providers/{NPI}/personal-facts", personal, version=1)
        assert put.json() == {"npi": NPI, "version": 2, **personal}
        [row] = await desk.running.query(_PROVIDERS)
        assert not any(word in str(dict(row)) for word in ("Quill", "Maren", "1975", "900000001"))
        reads = await desk.ask("GET", f"/providers/{NPI}/personal-facts")
        assert reads.json()["ssn"] == "900000001"

    async def test_a_reader_of_the_grid_does_not_see_them(self, desk: Desk) -> None:
        async with desk.running.client("credentialing:read") as http:
            assert (await http.get(f"/providers/{NPI}/personal-facts")).status_code == 403

    async def test_a_taxonomy_of_another_profession_is_refused(self, desk: Desk) -> None:
        name = {"family": "Tanager", "given": "Ines"}
        body = {"name": name, "profession": "PA", "taxonomies": ["207N00000X"]}
        answer = await desk.ask("PUT", f"/providers/{COLLEAGUE}", body, version=0)
        assert (answer.status_code, answer.json()["code"]) == (422, "taxonomy-of-another-profession")

    async def test_an_npi_whose_check_digit_is_wrong_is_refused(self, desk: Desk) -> None:
        body = {"name": {"family": "Quill", "given": "Maren"}, "profession": "MD", "taxonomies": ["207N00000X"]}
        assert (await desk.ask("PUT", "/providers/1245319598", body, version=0)).status_code == 422
