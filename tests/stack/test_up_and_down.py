"""The `dermbill` command with the real servers and the issuer."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from common.embedded import process_stamp
from stack.running import end, supervisor_pid
from stack.workspace import Workspace

ONLY = [word for name in ("postgres", "kafka", "issuer") for word in ("--only", name)]


class Terminal:
    """Somebody at a terminal, in a folder of their own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.workspace = Workspace(home)

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "stack.cli", "--home", str(self.home), *words]

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words), capture_output=True, text=True, timeout=90, env={**os.environ, **environment}
        )

    def status(self) -> dict[str, Any]:
        return json.loads(self.run("status", "--json").stdout)

    def living(self) -> list[str]:
        processes = self.workspace.state().get("processes", {})
        return [name for name, facts in processes.items() if facts["pid"] and process_stamp(facts["pid"])]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    here = Terminal(tmp_path / "home")
    yield here
    if (pid := supervisor_pid(here.workspace)) is not None:
        end(here.workspace, pid)


class TestUpAndDown:
    def test_up_status_down_and_up_again_on_the_same_ports_and_data(self, terminal: Terminal) -> None:
        started = terminal.run("up", *ONLY)
        assert started.returncode == 0, started.stderr
        assert "127.0.0.1" in started.stdout
        first = terminal.status()
        assert first["running"] is True
        assert {name: facts["status"] for name, facts in first["processes"].items()} == {
            "postgres": "ready",
            "kafka": "ready",
            "issuer": "ready",
        }
        keys = sorted((terminal.home / "issuer" / "keys").iterdir())
        assert terminal.run("up", *ONLY).stdout.strip().endswith("The stack is already running.")

        assert terminal.run("down").returncode == 0
        assert terminal.living() == []
        assert terminal.run("status").returncode == 3

        assert terminal.run("up", *ONLY).returncode == 0
        again = terminal.status()
        assert [facts["port"] for facts in again["processes"].values()] == [
            facts["port"] for facts in first["processes"].values()
        ]
        assert sorted((terminal.home / "issuer" / "keys").iterdir()) == keys

    def test_ctrl_c_while_it_starts_leaves_no_process_behind(self, terminal: Terminal) -> None:
        # The whole stack: a part of it may be ready before the first process of it is seen here.
        with subprocess.Popen(
            terminal.command("up"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_at_a_terminal,
        ) as process:
            deadline = time.monotonic() + 30
            while not terminal.living():
                assert time.monotonic() < deadline
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "nothing is left running" in said
        assert terminal.living() == []
        assert terminal.status()["running"] is False

    def test_what_the_user_points_to_is_used_and_nothing_is_started_for_it(self, terminal: Terminal) -> None:
        ended = terminal.run("up", "--only", "kafka", KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:1")
        assert ended.returncode == 1
        assert ended.stderr.strip().endswith("Kafka at 127.0.0.1:1 does not answer.")
        assert terminal.workspace.state()["processes"] == {}


class TestTheOtherWords:
    def test_a_stranger_among_the_names_is_said_in_one_sentence(self, terminal: Terminal) -> None:
        ended = terminal.run("up", "--only", "billing")
        assert ended.returncode == 1
        assert ended.stderr.startswith("billing is not part of the stack, which has authorizations, claims, ")

    def test_logs_of_nothing(self, terminal: Terminal) -> None:
        ended = terminal.run("logs", "claims")
        assert ended.returncode == 1
        assert ended.stderr.strip() == "There is no log of claims; there are logs of nothing."

    def test_logs_shows_the_last_lines(self, terminal: Terminal) -> None:
        terminal.workspace.prepare()
        terminal.workspace.log("claims").write_text("first\nsecond\nthird\n")
        assert terminal.run("logs", "claims", "-n", "2").stdout == "second\nthird\n"

    def test_doctor_finds_what_the_stack_needs(self, terminal: Terminal) -> None:
        findings = json.loads(terminal.run("doctor", "--json").stdout)
        assert {finding["what"]: finding["good"] for finding in findings}.items() >= {
            ("postgres", True),
            ("java", True),
        }
        assert any("PostgreSQL) 18" in finding["sentence"] for finding in findings)


def _at_a_terminal() -> None:
    """Ctrl-C is heard: what runs in the background of a shell, as a build may, is started with it ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
