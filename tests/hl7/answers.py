"""Acknowledgements as a test looks at them."""

from __future__ import annotations

Told = tuple[str, str, str]


def acknowledged(data: bytes | str) -> tuple[str, list[Told]]:
    """MSA-1, and of each ERR the place, the code of table 0357 and what the user is told."""
    text = data.decode() if isinstance(data, bytes) else data
    segments = [line.split("|") for line in text.rstrip("\r").split("\r")]
    [msa] = [line for line in segments if line[0] == "MSA"]
    return msa[1], [_told(line, msa) for line in segments if line[0] == "ERR"]


def _told(err: list[str], msa: list[str]) -> Told:
    if len(err) > 2:
        return err[2], err[3].split("^")[0], err[8]
    # Before version 2.5 the place and the code are one field, and the sentence of the first is in MSA-3.
    place, _, code = err[1].rpartition("^")
    return place, code.split("&")[0], msa[3]
