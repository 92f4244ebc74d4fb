"""The separators that a message declares in MSH-1 and MSH-2, and the escapes that stand for them in data."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hl7v2.errors import Code, Place, rejected

DEFAULT_ENCODING = "^~\\&"
_HEX = re.compile(r"X((?:[0-9A-Fa-f]{2})+)")
# Formatting of text (chapter 2, 2.7.6) that leaves no character, or a break of line or indentation.
_BREAKS = re.compile(r"\.(br|sp[0-9+]*|ce|in[0-9+-]*|ti[0-9+-]*|sk[0-9+ ]*|fi|nf)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Delimiters:
    """`truncation` is the fifth encoding character of version 2.7; None where the message has none."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"
    truncation: str | None = None

    @property
    def separators(self) -> str:
        return self.field + self.component + self.repetition + self.subcomponent


USUAL = Delimiters()


def declared(text: str) -> Delimiters:
    """The separators of a message that begins with `MSH`. Raises Unreadable (AR) when they cannot separate."""
    field = text[3:4]
    ends = text.find(field, 4) if field else -1
    if not field or ends < 0 or not _separates(field):
        says = "The character after MSH does not separate fields."
        raise rejected(Code.DATA_TYPE, Place("MSH", field=1), says, "Begin the message with MSH|^~\\&|.")
    encoding = text[4:ends]
    # Version 2.1 allows a message without escapes or subcomponents to leave the last ones out.
    characters = encoding + DEFAULT_ENCODING[len(encoding) :]
    used = field + characters
    if not 2 <= len(encoding) <= 5 or len(set(used)) < len(used) or not all(map(_separates, characters)):
        says = "MSH-2 does not give two to five different characters that are neither letters, digits nor blanks."
        raise rejected(Code.DATA_TYPE, Place("MSH", field=2), says, "Send ^~\\& in MSH-2.")
    component, repetition, escape, subcomponent = characters[:4]
    return Delimiters(field, component, repetition, escape, subcomponent, characters[4:5] or None)


def _separates(character: str) -> bool:
    return character.isprintable() and not character.isalnum() and not character.isspace() and character.isascii()


def unescaped(text: str, by: Delimiters) -> str:
    """The data that `text` stands for. An escape that is not known stays as it was written, which loses nothing."""
    if by.escape not in text:
        return text
    parts = text.split(by.escape)
    said, position = [parts[0]], 1
    while position < len(parts):
        if position == len(parts) - 1:
            said.append(by.escape + parts[position])
            break
        meant = _meaning(parts[position], by)
        if meant is None:
            said.append(by.escape + parts[position])
            position += 1
        else:
            said.append(meant + parts[position + 1])
            position += 2
    return "".join(said)


def _meaning(word: str, by: Delimiters) -> str | None:
    known = {
        "F": by.field,
        "S": by.component,
        "T": by.subcomponent,
        "R": by.repetition,
        "E": by.escape,
        "P": by.truncation or "#",
        "H": "",
        "N": "",
    }
    if word in known:
        return known[word]
    if hexadecimal := _HEX.fullmatch(word):
        return bytes.fromhex(hexadecimal[1]).decode("latin-1")
    return " " if _BREAKS.fullmatch(word) else None


def escaped(text: str) -> str:
    """Data written with the usual separators; what may not stand in a message at all becomes a blank."""
    by = USUAL
    letters = {
        by.escape: "\\E\\",
        by.field: "\\F\\",
        by.component: "\\S\\",
        by.repetition: "\\R\\",
        by.subcomponent: "\\T\\",
    }
    return "".join(letters.get(character, character if character.isprintable() else " ") for character in text)
