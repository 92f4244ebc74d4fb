"""What a message says about itself survives the wire, and nothing else is believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.envelope import HEADERS, Envelope, Undecodable, envelope_from, headers_of

NAMES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=100)
TRACEPARENTS = st.builds(
    lambda trace, span: f"00-{trace:032x}-{span:016x}-01", st.integers(1, 2**128 - 1), st.integers(1, 2**64 - 1)
)
ENVELOPES = st.builds(
    Envelope,
    id=st.uuids(),
    type=NAMES,
    source=NAMES,
    subject=NAMES,
    time=st.datetimes(timezones=st.just(UTC)),
    partitionkey=NAMES,
    sequence=st.integers(0, 10**20 - 1),
    correlationid=st.uuids(),
    causationid=st.none() | st.uuids(),
    dataschema=NAMES,
    tenantid=st.uuids(),
    traceparent=st.none() | TRACEPARENTS,
)
ONE = Envelope(
    id=UUID(int=1),
    type="org.dermbill.claims.ClaimSubmitted.v1",
    source="/dermbill/claims",
    subject=str(UUID(int=2)),
    time=datetime(2026, 3, 1, 12, 0, tzinfo=timezone(timedelta(hours=-5))),
    partitionkey=str(UUID(int=2)),
    sequence=7,
    correlationid=UUID(int=3),
    causationid=None,
    dataschema="https://dermbill.org/contracts/events/ClaimSubmitted.v1.json",
    tenantid=UUID(int=4),
)
REQUIRED = sorted({"ce_specversion", *HEADERS.values()} - {"ce_causationid", "traceparent"})


def with_header(name: str, value: bytes | None) -> list[tuple[str, bytes]]:
    kept = [header for header in headers_of(ONE) if header[0] != name]
    return kept if value is None else [*kept, (name, value)]


class TestTheWire:
    @given(ENVELOPES)
    def test_gives_back_every_envelope(self, envelope: Envelope) -> None:
        assert envelope_from(headers_of(envelope)) == envelope

    def test_pads_the_sequence_and_writes_the_time_in_utc(self) -> None:
        written = dict(headers_of(ONE))
        assert written["ce_sequence"] == b"00000000000000000007"
        assert written["ce_time"] == b"2026-03-01T17:00:00.000000Z"
        assert written["content-type"] == b"application/json"
        assert "ce_causationid" not in written

    def test_passes_over_headers_of_others(self) -> None:
        assert envelope_from([*headers_of(ONE), ("x-tool", b"\xff"), ("x-tool", b"")]) == ONE

    @given(st.lists(st.tuples(st.sampled_from([*REQUIRED, "traceparent", "other"]), st.binary(max_size=40))))
    def test_reads_any_headers_or_says_why_not(self, headers: list[tuple[str, bytes]]) -> None:
        with pytest.raises(Undecodable):
            envelope_from(headers)


class TestAMessageThatCannotBeRead:
    @pytest.mark.parametrize("name", REQUIRED)
    def test_names_the_missing_header(self, name: str) -> None:
        with pytest.raises(Undecodable) as caught:
            envelope_from(with_header(name, None))
        assert (caught.value.code, caught.value.where) == ("missing-header", name)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("ce_id", b"SMITH-1970"),
            ("ce_type", b""),
            ("ce_source", b"two words"),
            ("ce_subject", "Müller".encode()),
            ("ce_time", b"2026-03-01T12:00:00"),
            ("ce_time", b"yesterday"),
            ("ce_sequence", b"7"),
            ("ce_sequence", b"-0000000000000000007"),
            ("ce_sequence", "٧".encode() * 10),
            ("ce_correlationid", b"7"),
            ("ce_causationid", b""),
            ("ce_tenantid", b"\xff\xfe"),
            ("ce_partitionkey", b"k" * 2000),
        ],
    )
    def test_names_the_header_and_not_its_value(self, name: str, value: bytes) -> None:
        with pytest.raises(Undecodable) as caught:
            envelope_from(with_header(name, value))
        assert (caught.value.code, caught.value.where) == ("invalid-header", name)
        assert not value or value.decode("latin-1") not in str(caught.value)

    def test_may_not_say_a_thing_twice(self) -> None:
        with pytest.raises(Undecodable) as caught:
            envelope_from([*headers_of(ONE), ("ce_tenantid", str(UUID(int=9)).encode())])
        assert caught.value.code == "repeated-header"

    @pytest.mark.parametrize(("name", "value"), [("ce_specversion", b"2.0"), ("content-type", b"application/xml")])
    def test_of_another_kind_is_not_guessed_at(self, name: str, value: bytes) -> None:
        with pytest.raises(Undecodable) as caught:
            envelope_from(with_header(name, value))
        assert (caught.value.code, caught.value.where) == ("unsupported-header", name)

    @pytest.mark.parametrize("value", [b"", b"00-" + b"0" * 32 + b"-1234567890abcdef-01", b"nonsense"])
    def test_is_not_one_with_a_broken_traceparent_which_only_starts_a_new_trace(self, value: bytes) -> None:
        assert envelope_from(with_header("traceparent", value)).traceparent is None
