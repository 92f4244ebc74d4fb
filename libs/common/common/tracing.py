"""Traces across HTTP and Kafka hops. A span holds names, codes and the platform's ids; never a path or text.

Without an exporter nothing is recorded, yet a traceparent still reaches the next service.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, Decision, ParentBased, Sampler, SamplingResult
from opentelemetry.trace import Span, SpanContext, SpanKind, StatusCode, TraceFlags
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.envelope import traceparent_or_none
from common.metrics import method_label, route_template

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"

# The names of OpenTelemetry's messaging conventions, in the one place where a new edition would change them.
MESSAGING: Mapping[str, str] = {
    "system": "messaging.system",
    "operation": "messaging.operation.type",
    "topic": "messaging.destination.name",
    "partition": "messaging.destination.partition.id",
    "offset": "messaging.kafka.offset",
    "group": "messaging.consumer.group.name",
    "event_id": "messaging.message.id",
    "event_type": "cloudevents.event_type",
}


class _WhenRead(Sampler):
    """Records only while somebody reads: a span that nobody exports costs two ids and nothing more."""

    def __init__(self) -> None:
        self.readers = 0
        self._inner = ParentBased(ALWAYS_ON)

    def should_sample(
        self, parent_context: Context | None, trace_id: int, name: str, *args: Any, **kwargs: Any
    ) -> SamplingResult:
        if not self.readers:
            return SamplingResult(Decision.DROP)
        return self._inner.should_sample(parent_context, trace_id, name, *args, **kwargs)

    def get_description(self) -> str:
        return "recorded while somebody reads"


class _Tracing:
    """The provider of this process."""

    def __init__(self, service: str) -> None:
        self.sampler = _WhenRead()
        self.provider = TracerProvider(
            sampler=self.sampler, resource=Resource.create({"service.name": service}), shutdown_on_exit=False
        )
        self.tracer = self.provider.get_tracer("dermbill")

    def read_by(self, processor: SpanProcessor) -> None:
        self.provider.add_span_processor(processor)
        self.sampler.readers += 1


_tracing = _Tracing("dermbill")


def setup(service: str) -> None:
    """Name this process's spans; export them when OTEL_EXPORTER_OTLP_ENDPOINT is set.

    Raises RuntimeError when it is set and the extra `telemetry` is not installed.
    """
    global _tracing
    _tracing = _Tracing(service)
    if os.environ.get(ENDPOINT):
        _tracing.read_by(BatchSpanProcessor(_otlp_exporter()))


def shutdown() -> None:
    """Send what is still held. Call it last: it may wait for the collector."""
    _tracing.provider.shutdown()


def _otlp_exporter() -> SpanExporter:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError:
        raise RuntimeError(f"{ENDPOINT} is set, but dermbill-common[telemetry] is not installed") from None
    return OTLPSpanExporter()


@contextmanager
def recorded_spans() -> Generator[InMemorySpanExporter]:
    """For tests: `get_finished_spans()` of what is given holds the spans that end inside the block."""
    exporter, tracing = InMemorySpanExporter(), _tracing
    tracing.read_by(SimpleSpanProcessor(exporter))
    try:
        yield exporter
    finally:
        tracing.sampler.readers -= 1
        exporter.shutdown()


def current_traceparent() -> str | None:
    """The W3C traceparent of the span we are in, None outside any."""
    return _traceparent(trace.get_current_span().get_span_context())


def current_ids() -> tuple[str, str] | None:
    """Trace id and span id in hex, None outside any span."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return trace.format_trace_id(context.trace_id), trace.format_span_id(context.span_id)


def server_span(name: str, traceparent: str | None) -> Any:
    """A request being answered, in the trace of its caller where `traceparent` names one; a context manager."""
    return _span(name, SpanKind.SERVER, traceparent, {})


@contextmanager
def client_span(name: str, **attributes: Any) -> Generator[str | None]:
    """A call to another system; gives the traceparent to send along."""
    with _span(name, SpanKind.CLIENT, None, attributes) as span:
        yield _traceparent(span.get_span_context())


@contextmanager
def producer_span(topic: str, traceparent: str | None = None, **facts: Any) -> Generator[str | None]:
    """Sending one event that was published under `traceparent`; gives the traceparent to send along."""
    attributes = messaging(operation="send", topic=topic, **facts) if _tracing.sampler.readers else {}
    with _span(f"send {topic}", SpanKind.PRODUCER, traceparent, attributes) as span:
        yield _traceparent(span.get_span_context())


@contextmanager
def consumer_span(name: str, traceparent: str | None = None, **facts: Any) -> Generator[Span]:
    """Handling one event or timer; `facts` are keys of `MESSAGING` (topic=, partition=, offset=, ...)."""
    attributes = messaging(operation="process", **facts) if facts and _tracing.sampler.readers else {}
    with _span(name, SpanKind.CONSUMER, traceparent, attributes) as span:
        yield span


def messaging(**facts: Any) -> dict[str, Any]:
    """Span attributes of a Kafka hop. Raises KeyError for a fact that `MESSAGING` has no name for."""
    return {MESSAGING["system"]: "kafka"} | {MESSAGING[fact]: _plain(value) for fact, value in facts.items()}


@contextmanager
def _span(name: str, kind: SpanKind, parent: str | None, attributes: Mapping[str, Any]) -> Generator[Span]:
    if not _tracing.sampler.readers:
        with _passed_on(parent) as span:
            yield span
        return
    # OpenTelemetry would record the exception's message, which may hold what a person typed.
    with _tracing.tracer.start_as_current_span(
        name,
        context=_context(parent),
        kind=kind,
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        try:
            yield span
        except Exception as fault:
            failed(span, type(fault).__name__)
            raise


@contextmanager
def _passed_on(parent: str | None) -> Generator[Span]:
    """What the sampler would make of a span that nobody reads, for less: an id to be the parent of what follows."""
    around = _context(parent)
    above = trace.get_current_span(around).get_span_context()
    ids = _tracing.provider.id_generator
    trace_id = above.trace_id if above.is_valid else ids.generate_trace_id()
    span = trace.NonRecordingSpan(SpanContext(trace_id, ids.generate_span_id(), is_remote=False))
    token = attach(trace.set_span_in_context(span, around))
    try:
        yield span
    finally:
        detach(token)


def failed(span: Span, error: str) -> None:
    """Mark `span` as failed; `error` is a name or a code."""
    span.set_attribute("error.type", error)
    span.set_status(StatusCode.ERROR)


def _context(traceparent: str | None) -> Context | None:
    if traceparent_or_none(traceparent) is None or traceparent is None:
        return None
    _, trace_id, span_id, flags = traceparent.split("-")
    parent = SpanContext(int(trace_id, 16), int(span_id, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16)))
    return trace.set_span_in_context(trace.NonRecordingSpan(parent))


def _traceparent(context: SpanContext) -> str | None:
    if not context.is_valid:
        return None
    ids = f"{trace.format_trace_id(context.trace_id)}-{trace.format_span_id(context.span_id)}"
    return f"00-{ids}-{context.trace_flags:02x}"


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) else str(value)


class TracingMiddleware:
    """A server span around every request, named by the route's template."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        parent = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"traceparent"), None)
        with server_span(method_label(scope), parent) as span:

            async def marking(message: Message) -> None:
                if message["type"] == "http.response.start":
                    _mark(span, scope, message["status"])
                await send(message)

            await self._app(scope, receive, marking)


def _mark(span: Span, scope: Scope, status: int) -> None:
    method, route = method_label(scope), route_template(scope)
    span.update_name(f"{method} {route}")
    span.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status})
    if status >= 500:
        failed(span, str(status))


def finished(exporter: InMemorySpanExporter) -> list[ReadableSpan]:
    """The spans recorded so far, oldest end first."""
    return list(exporter.get_finished_spans())
