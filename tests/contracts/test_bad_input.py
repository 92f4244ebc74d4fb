"""Whatever is sent to a route, it answers: never a server error, always a problem that says what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from services_under_test import SERVICES

from common.ids import new_id
from common.service import Service
from common.testing.databases import ServiceDatabase
from common.testing.issuer import TestIssuer
from common.testing.serving import served

Give = Callable[[Service], Awaitable[ServiceDatabase]]
EXAMPLES = 12


@schemathesis.serializer("application/edi-x12", "application/hl7-v2")
def as_bytes(ctx: Any, value: Any) -> bytes:
    """An interchange or a message is sent as the bytes that were generated."""
    return value if isinstance(value, bytes) else str(value).encode()


AREAS = (
    "patients",
    "encounters",
    "claims",
    "edi",
    "payments",
    "denials",
    "credentialing",
    "eligibility",
    "authorizations",
    "operations",
    "tills",
)
# Every scope there is, so that nothing stops at the door.
SCOPES = [f"{area}:{act}" for area in AREAS for act in ("read", "write")]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
@pytest.mark.timeout(300)
async def test_generated_requests_meet_no_server_error(
    service: Service, service_database: Give, issuer: TestIssuer
) -> None:
    database = await service_database(service)
    with served(service, database, issuer) as url:
        await asyncio.to_thread(try_every_operation, url, issuer)


def try_every_operation(url: str, issuer: TestIssuer) -> None:
    headers = {"Authorization": f"Bearer {issuer.token(SCOPES, [new_id()])}"}
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    tried = [try_operation(result.ok(), url, headers) for result in schema.get_all_operations()]
    assert tried, "the service has no operation to try"


def try_operation(operation: Any, url: str, headers: dict[str, str]) -> None:
    where = f"{operation.method.upper()} {operation.path}"

    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def answers(case: Any) -> None:
        answer = case.call(base_url=url, headers=headers)
        assert answer.status_code < 500, f"{where}: {answer.status_code} {answer.text}"
        if "application/hl7-v2" in answer.headers.get("content-type", ""):
            # An acknowledgement; of a refusal it has an ERR for each fault.
            assert ("\rERR|" in answer.text) == (answer.status_code >= 400), where
        elif answer.status_code >= 400:
            problem = answer.json()
            assert (problem["status"], bool(problem["code"]), bool(problem["detail"])) == (
                answer.status_code,
                True,
                True,
            ), where

    answers()
