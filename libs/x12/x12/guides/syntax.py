"""Which elements of a segment depend on each other, whatever the guide (the syntax notes of the X12 standard).

P: all or none of them. R: at least one. E: at most one. C: the first brings the others. L: the first brings
at least one of the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """One syntax note: its kind and the elements it binds."""

    kind: str
    places: tuple[int, ...]


def _notes(text: str) -> tuple[Note, ...]:
    return tuple(Note(note[0], tuple(int(note[at : at + 2]) for at in range(1, len(note), 2))) for note in text.split())


NOTES: Mapping[str, tuple[Note, ...]] = {
    name: _notes(text)
    for name, text in {
        "AAA": "P0405",
        "BPR": "P0607 C0809 P1213 C1415",
        "CAS": "L050607 C0605 C0705 L080910 C0908 C1008 L111213 C1211 C1311 L141516 C1514 C1614 L171819 C1817 C1917",
        "CR1": "P0102 P0506",
        "CR3": "P0203",
        "CTP": "P0405",
        "DMG": "P0102 C1105",
        "DTM": "R020305 C0403 P0506",
        "EB": "P0910",
        "FRM": "R02030405",
        "HCP": "R0113 P0910 P1112",
        "HSD": "P0102 C0605",
        "III": "P0102",
        "LIN": "P0405 P0607",
        "LQ": "C0102",
        "MEA": "R03050608",
        "N1": "R0203 P0304",
        "N4": "E0207 C0605 C0704",
        "NM1": "P0809 C1110 C1203",
        "PAT": "P0506 P0708",
        "PER": "P0304 P0506 P0708",
        "PLB": "P0506 P0708 P0910 P1112 P1314",
        "PRV": "P0203",
        "PWK": "P0506",
        "QTY": "R0204 E0204",
        "REF": "R0203",
        "SV1": "P0304",
        "SV2": "R0102 P0405",
        "SV5": "R0405 C0604",
    }.items()
}


def broken(note: Note, present: list[bool]) -> int:
    """The element that the note misses or forbids, 0 when it holds. `present[n]` says whether element n was
    sent.
    """
    there = [place for place in note.places if place < len(present) and present[place]]
    absent = [place for place in note.places if place not in there]
    match note.kind:
        case "P":
            return absent[0] if there and absent else 0
        case "R":
            return 0 if there else note.places[0]
        case "E":
            return there[1] if len(there) > 1 else 0
        case "C":
            return absent[0] if note.places[0] in there and absent else 0
        case _:
            return note.places[1] if there == [note.places[0]] else 0
