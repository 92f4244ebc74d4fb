"""Every public 270, 271 and 278 is either read and written again with the same content, or refused with its place."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import x12

WIRES = {
    "270": [(x12.read_eligibility_inquiries, x12.render_eligibility_inquiries_body)],
    "271": [(x12.read_eligibility_answers, x12.render_eligibility_answers_body)],
    "278": [
        (x12.read_authorization_requests, x12.render_authorization_requests_body),
        (x12.read_authorization_decisions, x12.render_authorization_decisions_body),
    ],
}


def test_every_file_is_kept_whole_or_refused_with_segment_element_and_reason(samples, header):
    outcomes = {"kept": 0, "refused": 0}
    for kind, version, content, name in files(samples):
        refusals = [found for found in x12.validate(content) if found.severity == "error"]
        again = written_again(kind, version, content, header)
        if isinstance(again, x12.X12Error):
            assert all((again.segment, again.element, again.what, again.mend)), name
            outcomes["refused"] += 1
            continue
        if again is None:
            assert refusals, name
            assert all(found.segment and found.element and found.message for found in refusals), name
            outcomes["refused"] += 1
        else:
            assert told(again) == told(content), name
            outcomes["kept"] += 1
    if not any(outcomes.values()):
        pytest.skip("the files are not among the samples")
    assert outcomes["kept"] >= 19
    assert outcomes["refused"] >= 8


def files(samples: Path) -> Iterator[tuple[str, str, bytes, str]]:
    for path in sorted(path for path in samples.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if b"ISA" not in content[:64]:
            continue
        try:
            kinds = x12.sniff(content).kinds
        except x12.X12Error:
            continue
        yield from ((kind, version, content, path.name) for kind, version in kinds if kind in WIRES)


def written_again(kind, version, content, header):
    """What was read, as our own writer writes it; or the refusal; None where the version is not ours."""
    for read, render in WIRES[kind]:
        try:
            values = [item.value for item in read(content)]
        except x12.X12Error as refusal:
            return refusal
        if values:
            return x12.write_interchange(header, [x12.TransactionSet(kind, version, render(values))])
    return None


def told(content):
    """Every segment between ST and SE. HL04 and a zero at the end of a number say nothing more."""
    found = []
    for event in x12.read_events(content):
        if isinstance(event, list):
            plain = tuple(number(text) for text in event)
            found.append(plain[:2] + plain[3:4] if plain[0] == "HL" else plain)
    return sorted(found)


def number(text):
    return text.rstrip("0").rstrip(".") if "." in text and text.replace(".", "", 1).isdigit() else text
