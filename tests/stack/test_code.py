"""`dermbill code`: visits coded from a file, with nothing running."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from stack.cli import app

KERATOSES: dict[str, Any] = {
    "date": "2026-05-04",
    "place_of_service": "11",
    "payer": {"type": "medicare", "x_modifiers": True},
    "patient": {"age": 66, "sex": "F", "new_or_established": "established"},
    "problems": [{"ref": "a", "icd10": "L57.0"}],
    "procedures": [
        {
            "kind": "destruction", "lesion_type": "premalignant", "technique": "cryotherapy", "site": "scalp",
            "count": 3, "problem_ref": "a",
        }
    ],
}  # fmt: skip


def coded(tmp_path: Path, content: Any, *options: str) -> Result:
    file = tmp_path / "visits.json"
    file.write_text(json.dumps(content), "utf-8")
    return CliRunner().invoke(app, ["code", str(file), *options])


def answers(tmp_path: Path, content: Any) -> list[dict[str, Any]]:
    result = coded(tmp_path, content, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


class TestCodingAFile:
    @pytest.mark.parametrize("content", [{"cases": [{"id": "V1", "encounter": KERATOSES}]}, [{"id": "V1"} | KERATOSES]])
    def test_a_visit_is_coded_whether_it_stands_in_a_case_or_alone(self, tmp_path: Path, content: Any) -> None:
        (answer,) = answers(tmp_path, content)
        assert (answer["id"], answer["disposition"]) == ("V1", "ready")
        assert [(line["cpt"], line["units"]) for line in answer["lines"]] == [("17000", 1), ("17003", 2)]

    def test_every_line_and_every_flag_is_explained_by_a_rule_with_its_source(self, tmp_path: Path) -> None:
        silent = KERATOSES | {"procedures": [KERATOSES["procedures"][0] | {"count": None}]}
        for answer in answers(tmp_path, [KERATOSES, silent]):
            told = {why.get("line") or why["flag"] for why in answer["explanations"]}
            assert told == {line["cpt"] for line in answer["lines"]} | set(answer["flags"])
            assert all(why["rule"] and why["source"] and why["says"] for why in answer["explanations"])

    def test_a_visit_that_cannot_be_read_says_what_is_wrong_and_the_others_are_coded(self, tmp_path: Path) -> None:
        wrong = KERATOSES | {"procedures": [{"kind": "excision", "diameter_cm": -1}]}
        first, second = answers(tmp_path, [wrong, KERATOSES])
        assert (first["disposition"], first["lines"]) == ("hold", [])
        assert [fault["path"] for fault in first["problem"]["faults"]] == ["procedures[0].diameter_cm"]
        assert second["disposition"] == "ready"

    def test_a_person_reads_the_lines_the_rules_and_the_licence_notice(self, tmp_path: Path) -> None:
        result = coded(tmp_path, [KERATOSES])
        assert result.exit_code == 0
        assert "17003" in result.output
        assert "AK-COUNT, rulebook 3.8" in result.output
        assert "American Medical Association" in result.output

    @pytest.mark.parametrize("content", [{"visits": []}, "text", 7])
    def test_a_file_of_another_form_is_refused_in_one_sentence(self, tmp_path: Path, content: Any) -> None:
        result = coded(tmp_path, content)
        assert result.exit_code == 1

    def test_the_worked_visits_come_out_as_a_coder_would_have_them(self, shared_folder: Path) -> None:
        file = shared_folder / "data" / "golden_coding_cases.json"
        result = CliRunner().invoke(app, ["code", str(file), "--json"])
        wanted = {case["id"]: case["expected"] for case in json.loads(file.read_text("utf-8"))["cases"]}
        found = {answer["id"]: answer for answer in json.loads(result.output)}
        assert found.keys() == wanted.keys()
        for name, expected in wanted.items():
            assert found[name]["disposition"] == expected["disposition"]
            assert set(expected["flags"]) <= set(found[name]["flags"])
            lines = sorted((line["cpt"], line["units"], line["dx"]) for line in expected["lines"])
            assert sorted((line["cpt"], line["units"], line["dx"]) for line in found[name]["lines"]) == lines
