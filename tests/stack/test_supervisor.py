"""The supervisor over small programs: real processes, killed for real."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from common.embedded import process_stamp
from stack.workspace import Workspace, write_private

SMALL_STACK = Path(__file__).parent / "programs" / "small_stack.py"


def wait_until(holds: Callable[[], Any], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


class SmallStack:
    """A running supervisor and what it says."""

    def __init__(self, home: Path) -> None:
        self.workspace = Workspace(home)
        self.processes: list[subprocess.Popen[str]] = []

    def start(self, *programs: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(SMALL_STACK), str(self.workspace.home), *programs],
            stderr=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process

    def phase(self) -> str | None:
        return self.workspace.state().get("phase")

    def desk(self) -> dict[str, Any]:
        return self.workspace.state()["processes"]["desk"]

    def ready(self) -> None:
        wait_until(lambda: self.phase() == "ready")


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SmallStack]:
    stack = SmallStack(tmp_path / "home")
    yield stack
    for process in stack.processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        if process.stderr:
            process.stderr.close()


class TestCrashing:
    def test_a_killed_program_is_started_again_and_status_counts_it(self, small: SmallStack) -> None:
        small.start("desk")
        small.ready()
        first = small.desk()["pid"]
        psutil.Process(first).kill()
        wait_until(lambda: small.desk()["restarts"] == 1 and small.desk()["status"] == "ready")
        assert small.desk()["pid"] != first

    def test_each_crash_in_a_row_waits_longer_before_the_next_start(self, small: SmallStack) -> None:
        small.start("desk")
        small.ready()
        pauses = []
        for restart in (1, 2, 3):
            psutil.Process(small.desk()["pid"]).kill()
            killed = time.monotonic()
            wait_until(lambda restart=restart: small.desk()["restarts"] == restart)
            pauses.append(time.monotonic() - killed)
            wait_until(lambda: small.desk()["status"] == "ready")
        assert pauses[0] < pauses[1] < pauses[2]

    def test_a_program_that_cannot_start_fails_the_stack_with_what_it_said(self, small: SmallStack) -> None:
        process = small.start("desk", "broken")
        assert process.wait(30) == 1
        problem = small.workspace.state()["problem"]
        assert small.phase() == "failed"
        assert problem["sentence"] == "broken ended unexpectedly (exit code 1)."
        assert problem["last_lines"][-1] == "DESK_KEY is not set."
        assert small.desk()["status"] == "stopped"


class TestEnding:
    @pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
    def test_asked_to_end_it_ends_its_children_first(self, small: SmallStack, signum: signal.Signals) -> None:
        process = small.start("desk")
        small.ready()
        pid = small.desk()["pid"]
        process.send_signal(signum)
        assert process.wait(30) == 0
        assert process_stamp(pid) is None
        assert small.phase() == "stopped"

    @pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
    def test_a_sigkill_of_the_supervisor_leaves_no_orphan(self, small: SmallStack) -> None:
        process = small.start("desk")
        small.ready()
        pid = small.desk()["pid"]
        process.kill()
        wait_until(lambda: process_stamp(pid) is None)


class TestStartingAfterACrash:
    def test_a_recorded_leftover_is_ended_and_a_stranger_with_a_recorded_pid_is_not(self, small: SmallStack) -> None:
        sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
        leftover, stranger = subprocess.Popen(sleeper), subprocess.Popen(sleeper)
        try:
            processes = {
                "old-desk": {"pid": leftover.pid, "stamp": process_stamp(leftover.pid)},
                "older-desk": {"pid": stranger.pid, "stamp": 1.0},
            }
            small.workspace.write_state({"phase": "ready", "processes": processes})
            small.start("desk")
            assert leftover.wait(15) == -signal.SIGTERM
            wait_until(lambda: "desk" in small.workspace.state()["processes"])
            small.ready()
            assert stranger.poll() is None
        finally:
            for process in (leftover, stranger):
                process.kill()
                process.wait()

    def test_ports_are_the_same_as_before(self, small: SmallStack) -> None:
        process = small.start("desk")
        small.ready()
        port = small.desk()["port"]
        process.kill()
        process.wait()
        small.start("desk")
        wait_until(lambda: small.phase() == "ready" and process_stamp(small.desk()["pid"]))
        assert small.desk()["port"] == port


class TestRefusing:
    def test_a_second_stack_in_the_same_folder(self, small: SmallStack) -> None:
        small.start("desk")
        small.ready()
        second = small.start("desk")
        _, said = second.communicate(timeout=30)
        assert second.returncode == 1
        assert said.strip() == f"A stack is already running in {small.workspace.home}."
        assert small.phase() == "ready"

    def test_a_port_in_use_by_another_program(self, small: SmallStack) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            write_private(small.workspace.home / "ports.json", f'{{"desk": {port}}}')
            assert small.start("desk").wait(30) == 1
        assert small.workspace.state()["problem"]["sentence"] == (
            f"Port {port} on 127.0.0.1, wanted by desk, is in use by another program."
        )
