"""Which machines a wire reaches, asked at every call; and how the practice proves to a partner who it is."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from common.ids import new_id
from common.testing.running import Running
from edi.main import SERVICE

PASSWORD = "synthetic-password-7431"
HOST = "edi.partner.example"


class Sink:
    """A machine that nobody should talk to: it counts who connects."""

    def __init__(self) -> None:
        self.connections = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def sink() -> Generator[Sink, None, None]:
    opened = Sink()
    yield opened
    opened.close()


@pytest.fixture
async def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The answers of the resolver to come, by host: the next one each time, the last for ever."""
    answers: dict[str, list[str]] = {}
    loop = asyncio.get_running_loop()
    real = loop.getaddrinfo

    async def resolve(host: str, port: int, **options: Any) -> Any:
        if host not in answers:
            return await real(host, port, **options)
        found = answers[host].pop(0) if len(answers[host]) > 1 else answers[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found.split()]

    monkeypatch.setattr(loop, "getaddrinfo", resolve)
    return answers


RunService = Callable[..., Awaitable[Running]]


async def registered(service: Running, facts: dict[str, Any]) -> str:
    async with service.client("edi:read", "edi:write") as http:
        answer = await http.post("/partners", json=facts, headers={"Idempotency-Key": str(new_id())})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]


async def last_error(service: Running, partner_id: str) -> str | None:
    await service.run_timers()
    async with service.client("edi:read") as http:
        return (await http.get(f"/partners/{partner_id}/mailbox")).json()["last_error"]


class TestAMachine:
    @pytest.mark.parametrize(
        "found",
        [
            "127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1",  # noqa: S104
            "93.184.216.34 127.0.0.1",
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("on", ["http", "sftp"], indirect=True)
    async def test_that_a_name_leads_to_is_not_connected_to_when_it_is_private(
        self, run_service: RunService, partner_facts: dict[str, Any], secrets_folder: Path, sink: Sink,
        names: dict[str, list[str]], on: str, found: str,
    ) -> None:  # fmt: skip
        names[HOST] = [found]
        service = await run_service(SERVICE, edi_allowed_hosts=HOST, edi_secrets_folder=secrets_folder)
        scheme = {"http": "https", "sftp": "sftp"}[on]
        partner_id = await registered(service, partner_facts | {"base_url": f"{scheme}://{HOST}:{sink.port}"})
        assert await last_error(service, partner_id) == "partner-machine-not-allowed"
        assert sink.connections == 0

    async def test_that_is_private_is_connected_to_when_its_network_is_listed(
        self, run_service: RunService, partner_facts: dict[str, Any], sink: Sink, names: dict[str, list[str]]
    ) -> None:
        names[HOST] = ["127.0.0.1"]
        service = await run_service(SERVICE, edi_allowed_hosts=HOST, edi_allowed_networks="127.0.0.0/8, 10.9.0.0/16")
        partner_id = await registered(service, partner_facts | {"base_url": f"https://{HOST}:{sink.port}"})
        assert await last_error(service, partner_id) in ("unreachable", "broken-connection")
        assert sink.connections > 0

    async def test_is_looked_up_once_for_a_call_so_that_the_name_cannot_lead_elsewhere_meanwhile(
        self, run_service: RunService, partner_facts: dict[str, Any], sink: Sink, names: dict[str, list[str]]
    ) -> None:
        # The second answer, which a client that resolves the name again would get, is our own machine.
        names[HOST] = ["192.0.2.1", "127.0.0.1"]
        service = await run_service(SERVICE, edi_allowed_hosts=HOST, edi_allowed_networks="192.0.2.0/24")
        partner_id = await registered(service, partner_facts | {"base_url": f"https://{HOST}:{sink.port}"})
        assert await last_error(service, partner_id) is not None
        assert sink.connections == 0

    async def test_of_a_host_that_is_no_longer_allowed_is_left_alone(
        self, run_service: RunService, partner_facts: dict[str, Any], house: Any
    ) -> None:
        service = await run_service(SERVICE, edi_allowed_hosts="127.0.0.1")
        partner_id = await registered(service, partner_facts)
        assert await last_error(service, partner_id) is None
        asked = len(house.asked)
        stricter = service.runtime.settings.model_copy(update={"edi_allowed_hosts": "elsewhere.example"})
        object.__setattr__(service.runtime.workplace, "settings", stricter)
        await service.query(text("UPDATE timers SET due_at = now() RETURNING key"))
        assert await last_error(service, partner_id) == "partner-host-not-allowed"
        assert len(house.asked) == asked

    async def test_that_redirects_is_not_followed(
        self, run_service: RunService, partner_facts: dict[str, Any], sink: Sink
    ) -> None:
        elsewhere = f"http://127.0.0.1:{sink.port}/"
        server = await asyncio.start_server(
            lambda _, writer: _answer(writer, f"HTTP/1.1 302 Found\r\nLocation: {elsewhere}\r\n\r\n"), "127.0.0.1", 0
        )
        port = server.sockets[0].getsockname()[1]
        service = await run_service(SERVICE, edi_allowed_hosts="127.0.0.1")
        partner_id = await registered(service, partner_facts | {"base_url": f"http://127.0.0.1:{port}"})
        assert await last_error(service, partner_id) == "redirect"
        assert sink.connections == 0
        server.close()

    async def test_a_name_that_does_not_resolve_is_tried_again_later(
        self, run_service: RunService, partner_facts: dict[str, Any]
    ) -> None:
        service = await run_service(SERVICE, edi_allowed_hosts="nowhere.invalid")
        partner_id = await registered(service, partner_facts | {"base_url": "https://nowhere.invalid"})
        assert await last_error(service, partner_id) == "unresolved"


async def _answer(writer: asyncio.StreamWriter, text: str) -> None:
    writer.write(text.encode())
    await writer.drain()
    writer.close()


ACCESS = {
    "basic": {"kind": "basic", "user": "DERMGROUP", "secret": "clearinghouse"},
    "bearer": {"kind": "bearer", "secret": "clearinghouse"},
    "client_credentials": {"kind": "client_credentials", "user": "DERMGROUP", "secret": "clearinghouse"},
}


class TestProvingWhoWeAre:
    @pytest.mark.parametrize("kind", ACCESS)
    async def test_by_a_secret_that_is_in_a_file_and_nowhere_else(
        self, run_service: RunService, partner_facts: dict[str, Any], start_clearinghouse: Callable[..., Any],
        tmp_path: Path, kind: str,
    ) -> None:  # fmt: skip
        house = start_clearinghouse(SIMULATOR_SUBMITTERS=f"DERMGROUP:{PASSWORD}")
        (tmp_path / "clearinghouse").write_text("not-yet-the-right-one")
        service = await run_service(SERVICE, edi_allowed_hosts="127.0.0.1", edi_secrets_folder=tmp_path)
        access = ACCESS[kind] | ({"token_url": f"{house.url}/token"} if kind == "client_credentials" else {})
        partner_id = await registered(service, partner_facts | {"base_url": house.url, "access": access})
        assert await last_error(service, partner_id) == "status-401"

        (tmp_path / "clearinghouse").write_text(PASSWORD + "\n")
        await service.query(text("UPDATE timers SET due_at = now() RETURNING key"))
        assert await last_error(service, partner_id) is None
        rows = await service.query(text("SELECT row_to_json(partners)::text AS told FROM partners"))
        assert all(PASSWORD not in row["told"] for row in rows)
        async with service.client("edi:read") as http:
            assert PASSWORD not in (await http.get(f"/partners/{partner_id}")).text

    @pytest.mark.parametrize(
        ("access", "code"),
        [
            ({"kind": "basic", "user": "U", "secret": "absent"}, "partner-secret-missing"),
            ({"kind": "basic", "secret": "absent"}, "partner-access-incomplete"),
            ({"kind": "bearer"}, "partner-access-incomplete"),
            ({"kind": "bearer", "secret": "../../etc/passwd"}, "partner-access-incomplete"),
            ({"kind": "bearer", "secret": "/etc/passwd"}, "partner-access-incomplete"),
            ({"kind": "bearer", "secret": "..", }, "partner-access-incomplete"),
            ({"kind": "key", "user": "U", "secret": "absent"}, "partner-access-incomplete"),
            (
                {"kind": "client_credentials", "user": "U", "secret": "absent", "token_url": "http://169.254.169.254/"},
                "partner-address-not-safe",
            ),
            (
                {"kind": "client_credentials", "user": "U", "secret": "absent", "token_url": "https://evil.example/"},
                "partner-host-not-allowed",
            ),
        ],
    )  # fmt: skip
    async def test_with_something_missing_is_refused_before_a_claim_is_due(
        self, wire: Any, partner_facts: dict[str, Any], access: dict[str, str], code: str
    ) -> None:
        facts = partner_facts | {"sender_id": "DERMTWO", "payers": [], "access": access}
        answer = await wire.http.post("/partners", json=facts, headers={"Idempotency-Key": str(new_id())})
        assert (answer.status_code, answer.json()["code"]) == (422, code)
