"""No input of bytes makes a reader, the judge or the explainer fail otherwise than by its own error, hang or grow."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.x12.hostile_files import FILES
from tests.x12.seeded_bases import (
    CLAIM_ACKS,
    CLAIMS,
    COVERAGE_ANSWER,
    COVERAGE_QUESTION,
    FUNCTIONAL_ACK,
    REMITTANCE,
    STATUS_ANSWER,
)
from tests.x12.test_attachments import EVERY_BYTE, attachment, written

import x12

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT.parent / "shared/samples"
ATTACHMENTS = written(attachment(x12.AttachedDocument(EVERY_BYTE, "05"), x12.AttachedDocument(b"~", "05", (), "B64")))
BASES = (
    *(
        base.file
        for base in (
            CLAIMS, REMITTANCE, CLAIM_ACKS, FUNCTIONAL_ACK, COVERAGE_QUESTION, COVERAGE_ANSWER, STATUS_ANSWER,
        )
    ),
    ATTACHMENTS,
)  # fmt: skip
READERS: dict[str, Callable[..., Iterable[object]]] = {
    name: getattr(x12, name) for name in x12.__all__ if name.startswith("read_")
}
SECONDS = 5.0
MEGABYTES = 100
ANY = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def drained(items: Iterable[object]) -> None:
    for _ in items:
        pass


def explained(file: bytes) -> None:
    drained(x12.explanation_as_text(x12.explain(file)))


def asked(file: bytes) -> Iterator[Callable[[], object]]:
    """Every public way to look at a file."""
    yield partial(x12.sniff, file)
    yield partial(explained, file)
    yield lambda: drained(x12.examine(file))
    yield lambda: drained(x12.judge_claims(file))
    for name, reader in READERS.items():
        yield partial(lambda reader: drained(reader(file)), reader)
        if "interchange" not in name and name != "read_events":
            yield partial(lambda reader: drained(reader(file, report=lambda finding: None)), reader)


def total(file: bytes) -> None:
    """Ask everything; only the library's own error may come, and soon."""
    began = time.process_time()
    drained(x12.validate(file))
    for ask in asked(file):
        try:
            ask()
        except x12.X12Error as error:
            assert error.what  # noqa: PT017
    assert time.process_time() - began < SECONDS


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A right file with bits flipped, pieces cut, or pieces of another file put in, its ISA included."""
    file = bytearray(draw(st.sampled_from(BASES)))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, max(0, len(file) - 1)))
        length = draw(st.integers(0, 200))
        match draw(st.sampled_from(("flip", "cut", "end", "splice"))):
            case "flip" if file:
                file[start] ^= 1 << draw(st.integers(0, 7))
            case "cut":
                del file[start : start + length]
            case "end":
                del file[start:]
            case _:
                other = draw(st.sampled_from(BASES))
                at = draw(st.integers(0, len(other)))
                file[start:start] = other[at : at + length]
    return bytes(file)


@ANY
@given(file=st.binary(max_size=300))
def test_any_bytes(file: bytes):
    total(file)


@ANY
@given(file=st.binary(max_size=300), head=st.sampled_from([base[:106] for base in BASES]))
def test_any_bytes_after_an_isa(file: bytes, head: bytes):
    total(head + file)


@settings(ANY, max_examples=300)
@given(file=mutated())
def test_right_files_flipped_cut_and_spliced(file: bytes):
    total(file)


@pytest.mark.parametrize("name", FILES)
def test_hostile_files(name: str):
    total(FILES[name])


@pytest.mark.skipif(not SAMPLES.exists(), reason="the public samples are not beside the checkout")
def test_public_samples_cut_short():
    files = sorted(path for path in SAMPLES.rglob("*.edi") if path.stat().st_size < 5_000)[:40]
    for place, path in enumerate(files):
        file = path.read_bytes()
        total(file[: len(file) * (place % 7 + 2) // 9])


STREAMS = {
    "a-million-segments": "read",
    "one-line-of-200-MB": "LimitExceeded",
    "a-million-segments-in-one-set": "read",
}


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_without_end_is_read_or_refused_in_bounded_memory(name: str):
    child = subprocess.run(
        [sys.executable, "-m", "tests.x12.hostile_streams", name],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert child.returncode == 0, child.stderr[-2_000:]
    megabytes, outcome = child.stdout.split()
    assert int(megabytes) < MEGABYTES
    assert outcome == STREAMS[name]
