"""The log: JSON lines of what happened, from an allow-list of fields.

A name, a birth date or a member id cannot get in by accident: a field must be on the list and its value must
have the form of an id, a code, a number or a time; exceptions are told by type and place, never by message;
other libraries are heard from WARNING up, by the literal of their source without the values filled in.
"""

from __future__ import annotations

import hashlib
import json
import linecache
import logging
import math
import re
import sys
import traceback
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Decimal
from types import TracebackType
from typing import Any, TextIO
from uuid import UUID

from common import metrics, tracing
from common.money import Money

FIELDS = {
    "action", "address", "alg", "attempts", "behind", "bytes", "client", "code", "consumer", "count",
    "delay", "depth", "due_at", "duration_ms", "error", "event_type", "group", "handler", "host", "instance",
    "key", "kind", "lag", "leader", "method", "offset", "outcome", "partition", "partitions", "pid", "port",
    "position", "reason", "revision", "route", "seconds", "sequence", "service", "state", "status", "topic",
    "type", "version",
}  # fmt: skip
CODE_LIKE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/{}+*-]{0,127}|-")
ID_NAME = re.compile(r"[a-z][a-z_]{0,40}_id")
MARK = "dermbill_fields"
ROOT = "dermbill"
FRAMES = 8

_practice: ContextVar[UUID | None] = ContextVar("practice", default=None)


def allow(*names: str) -> None:
    """Let a service log further fields; their values still have to look like a code, a number or a time."""
    FIELDS.update(names)


class Log:
    """Says what happened. The message is a literal; whatever varies goes into fields."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(f"{ROOT}.{name}")

    def debug(self, message: str, **fields: Any) -> None:
        self._write(logging.DEBUG, message, None, fields)

    def info(self, message: str, **fields: Any) -> None:
        self._write(logging.INFO, message, None, fields)

    def warning(self, message: str, *, exc: BaseException | None = None, **fields: Any) -> None:
        self._write(logging.WARNING, message, exc, fields)

    def error(self, message: str, *, exc: BaseException | None = None, **fields: Any) -> None:
        self._write(logging.ERROR, message, exc, fields)

    def _write(self, level: int, message: str, exc: BaseException | None, fields: Mapping[str, Any]) -> None:
        if self._logger.isEnabledFor(level):
            told = (type(exc), exc, exc.__traceback__) if exc is not None else None
            self._logger.log(level, message, exc_info=told, extra={MARK: allowed(fields)})


def get_logger(name: str) -> Log:
    """The log of a module: `get_logger(__name__)`."""
    return Log(name)


@contextmanager
def of_practice(practice_id: UUID) -> Generator[None]:
    """Lines written inside carry the practice, hashed."""
    token = _practice.set(practice_id)
    try:
        yield
    finally:
        _practice.reset(token)


def practice_hash(practice_id: UUID) -> str:
    """Enough to follow one practice through the log, nothing that names it."""
    return hashlib.blake2b(practice_id.bytes, digest_size=6).hexdigest()


def allowed(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that may be written, as JSON values; the others are counted under `dropped`."""
    kept: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "practice_id" and isinstance(value, UUID):
            kept["practice"] = practice_hash(value)
        elif name in FIELDS or (isinstance(value, UUID) and ID_NAME.fullmatch(name)):
            plain = _plain(value)
            if plain is not None or value is None:
                kept[name] = plain
    dropped = len(fields) - len(kept)
    if dropped:
        metrics.LOG_FIELDS_DROPPED.inc(dropped)
        kept["dropped"] = dropped
    return kept


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, int):
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal | Money):
        return str(value)
    return value if isinstance(value, str) and CODE_LIKE.fullmatch(value) else None


class JsonFormatter(logging.Formatter):
    """One record, ours or a library's, as one line."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name.removeprefix(f"{ROOT}."),
        }
        fields = getattr(record, MARK, None)
        if fields is None:
            line["message"] = literal_of(record) or "(not a literal)"
            line["at"] = f"{record.module}:{record.lineno}"
        else:
            line["message"] = record.getMessage()
        line |= _context() | (fields or {})
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = told(record.exc_info[1])
        return json.dumps(line, default=str)


def _context() -> dict[str, str]:
    context: dict[str, str] = {}
    ids = tracing.current_ids()
    if ids is not None:
        context["trace_id"], context["span_id"] = ids
    practice = _practice.get()
    if practice is not None:
        context["practice"] = practice_hash(practice)
    return context


def literal_of(record: logging.LogRecord) -> str | None:
    """A library's message when it stands word for word in its source: then no value was put into it."""
    message = record.msg if isinstance(record.msg, str) else ""
    nearby = "".join(linecache.getline(record.pathname, line) for line in range(record.lineno - 2, record.lineno + 6))
    return message if message and json.dumps(message)[1:-1] in nearby else None


def told(fault: BaseException) -> dict[str, Any]:
    """Type, place and cause of an exception. Never its message: it may quote what a person typed."""
    story: dict[str, Any] = {"type": _type_name(fault), "at": _places(fault.__traceback__)}
    cause = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)
    causes: list[str] = []
    while cause is not None and len(causes) < FRAMES:
        causes.append(_type_name(cause))
        cause = cause.__cause__ or cause.__context__
    if causes:
        story["causes"] = causes
    return story


def _type_name(fault: BaseException) -> str:
    return f"{type(fault).__module__}.{type(fault).__qualname__}"


def _places(trace: TracebackType | None) -> list[str]:
    frames = list(traceback.walk_tb(trace))[-FRAMES:]
    return [f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_name}:{line}" for frame, line in frames]


def configure(service: str, *, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send everything that this process logs through the formatter; uvicorn's access log is off (paths).

    Start uvicorn with `log_config=None`, or it puts its own handlers back.
    """
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(JsonFormatter(service))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(ROOT).setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"
        logger.setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").disabled = True
    logging.captureWarnings(True)


log = get_logger(ROOT)
