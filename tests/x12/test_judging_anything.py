"""Whatever bytes are handed in, judging, answering and explaining end in findings or in a typed error."""

from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.x12.bases import Base, recounted, written
from tests.x12.seeded_bases import CLAIMS, EVERY

import x12

ANY = settings(max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
TODAY = date(2026, 3, 3)
SOURCE = x12.AckSource(
    "ACKS1", datetime(2026, 3, 3, 9), x12.Party("ACME HEALTH", id_qualifier="PI", id="60054"), trace="T1",  # noqa: DTZ001
    received=TODAY, processed=TODAY,
)  # fmt: skip
HEADER = x12.InterchangeHeader("ZZ", "US", "ZZ", "THEM", datetime(2026, 3, 3, 9), 1, 1)  # noqa: DTZ001


@st.composite
def spoiled_files(draw: st.DrawFn) -> bytes:
    """A right file with bytes cut, doubled, moved or replaced, past its ISA."""
    file = bytearray(draw(st.sampled_from(EVERY)).file)
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(106, len(file)))
        end = min(len(file), start + draw(st.integers(0, 60)))
        match draw(st.sampled_from(("cut", "double", "replace", "insert"))):
            case "cut":
                del file[start:end]
            case "double":
                file[end:end] = file[start:end]
            case "replace":
                file[start:end] = draw(st.binary(min_size=0, max_size=20))
            case _:
                file[start:start] = draw(
                    st.sampled_from(
                        (b"~", b"*", b":", b"^", b"~HL*1*1*22*1~", b"~CLM*1~", b"~SE~", b"~ST*837~", b"\xff")
                    )
                )
        if len(file) < 107:
            break
    return bytes(file)


def tried(file: bytes) -> None:
    """Everything that can be asked about a file."""
    assert all(item.message for item in x12.validate(file))
    try:
        for report in x12.examine(file):
            x12.acknowledge_interchange(report)
            bodies = [x12.render_functional_ack_body(ack) for ack in x12.acknowledge(report)]
            if bodies:
                sets = [x12.TransactionSet("999", x12.FUNCTIONAL_ACK_VERSION, body) for body in bodies]
                answer = x12.write_interchange(HEADER, sets)
                assert len(list(x12.read_functional_acks(answer))) == len(bodies)
        claims = list(x12.judge_claims(file))
        for claim in claims:
            assert claim.served()[0] is None or claim.served()[1] is not None
        list(x12.explanation_as_text(x12.explain(file)))
        x12.explanation_as_json(x12.explain(file))
    except x12.X12Error as error:
        assert error.what  # noqa: PT017


@ANY
@given(file=spoiled_files())
def test_a_spoiled_file_is_judged_answered_and_explained(file: bytes):
    tried(file)


@ANY
@given(file=st.binary(max_size=400).map(lambda rest: CLAIMS.file[:106] + rest))
def test_so_is_any_content_after_an_isa(file: bytes):
    tried(file)


@ANY
@given(file=spoiled_files())
def test_every_claim_of_a_spoiled_file_can_be_answered(file: bytes):
    try:
        claims = list(x12.judge_claims(file))
    except x12.X12Error as error:
        assert error.what  # noqa: PT017
        return
    parts = x12.acknowledge_claims(claims, SOURCE, TODAY)
    if parts:
        assert x12.render_claim_acks_body(parts).count("SVC*") == 0
    for report in x12.examine(file):
        for ack in x12.acknowledge(report):
            assert x12.render_functional_ack_body(ack).startswith("AK1*")


@pytest.mark.parametrize("base", EVERY, ids=lambda base: base.kind)
@pytest.mark.parametrize("rest", ["", "**"])
def test_a_segment_without_anything_in_it_is_a_finding_wherever_it_stands(base: Base, rest: str):
    for place in range(3, len(base.segments) - 3):
        name = base.segments[place].partition("*")[0]
        bare = [*base.segments[:place], name + rest, *base.segments[place + 1 :]]
        assert list(x12.validate(written(recounted(bare)))), name
