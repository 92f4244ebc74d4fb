"""`dermbill audit` on a real day: a clean one gives nothing, and whatever is put wrong afterwards is found."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from typer.testing import CliRunner
from whole_platform import VAULTS

from common.embedded import StackError
from stack.audit import Violation, audit
from stack.audit.databases import snapshot
from stack.audit.run import CHECKS
from stack.cli import app


@dataclass(frozen=True, slots=True)
class Wrong:
    """See wrongs.yaml."""

    what: str
    service: str
    sql: str
    seen_by: tuple[str, ...] = ()
    names: str = ""
    cents: int | None = None


# The day is lived in real time; on a busy machine that takes a while.
pytestmark = pytest.mark.timeout(300)

WRONGS = [Wrong(**each) for each in yaml.safe_load((Path(__file__).parent / "wrongs.yaml").read_text())]


@asynccontextmanager
async def put_wrong(day: Any, wrong: Wrong) -> AsyncGenerator[dict[str, str], None]:
    """The day's databases, one of them a copy with the wrong in it."""
    original, copy = day.names[wrong.service], f"{day.names[wrong.service]}_wrong"
    server = create_async_engine(day.server.admin_url, isolation_level="AUTOCOMMIT")
    planted = create_async_engine(day.server.as_admin(copy))
    try:
        async with server.connect() as connection:
            await connection.execute(text(f'CREATE DATABASE "{copy}" TEMPLATE "{original}"'))
        async with planted.begin() as connection:
            # Triggers and foreign keys would not let it happen; the audit must not rely on them.
            await connection.execute(text("SET session_replication_role = replica"))
            raw = (await connection.get_raw_connection()).driver_connection
            assert raw is not None
            await raw.execute(named(day, wrong.sql))
        yield day.urls | {wrong.service: day.server.as_admin(copy)}
    finally:
        await planted.dispose()
        async with server.connect() as connection:
            await connection.execute(text(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)'))
        await server.dispose()


def named(day: Any, template: str) -> str:
    encounters = {f"encounter of {name}": id for name, id in day.encounters.items()}
    return template.format(**day.claims, **encounters, held=day.encounters["held"], coded=day.encounters["paid"])


async def seen(urls: dict[str, str], checks: tuple[str, ...]) -> dict[str, list[Violation]]:
    """What these checks find."""
    async with snapshot(urls, VAULTS) as now:
        return {check.id: list(await check.find(now)) for check in CHECKS if check.id in checks}


class TestACleanDay:
    def test_gives_no_violation(self, day: Any) -> None:
        assert [str(each) for check in day.audited.checks for each in check.violations] == []
        assert day.audited.settled

    def test_is_not_clean_for_being_empty(self, day: Any) -> None:
        totals = day.audited.totals
        assert (totals.encounters, totals.claims) == (6, 5)
        assert totals.charged == totals.paid + totals.adjusted + totals.patient + totals.open > 0
        assert totals.paid > 0
        assert totals.open > 0
        assert totals.events > 30


class TestWhateverIsPutWrong:
    @pytest.mark.parametrize("wrong", WRONGS, ids=lambda wrong: wrong.what.replace(" ", "-"))
    async def test_is_found_and_named(self, day: Any, wrong: Wrong) -> None:
        async with put_wrong(day, wrong) as urls:
            found = await seen(urls, tuple(wrong.seen_by))
        assert {check for check, violations in found.items() if violations} == set(wrong.seen_by)
        assert named(day, wrong.names) in " ".join(str(each) for each in found[wrong.seen_by[0]])
        if wrong.cents is not None:
            assert sum(each.cents for violations in found.values() for each in violations) == wrong.cents

    def test_every_check_has_a_wrong_that_it_sees(self) -> None:
        assert {check.id for check in CHECKS} == {check for wrong in WRONGS for check in wrong.seen_by}

    async def test_an_encounter_that_is_lost_counts_once_however_many_checks_see_it(self, day: Any) -> None:
        lost = Wrong("", "coding", "DELETE FROM event_log WHERE key = '{coded}'")
        async with put_wrong(day, lost) as urls:
            result = await audit(urls, vaults=VAULTS, settle_seconds=0)
        assert len([check for check in result.checks if check.accounts and check.violations]) > 1
        assert result.unaccounted == 1

    async def test_a_cent_that_is_off_is_counted_and_a_program_can_read_where(self, day: Any) -> None:
        off = "UPDATE remittances SET total = total + 0.01 WHERE id = (SELECT max(id::text)::uuid FROM remittances)"
        async with put_wrong(day, Wrong("", "payments", off)) as urls:
            said = json.loads(json.dumps((await audit(urls, vaults=VAULTS, settle_seconds=0)).as_json()))
        assert (said["violations"], said["unaccounted"], said["cents_off"]) == (1, 0, 1)
        [check] = [check for check in said["checks"] if check["violations"]]
        assert (check["id"], check["found"][0]["cents"]) == ("cheque-balances", 1)

    async def test_no_patient_is_named(self, day: Any) -> None:
        async with put_wrong(day, Wrong("", "coding", "DELETE FROM event_log")) as urls:
            said = json.dumps((await audit(urls, vaults=VAULTS, settle_seconds=0)).as_json())
        assert "one-claim" in said
        assert not any(secret in said for secret in ("Quill", "Maren", "1961", "Sample Row"))


class TestWhoMayAudit:
    async def test_a_role_that_sees_one_practice_only_is_refused_rather_than_believed(self, day: Any) -> None:
        own = day.server.url(day.names["claims"], "claims_app")
        with pytest.raises(StackError, match="does not see the rows of every practice"):
            await audit(day.urls | {"claims": own}, vaults=VAULTS, settle_seconds=0)

    async def test_nothing_can_be_changed_through_it(self, day: Any) -> None:
        async with snapshot(day.urls) as now:
            with pytest.raises(Exception, match="read-only transaction"):
                await now.connections["claims"].execute(text("DELETE FROM claims"))

    def test_without_a_stack_there_is_one_sentence(self, tmp_path: Path) -> None:
        answer = CliRunner().invoke(app, ["--home", str(tmp_path), "audit"])
        assert answer.exit_code == 1
        assert answer.stderr.replace("\n", " ").strip().endswith("`dermbill up` makes one.")
