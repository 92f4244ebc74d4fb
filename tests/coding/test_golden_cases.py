"""The worked encounters of the coding rulebook, compared as the file's own conventions say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coding.domain.engine import code_visit
from coding.domain.reading import read_visit

GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "data" / "golden_coding_cases.json"
CASES: list[dict[str, Any]] = json.loads(GOLDEN.read_text("utf-8"))["cases"] if GOLDEN.exists() else []


def as_expected(lines: list[dict[str, Any]]) -> list[Any]:
    return sorted((line["cpt"], line["units"], line["dx"]) for line in lines)


def matches(line: Any, expected: dict[str, Any]) -> bool:
    accepted = [set(expected["modifiers"]), *map(set, expected.get("modifiers_accept", []))]
    same = (line.cpt, line.units, list(line.dx)) == (expected["cpt"], expected["units"], expected["dx"])
    return same and set(line.modifiers) in accepted


def unmatched(lines: Any, expected: list[dict[str, Any]]) -> list[Any]:
    """Lines without a counterpart: the preferred modifiers are matched first, so that none is used twice."""
    left = list(expected)
    alone: list[Any] = []
    for line in lines:
        fits = [e for e in left if matches(line, e)]
        fits.sort(key=lambda e: set(e["modifiers"]) != set(line.modifiers))
        if fits:
            left.remove(fits[0])
        else:
            alone.append((line.cpt, line.units, line.modifiers, line.dx))
    return alone + left


@pytest.mark.skipif(not CASES, reason="the shared golden cases are not beside this checkout")
class TestGoldenCases:
    def test_the_file_holds_thirty(self):
        assert len(CASES) == 30

    @pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
    def test_a_case_comes_out_as_a_coder_would_have_it(self, case: dict[str, Any]):
        coded = code_visit(read_visit(case["encounter"]))
        expected = case["expected"]
        assert coded.disposition == expected["disposition"], coded.findings
        assert not unmatched(coded.lines, expected["lines"])
        assert not unmatched(coded.self_pay_lines, expected.get("self_pay_lines", []))
        assert set(expected["flags"]) <= set(coded.flags)
