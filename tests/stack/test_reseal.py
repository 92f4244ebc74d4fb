"""`dermbill reseal`: a new key in front, everything sealed again by it, the old one dropped."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import Result
from test_resealing import registered
from typer.testing import CliRunner

from common import migrations
from common.testing.databases import PASSWORD, Server, create_empty
from common.testing.issuer import TestIssuer
from common.testing.running import run
from common.vault import CannotOpen, Vault
from patients.main import SERVICE
from stack.cli import app
from stack.databases import secret_names
from stack.environment import phi_keys, phi_secrets
from stack.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace in which patients was started once, with the passwords of the test's server."""
    (tmp_path / "secrets.json").write_text(json.dumps(dict.fromkeys(secret_names("patients"), PASSWORD)))
    made = Workspace(tmp_path)
    made.secrets(phi_secrets("patients"))
    return made


async def dermbill(workspace: Workspace, *words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, ["--home", str(workspace.home), *words])


def keys_of(workspace: Workspace) -> tuple[str, str]:
    return phi_keys("patients", workspace.secrets(()))


class TestResealing:
    async def test_turns_a_stack_to_a_new_key(
        self,
        workspace: Workspace,
        postgres: Server,
        issuer: TestIssuer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        database = await create_empty(postgres, "patients", "patients")
        await migrations.upgrade("patients", SERVICE.migrations, database.owner_url)
        monkeypatch.setenv("DATABASE_URL", postgres.admin_url)
        old, index_key = keys_of(workspace)
        async with run(SERVICE, database, issuer, phi_keys=old, phi_index_key=index_key) as before:
            practice_id, patient_id = before.practice_id, await registered(before, "MRN-1")

        assert (await dermbill(workspace, "reseal", "--new-key")).exit_code == 0
        both, _ = keys_of(workspace)
        assert both.endswith(f",{old}")
        done = await dermbill(workspace, "reseal", "--drop-old-keys")
        assert done.exit_code == 0, done.output
        assert "4 values sealed again" in done.output

        new, same = keys_of(workspace)
        assert (both, same) == (f"{new},{old}", index_key)
        after = run(SERVICE, database, issuer, practice_id=practice_id, phi_keys=new, phi_index_key=index_key)
        async with after as running, running.client("patients:read") as http:
            assert (await http.get(f"/patients/{patient_id}")).json()["name"]["family"] == "Quill"

    async def test_keeps_the_old_key_while_something_needs_it(
        self, workspace: Workspace, postgres: Server, issuer: TestIssuer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        database = await create_empty(postgres, "patients", "patients")
        await migrations.upgrade("patients", SERVICE.migrations, database.owner_url)
        monkeypatch.setenv("DATABASE_URL", postgres.admin_url)
        stranger = Workspace(workspace.home / "elsewhere").secrets(phi_secrets("patients"))
        lost, index_key = phi_keys("patients", stranger)
        async with run(SERVICE, database, issuer, phi_keys=lost, phi_index_key=index_key) as before:
            await registered(before, "MRN-1")
        await dermbill(workspace, "reseal", "--new-key")
        both = keys_of(workspace)
        refused = await dermbill(workspace, "reseal", "--drop-old-keys")
        assert refused.exit_code == 1
        assert keys_of(workspace) == both

    async def test_says_in_a_sentence_that_nothing_was_started(self, tmp_path: Path) -> None:
        refused = await dermbill(Workspace(tmp_path), "reseal")
        assert refused.exit_code == 1

    async def test_a_new_key_seals_and_the_old_one_opens_still(self, workspace: Workspace) -> None:
        before = Vault.of(*keys_of(workspace))
        sealed = before.seal(b"Quill", "here")
        await dermbill(workspace, "reseal", "--new-key")
        after = Vault.of(*keys_of(workspace))
        assert after.open(sealed, "here") == b"Quill"
        with pytest.raises(CannotOpen):
            before.open(after.seal(b"Quill", "here"), "here")
