"""Bytes to text, by the character set that MSH-18 names (HL7 table 0211)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hl7v2.errors import Code, Place, Unreadable, rejected

# The sets that Python decodes exactly; those of Japan, Korea and China switch within a field and are not read here.
CODECS: Mapping[str, str] = {
    "": "utf-8",
    "ASCII": "ascii",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",
    **{f"8859/{part}": f"iso8859-{part}" for part in (*range(1, 10), 15)},
}
_FIELD_OF_CHARSET = 18
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x0c\x0e-\x1f]")


def decoded(data: bytes) -> str:
    """The text of a message, its lines ended by CR.

    An empty MSH-18 means ASCII to the standard; UTF-8 is read there, which is ASCII wherever that was meant. Raises
    Unreadable (AR) for a set that is not read here, and for bytes that the set does not have, with their place.
    """
    data = data.removeprefix(b"\xef\xbb\xbf").strip(b"\r\n\x00 \t")
    codec = CODECS.get(_named(data))
    if codec is None:
        says = "The character set is not one that is read here."
        mend = "Send UNICODE UTF-8, ASCII or 8859/1 in MSH-18, and the message in it."
        raise rejected(Code.NOT_IN_TABLE, Place("MSH", field=_FIELD_OF_CHARSET), says, mend)
    data = data.replace(b"\r\n", b"\r").replace(b"\n", b"\r")
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as fault:
        raise _not_in_the_set(data, fault.start) from None
    _only_text(text)
    return text


def _named(data: bytes) -> str:
    header = data.replace(b"\n", b"\r").split(b"\r", 1)[0].decode("latin-1")
    fields = header.split(header[3:4] or "|")
    # MSH-1 is the separator itself, so MSH-18 is the 18th piece counted from 0 and one less.
    first = fields[_FIELD_OF_CHARSET - 1].split("~")[0] if len(fields) >= _FIELD_OF_CHARSET else ""
    return first.strip().upper()


def _not_in_the_set(data: bytes, offset: int) -> Unreadable:
    says = "A byte is not of the character set that the message is in."
    mend = "Name the character set in MSH-18, or send UTF-8."
    return rejected(Code.DATA_TYPE, _place(data[:offset].decode("latin-1")), says, mend)


def _only_text(text: str) -> None:
    control = _CONTROL.search(text)
    if control is not None:
        says = "A control character stands in the data."
        mend = "Send text only; escape what must be kept."
        raise rejected(Code.DATA_TYPE, _place(text[: control.start()]), says, mend)


def _place(before: str) -> Place:
    """The field that follows `before`, the text from the beginning of the message."""
    lines = before.split("\r")
    separator = before[3:4] or "|"
    name = lines[-1].split(separator)[0][:3]
    if not (name.isalnum() and name.isascii() and len(name) == 3):
        return Place("MSH")
    occurrences = sum(1 for line in lines if line.startswith(name))
    field = lines[-1].count(separator) + (1 if name == "MSH" else 0)
    return Place(name, occurrences, field)
