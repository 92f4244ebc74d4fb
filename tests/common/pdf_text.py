"""The text of a PDF as Typst writes it: no object streams, and fonts of two bytes a glyph with their meanings."""

from __future__ import annotations

import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj\s*(.*?)\s*endobj", re.S)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.S)
PLAIN = rb"[^\\()]|\\."
# A string may hold parentheses as they are where they come in pairs: to a depth of three here.
PAIRED = rb"\((?:" + PLAIN + rb"|\((?:" + PLAIN + rb"|\((?:" + PLAIN + rb")*\))*\))*\)"
SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|(?<![A-Za-z])\(((?:" + PLAIN + rb"|" + PAIRED + rb")*)\)|(\]TJ|Tj)", re.DOTALL)
ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.S)
ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def text_of(pdf: bytes) -> str:
    """What is shown, in the order in which it is written, with every run of white space as one blank."""
    found = {int(number): body for number, body in OBJECT.findall(pdf)}
    pages = [body for body in found.values() if re.search(rb"/Type/Page\b", body)]
    return " ".join(
        " ".join(_shown(_content(_under(found, page, b"Contents")), _fonts(found, page)) for page in pages).split()
    )


def _under(found: dict[int, bytes], body: bytes, name: bytes) -> bytes:
    place = re.search(rb"/" + name + rb" ?\[?(\d+) 0 R", body)
    assert place is not None
    return found[int(place.group(1))]


def _fonts(found: dict[int, bytes], page: bytes) -> dict[bytes, dict[int, str]]:
    held = re.search(rb"/Font<<(.*?)>>", _under(found, page, b"Resources"))
    named = re.findall(rb"/(f\d+) (\d+) 0 R", held.group(1)) if held else []
    return {name: _meanings(found, int(place)) for name, place in named}


def _shown(page: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    parts: list[str] = []
    font: dict[int, str] = {}
    for name, string, end in SHOWN.findall(page):
        if name:
            font = fonts[name]
        elif end:
            parts.append(" ")
        else:
            plain = ESCAPE.sub(_unescaped, string)
            parts += [font[int.from_bytes(plain[at : at + 2])] for at in range(0, len(plain), 2)]
    return "".join(parts)


def _unescaped(match: re.Match[bytes]) -> bytes:
    word = match.group(1)
    return bytes([int(word, 8)]) if word.isdigit() else ESCAPES.get(word, word)


def _meanings(found: dict[int, bytes], font: int) -> dict[int, str]:
    told = _content(_under(found, found[font], b"ToUnicode"))
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>", told)
    return {int(glyph, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for glyph, text in pairs}


def _content(body: bytes) -> bytes:
    stream = STREAM.search(body)
    if stream is None:
        return b""
    try:
        return zlib.decompress(stream.group(1))
    except zlib.error:
        return stream.group(1)
