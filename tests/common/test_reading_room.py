"""The pages of a service's API: complete, and of nobody else's making."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
from till.service import TILL


@pytest.fixture
async def http(run_service: Any) -> AsyncGenerator[httpx.AsyncClient]:
    service = await run_service(TILL)
    async with service.client() as client:
        yield client


class TestThePages:
    @pytest.mark.parametrize("page", ["/docs", "/redoc"])
    async def test_load_only_what_the_service_itself_has(self, http: httpx.AsyncClient, page: str) -> None:
        answer = await http.get(page)
        assert answer.status_code == 200
        assert "//" not in re.sub(r"<!doctype html>", "", answer.text)
        loaded = re.findall(r'(?:src|href|spec-url)="([^"]+)"', answer.text)
        assert loaded
        for path in loaded:
            assert (await http.get(path)).status_code == 200, path

    @pytest.mark.parametrize("page", ["/docs", "/docs/start.js", "/redoc"])
    async def test_may_run_no_script_of_another_host_and_none_within_the_page(
        self, http: httpx.AsyncClient, page: str
    ) -> None:
        policy = (await http.get(page)).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "http" not in policy

    async def test_need_no_token_and_the_routes_they_describe_do(self, http: httpx.AsyncClient) -> None:
        bare = httpx.AsyncClient(transport=http._transport, base_url=http.base_url)
        assert (await bare.get("/docs")).status_code == 200
        assert (await bare.get("/tills")).status_code == 401
