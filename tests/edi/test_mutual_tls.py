"""A partner that lets in only who shows a certificate it trusts, and that is known by an authority of its own."""

from __future__ import annotations

import shutil
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from pathlib import Path
from typing import Any

import httpx
import pytest

from common.ids import new_id
from common.testing.running import Running
from edi.main import SERVICE

from .certificates import Authority, authority
from .conftest import Clearinghouse

PARTNERS, OUR_KEY, STRANGER = "their-authority.pem", "our-key.pem", "stranger.pem"


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return authority(tmp_path_factory.mktemp("authority"), "clearinghouse-authority")


@pytest.fixture(scope="module")
def vault(theirs: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The secrets of the installation: what the partner gave us, and what somebody else would have."""
    folder = tmp_path_factory.mktemp("secrets")
    shutil.copy(theirs.path, folder / PARTNERS)
    certificate, key = theirs.vouch("dermgroup")
    shutil.copy(certificate, folder / "our-certificate.pem")
    shutil.copy(key, folder / OUR_KEY)
    other = authority(folder, "another-authority")
    other.vouch("stranger")
    return folder


@pytest.fixture(scope="module")
def walled(theirs: Authority, tmp_path_factory: pytest.TempPathFactory) -> Generator[Clearinghouse, None, None]:
    """The clearinghouse over TLS, which asks everybody for a certificate."""
    certificate, key = theirs.vouch("clearinghouse", server=True)
    tester = theirs.vouch("tester")
    trusted = ssl.create_default_context(cafile=str(theirs.path))
    trusted.load_cert_chain(*tester)
    house = Clearinghouse(
        tmp_path_factory.mktemp("walled"),
        tls=trusted,
        SIMULATOR_TLS_CERTIFICATE=str(certificate),
        SIMULATOR_TLS_KEY=str(key),
        SIMULATOR_TLS_CLIENT_AUTHORITY=str(theirs.path),
    )
    house.begin()
    yield house
    house.stop()


def access(**changes: str) -> dict[str, str]:
    return {
        "kind": "none", "certificate": "our-certificate.pem", "certificate_key": OUR_KEY, "authority": PARTNERS,
    } | changes  # fmt: skip


@pytest.fixture
def facts(walled: Clearinghouse) -> dict[str, Any]:
    return {
        "name": "Clearinghouse", "base_url": walled.url, "sender_qualifier": "ZZ", "sender_id": "DERMGROUP",
        "receiver_qualifier": "ZZ", "receiver_id": "CLEARINGHOUSE", "usage": "T", "payers": ["*"],
        "poll_seconds": 3600,
    }  # fmt: skip


@pytest.fixture
async def service(run_service: Callable[..., Awaitable[Running]], vault: Path) -> Running:
    return await run_service(SERVICE, edi_allowed_hosts="127.0.0.1", edi_secrets_folder=vault)


@pytest.fixture
async def http(service: Running) -> AsyncGenerator[httpx.AsyncClient, None]:
    async with service.client("edi:read", "edi:write") as client:
        yield client


async def register(http: httpx.AsyncClient, facts: dict[str, Any]) -> httpx.Response:
    return await http.post("/partners", json=facts, headers={"Idempotency-Key": str(new_id())})


async def test_files_go_and_come_between_two_who_have_shown_their_certificates(
    service: Running,
    http: httpx.AsyncClient,
    walled: Clearinghouse,
    facts: dict[str, Any],
    advice: Callable[..., bytes],
) -> None:
    assert walled.url.startswith("https:")
    registered = await register(http, facts | {"access": access()})
    assert registered.status_code == 201, registered.text
    walled.put(advice(905))
    request = {
        "reference": str(new_id()), "kind": "837P", "payer_id": "PAYERA",
        "bodies": ["BHT*0019*00*1*20260302*1200*CH~HL*1**20*1~"],
    }  # fmt: skip
    taken = await http.post("/transmissions", json=request, headers={"Idempotency-Key": str(new_id())})
    await service.run_timers()
    told = (await http.get(f"/transmissions/{taken.json()['transmission_id']}")).json()
    assert told["status"] == "sent"
    assert told["interchange_control"] in walled.controls
    assert [file["status"] for file in (await http.get("/files")).json()["items"]] == ["processed"]


@pytest.mark.parametrize(
    ("shown", "error"),
    [
        pytest.param({"certificate": "", "certificate_key": ""}, "broken-connection", id="no certificate"),
        pytest.param(
            {"certificate": STRANGER, "certificate_key": "stranger-key.pem"}, "broken-connection",
            id="one that nobody there vouches for",
        ),
        pytest.param({"authority": "another-authority.pem"}, "unreachable", id="another authority than theirs"),
        pytest.param({"authority": ""}, "unreachable", id="no authority but the public ones"),
    ],
)  # fmt: skip
async def test_whoever_is_not_vouched_for_gets_nothing(
    service: Running, http: httpx.AsyncClient, facts: dict[str, Any], shown: dict[str, str], error: str
) -> None:
    partner = (await register(http, facts | {"access": access(**shown)})).json()["id"]
    await service.run_timers()
    assert (await http.get(f"/partners/{partner}/mailbox")).json()["last_error"] == error


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"access": access(certificate_key="")}, "partner-access-incomplete"),
        ({"access": access(certificate="../our-certificate.pem")}, "partner-access-incomplete"),
        ({"access": access(certificate="missing.pem")}, "partner-secret-missing"),
        ({"base_url": "http://127.0.0.1:9", "access": access()}, "partner-access-incomplete"),
    ],
)
async def test_what_cannot_be_shown_is_refused_when_the_partner_is_registered(
    http: httpx.AsyncClient, facts: dict[str, Any], changes: dict[str, Any], code: str
) -> None:
    answer = await register(http, facts | changes)
    assert answer.json()["code"] == code


async def test_a_file_that_holds_no_certificate_stops_the_wire_with_its_name(
    service: Running, http: httpx.AsyncClient, facts: dict[str, Any]
) -> None:
    partner = (await register(http, facts | {"access": access(certificate_key=PARTNERS)})).json()["id"]
    await service.run_timers()
    assert (await http.get(f"/partners/{partner}/mailbox")).json()["last_error"] == "partner-secret-missing"
