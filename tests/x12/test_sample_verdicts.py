"""The public samples are judged as the page says, and faults put into them on purpose are named."""

from pathlib import Path

import pytest

import x12
from stack.edi_verdicts import page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "edi-samples.md"
VALID = "kputnam__stupidedi/spec/fixtures/005010"
JUDGED = ("005010X222", "005010X221", "005010X231A1", "005010X214", "005010X279", "005010X212", "005010X223")
# Some examples are printed with a trailer that does not agree with what stands above it, one with a single day where
# it announces a range.
MISPRINTED = {
    "837-institutional-claim.edi": ("DTP", 3),
    "admission-request-for-review.edi": ("SE", 1),
    "request-for-home-health-care.edi": ("SE", 1),
    "1.era": ("IEA", 2),
}
_IMSWEB = "imsweb__x12-parser/src/test/resources/837_5010/x12_"
_PYX12 = "azoner__pyx12/pyx12/test/x12testdata/"
ON_PURPOSE = [
    (_IMSWEB + "bad_segment_identifier.txt", "2000B", "NM31", 0),
    (_IMSWEB + "bad_first_line.txt", "", "ISA", 0),
    (_IMSWEB + "loop_errors1_exceeds_max_1_parent.txt", "2010AA", "NM1", 0),
    (_IMSWEB + "loop_errors3_missing_loops.txt", "2010AA", "NM1", 0),
    (_IMSWEB + "missing_elements.txt", "2300", "CLM", 5),
    (_IMSWEB + "missing_required_loop_in_one_repeat.txt", "2010BA", "NM1", 0),
    (_IMSWEB + "missing_required_loops_mult_repeats.txt", "2400", "LX", 0),
    (_IMSWEB + "segment_errors.txt", "2010AA", "REF", 0),
    (_IMSWEB + "segment_errors.txt", "2010AA", "N3", 0),
    (_PYX12 + "fail_no_IEA.source.edi", "", "IEA", 0),
    (_PYX12 + "trailer_errors.source.edi", "", "GE", 2),
    (_PYX12 + "trailer_errors.source.edi", "", "IEA", 1),
    ("xlate__staedi/src/test/resources/x12/invalid999.edi", "", "SE", 1),
    ("xlate__staedi/src/test/resources/x12/invalid999.edi", "2000", "IK5", 1),
]


def test_the_page_says_what_the_library_says(samples):
    if not PAGE.is_file():
        pytest.fail("docs/edi-samples.md is missing: run `dermbill edi verdicts ../shared/samples --write ...`")
    assert PAGE.read_text(encoding="utf-8") == page(samples)


def test_valid_examples_of_every_transaction_raise_no_error(samples):
    judged: set[str] = set()
    for path in sorted((samples / VALID).rglob("pass/*")):
        content = path.read_bytes()
        kinds = x12.sniff(content).kinds
        if not any(version.startswith(JUDGED) for _, version in kinds):
            continue
        errors = {(item.segment, item.element) for item in x12.validate(content) if item.severity == "error"}
        assert errors == ({MISPRINTED[path.name]} if path.name in MISPRINTED else set()), path.name
        judged.update(kind for kind, _ in kinds)
    if not judged:
        pytest.skip("the examples are not among the samples")
    assert {"837", "835", "271", "277", "999"} <= judged


@pytest.mark.parametrize(("name", "loop", "segment", "element"), ON_PURPOSE)
def test_a_fault_put_in_on_purpose_is_named(samples, name, loop, segment, element):
    path = samples / name
    if not path.is_file():
        pytest.skip("the example is not among the samples")
    found = {(item.loop, item.segment, item.element) for item in x12.validate(path.read_bytes())}
    assert (loop, segment, element) in found


def test_every_sample_can_be_read_to_a_person_or_is_refused_in_a_sentence(samples):
    told = 0
    for path in sorted(path for path in samples.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if b"ISA" not in content[:64]:
            continue
        try:
            lines = list(x12.explanation_as_text(x12.explain(content)))
            list(x12.judge_claims(content))
        except x12.X12Error as error:
            assert error.what  # noqa: PT017
        else:
            assert lines[0].startswith("Interchange ")
            told += 1
    assert told > 100


@pytest.mark.parametrize(
    ("version", "kind"), [(x12.REMITTANCE_VERSION, "835"), (x12.FUNCTIONAL_ACK_VERSION, "999")], ids=["835", "999"]
)
def test_valid_answers_are_written_again_with_the_same_content(samples, header, version, kind):
    written = 0
    for path in sorted((samples / VALID).rglob("pass/*.edi")):
        content = path.read_bytes()
        if (kind, version) not in x12.sniff(content).kinds:
            continue
        bodies = list(_bodies(kind, content))
        again = x12.write_interchange(header, [x12.TransactionSet(kind, version, body) for body in bodies])
        assert _content(again) == _content(content), path.name
        written += 1
    if not written:
        pytest.skip("the examples are not among the samples")


def _bodies(kind: str, content: bytes):
    if kind == "835":
        for item in x12.read_remittance_advices(content):
            advice = item.value
            yield x12.render_remittance_body(advice.remittance, advice.claims, advice.provider_adjustments)
    else:
        for item in x12.read_functional_acks(content):
            yield x12.render_functional_ack_body(item.value)


def _content(file: bytes) -> list[tuple[str, ...]]:
    """The segments of the sets, sorted, without empty ends and the zeros that end a number."""
    kept: list[tuple[str, ...]] = []
    for event in x12.read_events(file):
        if isinstance(event, list):
            plain = [_plain(text) for text in event]
            while not plain[-1]:
                plain.pop()
            kept.extend(_reasons(plain))
    return sorted(kept)


def _reasons(segment: list[str]):
    """The segment, or of a CAS each of its reasons: how many share a segment is the writer's choice."""
    if segment[0] != "CAS":
        yield tuple(segment)
        return
    for start in range(2, len(segment), 3):
        reason = segment[start : start + 3]
        yield ("CAS", segment[1], *reason, *[""] * (3 - len(reason)))


def _plain(text: str) -> str:
    number = text.removeprefix("-")
    return text.rstrip("0").rstrip(".") if number.replace(".", "", 1).isdigit() and "." in number else text
