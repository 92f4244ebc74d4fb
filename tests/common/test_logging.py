"""Nothing about a person gets into the log: not by a field, not by an exception, not by a library."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common import metrics, tracing
from common.logging import allow, get_logger, of_practice, practice_hash
from common.money import Money

Lines = Callable[[], list[dict[str, Any]]]
CLAIM, PRACTICE = UUID(int=1), UUID(int=2)

log = get_logger("claims.operations")


class TestALine:
    def test_says_when_where_and_what(self, log_lines: Lines) -> None:
        log.info("claim submitted", claim_id=CLAIM, attempts=2, code="duplicate-claim", depth=Decimal("1.50"))
        (line,) = log_lines()
        assert line.pop("time").endswith("+00:00")
        assert line == {
            "level": "info",
            "service": "claims",
            "logger": "claims.operations",
            "message": "claim submitted",
            "claim_id": str(CLAIM),
            "attempts": 2,
            "code": "duplicate-claim",
            "depth": "1.50",
        }

    def test_of_debug_is_left_out_unless_asked_for(self, log_lines: Lines) -> None:
        log.debug("considered")
        assert log_lines() == []

    def test_carries_the_trace_and_the_practice_it_belongs_to(self, log_lines: Lines) -> None:
        with tracing.consumer_span("timer") as span, of_practice(PRACTICE):
            log.info("claim submitted")
        log.info("claim submitted", practice_id=PRACTICE)
        inside, outside = log_lines()
        assert inside["trace_id"] == f"{span.get_span_context().trace_id:032x}"
        assert inside["span_id"] == f"{span.get_span_context().span_id:016x}"
        assert inside["practice"] == outside["practice"] == practice_hash(PRACTICE)
        assert str(PRACTICE) not in json.dumps([inside, outside])
        assert "trace_id" not in outside

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(text=st.text())
    def test_is_one_line_whatever_it_says(self, log_lines: Lines, text: str) -> None:
        before = len(log_lines())
        log.info(text, code=text)
        assert len(log_lines()) == before + 1

    def test_takes_fields_that_a_service_adds(self, log_lines: Lines) -> None:
        log.info("sent", control_number="000000001")
        allow("control_number")
        log.info("sent", control_number="000000001")
        assert [line.get("control_number") for line in log_lines()] == [None, "000000001"]


class TestAField:
    @pytest.mark.parametrize(
        "field",
        [
            {"patient_name": "Jane"},
            {"name": "Jane"},
            {"birth_date": "1970-01-01"},
            {"code": "Jane Smith"},
            {"member_id": "W123456789"},
            {"reason": "she said that ..."},
            {"kind": "jane@example.org"},
            {"key": ["Jane"]},
            {"state": {"name": "Jane"}},
            {"error": ValueError("Jane")},
            {"key": b"Jane"},
            {"code": "x" * 200},
        ],
    )
    def test_outside_the_list_or_that_is_free_text_is_dropped_and_counted(
        self, log_lines: Lines, field: dict[str, Any]
    ) -> None:
        before = metrics.value_of("dermbill_log_fields_dropped_total")
        log.warning("something", attempts=1, **field)
        (line,) = log_lines()
        assert (line["dropped"], line["attempts"]) == (1, 1)
        assert not set(field) & set(line)
        assert metrics.value_of("dermbill_log_fields_dropped_total") == before + 1

    @pytest.mark.parametrize(
        ("value", "written"),
        [(Money("12.50"), "12.50"), (True, True), (None, None), (float("nan"), "nan"), ("a/b.c:d-e_1", "a/b.c:d-e_1")],
    )
    def test_that_is_allowed_keeps_its_value(self, log_lines: Lines, value: object, written: object) -> None:
        log.info("something", state=value)
        assert log_lines()[0]["state"] == written


class TestAnException:
    def test_is_told_by_type_place_and_cause_and_never_by_its_message(self, log_lines: Lines) -> None:
        try:
            try:
                raise KeyError("Jane Smith")
            except KeyError as cause:
                raise ValueError("Jane Smith has no coverage") from cause
        except ValueError as fault:
            log.error("handler failed", exc=fault, handler="encounter_coded")
        (line,) = log_lines()
        assert line["exception"]["type"] == "builtins.ValueError"
        assert line["exception"]["causes"] == ["builtins.KeyError"]
        assert "test_is_told_by_type_place" in line["exception"]["at"][0]
        assert "Smith" not in json.dumps(line)


class TestALibrary:
    def test_is_heard_from_warning_up_without_its_values(self, log_lines: Lines) -> None:
        library = logging.getLogger("aiokafka.consumer")
        library.info("Joined group %s", "Jane")
        library.warning("Heartbeat failed: %s", "Jane Smith")
        (line,) = log_lines()
        assert (line["level"], line["logger"]) == ("warning", "aiokafka.consumer")
        assert line["message"] == "Heartbeat failed: %s"
        assert line["at"].startswith("test_logging:")

    def test_that_puts_values_into_its_message_is_heard_without_the_message(self, log_lines: Lines) -> None:
        patient = "Jane Smith"
        logging.getLogger("library").error(f"no coverage for {patient}")
        logging.getLogger("library").error("failed: " + patient)
        logging.getLogger("library").error(ValueError(patient))
        assert [line["message"] for line in log_lines()] == ["(not a literal)"] * 3
        assert "Jane" not in json.dumps(log_lines())

    def test_that_logs_an_exception_does_not_log_its_message(self, log_lines: Lines) -> None:
        try:
            raise RuntimeError("Jane Smith")
        except RuntimeError:
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n")
        assert log_lines()[0]["exception"]["type"] == "builtins.RuntimeError"
        assert "Jane" not in json.dumps(log_lines())

    def test_that_warns_is_heard_without_the_warning(self, log_lines: Lines) -> None:
        warnings.warn("Jane Smith", stacklevel=1)
        assert "Jane" not in json.dumps(log_lines())

    def test_that_logs_paths_is_not_heard_at_all(self, log_lines: Lines) -> None:
        logging.getLogger("uvicorn.access").critical("GET /patients?name=Jane")
        assert log_lines() == []
