"""`dermbill contracts`: drift is named, and a break with an earlier revision fails in both directions."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from stack.cli import app
from stack.contracts import breaks, drift, present_promises, promises_of, published, write
from stack.members import members

FILES = published(members())
SUBMITTED = "events/ClaimSubmitted.v1.json"
Change = Callable[[dict[str, Any]], None]


def git(folder: Path, *words: str) -> None:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.test")
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository whose only commit holds what the code says today."""
    git(tmp_path, "init", "--quiet")
    write(tmp_path / "contracts", FILES)
    git(tmp_path, "add", "contracts")
    git(tmp_path, "commit", "--quiet", "-m", "the contracts")
    return tmp_path


def changed(change: Change, path: str = SUBMITTED) -> dict[str, str]:
    schema = json.loads(FILES[path])
    change(schema)
    return {**FILES, path: json.dumps(schema)}


def found(repository: Path, files: dict[str, str]) -> list[str]:
    before = promises_of(repository / "contracts", "HEAD")
    assert before is not None
    return breaks(before, present_promises(files))


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["contracts", *words])


class TestComparing:
    def test_what_was_committed_breaks_nothing(self, repository: Path) -> None:
        assert found(repository, FILES) == []

    def test_an_optional_field_more_breaks_nothing(self, repository: Path) -> None:
        def optional(schema: dict[str, Any]) -> None:
            schema["properties"]["note_code"] = {"type": "string", "default": ""}

        assert found(repository, changed(optional)) == []

    def test_a_required_field_more_breaks_the_messages_that_lie_in_the_topic(self, repository: Path) -> None:
        def required(schema: dict[str, Any]) -> None:
            schema["properties"]["colour"] = {"type": "string"}
            schema["required"].append("colour")

        [fault] = found(repository, changed(required))
        assert fault.startswith("ClaimSubmitted.v1: data.colour is required")
        assert "new readers, old data" in fault

    def test_a_field_that_becomes_optional_breaks_readers_that_are_not_deployed_yet(self, repository: Path) -> None:
        faults = found(repository, changed(lambda schema: schema["required"].remove("payer_id")))
        assert [("old readers, new data" in fault, "payer_id" in fault) for fault in faults] == [(True, True)]

    def test_a_field_that_goes_is_named(self, repository: Path) -> None:
        def without(schema: dict[str, Any]) -> None:
            del schema["properties"]["charge"]
            schema["required"].remove("charge")

        assert "ClaimSubmitted.v1: data.charge was removed." in found(repository, changed(without))

    def test_an_event_that_goes_is_a_break_of_schema_and_of_topic(self, repository: Path) -> None:
        topics = yaml.safe_load(FILES["topics.yaml"])
        topics["dermbill.claims"]["types"].remove("org.dermbill.claims.ClaimSubmitted.v1")
        files = {path: text for path, text in FILES.items() if path != SUBMITTED}
        assert found(repository, files | {"topics.yaml": yaml.safe_dump(topics)}) == [
            "ClaimSubmitted v1 is no longer on the topic dermbill.claims.",
            "ClaimSubmitted.v1 was published and is gone; a type that was published once stays.",
        ]

    def test_another_number_of_partitions_is_a_break(self, repository: Path) -> None:
        topics = yaml.safe_load(FILES["topics.yaml"])
        topics["dermbill.edi"]["partitions"] = 6
        [fault] = found(repository, FILES | {"topics.yaml": yaml.safe_dump(topics)})
        assert fault.startswith("dermbill.edi had 12 partitions and has 6")

    def test_a_topic_that_goes_is_a_break(self, repository: Path) -> None:
        topics = yaml.safe_load(FILES["topics.yaml"])
        del topics["dermbill.edi"]
        assert found(repository, FILES | {"topics.yaml": yaml.safe_dump(topics)}) == ["The topic dermbill.edi is gone."]


class TestTheCommand:
    def test_it_writes_once_and_then_finds_nothing_to_do(self, tmp_path: Path) -> None:
        folder = str(tmp_path / "contracts")
        first, second = run("--folder", folder), run("--folder", folder)
        assert SUBMITTED in first.output
        assert second.output == f"All {len(FILES)} files were up to date.\n"
        assert run("--check", "--folder", folder).exit_code == 0

    def test_drift_is_named_file_by_file_and_nothing_is_written(self, tmp_path: Path) -> None:
        folder = tmp_path / "contracts"
        write(folder, FILES)
        (folder / "topics.yaml").write_text("{}\n")
        (folder / SUBMITTED).unlink()
        (folder / "events" / "ClaimLost.v1.json").write_text("{}")
        answer = run("--check", "--folder", str(folder))
        assert answer.exit_code == 1
        assert answer.stderr.splitlines() == [
            f"{SUBMITTED} is missing.",
            "topics.yaml is not what the code says.",
            "events/ClaimLost.v1.json belongs to nothing in the code; what was published once stays.",
            "3 faults. Run `make contracts`.",
        ]
        assert not (folder / SUBMITTED).exists()

    def test_an_event_that_no_code_knows_is_not_swept_away_but_an_openapi_of_no_service_is(
        self, tmp_path: Path
    ) -> None:
        write(tmp_path, FILES)
        (tmp_path / "examples" / "ClaimLost.v1.json").write_text("{}")
        (tmp_path / "openapi" / "nobody.json").write_text("{}")
        assert write(tmp_path, FILES) == ["openapi/nobody.json"]
        assert [path.split()[0] for path in drift(tmp_path, FILES)] == ["examples/ClaimLost.v1.json"]

    def test_a_break_fails_with_plain_sentences(self, repository: Path) -> None:
        schema = json.loads(FILES[SUBMITTED])
        schema["properties"]["colour"] = {"type": "string"}
        schema["required"].append("colour")
        (repository / "contracts" / SUBMITTED).write_text(json.dumps(schema))
        git(repository, "commit", "--quiet", "-am", "a promise that the code does not keep")
        answer = run("--against", "HEAD", "--folder", str(repository / "contracts"))
        assert answer.exit_code == 1
        assert "ClaimSubmitted.v1: data.colour was removed." in answer.stderr
        assert run("--against", "HEAD~1", "--folder", str(repository / "contracts")).exit_code == 0

    def test_a_revision_without_contracts_has_nothing_to_break_and_is_told_so(self, tmp_path: Path) -> None:
        git(tmp_path, "init", "--quiet")
        git(tmp_path, "commit", "--quiet", "--allow-empty", "-m", "nothing yet")
        answer = run("--against", "HEAD", "--folder", str(tmp_path / "contracts"))
        assert (answer.exit_code, answer.output) == (0, "HEAD has no contracts/: there is nothing to break.\n")

    def test_no_such_revision_is_one_sentence(self, repository: Path) -> None:
        answer = run("--against", "nowhere", "--folder", str(repository / "contracts"))
        assert answer.exit_code == 1
        assert answer.stderr.startswith("nowhere is not a commit of the repository")
