"""The verdict on every X12 file of a folder, as a page of tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import x12

_MOST_TOLD = 3
_LOOKED_AT = 512
"""Bytes at the beginning of a file in which an ISA makes it one to judge."""
_HEAD = """# Public X12 samples and what the library says of them

Made by `dermbill edi verdicts ../shared/samples --write docs/edi-samples.md`; a test holds this page against the
files.

- *right*: nothing was found, or at most warnings
- *N errors*: the first of them are named by loop, segment and element; several projects' examples are wrong on purpose
- *no guide*: the envelope is judged; the kind or version of transaction is not one of ours
- *not read*: not an interchange

NPIs that do not pass their check digit are warnings: most examples carry invented ones.
"""
_TABLE = """
| file | holds | verdict | first of what was found |
|---|---|---|---|"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of one file."""

    project: str
    path: str
    kinds: str
    verdict: str
    told: tuple[str, ...]


def page(folder: Path) -> str:
    """The page: for each project below the folder a table of its files."""
    lines = [_HEAD]
    found = list(verdicts(folder))
    lines.append(f"{len(found)} files: {_totals(found)}.\n")
    project = ""
    for item in found:
        if item.project != project:
            project = item.project
            lines.append(f"\n## {project.replace('__', '/')}\n{_TABLE}")
        lines.append(f"| {item.path} | {item.kinds} | {item.verdict} | {'; '.join(item.told)} |")
    return "\n".join(lines) + "\n"


def verdicts(folder: Path) -> Iterator[Verdict]:
    """The files of the folder that begin with an ISA, in order of their paths."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if b"ISA" in content[:_LOOKED_AT]:
            where = path.relative_to(folder)
            kinds, verdict, told = _judged(content)
            yield Verdict(where.parts[0], _plain(str(Path(*where.parts[1:]))), kinds, verdict, told)


def _judged(content: bytes) -> tuple[str, str, tuple[str, ...]]:
    try:
        kinds = x12.sniff(content).kinds
    except x12.X12Error as error:
        return "", "not read", (_plain(error.what),)
    findings = list(x12.validate(content))
    errors = [item for item in findings if item.severity == "error"]
    holds = ", ".join(f"{kind} {version}".strip() for kind, version in kinds) or "no transaction"
    graver = [item for item in errors if not (item.scope == "set" and item.code == "1")]
    if errors and not graver:
        return _plain(holds), "no guide", ()
    verdict = f"{len(graver)} error{'s' if len(graver) != 1 else ''}" if graver else "right"
    warnings = len(findings) - len(errors)
    if not graver and warnings:
        verdict += f", {warnings} warning{'s' if warnings != 1 else ''}"
    return _plain(holds), verdict, _told(graver)


def _told(findings: list[x12.Finding]) -> tuple[str, ...]:
    places = dict.fromkeys(f"{_place(item)}: {item.message}" for item in findings)
    return tuple(_plain(text) for text in list(places)[:_MOST_TOLD])


def _place(finding: x12.Finding) -> str:
    element = f"{finding.element:02d}" if finding.element else ""
    return f"{finding.loop} {finding.segment}{element}".strip()


def _totals(found: list[Verdict]) -> str:
    right = sum(item.verdict.startswith("right") for item in found)
    unknown = sum(item.verdict == "no guide" for item in found)
    unread = sum(item.verdict == "not read" for item in found)
    wrong = len(found) - right - unknown - unread
    return f"{right} right, {wrong} with errors, {unknown} without a guide, {unread} not read"


def _plain(text: str) -> str:
    """Text for a cell: printable, one line, without the bar that ends cells."""
    return "".join(sign if sign.isprintable() and sign != "|" else " " for sign in text)
