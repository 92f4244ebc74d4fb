"""The embedded PostgreSQL, on real processes."""

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from common.embedded import EmbeddedPostgres, Signal, StackError, free_port
from common.embedded.ports import ensure_space


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "postgres", durable=False)
    server.start()
    yield server
    server.kill()


async def ask(server: EmbeddedPostgres, *statements: str) -> object:
    connection = await asyncpg.connect(server.url())
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


class TestStarting:
    async def test_it_is_postgres_18_and_refuses_a_wrong_password(self, postgres: EmbeddedPostgres) -> None:
        assert str(await ask(postgres, "show server_version")).startswith("18.")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(postgres.url(password="not-the-password"))

    async def test_what_was_written_is_there_after_stop_and_start(self, postgres: EmbeddedPostgres) -> None:
        await ask(postgres, "create table visits(id int)", "insert into visits values (7) returning id")
        postgres.stop()
        assert not postgres.alive
        postgres.start()
        assert await ask(postgres, "select id from visits") == 7

    async def test_a_sigkill_loses_nothing_committed_and_the_stale_lock_is_no_hindrance(
        self, postgres: EmbeddedPostgres
    ) -> None:
        await ask(postgres, "create table visits(id int)", "insert into visits values (9) returning id")
        postgres.kill()
        lock = postgres.cluster / "postmaster.pid"
        lines = lock.read_text().splitlines()
        # The worst case: the dead server's pid now belongs to somebody else.
        lock.write_text("\n".join([str(os.getpid()), *lines[1:], ""]))
        postgres.start()
        assert await ask(postgres, "select id from visits") == 9

    async def test_the_durable_choice_flushes_to_disk_and_the_other_does_not(
        self, postgres: EmbeddedPostgres, tmp_path: Path
    ) -> None:
        assert await ask(postgres, "show fsync") == "off"
        durable = EmbeddedPostgres(tmp_path / "durable")
        durable.start()
        try:
            assert await ask(durable, "show fsync") == "on"
            assert await ask(durable, "show synchronous_commit") == "on"
        finally:
            durable.stop()

    def test_only_its_owner_can_read_the_password(self, postgres: EmbeddedPostgres) -> None:
        assert (postgres.data_dir / "superuser-password").stat().st_mode & 0o777 == 0o600

    async def test_a_failed_statement_leaves_no_values_in_the_log(self, postgres: EmbeddedPostgres) -> None:
        with pytest.raises(asyncpg.UniqueViolationError):
            await ask(
                postgres,
                "create table members(id text primary key)",
                "insert into members values ('W123-SYNTHETIC')",
                "insert into members values ('W123-SYNTHETIC') returning id",
            )
        assert "duplicate key" in postgres.log.read_text()
        assert "W123-SYNTHETIC" not in postgres.log.read_text()


class TestRefusing:
    def test_a_port_in_use_is_said_in_one_sentence(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", free_port())) as taken:
            port = taken.getsockname()[1]
            server = EmbeddedPostgres(tmp_path / "postgres", port=port, durable=False)
            with pytest.raises(StackError) as refusal:
                server.start()
        assert str(refusal.value) == (f"Port {port} on 127.0.0.1, wanted by PostgreSQL, is in use by another program.")
        assert not server.alive

    def test_a_server_that_dies_at_the_start_shows_the_end_of_its_log(self, tmp_path: Path) -> None:
        server = EmbeddedPostgres(tmp_path / "postgres", durable=False)
        server.start()
        server.stop()
        (server.cluster / "global" / "pg_control").write_bytes(b"")
        with pytest.raises(StackError, match=r"^PostgreSQL ended unexpectedly \(.+\)\.$") as refusal:
            server.start()
        assert any("pg_control" in line for line in refusal.value.last_lines)

    def test_a_second_server_on_the_same_data_is_refused(self, postgres: EmbeddedPostgres) -> None:
        second = EmbeddedPostgres(postgres.data_dir, durable=False)
        with pytest.raises(StackError, match="Another PostgreSQL"):
            second.spawn(lock_patience=0.2)
        assert postgres.alive

    def test_a_full_disk_is_said_in_one_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(StackError, match=r"^The disk of .* is full: \d+ MB are left and \d+ MB are needed\.$"):
            ensure_space(tmp_path, needed=2**62)


class TestDying:
    async def test_a_dead_server_is_noticed(self, postgres: EmbeddedPostgres) -> None:
        assert postgres.child is not None
        postgres.child.send(Signal.SIGKILL)
        await asyncio.to_thread(postgres.child.wait, 5)
        assert not postgres.alive
        with pytest.raises(StackError, match="signal SIGKILL"):
            postgres.child.require_alive()
