"""`dermbill code`: a file of visits coded by the engine alone, with the tables it ships and no running stack."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, cast

import typer
from rich.text import Text

from coding.domain.coded_visit import CodedLine, CodedVisit
from coding.domain.engine import code_visit
from coding.domain.findings import Finding
from coding.domain.reading import read_visit
from coding.domain.reasons import Reason
from coding.domain.refusals import VisitUnreadable
from common.embedded import StackError
from stack.coding_examples import page
from stack.screen import one_sentence, out

NOTICE = (
    "Procedure codes are CPT, which the American Medical Association owns: production use needs its licence. "
    "Labels here are dermbill's own."
)
_STYLES = {"ready": "green", "hold": "yellow"}


def code(
    file: Annotated[Path, typer.Argument(help="JSON: a list of visits, or an object with `cases`.")],
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    write: Annotated[Path | None, typer.Option(help="A page of worked examples, in Markdown.")] = None,
) -> None:
    """Code every visit of a file and say why: lines, what the patient pays, flags, disposition, explanations."""
    with one_sentence():
        answers = [_answer(name, facts) for name, facts in _visits(file)]
        if write is not None:
            write.write_text(page(json.loads(file.read_text("utf-8"))["cases"], answers), "utf-8")
            return
    if as_json:
        typer.echo(json.dumps(answers, indent=2))
        return
    for answer in answers:
        _explain(answer)
    _say(Text(NOTICE, style="dim"))


def _say(text: Text) -> None:
    out.print(text, soft_wrap=True)


def _visits(file: Path) -> Iterator[tuple[str, Any]]:
    """Each visit with its id, or its place in the file; a case holds its visit as `encounter`."""
    try:
        content = json.loads(file.read_text("utf-8"))
    except OSError as problem:
        raise StackError(f"{file} cannot be read: {problem.strerror}.") from None
    except ValueError:
        raise StackError(f"{file} is not JSON.") from None
    cases = cast(Any, content).get("cases") if isinstance(content, dict) else content
    if not isinstance(cases, list):
        raise StackError(f"{file} holds neither a list of visits nor an object with `cases`.")
    for place, case in enumerate(cast(list[Any], cases), 1):
        facts: Any = case
        name = str(place)
        if isinstance(case, Mapping):
            known = cast(Mapping[str, Any], case)
            name = str(known.get("id", place))
            facts = known.get("encounter", {word: value for word, value in known.items() if word != "id"})
        yield name, facts


def _answer(name: str, facts: Any) -> dict[str, Any]:
    try:
        coded = code_visit(read_visit(facts))
    except VisitUnreadable as refusal:
        faults = [{"path": fault.path, "says": fault.says} for fault in refusal.faults]
        problem = {"code": refusal.code, "says": str(refusal), "mend": refusal.mend, "faults": faults}
        return {
            "id": name, "lines": [], "self_pay_lines": [], "flags": [], "disposition": "hold", "explanations": [],
            "problem": problem,
        }  # fmt: skip
    return {
        "id": name,
        "lines": [_line(line) for line in coded.lines],
        "self_pay_lines": [_line(line) for line in coded.self_pay_lines],
        "flags": list(coded.flags),
        "disposition": str(coded.disposition),
        "explanations": list(_explanations(coded)),
    }


def _line(line: CodedLine) -> dict[str, Any]:
    return {"cpt": line.cpt, "units": line.units, "modifiers": list(line.modifiers), "dx": list(line.dx)}


def _explanations(coded: CodedVisit) -> Iterator[dict[str, Any]]:
    """One for each rule behind a line, and one for each flag."""
    for place, line in enumerate((*coded.lines, *coded.self_pay_lines), 1):
        yield from (_reason(place, line.cpt, reason) for reason in line.reasons)
    yield from map(_finding, coded.findings)


def _reason(place: int, number: str, reason: Reason) -> dict[str, Any]:
    """`place` tells two lines of one code apart: the lines first, then those the patient pays."""
    rule = reason.rule
    return {
        "line": number,
        "line_number": place,
        "rule": rule.id,
        "says": rule.says,
        "source": rule.source,
        "in_force_from": rule.in_force_from.isoformat(),
        "in_force_to": rule.in_force_to.isoformat() if rule.in_force_to else None,
        "facts": dict(reason.facts),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "flag": finding.flag,
        "rule": finding.flag.partition(":")[0],
        "says": finding.says,
        "source": finding.source,
        "in_force_from": finding.in_force_from.isoformat(),
        "in_force_to": None,
        "holds": finding.holds,
        "facts": {"path": finding.path} if finding.path else {},
    }


def _explain(answer: Mapping[str, Any]) -> None:
    disposition = answer["disposition"]
    _say(Text(f"{answer['id']}: {disposition}", style=f"bold {_STYLES.get(disposition, '')}".strip()))
    headings = ["line"] * len(answer["lines"]) + ["patient"] * len(answer["self_pay_lines"])
    for place, line in enumerate((*answer["lines"], *answer["self_pay_lines"]), 1):
        code_text = "-".join((line["cpt"], *line["modifiers"]))
        _say(Text(f"  {headings[place - 1]} {code_text} x{line['units']}  {', '.join(line['dx'])}"))
        for why in answer["explanations"]:
            if why.get("line_number") == place:
                facts = ", ".join(f"{name} {value}" for name, value in why["facts"].items())
                _say(Text(f"    {why['says']} [{why['rule']}, {why['source']}] {facts}", style="dim"))
    for why in answer["explanations"]:
        if "flag" in why:
            word = "question" if why["holds"] else "flag"
            _say(Text(f"  {word} {why['flag']}: {why['says']}", style="yellow" if why["holds"] else ""))
    for fault in answer.get("problem", {}).get("faults", ()):
        _say(Text(f"  {fault['path']} {fault['says']}", style="red"))
