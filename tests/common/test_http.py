"""Calls to other systems end in time, repeat only what is safe, and never make a bad hour worse."""

from __future__ import annotations

import asyncio
import gzip
import socket
import time
from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from common import tracing
from common.auth import TokenSource
from common.http import Answer, Outside, RemoteRefusal, RemoteUnavailable, ServiceClient
from common.patience import Breaker, RetryBudget

PRACTICE = UUID(int=7)


class FarSide:
    """A real server that answers what a test puts into `answers`, the last one again and again."""

    def __init__(self) -> None:
        self.answers: list[Any] = [JSONResponse({"ok": True})]
        self.asked: list[Request] = []
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        self.asked.append(request)
        self.bodies.append(await request.body())
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer) and not isinstance(answer, Response):
            answer = await answer()
        await answer(scope, receive, send)


class LittleIssuer:
    """A real issuer that numbers the tokens it gives."""

    def __init__(self) -> None:
        self.url, self.given = "", 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        answer: dict[str, Any] = {"issuer": self.url, "token_endpoint": f"{self.url}/token"}
        if scope["path"] == "/token":
            self.given += 1
            answer = {"access_token": f"token-{self.given}", "expires_in": 3600}
        await JSONResponse(answer)(scope, receive, send)


@pytest.fixture
def far() -> FarSide:
    return FarSide()


@pytest.fixture
async def outside(serve: Any, far: FarSide) -> AsyncGenerator[Outside]:
    client = Outside(await serve(far), name="clearinghouse", timeout=3.0)
    yield client
    await client.close()


def problem(status: int, code: str) -> JSONResponse:
    return JSONResponse({"code": code, "detail": "Jane Smith"}, status)


class TestARefusalInAnotherForm:
    async def test_is_read_in_the_form_that_the_far_side_has_it_in(self, serve: Any, far: FarSide) -> None:
        client = Outside(await serve(far), name="partner", refusal_code=lambda body: body["ErrorCode"].lower())
        for told, code in (
            ({"ErrorCode": "Illegal"}, "illegal"),
            ({"ErrorCode": "Jane Smith"}, "unknown"),
            ([], "unknown"),
        ):
            far.answers = [JSONResponse(told, 400)]
            with pytest.raises(RemoteRefusal) as refused:
                await client.get_json("/results")
            assert (refused.value.status, refused.value.code) == (400, code)
        await client.close()


class TestACall:
    async def test_gives_the_answer(self, outside: Outside, far: FarSide) -> None:
        assert await outside.get_json("/mailbox", params={"after": "7"}) == {"ok": True}
        assert far.asked[0].url.query == "after=7"
        assert await outside.post_json("/rules", {"id": PRACTICE}) == {"ok": True}
        assert far.bodies[1] == b'{"id":"00000000-0000-0000-0000-000000000007"}'
        far.answers = [Response(status_code=204)]
        assert await outside.post_json("/rules", {}) is None

    async def test_sends_bytes_as_they_are(self, outside: Outside, far: FarSide) -> None:
        far.answers = [Response(b"TA1", 202, media_type="application/edi-x12")]
        sent = {"body": b"ISA*00~\x80", "media_type": "application/edi-x12", "key": "7"}
        answer = await outside.request("POST", "/interchanges", **sent)
        assert isinstance(answer, Answer)
        assert (answer.status, answer.media_type, answer.body) == (202, "application/edi-x12", b"TA1")
        assert far.bodies == [b"ISA*00~\x80"]
        assert far.asked[0].headers["content-type"] == "application/edi-x12"
        assert far.asked[0].headers["idempotency-key"] == "7"

    async def test_carries_the_trace_on(self, outside: Outside, far: FarSide) -> None:
        with tracing.consumer_span("timer") as span:
            await outside.get_json("/mailbox")
        sent = far.asked[0].headers["traceparent"]
        assert sent.split("-")[1] == f"{span.get_span_context().trace_id:032x}"
        assert sent.split("-")[2] != f"{span.get_span_context().span_id:016x}"

    @pytest.mark.parametrize("path", ["mailbox", "//elsewhere.example/", "http://elsewhere.example/"])
    async def test_goes_to_no_other_host(self, outside: Outside, path: str) -> None:
        with pytest.raises(ValueError, match="one slash"):
            await outside.get_json(path)

    async def test_does_not_follow_a_redirect(self, outside: Outside, far: FarSide) -> None:
        far.answers = [Response(status_code=307, headers={"Location": "http://elsewhere.example/"})]
        with pytest.raises(RemoteUnavailable, match="redirect"):
            await outside.get_json("/mailbox")
        assert len(far.asked) == 1


class TestARefusal:
    async def test_tells_the_status_and_the_code_and_nothing_else_of_the_body(
        self, outside: Outside, far: FarSide
    ) -> None:
        far.answers = [problem(404, "not-found")]
        with pytest.raises(RemoteRefusal) as caught:
            await outside.get_json("/interchanges/1")
        assert (caught.value.status, caught.value.code) == (404, "not-found")
        assert caught.value.detail == "clearinghouse refused the request: 404, not-found."
        assert len(far.asked) == 1

    @pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"code": "Jane Smith"}', b'{"code": 7}', b"[" * 9999])
    async def test_without_a_code_that_looks_like_one_has_the_code_unknown(
        self, outside: Outside, far: FarSide, body: bytes
    ) -> None:
        far.answers = [Response(body, 400)]
        with pytest.raises(RemoteRefusal) as caught:
            await outside.get_json("/x")
        assert caught.value.code == "unknown"


class TestRepeating:
    async def test_a_read_is_repeated_until_it_is_answered(self, outside: Outside, far: FarSide) -> None:
        far.answers = [Response(status_code=503), Response(status_code=429), JSONResponse([1])]
        assert await outside.get_json("/mailbox") == [1]
        assert len(far.asked) == 3

    async def test_a_write_under_a_key_is_repeated_with_the_same_key(self, outside: Outside, far: FarSide) -> None:
        far.answers = [Response(status_code=502), JSONResponse({"id": 1})]
        assert await outside.post_json("/transmissions", {"a": 1}, key=PRACTICE) == {"id": 1}
        assert {request.headers["idempotency-key"] for request in far.asked} == {str(PRACTICE)}
        assert far.bodies == [b'{"a":1}', b'{"a":1}']

    async def test_a_write_without_a_key_is_sent_once(self, outside: Outside, far: FarSide) -> None:
        far.answers = [Response(status_code=503)]
        with pytest.raises(RemoteUnavailable, match="status-503"):
            await outside.post_json("/transmissions", {})
        assert len(far.asked) == 1

    async def test_a_write_that_never_left_is_safe_to_repeat(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            client = Outside(f"http://127.0.0.1:{taken.getsockname()[1]}", timeout=3.0)
            before = client._budget._left
            with pytest.raises(RemoteUnavailable, match="unreachable"):
                await client.post_json("/transmissions", {})
            assert client._budget._left < before
            await client.close()

    async def test_waits_as_long_as_the_far_side_asks(self, outside: Outside, far: FarSide) -> None:
        far.answers = [Response(status_code=503, headers={"Retry-After": "1"}), JSONResponse([])]
        started = time.monotonic()
        await outside.get_json("/mailbox")
        assert time.monotonic() - started >= 1

    def test_is_a_small_share_of_what_is_asked(self) -> None:
        budget = RetryBudget(reserve=3, share=0.1)
        assert [budget.take() for _ in range(5)] == [True, True, True, False, False]
        for _ in range(11):
            budget.called()
        assert [budget.take(), budget.take()] == [True, False]


class TestTheDeadline:
    async def test_ends_a_call_that_is_not_answered(self, serve: Any, far: FarSide) -> None:
        async def late() -> Response:
            await asyncio.sleep(2)
            return Response()

        far.answers = [late]
        client = Outside(await serve(far), timeout=0.4)
        started = time.monotonic()
        with pytest.raises(RemoteUnavailable, match="timeout"):
            await client.get_json("/mailbox")
        assert time.monotonic() - started < 1.5
        await client.close()

    async def test_counts_the_pauses_between_attempts(self, serve: Any, far: FarSide) -> None:
        far.answers = [Response(status_code=503, headers={"Retry-After": "30"})]
        client = Outside(await serve(far), timeout=0.5)
        started = time.monotonic()
        with pytest.raises(RemoteUnavailable, match="timeout"):
            await client.get_json("/mailbox")
        assert time.monotonic() - started < 1.5
        await client.close()

    async def test_also_ends_an_answer_that_trickles(self, serve: Any, far: FarSide) -> None:
        async def trickle() -> AsyncGenerator[bytes]:
            for _ in range(50):
                yield b" "
                await asyncio.sleep(0.1)

        far.answers = [StreamingResponse(trickle())]
        client = Outside(await serve(far), timeout=0.5)
        with pytest.raises(RemoteUnavailable, match="timeout"):
            await client.get_json("/mailbox")
        await client.close()


class TestAnAnswer:
    async def test_that_is_too_large_is_given_up_while_it_streams(self, outside: Outside, far: FarSide) -> None:
        sent = 0

        async def endless() -> AsyncGenerator[bytes]:
            nonlocal sent
            for _ in range(4000):
                sent += 1
                yield b"x" * 65536
                await asyncio.sleep(0)

        async def answer() -> Response:
            return StreamingResponse(endless())

        far.answers = [answer]
        with pytest.raises(RemoteUnavailable, match="too-large"):
            await outside.get_bytes("/content", limit=1_000_000)
        assert sent < 4000

    async def test_of_just_the_limit_is_read(self, outside: Outside, far: FarSide) -> None:
        far.answers = [Response(b"x" * 1000)]
        assert len(await outside.get_bytes("/content", limit=1000)) == 1000

    async def test_that_is_compressed_though_nobody_asked_is_not_unpacked(self, outside: Outside, far: FarSide) -> None:
        far.answers = [Response(gzip.compress(b"0" * 10_000_000), headers={"Content-Encoding": "gzip"})]
        with pytest.raises(RemoteUnavailable, match="encoded"):
            await outside.get_json("/x")
        assert far.asked[0].headers["accept-encoding"] == "identity"

    @pytest.mark.parametrize("body", [b"<html>", b"\xff", b"[" * 100_000])
    async def test_that_is_not_json_is_a_failure_of_the_far_side(
        self, outside: Outside, far: FarSide, body: bytes
    ) -> None:
        far.answers = [Response(body)]
        with pytest.raises(RemoteUnavailable, match="not-json"):
            await outside.get_json("/x")


class TestTheCircuitBreaker:
    async def test_stops_asking_a_far_side_that_keeps_failing(self, outside: Outside, far: FarSide) -> None:
        far.answers = [Response(status_code=500)]
        for _ in range(8):
            with pytest.raises(RemoteUnavailable, match="status-500"):
                await outside.post_json("/x", {})
        with pytest.raises(RemoteUnavailable, match="circuit-open"):
            await outside.post_json("/x", {})
        assert len(far.asked) == 8

    async def test_is_not_moved_by_refusals(self, outside: Outside, far: FarSide) -> None:
        far.answers = [problem(404, "not-found")]
        for _ in range(20):
            with pytest.raises(RemoteRefusal):
                await outside.get_json("/x")

    async def test_lets_one_call_try_after_a_rest_and_all_once_that_succeeded(self) -> None:
        breaker = Breaker(failures=2, rest=0.1)
        breaker.failed()
        assert breaker.admits()
        breaker.failed()
        assert not breaker.admits()
        await asyncio.sleep(0.12)
        assert [breaker.admits(), breaker.admits()] == [True, False]
        breaker.succeeded()
        assert [breaker.admits(), breaker.admits()] == [True, True]


class TestAServiceClient:
    @pytest.fixture
    async def issuer(self, serve: Any) -> LittleIssuer:
        issuer = LittleIssuer()
        issuer.url = await serve(issuer)
        return issuer

    @pytest.fixture
    async def client(self, serve: Any, far: FarSide, issuer: LittleIssuer) -> AsyncGenerator[ServiceClient]:
        tokens = TokenSource(issuer.url, "claims", "synthetic")
        client = ServiceClient(await serve(far), tokens)
        yield client
        await client.close()
        await tokens.close()

    async def test_shows_its_token_and_names_the_practice(self, client: ServiceClient, far: FarSide) -> None:
        await client.get_json("/patients/1", practice_id=PRACTICE)
        await client.post_json("/transmissions", {}, practice_id=PRACTICE, key="k")
        assert await client.get_bytes("/content", practice_id=PRACTICE) == b'{"ok":true}'
        assert len(far.asked) == 3
        for request in far.asked:
            assert request.headers["authorization"] == "Bearer token-1"
            assert request.headers["dermbill-practice"] == str(PRACTICE)

    async def test_asks_once_where_the_far_side_has_its_own_rule_about_asking_again(
        self, client: ServiceClient, far: FarSide
    ) -> None:
        far.answers = [Response(status_code=504)]
        with pytest.raises(RemoteUnavailable, match="status-504"):
            await client.post_json("/realtime", {}, practice_id=PRACTICE, key="k", once=True)
        assert len(far.asked) == 1

    async def test_gives_one_call_a_deadline_of_its_own(self, client: ServiceClient, far: FarSide) -> None:
        far.answers = [lambda: asyncio.sleep(1, Response())]
        started = time.monotonic()
        with pytest.raises(RemoteUnavailable, match="timeout"):
            await client.post_json("/realtime", {}, practice_id=PRACTICE, key="k", once=True, seconds=0.2)
        assert time.monotonic() - started < 0.9

    async def test_replaces_a_token_that_is_no_longer_taken_once(
        self, client: ServiceClient, far: FarSide, issuer: LittleIssuer
    ) -> None:
        far.answers = [problem(401, "token-expired"), JSONResponse([1])]
        assert await client.get_json("/x", practice_id=PRACTICE) == [1]
        assert [request.headers["authorization"] for request in far.asked] == ["Bearer token-1", "Bearer token-2"]
        far.answers = [problem(401, "token-expired")]
        with pytest.raises(RemoteUnavailable, match="status-401"):
            await client.get_json("/x", practice_id=PRACTICE)
        assert issuer.given == 3
