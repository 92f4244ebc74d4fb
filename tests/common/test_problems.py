"""Every "no" is a problem with a code; nothing that was sent or that broke is ever told back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, Body, FastAPI, HTTPException, Request
from pydantic import BaseModel, field_validator
from sqlalchemy.exc import DBAPIError, OperationalError
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from common import problems
from common.auth import TokenExpired
from common.http import RemoteRefusal, RemoteUnavailable
from common.pagination import Cursor, Limit
from common.problems import BodyGate, BodyRule
from common.refusal import NotFound, Refusal

SECRET = "Jane Smith 1970-01-01"


class MissingAuthorization(Refusal):
    code = "missing-authorization"
    sentence = "Payer {payer} needs prior authorization for {cpt}; none is on file."
    mend = "Record the authorization for {cpt}."


class LineIn(BaseModel):
    cpt: str
    units: int


class ClaimIn(BaseModel):
    patient_id: UUID
    lines: list[LineIn]

    @field_validator("lines")
    @classmethod
    def some(cls, lines: list[LineIn]) -> list[LineIn]:
        if not lines:
            raise ValueError(f"{SECRET} has no lines")
        return lines


class Driver(Exception):
    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


FAULTS: dict[str, Exception] = {
    "refusal": MissingAuthorization(payer="P1", cpt="11102"),
    "absent": NotFound(kind="claim", id=UUID(int=1)),
    "expired": TokenExpired(),
    "bug": RuntimeError(SECRET),
    "key": KeyError(SECRET),
    "lost": OperationalError("SELECT 1", {"name": SECRET}, Driver("57P01")),
    "gone": ConnectionRefusedError(SECRET),
    "late": TimeoutError(SECRET),
    "far": RemoteUnavailable("patients", "timeout"),
    "refused": RemoteRefusal(403, "practice-foreign", "patients"),
    "nul": DBAPIError("INSERT", {"name": SECRET}, Driver("22021")),  # type: ignore[arg-type]
    "teapot": HTTPException(418, SECRET),
}


def application() -> FastAPI:
    app = FastAPI()
    router = APIRouter(prefix="/claims")

    @router.get("/fault/{name}")
    async def fault(name: str) -> None:
        raise FAULTS[name]

    @router.post("")
    async def create(claim: ClaimIn) -> int:
        return len(claim.lines)

    @router.get("")
    async def search(limit: Limit = 50, cursor: Cursor | None = None) -> str:
        return f"{limit} {cursor and cursor.id}"

    @router.post("/content/{id}")
    async def content(id: int, request: Request) -> int:
        return len(await request.body())

    @router.post("/note")
    async def note(text: Annotated[str, Body(max_length=3)]) -> str:
        return text

    app.include_router(router)
    x12 = BodyRule(limit=5000, media_types=("application/edi-x12",))
    problems.install(app, limit=2000, bodies={"/claims/content/{id}": x12})
    return app


@pytest.fixture(scope="module")
def app() -> FastAPI:
    return application()


@pytest.fixture
async def client(app: FastAPI) -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://claims.test") as made:
        yield made


def problem_in(answer: httpx.Response) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"https://dermbill.org/problems/{body['code']}"
    assert body["status"] == answer.status_code
    assert body["title"]
    assert body["detail"]
    assert "Smith" not in answer.text
    return body


class TestARefusal:
    async def test_is_told_in_its_own_words(self, client: httpx.AsyncClient) -> None:
        assert problem_in(await client.get("/claims/fault/refusal")) == {
            "type": "https://dermbill.org/problems/missing-authorization",
            "title": "Missing authorization",
            "status": 409,
            "detail": "Payer P1 needs prior authorization for 11102; none is on file.",
            "code": "missing-authorization",
            "mend": "Record the authorization for 11102.",
            "errors": [],
        }

    async def test_of_a_token_says_so_in_its_header(self, client: httpx.AsyncClient) -> None:
        answer = await client.get("/claims/fault/expired")
        assert problem_in(answer)["code"] == "token-expired"
        assert answer.headers["www-authenticate"].startswith("Bearer ")


class TestAFault:
    @pytest.mark.parametrize("name", ["bug", "key"])
    async def test_nobody_foresaw_has_an_instance_that_the_log_has_too(
        self, client: httpx.AsyncClient, name: str, log_lines: Callable[[], list[dict[str, Any]]]
    ) -> None:
        body = problem_in(await client.get(f"/claims/fault/{name}"))
        assert (body["status"], body["code"]) == (500, "internal")
        (line,) = log_lines()
        assert f"urn:uuid:{line['instance']}" == body["instance"]
        assert line["exception"]["type"] == f"builtins.{type(FAULTS[name]).__name__}"
        assert "Smith" not in json.dumps(line)

    @pytest.mark.parametrize("name", ["lost", "gone", "late", "far"])
    async def test_that_waiting_may_mend_is_a_503_that_says_when_to_ask_again(
        self, client: httpx.AsyncClient, name: str
    ) -> None:
        answer = await client.get(f"/claims/fault/{name}")
        assert problem_in(answer)["code"] == "unavailable"
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")

    async def test_of_another_service_is_not_passed_on_as_if_it_were_the_clients(
        self, client: httpx.AsyncClient
    ) -> None:
        assert problem_in(await client.get("/claims/fault/refused"))["status"] == 502

    async def test_of_a_text_that_no_column_holds_is_the_clients(self, client: httpx.AsyncClient) -> None:
        assert problem_in(await client.get("/claims/fault/nul"))["code"] == "unstorable-value"


class TestTheFrameworksOwn:
    async def test_answers_are_problems_too(self, client: httpx.AsyncClient) -> None:
        assert problem_in(await client.get("/nothing"))["code"] == "not-found"
        wrong_method = await client.delete("/claims")
        assert problem_in(wrong_method)["code"] == "method-not-allowed"
        assert wrong_method.headers["allow"]
        assert problem_in(await client.get("/claims/fault/teapot"))["code"] == "http-418"


class TestARequestThatIsWrong:
    async def test_is_told_field_by_field_without_what_was_sent(self, client: httpx.AsyncClient) -> None:
        claim = {"patient_id": SECRET, "lines": [{"cpt": "11102", "units": SECRET}, {"units": 1}]}
        body = problem_in(await client.post("/claims", json=claim))
        assert (body["status"], body["code"]) == (422, "invalid-request")
        assert body["errors"] == [
            {"where": "body.patient_id", "what": "Not a valid UUID"},
            {
                "where": "body.lines.0.units",
                "what": "Input should be a valid integer, unable to parse string as an integer",
            },
            {"where": "body.lines.1.cpt", "what": "Field required"},
        ]

    async def test_does_not_hear_what_a_validator_of_ours_said(self, client: httpx.AsyncClient) -> None:
        body = problem_in(await client.post("/claims", json={"patient_id": str(UUID(int=1)), "lines": []}))
        assert body["errors"] == [{"where": "body.lines", "what": "Not a valid value"}]

    @pytest.mark.parametrize("sent", [b'{"patient_id": "Jane Smith', b"\xff\xfe", b"[" * 1999, b"", b"null", b"NaN"])
    async def test_is_told_when_it_is_not_even_json(self, client: httpx.AsyncClient, sent: bytes) -> None:
        answer = await client.post("/claims", content=sent, headers={"content-type": "application/json"})
        assert problem_in(answer)["status"] in {400, 422}

    async def test_hears_of_fifty_faults_at_most(self, client: httpx.AsyncClient) -> None:
        lines: list[Any] = [{}] * 100
        body = problem_in(await client.post("/claims", json={"patient_id": str(UUID(int=1)), "lines": lines}))
        assert len(body["errors"]) == 50

    @pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=Smith", "cursor=" + "A" * 21 + "B"])
    async def test_for_a_page_is_told_which_part_was_wrong(self, client: httpx.AsyncClient, query: str) -> None:
        body = problem_in(await client.get(f"/claims?{query}"))
        assert (body["status"], body["errors"][0]["where"]) == (422, f"query.{query.split('=')[0]}")


class TestABody:
    async def test_that_says_it_is_too_large_is_not_read(self, client: httpx.AsyncClient) -> None:
        answer = await client.post("/claims", content=b" " * 2001, headers={"content-type": "application/json"})
        assert problem_in(answer)["code"] == "body-too-large"

    async def test_that_does_not_say_so_is_stopped_while_it_streams(self, client: httpx.AsyncClient) -> None:
        sent = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal sent
            for _ in range(1000):
                sent += 100
                yield b" " * 100

        answer = await client.post("/claims", content=endless(), headers={"content-type": "application/json"})
        assert problem_in(answer)["status"] == 413
        assert sent <= 2200

    async def test_may_be_larger_where_the_route_says_so(self, client: httpx.AsyncClient) -> None:
        x12 = {"content-type": "application/edi-x12"}
        assert (await client.post("/claims/content/1", content=b"x" * 5000, headers=x12)).json() == 5000
        assert (await client.post("/claims/content/1", content=b"x" * 5001, headers=x12)).status_code == 413

    @pytest.mark.parametrize("media_type", ["", "text/plain", "application/xml", "application/jsonp", "x" * 500])
    async def test_of_another_kind_is_a_415_that_names_the_right_one(
        self, client: httpx.AsyncClient, media_type: str
    ) -> None:
        answer = await client.post("/claims", content=b"{}", headers={"content-type": media_type})
        assert problem_in(answer)["status"] == 415
        assert "application/json" in answer.headers["accept-post"]
        at_content = await client.post("/claims/content/1", json={})
        assert (at_content.status_code, at_content.headers["accept-post"]) == (415, "application/edi-x12")

    @pytest.mark.parametrize(
        "media_type", ["application/json; charset=utf-8", "application/fhir+json", "APPLICATION/JSON"]
    )
    async def test_of_json_by_any_of_its_names_is_read(self, client: httpx.AsyncClient, media_type: str) -> None:
        claim = json.dumps({"patient_id": str(UUID(int=1)), "lines": [{"cpt": "11102", "units": 1}]})
        assert (await client.post("/claims", content=claim, headers={"content-type": media_type})).json() == 1

    async def test_over_a_real_socket_ends_with_an_answer(self, serve: Any, app: FastAPI) -> None:
        url = await serve(app)
        host, port = url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        head = (
            "POST /claims HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        writer.write(head.encode())
        for _ in range(30):
            writer.write(b"64\r\n" + b" " * 100 + b"\r\n")
        await writer.drain()
        assert (await asyncio.wait_for(reader.readline(), 5)).startswith(b"HTTP/1.1 413")
        writer.close()

    async def test_is_also_bounded_for_an_app_that_is_not_fastapi(self) -> None:
        async def greedy(scope: Scope, receive: Receive, send: Send) -> None:
            await Response(str(len(await Request(scope, receive).body())))(scope, receive, send)

        gate = problems.Faults(BodyGate(greedy, default=BodyRule(limit=10)))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(gate), base_url="http://x") as client:

            async def chunks() -> AsyncIterator[bytes]:
                yield b"123456"
                yield b"789012"

            answer = await client.post("/", content=chunks(), headers={"content-type": "application/json"})
        assert answer.status_code == 413
