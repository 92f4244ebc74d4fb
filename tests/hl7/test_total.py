"""Any bytes give a message or a refusal that says where: nothing else ever comes out of the reader."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.hl7.messages import GT1, IN1, PID, PV1, message, msh, segment

import hl7v2
from hl7v2.delimiters import USUAL, escaped, unescaped

NOW = datetime(2026, 3, 4, tzinfo=UTC)
GOOD = message(
    msh("SIU^S12^SIU_S12"),
    "SCH|P-1|F-1||||||30|min|^^30^20260310093000",
    PID,
    PV1,
    GT1,
    IN1,
    "DG1|1||L57.0^Keratosis^I10|||F",
    segment("FT1", {1: "1", 4: "20260304", 10: "3", 11: "630.00&USD", 19: "L57.0^^I10", 25: "17000^^CPT", 26: "59~RT"}),
    "PR1|1||17000^^CPT||20260304",
    "OBX|1|NM|diameter_cm^^99DERM|1|0.8|cm|||||F",
    "AIS|1|A|SKIN|20260310093000||||30|min",
)


def told(data: bytes) -> None:
    """Read it; whatever comes of that, the answer to it can be read and says what is wrong."""
    header, answer = None, hl7v2.ACCEPTED
    try:
        envelope = hl7v2.open_envelope(data)
        header = envelope.header
        envelope.message()
    except hl7v2.Unreadable as refusal:
        answer = hl7v2.Answer.of(refusal)
    written = hl7v2.acknowledged(header, answer, id="A-1", now=NOW, control_id=hl7v2.control_id_of(data))
    assert hl7v2.read(written).header.message_code == "ACK"
    assert bool(answer.faults) == (answer.outcome is not hl7v2.Outcome.ACCEPTED)
    assert all(fault.says and fault.mend for fault in answer.faults)


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    told(data)


@given(st.binary(max_size=200))
def test_any_bytes_after_a_header(data: bytes) -> None:
    told(msh("ADT^A04").encode() + b"\r" + data)


@given(st.text(alphabet="PIDMSHFT10|^~\\&\r\n X\"2.#'é\u0001", max_size=300))
def test_any_arrangement_of_separators(text: str) -> None:
    told(b"MSH|" + text.encode())
    told(msh("DFT^P03").encode() + b"\rFT1|" + text.encode())


@settings(max_examples=150)
@given(st.data())
def test_a_message_damaged_anywhere(data: st.DataObject) -> None:
    broken = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(broken) - 1))
        match data.draw(st.sampled_from(["cut", "drop", "put", "swap"])):
            case "cut":
                del broken[at:]
                broken += b"MSH" if not broken else b""
            case "drop":
                del broken[at : at + data.draw(st.integers(1, 30))]
                broken += b"MSH" if not broken else b""
            case "put":
                broken[at:at] = data.draw(st.binary(min_size=1, max_size=6))
            case _:
                broken[at] = data.draw(st.sampled_from(b"|^~\\&\r\n0A\x00\x0b\x1c\xff"))
    told(bytes(broken))


@given(st.text(max_size=60))
def test_an_escaped_text_is_read_as_it_was(text: str) -> None:
    written = escaped(text)
    assert not set(written) & set("|^~&\r\n")
    assert unescaped(written, USUAL) == "".join(c if c.isprintable() else " " for c in text)


@given(st.text(alphabet="\\XFSTREH4.brz0", max_size=40))
def test_no_escape_breaks_the_reader(text: str) -> None:
    unescaped(text, USUAL)


@given(st.lists(st.binary(max_size=60).filter(lambda b: not set(b) & {0x0B, 0x1C}), max_size=5), st.data())
def test_frames_come_out_as_they_went_in_however_they_are_cut(messages: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(hl7v2.framed(each) for each in messages)
    frames, found = hl7v2.Frames(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        found += frames.take(stream[:size])
        stream = stream[size:]
    assert found == messages
    assert frames.idle


def whole_frames(stream: bytes) -> list[bytes]:
    """The frames of a stream without stray bytes, found in the plainest way."""
    return [part.rpartition(b"\x0b")[2] for part in stream.split(b"\x1c\r")[:-1]]


@given(st.lists(st.binary(max_size=80), max_size=8))
def test_any_stream_gives_frames_of_the_allowed_size_or_a_fault(pieces: list[bytes]) -> None:
    frames, found, broken = hl7v2.Frames(largest=64), list[bytes](), False
    for piece in pieces:
        try:
            found += frames.take(piece)
        except hl7v2.FrameFault:
            broken = True
            break
    assert all(len(each) <= 64 for each in found)
    assert broken or found == whole_frames(b"".join(pieces))
