"""Public files of other projects: every one is read without an untyped exception, the valid ones without a finding."""

from pathlib import Path

import pytest

import x12

VALID = "kputnam__stupidedi/spec/fixtures/005010"
OURS = ("005010X222", "005010X221", "005010X231A1", "005010X214")


def interchanges(samples: Path) -> list[Path]:
    files = (path for path in sorted(samples.rglob("*")) if path.is_file())
    return [path for path in files if b"ISA" in path.read_bytes()[:64]]


def test_every_file_is_read_or_refused_with_a_typed_error(samples):
    seen = 0
    for path in interchanges(samples):
        content = path.read_bytes()
        for read in (
            x12.read_interchanges,
            x12.read_claims,
            x12.read_remittances,
            x12.read_functional_acks,
            x12.read_claim_acks,
            x12.read_interchange_acks,
            x12.examine,
        ):
            try:
                for _ in read(content):
                    pass
            except x12.X12Error as error:
                assert error.what, path  # noqa: PT017
        assert all(item.message for item in x12.validate(content)), path
        seen += 1
    assert seen > 100


def test_valid_examples_of_our_transactions_raise_no_error(samples):
    judged = 0
    for path in sorted((samples / VALID).rglob("pass/*.edi")):
        content = path.read_bytes()
        if any(version.startswith(OURS) for _, version in x12.sniff(content).kinds):
            errors = [item for item in x12.validate(content) if item.severity == "error"]
            assert errors == [], path.name
            judged += 1
    if not judged:
        pytest.skip("the examples are not among the samples")
    assert judged >= 20


def test_valid_claims_are_written_again_with_the_same_content(samples, header):
    written = 0
    for path in sorted((samples / VALID).rglob("pass/*.edi")):
        content = path.read_bytes()
        if ("837", x12.CLAIM_VERSION) not in x12.sniff(content).kinds:
            continue
        received = list(x12.read_claims(content))
        body = x12.render_claims_body([item.claim for item in received], received[0].submission)
        again = x12.write_interchange(header, [x12.TransactionSet("837", x12.CLAIM_VERSION, body)])
        assert [item.claim for item in x12.read_claims(again)] == [item.claim for item in received]
        assert _segments(again) == _segments(content), path.name
        written += 1
    if not written:
        pytest.skip("the examples are not among the samples")


def _segments(content: bytes) -> list[tuple[str, ...]]:
    """Segments of the sets, sorted, without the numbers' trailing zeros, HL numbering and empty ends."""
    kept: list[tuple[str, ...]] = []
    for event in x12.read_events(content):
        if isinstance(event, list):
            plain = [_plain(item) for item in event]
            while not plain[-1]:
                plain.pop()
            kept.append(tuple(plain))
    return sorted(kept)


def _plain(text: str) -> str:
    if text.replace(".", "", 1).isdigit() and "." in text:
        return text.rstrip("0").rstrip(".")
    return text[:4] if len(text) == 8 and text.endswith("0000") else text


def test_faults_put_into_files_on_purpose_are_named(samples):
    folder = samples / "imsweb__x12-parser/src/test/resources/837_5010"
    if not folder.is_dir():
        pytest.skip("the broken examples are not among the samples")
    missing = {item.message for item in x12.validate((folder / "x12_loop_errors3_missing_loops.txt").read_bytes())}
    assert any("is missing" in message for message in missing)
    unknown = list(x12.validate((folder / "x12_bad_segment_identifier.txt").read_bytes()))
    assert any(item.scope == "segment" and item.code in ("1", "2") for item in unknown)
