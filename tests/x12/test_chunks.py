"""How a file is cut into chunks on its way makes no difference to what is read.

The reader gathers small chunks before it looks at them; these tests make it look at each (`CHUNK` 1).
"""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.x12.seeded_bases import CLAIMS, REMITTANCE

import x12
from x12 import tokens
from x12.delimiters import Header

Segments = list[list[str] | tuple[str, ...]]
# Longer than what is looked at at once to find the delimiters.
_ONE = REMITTANCE.file
_PADDED = _ONE.replace(b"~", b"~ \r\n ")
_BINARY = (
    b"~".join(_ONE.split(b"~")[:30]) + b"~BIN*10*A~IEA*1~*\x00~BDS*ASC*3*~\n~~SE*32*0001~\nGE*1*17~\nIEA*1*000000905~"
)


def _wrapped(file: bytes, width: int) -> bytes:
    return b"\r\n".join(file[at : at + width] for at in range(0, len(file), width))


FILES = {
    "one after the other": _ONE + _ONE,
    "a line for each segment": _ONE.replace(b"~", b"~\n") * 2,
    "lines of a mainframe": _ONE.replace(b"~", b"~\r\n") + b"\x1a\x00" + _ONE.replace(b"~", b"~\r\n"),
    "line ends as terminators": _ONE.replace(b"~", b"\n") * 2,
    "carriage returns before the terminators": _ONE.replace(b"~", b"\r\n") * 2,
    "blanks around segments": _PADDED + b"   \r\n\r\n" + _PADDED,
    "many line ends between interchanges": _ONE + b"\r\n" * 20 + _ONE,
    "without trailers": (_ONE[: _ONE.index(b"SE*")] + b"\n") * 2,
    "without the last terminator": _ONE + b"\n" + _ONE[:-1],
    "a byte order mark before each": (b"\xef\xbb\xbf" + _ONE) * 2,
    "binary data that look like a trailer": _BINARY * 2,
    "names that look like headers": _ONE.replace(b"CLAIM0001", b"ISA LISA IEA").replace(b"LX*", b"ISAAC*1~LX*") * 2,
    **{f"wrapped at {width} columns": _wrapped(_ONE * 2, width) for width in (53, 79, 80)},
    "two encodings": _ONE.replace(b"CLAIM0001", b"JAN\xc3\x89") + b"\n" + _ONE.replace(b"CLAIM0001", b"JAN\xc9"),
    "two encodings in one set": _ONE.replace(b"LX*", b"NTE*JAN\xc3\x89~NTE*JAN\xc9~LX*"),
}


def read(chunks: Iterator[bytes] | bytes) -> Segments:
    """What a file holds: the elements of each ISA, and the segments after it."""
    return [item.elements if isinstance(item, Header) else item for item in tokens.read_tokens(chunks)]


@pytest.fixture(scope="module")
def whole() -> Callable[[str], Segments]:
    """What a file holds that comes in one piece."""
    return cache(lambda name: read(FILES[name]))


@pytest.mark.parametrize("name", FILES)
def test_a_cut_at_any_byte_makes_no_difference(name, whole, monkeypatch):
    file, expected = FILES[name], whole(name)
    monkeypatch.setattr(tokens, "CHUNK", 1)
    for at in range(len(file) + 1):
        assert read(iter((file[:at], file[at:]))) == expected, at


@pytest.mark.parametrize("size", [1, 2, 3, 7, 16, 100])
@pytest.mark.parametrize("name", FILES)
def test_small_chunks_make_no_difference(name, size, whole, monkeypatch):
    file, expected = FILES[name], whole(name)
    monkeypatch.setattr(tokens, "CHUNK", 1)
    assert read(file[at : at + size] for at in range(0, len(file), size)) == expected


@settings(max_examples=100, deadline=None)
@given(data=st.data(), line_break=st.sampled_from((b"", b"\n", b"\r\n", b" \n", b"\n\n")))
def test_no_chunking_makes_a_difference(data, line_break):
    file = (CLAIMS.file.replace(b"~", b"~" + line_break) + line_break) * 2
    cuts = sorted(data.draw(st.sets(st.integers(1, len(file) - 1), max_size=12)))
    expected = read(file)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tokens, "CHUNK", 1)
        assert read(file[start:end] for start, end in pairwise((0, *cuts, len(file)))) == expected


@pytest.mark.parametrize("name", FILES)
def test_every_interchange_of_a_file_is_met_with_its_segments(name, whole):
    segments = whole(name)
    headers = [at for at, item in enumerate(segments) if item[0] == "ISA"]
    expected = 1 if name == "two encodings in one set" else 2
    assert len(headers) == expected
    if expected == 2 and "encodings" not in name:
        assert segments[headers[0] : headers[1]] == segments[headers[1] :]


@pytest.mark.parametrize("size", [1, 13, 64, 600])
@pytest.mark.parametrize(
    ("read_typed", "file"), [(x12.read_claims, CLAIMS.file * 2), (x12.read_remittances, REMITTANCE.file * 2)]
)
def test_claims_and_payments_are_the_same_from_small_chunks(read_typed, file, size, monkeypatch):
    expected = list(read_typed(file))
    assert len({(item.position.interchange, item.position.set) for item in expected}) == 2
    monkeypatch.setattr(tokens, "CHUNK", 1)
    assert list(read_typed(file[at : at + size] for at in range(0, len(file), size))) == expected
