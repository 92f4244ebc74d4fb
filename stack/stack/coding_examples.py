"""Worked visits as a page: what was documented, what the engine made of it, and why."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_HEAD = """# Worked visits

Made by `dermbill code docs/guides/coding-examples/visits.json --write docs/guides/coding-examples/README.md`; a test
holds this page against the engine. The facts are those of `POST /encounters`, described in [the guide](../coding.md).
Procedure codes are CPT, which the American Medical Association owns: production use needs its licence.
"""


def page(cases: Sequence[Mapping[str, Any]], answers: Sequence[Mapping[str, Any]]) -> str:
    """The page for cases of the golden form, each with a `title` and the sentence it `teaches`, and their answers."""
    told = (_told(case, answer) for case, answer in zip(cases, answers, strict=True))
    return "\n".join((_HEAD, *(line for lines in told for line in lines)))


def _told(case: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {case['title']}\n"
    yield f"{case['teaches']}\n"
    yield from _documented(case["encounter"])
    yield f"\n**{answer['disposition']}**\n"
    lines = (*answer["lines"], *answer["self_pay_lines"])
    if lines:
        yield "| line | units | diagnoses | because |\n|---|---|---|---|"
    for place, line in enumerate(lines, 1):
        payer = "" if place <= len(answer["lines"]) else " (the patient pays)"
        why = "; ".join(_because(each) for each in answer["explanations"] if each.get("line_number") == place)
        number = "-".join((line["cpt"], *line["modifiers"]))
        yield f"| {number}{payer} | {line['units']} | {', '.join(line['dx'])} | {why} |"
    findings = dict.fromkeys(_finding(each) for each in answer["explanations"] if "flag" in each)
    if findings:
        yield ""
        yield from findings
    yield ""


def _documented(visit: Mapping[str, Any]) -> Iterator[str]:
    patient = visit["patient"]
    yield (
        f"- {visit['payer']['type']} patient of {patient['age']}, {patient['new_or_established']}, "
        f"on {visit['date']}; problems " + ", ".join(f"`{each['ref']}` {each['icd10']}" for each in visit["problems"])
    )
    if visit["em"]:
        yield f"- visit: {_facts(visit['em'])}"
    for period in visit.get("global_periods", ()):
        yield f"- earlier surgery: {_facts(period)}"
    for procedure in visit["procedures"]:
        rest = {name: value for name, value in procedure.items() if name != "kind"}
        yield f"- {procedure['kind']}: {_facts(rest)}"


def _facts(facts: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {_value(value)}" for name, value in facts.items())


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " and ".join(_facts(each) if isinstance(each, dict) else str(each) for each in value) or "none"
    return str(value)


def _because(why: Mapping[str, Any]) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in why["facts"].items())
    return f"{why['says']} `{why['rule']}`" + (f" ({facts})" if facts else "")


def _finding(why: Mapping[str, Any]) -> str:
    return f"- {'Asks' if why['holds'] else 'Says'} `{why['flag']}`: {why['says']}"
