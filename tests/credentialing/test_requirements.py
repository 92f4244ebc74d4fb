"""What a payer wants before an application is complete, and what to do next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from credentialing_desk import BILLING, NPI, Desk
from credentialing_desk import TODAY as THEN
from hypothesis import given
from hypothesis import strategies as st

from common.ids import new_id
from common.money import Money
from common.phi import Phi
from credentialing.domain.credentials import Credential, Facts
from credentialing.domain.holders import Holder, HolderType
from credentialing.domain.kinds import KINDS, CliaTier, Kind
from credentialing.domain.payers import Program
from credentialing.domain.provider import Profession
from credentialing.domain.refusals import NotHeldBySuch
from credentialing.domain.requirements import (
    DEFAULTS,
    Fact,
    Outcome,
    PlaceFile,
    ProviderFile,
    Requirement,
    check,
    next_step,
)
from credentialing.domain.verification import Inquiry, Method, Result, Verification
from credentialing.domain.work_history import Explanation, Position, WorkHistory

TODAY = date(2026, 3, 10)
YEAR = timedelta(days=365)


def paper(kind: Kind, **facts: Any) -> Credential:
    told = {"number": Phi("200001"), "expires_on": TODAY + YEAR} | facts
    return Credential(new_id(), Holder(KINDS[kind].held_by[0], new_id(), NPI), Facts(kind, "Issuer", **told))


def verified(item: Kind | Inquiry, credential: Credential | None = None, *, ago: int = 5) -> Verification:
    day = TODAY - timedelta(days=ago)
    return Verification(item, "Source", Method.WEBSITE, day, Result.CONFIRMED, credential and credential.id)


def outcome(requirement: Requirement, *papers: Credential, **file: Any) -> tuple[Outcome, str]:
    [checked] = check((requirement,), ProviderFile(Profession.MD, papers, **file), TODAY)
    return checked.outcome, checked.step


def complete(profession: Profession) -> ProviderFile:
    """A file that wants nothing for any program."""
    insured = {"per_claim": Money("1000000"), "aggregate": Money("3000000")}
    more: dict[Kind, dict[str, Any]] = {Kind.MALPRACTICE: insured}
    papers = tuple(paper(kind, state="NY", **more.get(kind, {})) for kind in Kind)
    held = {type: tuple(each for each in papers if each.holder.type is type) for type in HolderType}
    place = PlaceFile("NY", True, held[HolderType.GROUP], held[HolderType.LOCATION])
    asked = [verified(item) for item in Inquiry] + [verified(each.facts.kind, each) for each in papers]
    worked = WorkHistory((Position("Sample Dermatology", date(2019, 1, 1)),))
    own = held[HolderType.PROVIDER]
    return ProviderFile(profession, own, tuple(asked), frozenset(Fact), worked, place)


class TestOneLine:
    def test_a_paper_that_is_not_there_is_asked_for_by_name_and_state(self) -> None:
        wanted = Requirement((Kind.LICENSE,), in_state=True)
        assert outcome(wanted, place=PlaceFile("NY")) == (Outcome.MISSING, "Record the state license of NY.")
        other = paper(Kind.LICENSE, state="NJ")
        assert outcome(wanted, other, place=PlaceFile("NY"))[0] is Outcome.MISSING
        assert outcome(wanted, other, paper(Kind.LICENSE, state="NY"), place=PlaceFile("NY")) == (Outcome.MET, "")

    def test_an_expired_one_is_not_enough_and_one_that_ends_soon_is_renewed_first(self) -> None:
        wanted = Requirement((Kind.LICENSE,), valid_days=30)
        yesterday, soon = TODAY - timedelta(days=1), TODAY + timedelta(days=29)
        assert outcome(wanted, paper(Kind.LICENSE, expires_on=yesterday))[0] is Outcome.EXPIRED
        assert outcome(wanted, paper(Kind.LICENSE, expires_on=soon))[0] is Outcome.ENDS_SOON
        assert outcome(wanted, paper(Kind.LICENSE, expires_on=TODAY + timedelta(days=30)))[0] is Outcome.MET

    def test_the_best_of_several_papers_counts(self) -> None:
        wanted = Requirement((Kind.LICENSE,))
        old = paper(Kind.LICENSE, expires_on=TODAY - timedelta(days=1))
        assert outcome(wanted, old, paper(Kind.LICENSE))[0] is Outcome.MET

    def test_an_insurance_has_to_cover_enough(self) -> None:
        wanted = Requirement((Kind.MALPRACTICE,), per_claim=Money("1000000"), aggregate=Money("3000000"))
        small = paper(Kind.MALPRACTICE, per_claim=Money("1000000"), aggregate=Money("2999999.99"))
        told, step = outcome(wanted, small)
        assert told is Outcome.TOO_SMALL
        assert "2999999.99 for a year, this payer wants 3000000.00" in step

    def test_a_verification_counts_for_its_paper_and_its_days_alone(self) -> None:
        wanted, licence = Requirement((Kind.LICENSE,), verified_days=120), paper(Kind.LICENSE)
        another = paper(Kind.LICENSE)
        assert outcome(wanted, licence)[0] is Outcome.NOT_VERIFIED
        for verification, told in (
            (verified(Kind.LICENSE, licence, ago=120), Outcome.MET),
            (verified(Kind.LICENSE, licence, ago=121), Outcome.NOT_VERIFIED),
            (verified(Kind.LICENSE, another), Outcome.NOT_VERIFIED),
            (replace(verified(Kind.LICENSE, licence), result=Result.DIFFERS), Outcome.NOT_VERIFIED),
        ):
            assert outcome(wanted, licence, verifications=(verification,))[0] is told

    def test_it_has_to_be_recent_on_the_day_of_the_decision(self) -> None:
        wanted, licence = Requirement((Kind.LICENSE,), verified_days=120), paper(Kind.LICENSE)
        file = ProviderFile(Profession.MD, (licence,), (verified(Kind.LICENSE, licence, ago=100),))
        for days, told in ((0, Outcome.MET), (20, Outcome.MET), (21, Outcome.NOT_VERIFIED)):
            [checked] = check((wanted,), file, TODAY + timedelta(days=days))
            assert checked.outcome is told

    def test_a_search_of_another_state_s_list_is_not_this_one_s(self) -> None:
        wanted = Requirement((Inquiry.STATE_EXCLUSIONS,), verified_days=31)
        for state, told in (("NY", Outcome.MET), ("LA", Outcome.MISSING), (None, Outcome.MET)):
            search = replace(verified(Inquiry.STATE_EXCLUSIONS), state=state)
            assert outcome(wanted, verifications=(search,), place=PlaceFile("NY"))[0] is told

    def test_one_of_two_is_enough_and_both_are_named_when_there_is_none(self) -> None:
        wanted = Requirement((Kind.PRIVILEGES, Kind.ADMITTING))
        assert outcome(wanted) == (
            Outcome.MISSING, "Record one of: hospital privileges or admitting arrangement.",
        )  # fmt: skip
        assert outcome(wanted, paper(Kind.ADMITTING))[0] is Outcome.MET

    def test_a_gap_in_the_work_history_is_named(self) -> None:
        wanted = Requirement((Fact.WORK_HISTORY,))
        first, second = Position("A", date(2019, 1, 1), date(2023, 12, 31)), Position("B", date(2024, 9, 1))
        told, step = outcome(wanted, work_history=WorkHistory((first, second)))
        assert (told, step) == (Outcome.MISSING, "The gap from 2024-01-01 to 2024-08-31 needs an explanation.")
        explained = (Explanation(date(2024, 3, 1), "Leave"),)
        assert outcome(wanted, work_history=WorkHistory((first, second), explained))[0] is Outcome.MET

    def test_what_is_asked_of_others_is_not_asked(self) -> None:
        wanted = Requirement((Kind.BOARD,), (Profession.MD,))
        assert check((wanted,), ProviderFile(Profession.PA), TODAY) == ()


class TestThePlace:
    CLIA = Requirement((Kind.CLIA,), of=HolderType.LOCATION, if_laboratory=True, tiers=(CliaTier.PPM,))
    W9 = Requirement((Kind.W9,), of=HolderType.GROUP, verified_days=120)

    def test_its_papers_are_asked_for_only_where_a_place_is_meant_and_does_tests(self) -> None:
        lines = (self.CLIA, self.W9)
        for place, asked in ((None, ()), (PlaceFile("NY"), (self.W9,)), (PlaceFile("NY", True), lines)):
            found = check(lines, ProviderFile(Profession.MD, place=place), TODAY)
            assert tuple(each.requirement for each in found) == asked

    def test_a_paper_of_somebody_else_is_not_the_place_s(self) -> None:
        certificate = paper(Kind.CLIA, tier=CliaTier.PPM)
        told = outcome(self.CLIA, certificate, place=PlaceFile("NY", True))
        assert told == (Outcome.MISSING, "Record the CLIA certificate of the location.")
        assert outcome(self.CLIA, place=PlaceFile("NY", True, location=(certificate,)))[0] is Outcome.MET

    def test_a_certificate_of_another_tier_is_not_enough(self) -> None:
        waived = PlaceFile("NY", True, location=(paper(Kind.CLIA, tier=CliaTier.WAIVER),))
        told, step = outcome(self.CLIA, place=waived)
        assert told is Outcome.TOO_SMALL
        assert "not one of provider performed microscopy" in step

    def test_the_group_s_paper_is_verified_at_its_own_source(self) -> None:
        signed = paper(Kind.W9, expires_on=None)
        place = PlaceFile("NY", group=(signed,))
        assert outcome(self.W9, place=place)[0] is Outcome.NOT_VERIFIED
        assert outcome(self.W9, place=place, verifications=(verified(Kind.W9, signed),))[0] is Outcome.MET

    @pytest.mark.parametrize("of", HolderType)
    def test_a_line_that_nobody_of_that_sort_could_meet_is_refused(self, of: HolderType) -> None:
        for item in (*Kind, Inquiry.NPDB, Fact.SSN):
            line = Requirement((item,), of=of)
            if of in (KINDS[item].held_by if isinstance(item, Kind) else (HolderType.PROVIDER,)):
                assert line.checked() is line
            else:
                with pytest.raises(NotHeldBySuch):
                    line.checked()

    @pytest.mark.parametrize("program", Program)
    def test_the_usual_lists_ask_for_what_there_can_be(self, program: Program) -> None:
        assert [line.checked() for line in DEFAULTS[program]] == list(DEFAULTS[program])


class TestTheUsualLists:
    @pytest.mark.parametrize("program", Program)
    @pytest.mark.parametrize("profession", Profession)
    def test_a_whole_file_is_complete_and_an_empty_one_lacks_every_line(
        self, program: Program, profession: Profession
    ) -> None:
        listed = DEFAULTS[program]
        assert next_step(check(listed, complete(profession), TODAY)) is None
        empty = check(listed, ProviderFile(profession, place=PlaceFile("NY", laboratory=True)), TODAY)
        assert {each.outcome for each in empty} == {Outcome.MISSING}
        assert all(each.step.endswith(".") for each in empty)

    @given(st.sampled_from(Program), st.sampled_from(Profession), st.data())
    def test_taking_one_thing_away_never_makes_it_more_complete(
        self, program: Program, profession: Profession, data: st.DataObject
    ) -> None:
        whole = complete(profession)
        gone = data.draw(st.sets(st.sampled_from(whole.credentials)))
        less = replace(whole, credentials=tuple(each for each in whole.credentials if each not in gone))
        lines = check(DEFAULTS[program], less, TODAY)
        for line in lines:
            if line.requirement.of is not HolderType.PROVIDER:
                continue
            kinds = {item for item in line.requirement.any_of if isinstance(item, Kind)}
            lost = bool(kinds) and kinds <= {each.facts.kind for each in gone}
            assert (line.outcome is Outcome.MISSING) == lost


class TestAtTheDesk:
    async def test_what_is_missing_is_told_one_step_after_another(self, desk: Desk) -> None:
        wanted = {
            "requirements": [
                {"any_of": ["state_license"], "in_state": True, "verified_days": 120},
                {"any_of": ["npdb_query"], "verified_days": 120},
            ]
        }
        put = await desk.ask("PUT", "/payers/PAYERA/requirements", wanted, version=0)
        assert (put.status_code, put.json()["own"], put.json()["version"]) == (200, True, 1)
        path, where = f"/providers/{NPI}/readiness/PAYERA", {"location_code": "MAIN"}
        steps = [(await desk.ask("GET", path, **where)).json()["next_step"]]
        licence = {"kind": "state_license", "issuer": "Board", "number": "1", "state": "NY", "expires_on": "2031-01-31"}
        credential = (await desk.ask("POST", f"/providers/{NPI}/credentials", licence)).json()
        steps.append((await desk.ask("GET", path, **where)).json()["next_step"])
        asked = {"source": "Somebody", "method": "website", "verified_on": str(THEN), "result": "confirmed"}
        await desk.ask("POST", f"/providers/{NPI}/verifications", asked | {"item": "npdb_query"})
        steps.append((await desk.ask("GET", path, **where)).json()["next_step"])
        of_licence = asked | {"item": "state_license", "credential_id": credential["id"]}
        await desk.ask("POST", f"/providers/{NPI}/verifications", of_licence)
        told = (await desk.ask("GET", path, **where)).json()
        assert [*steps, told["next_step"]] == [
            "Record the state license of NY.",
            "Make the NPDB query and record its answer, not older than 120 days.",
            "Verify the state license with who issued it, and record that: the payer wants it within 120 days.",
            "Everything that this payer wants is on file: send the application.",
        ]
        assert told["complete"]

    async def test_the_group_s_and_the_location_s_papers_are_lines_of_it(self, desk: Desk) -> None:
        wanted = {
            "requirements": [
                {"any_of": ["w9"], "of": "group"},
                {"any_of": ["clia_certificate"], "of": "location", "if_laboratory": True, "verified_days": 90},
            ]
        }
        assert (await desk.ask("PUT", "/payers/PAYERA/requirements", wanted, version=0)).status_code == 200
        place = {"line1": "100 Sample Street", "city": "Albany", "state": "NY", "zip": "122070001"}
        main = {"billing_npi": BILLING, "name": "Main Street", "laboratory": True, **place}
        assert (await desk.put("/locations/MAIN", main, version=1))["laboratory"]

        async def steps() -> list[str]:
            path = f"/providers/{NPI}/readiness/PAYERA"
            return [line["step"] for line in (await desk.ask("GET", path, location_code="MAIN")).json()["lines"]]

        assert await steps() == ["Record the W-9 of the group.", "Record the CLIA certificate of the location."]
        signed = {"kind": "w9", "issuer": "Sample Dermatology PC", "issued_on": "2030-01-02"}
        assert (await desk.ask("POST", f"/groups/{BILLING}/credentials", signed)).status_code == 201
        certificate = {
            "kind": "clia_certificate", "issuer": "CMS", "number": "33D0123456", "expires_on": "2031-08-31",
            "tier": "provider_performed_microscopy",
        }  # fmt: skip
        kept = (await desk.ask("POST", "/locations/MAIN/credentials", certificate)).json()
        [line] = [step for step in await steps() if step]
        assert line.startswith("Verify the CLIA certificate with who issued it")
        asked = {
            "item": "clia_certificate", "source": "CMS QCOR", "method": "website", "verified_on": str(THEN),
            "result": "confirmed", "credential_id": kept["id"],
        }  # fmt: skip
        assert (await desk.ask("POST", "/locations/MAIN/verifications", asked)).status_code == 201
        assert await steps() == ["", ""]
        path = f"/providers/{NPI}/readiness/PAYERA"
        later = await desk.ask("GET", path, location_code="MAIN", on=str(THEN + timedelta(days=91)))
        assert later.json()["lines"][1]["outcome"] == "not_verified"
        other = await desk.ask("POST", "/locations/LAKE/verifications", asked)
        assert other.json()["code"] == "credential-of-another"

    async def test_a_line_that_asks_a_group_for_a_licence_to_practise_is_refused(self, desk: Desk) -> None:
        wanted = {"requirements": [{"any_of": ["state_license"], "of": "group"}]}
        answer = await desk.ask("PUT", "/payers/PAYERA/requirements", wanted, version=0)
        assert (answer.status_code, answer.json()["code"]) == (422, "not-held-by-such")

    async def test_without_a_list_of_its_own_a_payer_has_its_program_s(self, desk: Desk) -> None:
        listed = (await desk.ask("GET", "/payers/MEDICARE/requirements")).json()
        assert (listed["own"], listed["version"]) == (False, 0)
        assert {"any_of": ["nppes_record"]}.items() <= listed["requirements"][2].items()
        assert (await desk.ask("PUT", "/payers/NOBODY/requirements", {"requirements": [{"any_of": ["npdb_query"]}]},
                               version=0)).status_code == 404  # fmt: skip

    async def test_who_verified_what_where_and_when_is_kept(self, desk: Desk) -> None:
        asked = {
            "item": "sam_search", "source": "SAM.gov", "method": "website", "verified_on": str(THEN),
            "result": "confirmed", "reference": "S-1",
        }  # fmt: skip
        kept = (await desk.ask("POST", f"/providers/{NPI}/verifications", asked)).json()
        [listed] = (await desk.ask("GET", f"/providers/{NPI}/verifications")).json()
        assert listed == kept
        assert asked.items() <= kept.items()
        assert kept["verified_by"]

    async def test_a_verification_of_tomorrow_or_of_another_paper_is_refused(self, desk: Desk) -> None:
        asked = {"item": "state_license", "source": "Board", "method": "letter", "result": "confirmed"}
        path = f"/providers/{NPI}/verifications"
        tomorrow = await desk.ask("POST", path, asked | {"verified_on": str(THEN + timedelta(days=1))})
        assert (tomorrow.status_code, tomorrow.json()["code"]) == (422, "date-in-the-future")
        paper = {"kind": "board_certification", "issuer": "ABD", "issued_on": "2020-01-01"}
        credential = (await desk.ask("POST", f"/providers/{NPI}/credentials", paper)).json()
        other = await desk.ask("POST", path, asked | {"verified_on": str(THEN), "credential_id": credential["id"]})
        assert (other.status_code, other.json()["code"]) == (422, "credential-of-another")
