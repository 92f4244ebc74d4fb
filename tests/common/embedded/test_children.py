"""Child processes: reaped, tied to their parent, never confused with somebody else's."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from common.embedded import Signal, StackError, process_stamp, start_child
from common.embedded.children import end_leftover, last_lines

FOREVER = [sys.executable, "-c", "import time; print('here', flush=True); time.sleep(600)"]
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(600)
"""
PARENT = """
import sys, time
from pathlib import Path
from common.embedded import start_child
child = start_child("c", [sys.executable, "-c", "import time; time.sleep(600)"], log=Path(sys.argv[1]))
print(child.pid, flush=True)
time.sleep(600)
"""


def wait_until(holds, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


class TestStopping:
    def test_a_child_that_ignores_sigterm_is_killed(self, tmp_path: Path) -> None:
        child = start_child("stubborn", [sys.executable, "-c", STUBBORN], log=tmp_path / "log")
        wait_until(lambda: last_lines(child.log) == ["up"])
        assert child.stop(patience=0.3) == -signal.SIGKILL
        assert not child.alive

    def test_a_program_that_does_not_exist_is_said_in_one_sentence(self, tmp_path: Path) -> None:
        with pytest.raises(StackError, match=r"^Nothing could not be started: "):
            start_child("Nothing", [tmp_path / "nothing"], log=tmp_path / "log")


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
class TestBeingOrphaned:
    def test_a_child_dies_with_a_parent_that_was_killed(self, tmp_path: Path) -> None:
        command = [sys.executable, "-c", PARENT, str(tmp_path / "log")]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
            assert parent.stdout is not None
            pid = int(parent.stdout.readline())
            assert process_stamp(pid) is not None
            parent.kill()
        wait_until(lambda: process_stamp(pid) is None)


class TestLeftovers:
    def test_a_recorded_process_is_ended_and_another_with_its_pid_is_not(self, tmp_path: Path) -> None:
        child = start_child("leftover", FOREVER, log=tmp_path / "log")
        assert child.stamp is not None
        assert not end_leftover(child.pid, child.stamp - 60)
        assert child.alive
        assert end_leftover(child.pid, child.stamp)
        assert not child.alive

    def test_a_process_that_ended_has_no_stamp(self, tmp_path: Path) -> None:
        child = start_child("short", [sys.executable, "-c", ""], log=tmp_path / "log")
        assert child.wait(10)
        assert process_stamp(child.pid) is None
        assert child.exit_code == 0
        assert process_stamp(os.getpid()) is not None

    def test_the_end_of_a_log_is_what_died_said_last(self, tmp_path: Path) -> None:
        child = start_child("c", [sys.executable, "-c", "print('a'); raise SystemExit('no room')"], log=tmp_path / "l")
        child.wait(10)
        with pytest.raises(StackError) as refusal:
            child.require_alive()
        assert "no room" in refusal.value.last_lines
        child.send(Signal.SIGTERM)
