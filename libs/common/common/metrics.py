"""What a service measures of itself, for Prometheus. Labels are names from the code, never ids or paths."""

from __future__ import annotations

import time
from typing import Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

HTTP_REQUESTS = Counter(
    "dermbill_http_requests", "Requests answered.", ("method", "route", "status"), registry=REGISTRY
)
HTTP_SECONDS = Histogram(
    "dermbill_http_request_seconds",
    "From the request's first byte to the answer's last.",
    ("method", "route"),
    buckets=SECONDS,
    registry=REGISTRY,
)
HTTP_IN_FLIGHT = Gauge("dermbill_http_requests_in_flight", "Requests being answered now.", registry=REGISTRY)
HANDLER_SECONDS = Histogram(
    "dermbill_handler_seconds",
    "One run of an event's or a timer's function, with its transaction.",
    ("handler", "outcome"),
    buckets=SECONDS,
    registry=REGISTRY,
)
CONSUMER_LAG = Gauge(
    "dermbill_consumer_lag_records", "Records not yet handled.", ("topic", "partition"), registry=REGISTRY
)
CONSUMER_HALTED = Gauge(
    "dermbill_consumer_halted",
    "1 when too much is parked and the consumer stopped itself.",
    registry=REGISTRY,
)
REFUSED_AT_THE_DOOR = Counter(
    "dermbill_requests_refused",
    "Requests refused because the process or the practice had too many.",
    ("limit",),
    registry=REGISTRY,
)
SERIALIZATION_RETRIES = Counter(
    "dermbill_serialization_retries",
    "Work done again because its transaction lost to another.",
    ("door",),
    registry=REGISTRY,
)
INBOX_DUPLICATES = Counter(
    "dermbill_inbox_duplicates",
    "Deliveries of an event that was handled before.",
    ("topic",),
    registry=REGISTRY,
)
PARKED = Gauge("dermbill_parked_events", "Events waiting for somebody to mend and replay them.", registry=REGISTRY)
EVENTS_PARKED = Counter("dermbill_events_parked", "Events parked, by reason.", ("code",), registry=REGISTRY)
EVENTS_SENT = Counter("dermbill_events_sent", "Events that Kafka acknowledged.", registry=REGISTRY)
OUTBOX_DEPTH = Gauge("dermbill_outbox_depth", "Events committed and not yet acknowledged.", registry=REGISTRY)
OUTBOX_OLDEST_SECONDS = Gauge("dermbill_outbox_oldest_seconds", "Age of the oldest of them.", registry=REGISTRY)
RELAY_LEADER = Gauge("dermbill_relay_leader", "1 in the process that sends for its service.", registry=REGISTRY)
TIMERS_DUE = Gauge("dermbill_timers_due", "Timers whose time has come and that did not run.", registry=REGISTRY)
TIMERS_STOPPED = Gauge("dermbill_timers_stopped", "Timers that a refusal stopped.", registry=REGISTRY)
LOG_FIELDS_DROPPED = Counter(
    "dermbill_log_fields_dropped", "Fields kept out of the log by its allow-list.", registry=REGISTRY
)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED = "unmatched"


async def exposition() -> Response:
    """The answer of `/metrics`."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)


def route_template(scope: Scope) -> str:
    """`/claims/{claim_id}` of the route that matched, or `unmatched`; the path itself holds ids."""
    # A route keeps the path it was declared with; FastAPI puts the prefixes of its routers into this context.
    whole = scope.get("fastapi", {}).get("effective_route_context")
    return str(getattr(whole or scope.get("route"), "path", UNMATCHED))


def method_label(scope: Scope) -> str:
    """The method when it is a usual one: a client may not invent label values."""
    return scope["method"] if scope["method"] in METHODS else "other"


class MetricsMiddleware:
    """Counts and times requests by route template. Outside everything that may answer instead of a route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, started = 500, time.perf_counter()

        async def counting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            with HTTP_IN_FLIGHT.track_inprogress():
                await self._app(scope, receive, counting)
        finally:
            method, route = method_label(scope), route_template(scope)
            HTTP_REQUESTS.labels(method, route, str(status)).inc()
            HTTP_SECONDS.labels(method, route).observe(time.perf_counter() - started)


def value_of(name: str, **labels: Any) -> float:
    """The present value of a sample of the registry, 0 when it was never set."""
    return REGISTRY.get_sample_value(name, {key: str(value) for key, value in labels.items()}) or 0.0
