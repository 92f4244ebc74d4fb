"""One trace from request to handler, and numbers whose labels are names from the code."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from opentelemetry.trace import SpanKind, StatusCode

from common import metrics, problems, tracing
from common.envelope import TRACEPARENT

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def application() -> FastAPI:
    app = FastAPI()
    router = APIRouter(prefix="/claims")

    @router.get("/{claim_id}")
    async def get(claim_id: UUID) -> str | None:
        return tracing.current_traceparent()

    @router.get("/{claim_id}/broken")
    async def broken(claim_id: UUID) -> None:
        raise RuntimeError("Jane Smith")

    app.include_router(router)
    problems.install(app)
    app.add_api_route("/metrics", metrics.exposition, include_in_schema=False)
    app.add_middleware(metrics.MetricsMiddleware)
    app.add_middleware(tracing.TracingMiddleware)
    return app


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application()), base_url="http://x") as made:
        yield made


class TestATrace:
    def test_goes_from_the_operation_over_kafka_to_the_handler(self) -> None:
        with tracing.recorded_spans() as recorded:
            with tracing.consumer_span("POST") as operation:
                published = tracing.current_traceparent()
            with tracing.producer_span("dermbill.claims", published, event_id=UUID(int=1)) as sent:
                pass
            with tracing.consumer_span("process", sent, topic="dermbill.claims", partition=3, offset=7):
                pass
        first, second, third = tracing.finished(recorded)
        assert {span.context.trace_id for span in (first, second, third)} == {operation.get_span_context().trace_id}
        assert second.parent.span_id == first.context.span_id
        assert third.parent.span_id == second.context.span_id
        assert (second.name, second.kind, third.kind) == ("send dermbill.claims", SpanKind.PRODUCER, SpanKind.CONSUMER)
        assert dict(third.attributes) == {
            "messaging.system": "kafka",
            "messaging.operation.type": "process",
            "messaging.destination.name": "dermbill.claims",
            "messaging.destination.partition.id": 3,
            "messaging.kafka.offset": 7,
        }

    def test_is_carried_on_even_when_nobody_records_it(self) -> None:
        assert tracing.current_traceparent() is None
        assert tracing.current_ids() is None
        with tracing.producer_span("dermbill.claims", PARENT) as sent:
            assert sent is not None
            assert TRACEPARENT.fullmatch(sent)
            assert sent.split("-")[1] == PARENT.split("-")[1]
            assert sent.split("-")[2] != PARENT.split("-")[2]

    @pytest.mark.parametrize("broken", [None, "", "nonsense", "00-" + "0" * 32 + "-b7ad6b7169203331-01"])
    def test_begins_anew_where_none_can_be_read(self, broken: str | None) -> None:
        with tracing.consumer_span("process", broken) as span:
            assert span.get_span_context().is_valid

    def test_tells_that_a_span_failed_but_not_in_what_words(self) -> None:
        with tracing.recorded_spans() as recorded, pytest.raises(ValueError), tracing.consumer_span("process"):
            raise ValueError("Jane Smith")
        (span,) = tracing.finished(recorded)
        assert span.status.status_code is StatusCode.ERROR
        assert dict(span.attributes) == {"error.type": "ValueError"}
        assert "Jane" not in span.to_json()

    def test_has_no_attribute_without_a_name_in_the_table(self) -> None:
        with pytest.raises(KeyError):
            tracing.messaging(patient_name="Jane")

    async def test_of_a_request_begins_with_the_callers_and_names_the_route(self, client: httpx.AsyncClient) -> None:
        with tracing.recorded_spans() as recorded:
            answer = await client.get(f"/claims/{UUID(int=5)}?name=Jane", headers={"traceparent": PARENT})
        (span,) = tracing.finished(recorded)
        assert answer.json().split("-")[1] == PARENT.split("-")[1]
        assert (span.name, span.kind) == ("GET /claims/{claim_id}", SpanKind.SERVER)
        assert dict(span.attributes) == {
            "http.request.method": "GET",
            "http.route": "/claims/{claim_id}",
            "http.response.status_code": 200,
        }
        assert str(UUID(int=5)) not in span.to_json()
        assert "Jane" not in span.to_json()

    async def test_of_a_request_that_failed_says_so(self, client: httpx.AsyncClient) -> None:
        with tracing.recorded_spans() as recorded:
            await client.get(f"/claims/{UUID(int=5)}/broken")
        (span,) = tracing.finished(recorded)
        assert span.status.status_code is StatusCode.ERROR
        assert span.attributes["error.type"] == "500"

    def test_is_exported_when_an_endpoint_is_set(self) -> None:
        program = (
            "import json; from common import tracing; from http.server import *; import threading, os\n"
            "got = []\n"
            "class H(BaseHTTPRequestHandler):\n"
            "    def do_POST(self):\n"
            "        got.append((self.path, self.rfile.read(int(self.headers['content-length']))))\n"
            "        self.send_response(200); self.end_headers()\n"
            "    def log_message(self, *a): pass\n"
            "s = HTTPServer(('127.0.0.1', 0), H); threading.Thread(target=s.serve_forever, daemon=True).start()\n"
            "os.environ['OTEL_EXPORTER_OTLP_ENDPOINT'] = f'http://127.0.0.1:{s.server_port}'\n"
            "tracing.setup('claims')\n"
            "with tracing.consumer_span('a timer'): pass\n"
            "tracing.shutdown(); print(got[0][0], b'a timer' in got[0][1], b'claims' in got[0][1])\n"
        )
        ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
        assert ended.stdout.split() == ["/v1/traces", "True", "True"], ended.stderr


class TestMetrics:
    async def test_count_and_time_requests_by_route_and_never_by_path(self, client: httpx.AsyncClient) -> None:
        labels: dict[str, Any] = {"method": "GET", "route": "/claims/{claim_id}"}
        before = metrics.value_of("dermbill_http_requests_total", status=200, **labels)
        for number in range(3):
            await client.get(f"/claims/{UUID(int=number)}")
        await client.get(f"/claims/{UUID(int=1)}/broken")
        assert metrics.value_of("dermbill_http_requests_total", status=200, **labels) == before + 3
        broken = {"method": "GET", "route": "/claims/{claim_id}/broken", "status": 500}
        assert metrics.value_of("dermbill_http_requests_total", **broken) >= 1
        assert metrics.value_of("dermbill_http_request_seconds_count", **labels) >= 3
        assert metrics.value_of("dermbill_http_requests_in_flight") == 0
        text = (await client.get("/metrics")).text
        assert str(UUID(int=1)) not in text
        assert 'route="/claims/{claim_id}"' in text

    async def test_give_a_client_no_way_to_make_labels(self, client: httpx.AsyncClient) -> None:
        for number in range(3):
            await client.get(f"/jane-{number}")
            await client.request(f"JANE{number}", "/claims")
        assert "jane" not in (await client.get("/metrics")).text.lower()
        assert metrics.value_of("dermbill_http_requests_total", method="other", route="unmatched", status=404) >= 3

    async def test_have_every_number_that_a_runbook_asks_for(self, client: httpx.AsyncClient) -> None:
        metrics.CONSUMER_LAG.labels("dermbill.claims", "0").set(5)
        metrics.HANDLER_SECONDS.labels("encounter_coded", "done").observe(0.1)
        metrics.INBOX_DUPLICATES.labels("dermbill.claims").inc()
        metrics.EVENTS_PARKED.labels("undecodable").inc()
        answer = await client.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain")
        for name in (
            "consumer_lag_records",
            "consumer_halted",
            "handler_seconds_bucket",
            "inbox_duplicates_total",
            "parked_events",
            "events_parked_total",
            "events_sent_total",
            "outbox_depth",
            "outbox_oldest_seconds",
            "relay_leader",
            "timers_due",
            "timers_stopped",
            "log_fields_dropped_total",
        ):
            assert f"\ndermbill_{name}" in answer.text
