"""A submitter's experience over SFTP, with a real process."""

import signal
from contextlib import asynccontextmanager

import asyncssh
import pytest

import x12

KEY, OTHER = asyncssh.generate_private_key("ssh-ed25519"), asyncssh.generate_private_key("ssh-ed25519")
SERVICE = ("99213", "200")


def line(key):
    return key.export_public_key().decode().strip()


@pytest.fixture
def simulation(own_simulation):
    """A simulator that listens for SFTP and knows two partners by their keys."""
    started = own_simulation(SIMULATOR_SFTP_PORT="0")
    started.begin()
    started.ask("PATCH", "/sftp", {"keys": {"DERMGROUP": line(KEY), "OTHERGROUP": line(OTHER)}})
    return started


@asynccontextmanager
async def session(simulation, user="DERMGROUP", key=KEY):
    door = simulation.ask("GET", "/sftp")
    pinned = [asyncssh.import_public_key(door["host_key"])]
    options = {"username": user, "client_keys": [key], "known_hosts": (pinned, [], []), "config": None}
    async with (
        asyncssh.connect("127.0.0.1", door["port"], agent_path=None, **options) as connection,
        connection.start_sftp_client() as sftp,
    ):
        yield sftp


async def put(sftp, name, content, temporary=".coming.part"):
    async with sftp.open(f"inbound/{temporary}", "wb") as file:
        await file.write(content)
    await sftp.rename(f"inbound/{temporary}", f"inbound/{name}")


async def listing(sftp, folder):
    return sorted(name for name in await sftp.listdir(folder) if name not in (".", ".."))


async def read(sftp, path):
    async with sftp.open(path, "rb") as file:
        return await file.read()


class TestComingIn:
    async def test_a_partner_is_known_by_its_key_alone(self, simulation):
        for user, key in (("DERMGROUP", OTHER), ("OTHERGROUP", KEY), ("NOBODY", KEY)):
            with pytest.raises(asyncssh.PermissionDenied):
                async with session(simulation, user, key):
                    pass
        async with session(simulation) as sftp:
            assert await listing(sftp, "/") == ["archive", "inbound", "outbound", "rejected"]

    async def test_the_host_key_is_the_same_after_a_restart_and_a_reset(self, simulation):
        before = simulation.ask("GET", "/sftp")["host_key"]
        simulation.stop(signal.SIGKILL)
        simulation.start()
        simulation.begin()
        after = simulation.ask("GET", "/sftp")
        assert after["host_key"] == before
        assert set(after["keys"]) == {"DERMGROUP", "OTHERGROUP"}


class TestSending:
    async def test_a_file_counts_from_the_moment_it_has_its_name(self, simulation, clinic):
        content = clinic.file(1, clinic.claim("C1", "MERIDIAN", SERVICE))
        async with session(simulation) as sftp:
            async with sftp.open("inbound/.coming.part", "wb") as file:
                await file.write(content)
            assert await listing(sftp, "inbound") == [".coming.part"]
            assert simulation.ask("GET", "/counts")["interchanges"] == {}
            await sftp.rename("inbound/.coming.part", "inbound/claims.x12")
            assert await listing(sftp, "inbound") == []
            (name,) = await listing(sftp, "outbound")
            (ack,) = x12.read_functional_acks(await read(sftp, f"outbound/{name}"))
            assert ack.value.code == "A"
        assert simulation.came_in("000000001")

    async def test_what_it_takes_can_be_left_to_be_seen(self, simulation, clinic):
        simulation.ask("PATCH", "/sftp", {"keeps_uploads": True})
        content = clinic.file(1, clinic.claim("C1", "MERIDIAN", SERVICE))
        async with session(simulation) as sftp:
            await put(sftp, "claims.x12", content)
            assert await read(sftp, "inbound/claims.x12") == content
            with pytest.raises(asyncssh.SFTPFailure):
                await put(sftp, "claims.x12", content)
        assert simulation.ask("GET", "/counts")["interchanges"] == {"taken": 1}

    async def test_what_is_no_x12_is_put_aside_and_another_partners_file_is_refused(self, simulation, clinic):
        content = clinic.file(1, clinic.claim("C1", "MERIDIAN", SERVICE))
        async with session(simulation) as sftp:
            await put(sftp, "letter.txt", b"Dear clearinghouse")
            assert await listing(sftp, "rejected") == ["letter.txt"]
        async with session(simulation, "OTHERGROUP", OTHER) as sftp:
            with pytest.raises(asyncssh.SFTPPermissionDenied):
                await put(sftp, "claims.x12", content)
        assert simulation.ask("GET", "/counts")["interchanges"] == {}

    async def test_a_connection_that_breaks_leaves_a_part_that_does_not_count(self, simulation, clinic):
        simulation.ask("POST", "/faults", [{"fault": "disconnect"}])
        content = clinic.file(1, clinic.claim("C1", "MERIDIAN", SERVICE))
        with pytest.raises(asyncssh.Error):
            async with session(simulation) as sftp:
                await put(sftp, "claims.x12", content)
        async with session(simulation) as sftp:
            part = await read(sftp, "inbound/.coming.part")
        assert 0 < len(part) < len(content)
        assert simulation.ask("GET", "/counts")["interchanges"] == {}


class TestPickingUp:
    async def test_it_is_the_same_file_as_over_http_and_each_partner_sees_its_own(self, simulation, clinic):
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", SERVICE)))
        simulation.pass_days(1)
        async with session(simulation) as sftp:
            found = [await read(sftp, f"outbound/{name}") for name in await listing(sftp, "outbound")]
        assert sorted(found) == sorted(simulation.files())
        async with session(simulation, "OTHERGROUP", OTHER) as sftp:
            assert await listing(sftp, "outbound") == []
            with pytest.raises(asyncssh.SFTPNoSuchFile):
                await read(sftp, "outbound/999-000000001.edi")

    async def test_what_is_removed_or_archived_is_gone_from_the_folder_and_stays_on_http(self, simulation, clinic):
        simulation.submit(clinic.file(1, clinic.claim("C1", "MERIDIAN", SERVICE)))
        simulation.pass_days(1)
        async with session(simulation) as sftp:
            first, second, third = await listing(sftp, "outbound")
            await sftp.remove(f"outbound/{first}")
            await sftp.rename(f"outbound/{second}", f"archive/{second}")
            assert await listing(sftp, "outbound") == [third]
            assert await listing(sftp, "archive") == [second]
            assert (await read(sftp, f"archive/{second}")).startswith(b"ISA")
        assert len(simulation.files()) == 3

    async def test_nobody_writes_into_what_is_to_be_picked_up_or_leaves_the_folders(self, simulation):
        async with session(simulation) as sftp:
            with pytest.raises(asyncssh.SFTPPermissionDenied):
                async with sftp.open("outbound/planted.edi", "wb") as file:
                    await file.write(b"ISA")
            for path in ("/etc/passwd", "../etc/passwd", "inbound/../../etc/passwd", "simulator.db"):
                with pytest.raises(asyncssh.SFTPNoSuchFile):
                    await read(sftp, path)
