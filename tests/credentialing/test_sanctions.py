"""Every provider looked up on the lists of exclusions: what excludes at once, what a person decides, what each bars."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from credentialing_desk import ALL, NPI, TODAY, Desk
from exclusion_files import MEREL, OTHERS, born, decided, lines, loaded, louisiana, screened, written
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from common.ids import new_id
from credentialing.domain.likeness import How, Likeness
from credentialing.domain.payers import Program
from credentialing.domain.refusals import NotDecidedSo
from credentialing.domain.sanctions import (
    DECISIONS,
    LEIE,
    Decision,
    Entry,
    Excluded,
    Match,
    Standing,
    excluded_by,
    excluded_since,
    first_standing,
    foremost,
    list_of,
)
from stack.excluding import LoadedList, look_again


class TestAnNpiOnTheList:
    async def test_excludes_the_provider_and_is_told(self, desk: Desk, tmp_path: Path) -> None:
        await loaded(desk, written(tmp_path, *OTHERS, MEREL | {"NPI": NPI}))
        found = await screened(desk)
        assert (found["excluded_on"], found["excluded_by"]) == ("2029-11-20", ["LEIE"])
        told = ("likeness", "strength", "matched", "differs")
        assert [[each[name] for name in told] for each in found["matches"]] == [
            ["npi", "certain", ["npi", "family_name"], ["given_name"]],
        ]
        [event] = await desk.running.published()
        assert (event.name, event.version, event.data) == (
            "ProviderExcluded", 2,
            {
                "provider_id": str(event.key), "npi": NPI, "excluded_on": "2029-11-20", "exclusion_type": "1128a1",
                "waiver_state": None,
                "exclusions": [
                    {
                        "list": "LEIE", "excluded_on": "2029-11-20", "exclusion_type": "1128a1",
                        "programs": ["medicaid", "medicare"], "state": None, "waiver_state": None,
                    },
                ],
            },
        )  # fmt: skip

    async def test_that_another_fact_contradicts_waits_for_a_person(self, desk: Desk, tmp_path: Path) -> None:
        await loaded(desk, written(tmp_path, *OTHERS, MEREL | {"NPI": NPI, "LASTNAME": "WRONGLY"}))
        [match] = (await screened(desk))["matches"]
        told = ("likeness", "standing", "differs")
        assert [match[name] for name in told] == ["npi_contradicted", "possible", ["family_name", "given_name"]]
        assert await desk.running.published() == []
        assert (await decided(desk, match, "same_person")).json()["standing"] == "confirmed"
        assert [event.name for event in await desk.running.published()] == ["ProviderExcluded"]

    async def test_no_federal_program_can_be_billed_then(self, desk: Desk, tmp_path: Path) -> None:
        for payer in ("PAYERA", "MEDICARE"):
            await desk.effective(date(2030, 3, 1), payer_id=payer)
        await loaded(desk, written(tmp_path, *OTHERS, MEREL | {"NPI": NPI}))
        await screened(desk)
        cells = await desk.matrix(TODAY, location_code="MAIN")
        assert {key[1]: cell["standing"] for key, cell in cells.items()} == {
            "PAYERA": "enrolled",
            "MEDICARE": "excluded",
        }
        assert cells[NPI, "MEDICARE", "MAIN"]["reason"].startswith("Excluded by OIG since 2029-11-20")

    async def test_is_found_by_the_calendar_and_when_a_list_is_loaded(self, desk: Desk, tmp_path: Path) -> None:
        await desk.come(TODAY)
        assert (await desk.ask("GET", f"/providers/{NPI}")).json()["screened_on"] is None
        await loaded(desk, written(tmp_path, *OTHERS))
        await desk.come(TODAY + timedelta(days=30))
        assert (await desk.ask("GET", f"/providers/{NPI}")).json()["screened_on"] == str(desk.today)
        await loaded(desk, written(tmp_path, *OTHERS, MEREL | {"NPI": NPI}, name="next.csv"))
        assert await look_again(desk.running.database.platform_url) == 1
        await desk.running.run_timers()
        assert [event.name for event in await desk.running.published()] == ["ProviderExcluded"]

    async def test_looking_again_tells_nothing_new_and_leaves_the_version(self, desk: Desk, tmp_path: Path) -> None:
        await loaded(desk, written(tmp_path, *OTHERS, MEREL | {"NPI": NPI}))
        await screened(desk)
        await screened(desk)
        assert len(await desk.running.published()) == 1
        assert (await desk.ask("GET", f"/providers/{NPI}")).json()["version"] == 2

    async def test_a_reinstatement_is_a_person_s_word(self, desk: Desk, tmp_path: Path) -> None:
        await loaded(desk, written(tmp_path, *OTHERS, MEREL | {"NPI": NPI}))
        await screened(desk)
        await loaded(desk, written(tmp_path, *OTHERS, name="next.csv"))
        found = await screened(desk)
        assert [(each["standing"], each["on_list"]) for each in found["matches"]] == [("confirmed", False)]
        assert (await decided(desk, found["matches"][0], "reinstated")).json()["standing"] == "reinstated"
        assert [event.name for event in await desk.running.published()] == ["ProviderExcluded", "ProviderReinstated"]
        assert (await desk.ask("GET", f"/providers/{NPI}")).json()["excluded_on"] is None


class TestAListOfAState:
    async def test_bars_its_own_medicaid_and_stands_beside_the_others(self, desk: Desk, tmp_path: Path) -> None:
        for payer_id, state in (("MCD-LA", "LA"), ("MCD", None)):
            terms = {"name": "Medicaid", "program": "medicaid", "state": state}
            assert (await desk.put(f"/payers/{payer_id}", terms))["state"] == state
        await loaded(desk, written(tmp_path, *OTHERS))
        await loaded(desk, louisiana(tmp_path), "MEDICAID-LA")
        assert await lines(desk) == 5
        found = await screened(desk)
        assert [each["source"] for each in found["lists"]] == ["LEIE", "MEDICAID-LA"]
        assert (found["excluded_by"], found["excluded_on"]) == (["MEDICAID-LA"], "2029-06-01")
        assert await self.standings(desk) == {
            "MCD-LA": "excluded", "MCD": "not_filed", "MEDICARE": "not_filed", "PAYERA": "not_filed",
        }  # fmt: skip
        await loaded(desk, written(tmp_path, *OTHERS, MEREL | {"NPI": NPI}, name="next.csv"))
        assert (await screened(desk))["excluded_by"] == ["LEIE", "MEDICAID-LA"]
        assert await self.standings(desk) == {
            "MCD-LA": "excluded", "MCD": "excluded", "MEDICARE": "excluded", "PAYERA": "not_filed",
        }  # fmt: skip
        first, second = await desk.running.published("ProviderExcluded")
        told = [(each["list"], each["state"]) for each in second.data["exclusions"]]
        assert (first.data["excluded_on"], second.data["excluded_on"]) == ("2029-06-01", "2029-11-20")
        assert told == [("LEIE", None), ("MEDICAID-LA", "LA")]

    async def test_its_search_is_recorded_for_its_state_alone(self, desk: Desk, tmp_path: Path) -> None:
        await loaded(desk, louisiana(tmp_path, npi="NRF"), "MEDICAID-LA")
        await screened(desk)
        [verified] = (await desk.ask("GET", f"/providers/{NPI}/verifications")).json()
        assert (verified["item"], verified["state"], verified["result"]) == ("state_exclusion_search", "LA", "differs")

    async def test_one_list_does_not_take_the_place_of_another(self, desk: Desk, tmp_path: Path) -> None:
        await loaded(desk, written(tmp_path, *OTHERS))
        path = louisiana(tmp_path)
        assert await loaded(desk, path, "MEDICAID-LA") == LoadedList(1, fresh=True)
        assert await loaded(desk, path, "MEDICAID-LA") == LoadedList(1, fresh=False)
        assert await lines(desk) == 5
        listed = (await desk.ask("GET", "/exclusion-lists")).json()
        assert [(each["source"], each["rows"]) for each in listed] == [("LEIE", 4), ("MEDICAID-LA", 1)]
        assert all(len(each["sha256"]) == 64 and each["loaded_at"] for each in listed)

    async def standings(self, desk: Desk) -> dict[str, str]:
        cells = await desk.matrix(TODAY, location_code="MAIN")
        return {payer_id: cell["standing"] for (_, payer_id, _), cell in cells.items()}


class TestANameOnTheList:
    async def test_without_a_birth_date_is_a_weak_possibility_that_a_birth_date_settles(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        name = {"family": "Quill-Núñez", "given": "Maren", "middle": "Ada", "former": ["Quill"]}
        changed = {"name": name, "profession": "MD", "taxonomies": ["207N00000X"]}
        await desk.put(f"/providers/{NPI}", changed, version=1)
        listed = MEREL | {"FIRSTNAME": "MAREN", "MIDNAME": "A", "LASTNAME": "QUILL, JR"}
        await loaded(desk, written(tmp_path, *OTHERS, listed, listed | {"DOB": "19600101"}))
        found = await screened(desk)
        told = ("likeness", "strength", "standing", "matched")
        weak = ["name", "weak", "possible", ["former_name", "given_name", "middle_name"]]
        assert [[each[name] for name in told] for each in found["matches"]] == [weak, weak]
        personal = {"birth_date": "1975-02-03"}
        assert (await desk.ask("PUT", f"/providers/{NPI}/personal-facts", personal, version=2)).status_code == 200
        found = await screened(desk)
        assert sorted(each["strength"] for each in found["matches"]) == ["strong", "weak"]
        assert await desk.running.published() == []

    async def test_is_a_possibility_that_a_person_decides(self, desk: Desk, tmp_path: Path) -> None:
        await born(desk)
        await loaded(desk, written(tmp_path, *OTHERS, MEREL))
        found = await screened(desk)
        [match] = found["matches"]
        assert (match["standing"], match["likeness"]) == ("possible", "name_and_birth_date")
        assert (found["excluded_on"], await desk.running.published()) == (None, [])
        [waiting] = (await desk.ask("GET", "/exclusion-matches", standing="possible")).json()["items"]
        assert waiting == match
        assert (await decided(desk, match, "same_person")).json()["standing"] == "confirmed"
        [event] = await desk.running.published()
        assert (event.name, event.data["excluded_on"]) == ("ProviderExcluded", "2029-11-20")

    async def test_who_is_another_person_is_not_asked_about_again(self, desk: Desk, tmp_path: Path) -> None:
        await born(desk)
        await loaded(desk, written(tmp_path, *OTHERS, MEREL))
        [match] = (await screened(desk))["matches"]
        await decided(desk, match, "another_person")
        await loaded(desk, written(tmp_path, MEREL, *OTHERS, name="next.csv"))
        found = await screened(desk)
        assert [each["standing"] for each in found["matches"]] == ["dismissed"]
        assert await desk.running.published() == []

    async def test_without_the_birth_date_nobody_is_suspected(self, desk: Desk, tmp_path: Path) -> None:
        await loaded(desk, written(tmp_path, *OTHERS, MEREL))
        assert (await screened(desk))["matches"] == []

    async def test_what_the_list_says_of_a_person_is_sealed_here(self, desk: Desk, tmp_path: Path) -> None:
        await born(desk)
        await loaded(desk, written(tmp_path, *OTHERS, MEREL))
        await screened(desk)
        rows = await desk.running.query(text("SELECT entry, entry_hash FROM exclusion_matches"))
        assert not any(b"MEREL" in bytes(row["entry"]) + bytes(row["entry_hash"]) for row in rows)

    async def test_another_practice_does_not_see_it(self, desk: Desk, tmp_path: Path) -> None:
        await born(desk)
        await loaded(desk, written(tmp_path, *OTHERS, MEREL))
        [match] = (await screened(desk))["matches"]
        async with desk.running.client(*ALL, practices=[new_id()]) as http:
            assert (await http.get("/exclusion-matches")).json()["items"] == []
            assert (await http.get(f"/exclusion-matches/{match['id']}")).status_code == 404


class TestWithoutAList:
    async def test_screening_says_what_to_load(self, desk: Desk) -> None:
        answer = await desk.ask("POST", f"/providers/{NPI}/screening")
        assert (answer.status_code, answer.json()["code"]) == (404, "no-exclusion-list")
        assert (await desk.ask("GET", "/exclusion-list")).status_code == 404

    async def test_nobody_counts_as_checked(self, desk: Desk, tmp_path: Path) -> None:
        path = f"/providers/{NPI}/readiness/MEDICARE"

        async def outcome() -> str:
            told = (await desk.ask("GET", path)).json()["lines"]
            return next(line["outcome"] for line in told if line["requirement"]["any_of"] == ["oig_exclusion_check"])

        assert await outcome() == "missing"
        await loaded(desk, written(tmp_path, *OTHERS))
        await screened(desk)
        assert await outcome() == "met"


def entry(**facts: Any) -> Entry:
    told = {
        "family": "QUILL", "given": "MEREL", "middle": "", "npi": None, "birth_date": date(1975, 2, 3), "general": "",
        "specialty": "", "city": "", "state": "", "type": "1128a1", "excluded_on": date(2026, 2, 19),
    }  # fmt: skip
    return Entry(**(told | facts))


EXACT = Likeness(How.NPI)


def match(standing: Standing, source: str = LEIE, **facts: Any) -> Match:
    return Match(new_id(), new_id(), NPI, EXACT, standing, entry(**facts), source)


class TestTheRules:
    @given(st.sampled_from(Standing), st.sampled_from(Decision))
    def test_what_the_table_does_not_allow_is_refused(self, standing: Standing, decision: Decision) -> None:
        if (to := DECISIONS.get((standing, decision))) is None:
            with pytest.raises(NotDecidedSo):
                match(standing).decided(decision)
        else:
            assert match(standing).decided(decision).standing is to

    def test_a_possibility_can_become_anything_but_a_reinstatement(self) -> None:
        assert first_standing(Likeness(How.NAME_AND_BIRTH_DATE)) is Standing.POSSIBLE
        assert {to for (at, _), to in DECISIONS.items() if at is Standing.POSSIBLE} == {
            Standing.CONFIRMED,
            Standing.DISMISSED,
        }

    @given(st.sampled_from(Standing), st.sampled_from(How))
    def test_what_is_learnt_later_changes_only_what_nobody_decided(self, standing: Standing, how: How) -> None:
        seen = match(standing).seen_as(Likeness(how, differs=()))
        if standing is Standing.POSSIBLE and how is not How.NPI:
            assert (seen.likeness.how, seen.standing) == (how, Standing.POSSIBLE)
        else:
            assert seen.standing is standing

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(Standing),
                st.sampled_from([LEIE, "SAM", "MEDICAID-LA"]),
                st.dates(date(2000, 1, 1), date(2030, 1, 1)),
            ),
            max_size=6,
        )
    )
    def test_a_provider_is_excluded_by_each_list_since_the_earliest_that_is_confirmed(
        self, told: list[tuple[Standing, str, date]]
    ) -> None:
        excluded = excluded_by(match(standing, source, excluded_on=day) for standing, source, day in told)
        confirmed = [(source, day) for standing, source, day in told if standing is Standing.CONFIRMED]
        naive = {source: min(day for each, day in confirmed if each == source) for source, _ in confirmed}
        assert {each.source: each.since for each in excluded} == naive
        assert excluded_since(excluded) == min(naive.values(), default=None)
        if excluded:
            federal = [each for each in excluded if list_of(each.source).state is None]
            assert foremost(excluded).since == min(each.since for each in federal or excluded)

    @pytest.mark.parametrize(
        ("source", "program", "state", "barred"),
        [
            (LEIE, Program.MEDICARE, "NY", True),
            (LEIE, Program.MEDICAID, "NY", True),
            (LEIE, Program.COMMERCIAL, "NY", False),
            (LEIE, Program.MEDICARE, "AK", False),
            ("SAM", Program.MEDICAID, "NY", True),
            ("SAM", Program.COMMERCIAL, "NY", False),
            ("MEDICAID-LA", Program.MEDICAID, "LA", True),
            ("MEDICAID-LA", Program.MEDICAID, "NY", False),
            ("MEDICAID-LA", Program.MEDICAID, None, True),
            ("MEDICAID-LA", Program.MEDICARE, "LA", False),
        ],
    )
    def test_a_list_bars_its_programs_from_its_day_on_but_not_where_it_was_waived(
        self, source: str, program: Program, state: str | None, barred: bool
    ) -> None:
        excluded = Excluded(source, date(2026, 2, 19), "any", waiver_state="AK")
        assert excluded.bars(program, state, date(2026, 2, 19)) is barred
        assert not excluded.bars(program, state, date(2026, 2, 18))

    @pytest.mark.parametrize("source", ["OIG", "MEDICAID-", "MEDICAID-LOU", ""])
    def test_no_other_list_is_known(self, source: str) -> None:
        with pytest.raises(ValueError, match="no list of exclusions"):
            list_of(source)

    def test_one_that_ended_is_not_in_force(self) -> None:
        ended = entry(reinstated_on=date(2026, 6, 1))
        assert ended.in_force(date(2026, 5, 31))
        assert not ended.in_force(date(2026, 6, 1))
