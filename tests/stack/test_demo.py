"""`dermbill demo` on the real stack: twice, as two practices, and then a broken promise."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date

import pytest

from stack.demo import account, judge
from stack.demo.day import the_day
from stack.demo.drive import Entered
from stack.demo.office import Door, Office, signed_on
from stack.running import end, supervisor_pid
from stack.workspace import Workspace

pytestmark = [pytest.mark.timeout(600), pytest.mark.xdist_group("the whole stack")]

NOBODYS_ENCOUNTER = "01937e00-0000-7000-8000-00000000dead"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    place = Workspace(tmp_path_factory.mktemp("demo") / "home")
    yield place
    if (pid := supervisor_pid(place)) is not None:
        end(place, pid)


def demo(workspace: Workspace) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "stack.cli", "--home", str(workspace.home), "demo"]
    return subprocess.run(command, capture_output=True, text=True, timeout=400, env=os.environ | {"COLUMNS": "160"})


@pytest.fixture(scope="module")
def first(workspace: Workspace) -> subprocess.CompletedProcess[str]:
    return demo(workspace)


class TestADay:
    def test_every_encounter_and_every_cent_is_accounted_for_and_the_stack_stays_up(self, first, workspace):
        assert first.returncode == 0, first.stdout + first.stderr
        assert first.stdout.splitlines()[-1] == "DEMO OK encounters=150 unaccounted=0 cents_off=0"
        assert supervisor_pid(workspace) is not None

    def test_the_table_tells_holds_denials_a_rejection_and_corrections_that_were_paid(self, first):
        rows = {line[:33].strip(): line[33:].split() for line in first.stdout.splitlines() if len(line) > 33}
        assert int(rows["held for a clinician"][0]) > 0
        # A card that is read again may release its claim before the claim is built again.
        assert int(rows["rejected"][0]) in (1, 2)
        assert {"CO-4", "CO-16", "CO-29", "CO-50", "CO-97", "CO-197", "CO-236", "OA-18"} <= {
            word.rstrip(",") for word in rows["denied"]
        }
        corrected, *still = rows["corrected"]
        assert still[:3] == [corrected, "of", "them"]

    def test_the_gate_held_some_claims_with_their_dollars_and_released_all_of_them(self, first):
        held, dollars, released = re.search(
            r"held by the gate at first\s+(\d+)\s+\$([\d,.]+): .*\nreleased\s+(\d+)", first.stdout
        ).groups()
        assert held == released
        assert int(held) > 2
        assert dollars != "0.00"
        assert all(reason in first.stdout for reason in ("CRED_BLOCK", "AUTH_EXPIRED", "COVERAGE_UNVERIFIED"))

    def test_the_judge_took_every_file(self, first):
        taken, sent = re.search(r"pyx12 accepts (\d+) of (\d+) 837P", first.stdout).groups()
        assert taken == sent != "0"

    def test_the_audit_looked_and_found_nothing(self, first):
        checks, violations = re.search(r"The audit made (\d+) checks: (\d+) violations", first.stdout).groups()
        assert int(checks) > 0
        assert violations == "0"

    def test_a_second_practice_has_its_day_on_the_same_stack(self, first, workspace):
        second = demo(workspace)
        assert second.returncode == 0, second.stdout + second.stderr
        assert second.stdout.splitlines()[-1] == "DEMO OK encounters=150 unaccounted=0 cents_off=0"


class TestHonesty:
    def test_an_encounter_that_no_service_knows_is_not_accounted_for(self, first, workspace):
        async def asked() -> account.Day:
            async with signed_on(workspace) as office:
                visit = the_day(date(2026, 3, 9), office.run).visits[0]
                lost = Entered(visit, NOBODYS_ENCOUNTER, NOBODYS_ENCOUNTER, None)
                return await account.account_for(office, [lost], await account.last_truth(office), lambda done: None)

        day = asyncio.run(asked())
        assert [one.encounter_id for one in day.unaccounted] == [NOBODYS_ENCOUNTER]

    def test_a_file_with_a_claim_cut_out_is_refused_by_the_judge(self, first, workspace):
        content = asyncio.run(one_claim_file(workspace))
        assert judge.accepts(content)
        assert judge.refused({"whole": content, "cut": re.sub(rb"CLM\*[^~]*~", b"", content, count=1)}) == ["cut"]


async def one_claim_file(workspace: Workspace) -> bytes:
    async with signed_on(workspace) as office:
        simulator: Door = office.simulator
        seen = (await simulator.get("/admin/interchanges", after=0, limit=1000))["interchanges"]
        sender = seen[0]["sender"]
        theirs = Office(office.practice_id, sender.removeprefix("SALT"), office.services, simulator)
        return next(iter((await judge.sent_files(theirs)).values()))
